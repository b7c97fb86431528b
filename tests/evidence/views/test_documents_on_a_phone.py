"""The page that checks a signed document, in Chromium: chosen, dropped and without script, on a phone and on a desk."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser

from tests.cast import Cast
from tests.config.test_in_a_browser import CHROMIUM, DESK, PHONE, Visitor, cast, chromium
from tests.custody.pades.documents import signed

__all__ = ["cast", "chromium"]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="NO Chromium: the pages were not tried in a browser"),
]
ADDRESS = reverse("evidence:document")
DROP = """([node, name, content]) => {
    const bytes = Uint8Array.from(atob(content), sign => sign.charCodeAt(0));
    const carried = new DataTransfer();
    carried.items.add(new File([bytes], name, {type: "application/pdf"}));
    node.dispatchEvent(new DragEvent("drop", {dataTransfer: carried, bubbles: true, cancelable: true}));
}"""


@pytest.fixture
def document(cast: Cast, tmp_path: Path) -> Path:
    return signed(tmp_path)[0]


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_what_is_chosen_is_checked_at_once_and_nothing_is_wider_than_the_screen(
    chromium: Browser, live_server: Any, cast: Cast, document: Path, language: str, viewport: dict[str, int]
) -> None:
    visitor = Visitor(chromium, live_server.url, cast.lead, cast, viewport=viewport, language=language)
    page = visitor.go(ADDRESS)
    assert page.locator(".blank").is_visible()
    assert _fits(page)
    page.locator("#id_document").set_input_files(document)
    page.locator("#answer .badge[data-state=sound]").first.wait_for()
    assert page.locator("[data-signature]").count() == 1
    assert _fits(page)
    visitor.leave()


def test_what_is_dropped_is_checked(chromium: Browser, live_server: Any, cast: Cast, document: Path) -> None:
    visitor = Visitor(chromium, live_server.url, cast.auditor, cast)
    page = visitor.go(ADDRESS)
    node = page.locator(".drop").element_handle()
    page.evaluate(DROP, [node, "dropped.pdf", base64.b64encode(document.read_bytes()).decode()])
    page.locator("#answer .badge[data-state=sound]").first.wait_for()
    assert "dropped.pdf" in page.locator("#answer").inner_text()
    visitor.leave()


def test_without_script_a_button_sends_it(chromium: Browser, live_server: Any, cast: Cast, document: Path) -> None:
    visitor = Visitor(chromium, live_server.url, cast.lawyer, cast, java_script_enabled=False)
    page = visitor.go(ADDRESS)
    page.locator("#id_document").set_input_files(document)
    page.locator("[data-document-form] button").click()
    page.locator("#answer .badge[data-state=sound]").first.wait_for()
    visitor.leave()


def _fits(page: Any) -> bool:
    wide, shown = page.locator("html").evaluate("node => [node.scrollWidth, node.clientWidth]")
    return bool(wide <= shown)
