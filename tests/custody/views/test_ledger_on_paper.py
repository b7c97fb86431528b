"""The ledger page on paper: no column is cut off, for paper can't be scrolled."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser

from tests.cast import Cast
from tests.config.test_in_a_browser import Visitor, cast, chromium, items, pytestmark

__all__ = ["cast", "chromium", "items", "pytestmark"]

# What the margins leave of A4, in pixels of a printer.
A4 = {"width": 673, "height": 986}
CUT = """() => Array.from(document.querySelectorAll("main th, main td, main .plot"))
    .filter(e => { const box = e.getBoundingClientRect(); return box.left < 0 || box.right > innerWidth + 1; })
    .map(e => e.textContent.trim().slice(0, 40))"""


@pytest.mark.usefixtures("items")
@pytest.mark.parametrize("language", ["en", "ar"])
def test_every_column_is_on_the_paper(chromium: Browser, live_server: Any, cast: Cast, language: str) -> None:
    visitor = Visitor(chromium, live_server.url, cast.lead, cast, viewport=A4, language=language)
    page = visitor.go(reverse("custody:ledger"))
    page.emulate_media(media="print")
    assert page.locator("th").count() > 7
    assert page.evaluate(CUT) == []
    visitor.leave()
