"""The page of stored bytes in Chromium: on a phone, in both languages, and an alarm put away without a script."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser

from custody.actors import for_process
from evidence import fixity
from evidence.models import EvidenceItem
from tests.cast import Cast
from tests.config.test_in_a_browser import CHROMIUM, DESK, PHONE, Visitor, cast, chromium
from tests.exhibits import damage, picture, receive

__all__ = ["cast", "chromium"]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="NO Chromium: the pages were not tried in a browser"),
]
PAGE = reverse("evidence:fixity")


@pytest.fixture
def damaged(cast: Cast) -> EvidenceItem:
    items = receive(cast.case, {f"{number}.jpg": picture(10 * number) for number in range(1, 5)})
    damage(items[1].sha256)
    fixity.sweep_now(actor=for_process("worker"), at_most=2 * items[0].size)
    fixity.sweep_now(actor=for_process("worker"), at_most=10**9)
    return items[1]


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_nothing_is_wider_than_the_screen(
    chromium: Browser, live_server: Any, cast: Cast, damaged: EvidenceItem, language: str, viewport: dict[str, int]
) -> None:
    visitor = Visitor(chromium, live_server.url, cast.lead, cast, viewport=viewport, language=language)
    for address in (PAGE, reverse("evidence:item", args=[cast.case.code, damaged.ern])):
        page = visitor.go(address)
        widths = page.locator("html").evaluate("node => [node.scrollWidth, node.clientWidth]")
        assert widths[0] <= widths[1], address
        assert page.get_by_role("alert").first.is_visible()
    visitor.leave()


def test_an_alarm_is_put_away_without_a_script(
    chromium: Browser, live_server: Any, cast: Cast, damaged: EvidenceItem
) -> None:
    lead = Visitor(chromium, live_server.url, cast.lead, cast, viewport=PHONE, java_script_enabled=False)
    page = lead.go(PAGE)
    page.get_by_label("What was found out").fill("The disk was replaced.")
    page.get_by_role("button", name="Acknowledge the alarm").click()
    assert fixity.standing().count() == 0
    page = lead.go(reverse("custody:cases"))
    assert page.get_by_role("alert").count() == 0
    lead.leave()
