"""From the first contact to a sealed statement that identifies a victim, in a real Chromium, by pages alone."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from evidence.models import EvidenceItem
from testimony import identifying
from testimony.core.consent import Scope
from testimony.core.identifying import Status
from testimony.gate import decision_for
from testimony.models import BodyIdentification, BodySet, Statement, StatementDraft, Witness
from testimony.victims import create_victim
from tests.cast import Cast
from tests.config.test_in_a_browser import CHROMIUM, PHONE, Visitor, cast, chromium, items
from tests.testimony import files
from tests.testimony.bodies.test_bodies import sort

__all__ = ["cast", "chromium", "items"]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="NO Chromium: the journey was not made"),
]

CASE = "/cases/RWB-04/"
NAME = "ليلى الحداد"
WORDS = "I knew him by the scar over his left brow."


def _fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], page.url


def _press(page: Page, selector: str) -> None:
    page.locator(selector).last.click()
    page.wait_for_load_state("networkidle")
    _fits(page)


def _tick_all(page: Page, name: str) -> None:
    for box in page.locator(f"input[name={name}]").all():
        box.check()


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_whole_way(
    chromium: Browser, live_server: Any, cast: Cast, items: list[EvidenceItem], language: str
) -> None:
    sort(cast, items)
    create_victim(case=cast.case, name_ar="سليم الحداد", actor=files.ACTOR)
    visitor = Visitor(chromium, live_server.url, cast.investigator, cast, viewport=PHONE, language=language)
    page = visitor.go(f"{CASE}witnesses/")
    _first_contact(page)
    _consent(visitor)
    _body(visitor, items)
    _pictures(visitor, items)
    _statement(visitor)
    _identification(visitor)
    visitor.leave()
    witness = Witness.objects.get()
    assert decision_for(witness, scope=Scope.COURT_DOSSIER).allowed
    assert files.read_identity(witness).name_ar == NAME
    assert files.read_statement(Statement.objects.get()).paragraphs[0].text == WORDS
    assert not StatementDraft.objects.exists()
    assert identifying.standing_of(BodyIdentification.objects.get()).status is Status.ASSERTED


def _first_contact(page: Page) -> None:
    page.locator("[name=relation]").select_option("sibling")
    page.locator("[name=ready]").select_option("yes")
    _press(page, "form.form button[type=submit]")
    assert page.url.endswith("/witnesses/W-0001/")
    _press(page, "a[href$='/W-0001/identity/']")
    page.locator("[name=name_ar]").fill(NAME)
    page.locator("[name=contact]").fill("by her neighbour")
    _press(page, "form.form button[type=submit]")
    assert NAME not in page.content()


def _consent(visitor: Visitor) -> None:
    page = visitor.go(f"{CASE}witnesses/W-0001/consent/")
    _tick_all(page, "information")
    page.locator("[name=answer_court-dossier_court]").select_option("yes")
    page.locator("[name=answer_media_media]").select_option("no")
    _press(page, "form.form button[type=submit]")
    assert page.url.endswith("/witnesses/W-0001/")


def _body(visitor: Visitor, items: list[EvidenceItem]) -> None:
    page = visitor.go(f"{CASE}bodies/")
    page.locator("[name=numbers]").fill(f"{items[0].ern} {items[1].ern}")
    _press(page, "form:has([name=numbers]) button[type=submit]")
    page.locator("[name=raw]").fill("٢٢١٧")
    _press(page, "form:has([name=raw]) button[type=submit]")
    assert "2217" in page.content()
    assert BodySet.objects.count() == 1


def _pictures(visitor: Visitor, items: list[EvidenceItem]) -> None:
    page = visitor.go(f"{CASE}witnesses/W-0001/recognition/")
    _tick_all(page, "instructions")
    page.locator("[name=shown]").fill(" ".join(item.ern for item in items))
    page.locator("[name=chosen]").fill(items[0].ern)
    page.locator("[name=said]").fill(WORDS)
    _press(page, "form.form button[type=submit]")
    assert "RP-0001" in page.content()


def _statement(visitor: Visitor) -> None:
    page = visitor.go(f"{CASE}witnesses/W-0001/")
    _press(page, "form[action$='/draft/'] button")
    if page.locator("button[value=open]").count():
        _press(page, "button[value=open]")
    page.locator("[name=paragraphs-0-text]").fill(WORDS)
    page.locator("[name=sessions-0-day]").fill("2025-02-03")
    page.locator("[name=sessions-0-began]").fill("09:00")
    page.locator("[name=present-0-who]").fill("her sister")
    page.locator("[name=present-0-role]").fill("support")
    _press(page, "button[value=read-back]")
    page.locator("[name=who]").fill("I-4")
    page.locator("[name=when]").fill("2025-02-03 11:00")
    _press(page, "button[value=read-back]")
    page.locator("[name=law]").select_option("us")
    page.locator("[name=country]").fill("TR")
    page.locator("[name=day]").fill("2025-02-03")
    page.locator("[name=place]").fill("the office")
    for name in ("pages", "end", "confirm"):
        page.locator(f"[name={name}]").check()
    _press(page, "button[value=seal]")
    assert Statement.objects.count() == 1, page.locator("main").inner_text()


def _identification(visitor: Visitor) -> None:
    page = visitor.go(f"{CASE}identifications/?procedure=RP-0001&body=BS-0001&victim=VF-0001")
    _press(page, "form.form button[type=submit]")
    assert page.url.endswith("/identifications/ID-0001/")
