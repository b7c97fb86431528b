"""From a hint to a set, and to a decision against it, in a real Chromium at a phone's width, in both languages."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from custody.actors import for_process
from evidence import examining
from evidence.models import EvidenceItem
from testimony import bodies
from testimony.models import ResemblanceDismissed
from tests.cast import Cast
from tests.config.test_in_a_browser import CHROMIUM, PHONE, Visitor, cast, chromium
from tests.evidence.looks import encoded, photo
from tests.exhibits import receive
from tests.testimony import files
from tests.testimony.bodies.test_bodies import sort

__all__ = ["cast", "chromium"]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="NO Chromium: look-alikes were not tried in a browser"),
]

CASE = "/cases/RWB-04/"
LIST = f"{CASE}look-alikes/"


@pytest.fixture
def alike(cast: Cast) -> list[EvidenceItem]:
    """Two pictures, each saved twice."""
    saved = {
        f"{name}.jpg": encoded(photo(seed), quality)
        for name, seed, quality in (("a", 1, 90), ("b", 2, 90), ("c", 1, 70), ("d", 2, 70))
    }
    items = sort(cast, receive(cast.case, saved))
    examining.examine_waiting(actor=for_process("worker"))
    return items


def _press(page: Page, selector: str) -> None:
    page.locator(selector).first.click()
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], page.url


@pytest.mark.parametrize("language", ["en", "ar"])
def test_one_hint_becomes_a_set_and_the_other_is_set_apart(
    chromium: Browser, live_server: Any, cast: Cast, alike: list[EvidenceItem], language: str
) -> None:
    bodies.create_body(case=cast.case, items=[alike[0]], actor=files.ACTOR)
    visitor = Visitor(chromium, live_server.url, cast.investigator, cast, viewport=PHONE, language=language)
    page = visitor.go(LIST)
    assert page.locator(".alike").count() == 2
    assert page.locator(".alike img").first.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    _press(page, ".alike a[href$='#add']")
    _press(page, "#add button")
    assert [image.item for image in bodies.images_of(bodies.bodies_in(cast.case).get())] == [alike[0], alike[2]]
    page = visitor.go(LIST)
    assert page.locator(".alike").count() == 1
    _press(page, ".alike summary")
    page.locator(".alike [name=reason]").fill("another wall")
    _press(page, ".alike form button")
    assert page.locator(".alike").count() == 0
    assert ResemblanceDismissed.objects.get().reason == "another wall"
    visitor.go(f"{LIST}?view=decided")
    _press(page, "button[value=recall]")
    visitor.go(LIST)
    assert page.locator(".alike").count() == 1
    visitor.leave()
