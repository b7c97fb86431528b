"""The disclosure register on a phone, in both languages, without any script."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser

from custody.models import Disclosure
from tests.cast import Cast
from tests.config.test_in_a_browser import CHROMIUM, PHONE, Visitor, cast, chromium
from tests.custody.releases import released

__all__ = ["cast", "chromium"]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="NO Chromium: the pages were not tried in a browser"),
]


@pytest.mark.parametrize("language", ["en", "ar"])
def test_nothing_is_wider_than_a_phone_and_a_receipt_is_recorded_without_a_script(
    chromium: Browser, live_server: Any, cast: Cast, language: str
) -> None:
    row = released(cast.case, authority="Order 7 of 1 March")
    visitor = Visitor(
        chromium, live_server.url, cast.lead, cast, viewport=PHONE, language=language, java_script_enabled=False
    )
    addresses = (
        reverse("custody:disclosures", args=["RWB-04"]),
        reverse("custody:disclosure", args=["RWB-04", row.pk]),
    )
    for address in addresses:
        page = visitor.go(address)
        widths = page.locator("html").evaluate("node => [node.scrollWidth, node.clientWidth]")
        assert widths[0] <= widths[1], address
    page.locator("#on").fill(row.released.date().isoformat())
    page.locator("#words").fill("Received.")
    page.locator("button[value=receipt]").click()
    visitor.leave()
    assert Disclosure.objects.get().receipt_words == "Received."
