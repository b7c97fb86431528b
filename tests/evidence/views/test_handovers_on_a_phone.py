"""The page of a decided hand-over in Chromium: on a phone and on a desk, in both languages, signed and not yet."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser

from evidence.models import Handover, HandoverReceipt
from tests.cast import Cast
from tests.config.test_in_a_browser import CHROMIUM, DESK, PHONE, Visitor, cast, chromium
from tests.evidence.handovers.hands import accepted, drive, items, proposed

__all__ = ["cast", "chromium"]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="NO Chromium: the pages were not tried in a browser"),
]


@pytest.fixture
def decided(cast: Cast) -> Handover:
    held = items(cast, 2)
    return accepted(cast, proposed(cast, [drive(cast)], held))


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_nothing_is_wider_than_the_screen(
    chromium: Browser, live_server: Any, cast: Cast, decided: Handover, language: str, viewport: dict[str, int]
) -> None:
    visitor = Visitor(chromium, live_server.url, cast.lead, cast, viewport=viewport, language=language)
    address = reverse("evidence:handover", args=[cast.case.code, decided.pk])
    page = visitor.go(address)
    assert page.locator("#signed pre").inner_text().startswith("R=RWB-04-H0001.record.json;")
    assert _fits(page)
    HandoverReceipt.objects.update(signature=None)
    page = visitor.go(address)
    assert page.locator("#signed pre").count() == 0
    assert page.locator("#signed .badge[data-state=late]").is_visible()
    assert _fits(page)
    visitor.leave()


def _fits(page: Any) -> bool:
    wide, shown = page.locator("html").evaluate("node => [node.scrollWidth, node.clientWidth]")
    return bool(wide <= shown)
