"""Closing a case and comparing a checkpoint on a phone, in both languages, without any script."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser

from custody import notary
from custody.models import Case, SignedCheckpoint
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
def test_nothing_is_wider_than_a_phone_and_a_case_is_closed_without_a_script(
    chromium: Browser, live_server: Any, cast: Cast, language: str
) -> None:
    released(cast.case)
    minuted = SignedCheckpoint.objects.get(size=notary.ensure_checkpoint().size)
    visitor = Visitor(
        chromium, live_server.url, cast.lead, cast, viewport=PHONE, language=language, java_script_enabled=False
    )

    def fits(address: str) -> Any:
        page = visitor.go(address)
        widths = page.locator("html").evaluate("node => [node.scrollWidth, node.clientWidth]")
        assert widths[0] <= widths[1], address
        return page

    page = fits(reverse("evidence:check"))
    page.locator("#id_checkpoint").fill(bytes(minuted.note).decode())
    page.locator("#checkpoint button[type=submit]").click()
    assert page.locator("#checkpoint .notice[data-state=sound]").count() == 1
    page = fits(reverse("custody:closing", args=["RWB-04"]))
    page.locator("#id_reason").fill("Judgment of 14 May")
    page.locator("#id_understood").check()
    page.locator("main form button[type=submit]").click()
    assert Case.objects.get(code="RWB-04").closed is not None
    for address in (reverse("custody:cases"), reverse("custody:closing", args=["RWB-04"])):
        fits(address)
    visitor.leave()
