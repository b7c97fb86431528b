"""Drawing boxes in a real browser: with a mouse, with keys, with a finger, and typed without any script."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from PIL import Image
from playwright.sync_api import Browser, Page

from custody.models import Case
from evidence import redactions
from evidence.models import EvidenceItem, Redaction
from tests.cast import Cast
from tests.config.test_in_a_browser import CHROMIUM, DESK, PHONE, Visitor, cast, chromium
from tests.evidence.redactions.shots import examined

__all__ = ["cast", "chromium"]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="NO Chromium: the pages were not tried in a browser"),
]
WIDTH, HEIGHT = 1200, 800


@pytest.fixture
def item(cast: Cast) -> EvidenceItem:
    return _shot(cast.case)


def _shot(case: Case) -> EvidenceItem:
    picture = Image.linear_gradient("L").resize((WIDTH, HEIGHT)).convert("RGB")
    picture.paste("orange", (500, 300, 700, 500))
    stream = io.BytesIO()
    picture.save(stream, "JPEG")
    return examined(case, stream.getvalue())


def _shown(visitor: Visitor, item: EvidenceItem) -> Page:
    page = visitor.go(reverse("evidence:redactions", args=["RWB-04", item.ern]))
    page.locator('button[value="preview"]').click()
    page.locator(".redact img").evaluate("image => image.decode()")
    page.wait_for_load_state("networkidle")
    return page


def _at(page: Page, x: float, y: float) -> tuple[float, float]:
    """Where a pixel of the original lies on the screen."""
    page.locator(".redact svg").scroll_into_view_if_needed()
    box = page.locator(".redact svg").bounding_box()
    assert box is not None
    return box["x"] + box["width"] * x / WIDTH, box["y"] + box["height"] * y / HEIGHT


def _made(page: Page) -> tuple[Any, ...]:
    page.locator("form.form button[type=submit]").click()
    page.wait_for_load_state("networkidle")
    return redactions.boxes_of(Redaction.objects.order_by("-version")[0])


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_a_box_is_drawn_where_the_pointer_went(
    chromium: Browser, live_server: Any, cast: Cast, item: EvidenceItem, viewport: dict[str, int], language: str
) -> None:
    visitor = Visitor(chromium, live_server.url, cast.lead, cast, viewport=viewport, language=language)
    page = _shown(visitor, item)
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    page.mouse.move(*_at(page, 500, 300))
    page.mouse.down()
    page.mouse.move(*_at(page, 600, 400))
    page.mouse.move(*_at(page, 700, 500))
    page.mouse.up()
    if folder := os.environ.get("AMANA_LOOK_AT"):
        page.screenshot(path=Path(folder) / f"redact-{viewport['width']}-{language}.png", full_page=True)
    (box,) = _made(page)
    for value, wanted in zip((box.left, box.top, box.width, box.height), (500, 300, 200, 200), strict=True):
        assert abs(value - wanted) <= 6
    visitor.leave()


def test_a_box_is_made_moved_and_taken_away_by_keys_alone(
    chromium: Browser, live_server: Any, cast: Cast, item: EvidenceItem
) -> None:
    visitor = Visitor(chromium, live_server.url, cast.lead, cast)
    page = _shown(visitor, item)
    page.locator(".redact svg").focus()
    for key in ("Enter", "ArrowRight", "ArrowDown", "Shift+ArrowLeft", "Enter", "Delete"):
        page.keyboard.press(key)
    (box,) = _made(page)
    assert (box.left, box.top, box.width, box.height) == (486, 326, 234, 160)
    visitor.leave()


def test_without_a_script_numbers_are_typed(
    chromium: Browser, live_server: Any, cast: Cast, item: EvidenceItem
) -> None:
    visitor = Visitor(
        chromium, live_server.url, cast.lead, cast, viewport=PHONE, language="ar", java_script_enabled=False
    )
    page = visitor.go(reverse("evidence:redactions", args=["RWB-04", item.ern]))
    for name, value in (("left", "500"), ("top", "300"), ("width", "200"), ("height", "200")):
        page.locator(f'input[name="form-0-{name}"]').fill(value)
    (box,) = _made(page)
    assert (box.left, box.top, box.width, box.height) == (500, 300, 200, 200)
    visitor.leave()


def test_a_finger_draws_and_the_page_does_not_scroll(
    chromium: Browser, live_server: Any, cast: Cast, item: EvidenceItem
) -> None:
    visitor = Visitor(chromium, live_server.url, cast.lead, cast, viewport=PHONE, has_touch=True, is_mobile=True)
    page = _shown(visitor, item)
    start, end = _at(page, 500, 300), _at(page, 700, 500)
    session = visitor.context.new_cdp_session(page)
    for kind, points in (("touchStart", [start]), ("touchMove", [end]), ("touchEnd", [])):
        told = [{"x": x, "y": y} for x, y in points]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": told})
    (box,) = _made(page)
    assert abs(box.left - 500) <= 6
    assert abs(box.width - 200) <= 12
    visitor.leave()


def test_more_boxes_than_stand_open_are_drawn_too(
    chromium: Browser, live_server: Any, cast: Cast, item: EvidenceItem
) -> None:
    visitor = Visitor(chromium, live_server.url, cast.lead, cast)
    page = _shown(visitor, item)
    for place in range(6):
        page.mouse.move(*_at(page, 20 + 190 * place, 20))
        page.mouse.down()
        page.mouse.move(*_at(page, 120 + 190 * place, 120))
        page.mouse.up()
    assert page.locator("details.boxes").get_attribute("open") is not None
    assert len(_made(page)) == 6
    visitor.leave()
