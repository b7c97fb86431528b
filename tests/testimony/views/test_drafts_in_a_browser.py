"""The statement editor in a real Chromium: it saves by itself, fits a phone in both directions, and closes in time."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from testimony.models import StatementDraft
from testimony.statements import drafts
from testimony.witnesses import openings
from tests.cast import Cast, ledger_size
from tests.config.test_in_a_browser import NAMELESS, PHONE, Visitor, cast, chromium, pytestmark
from tests.testimony import files
from tests.testimony.statements import taking

__all__ = ["cast", "chromium", "pytestmark"]

WORDS = "the lantern hung by the blue gate"


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_editor_fits_a_phone_and_saves_by_itself(
    chromium: Browser, live_server: Any, cast: Cast, language: str
) -> None:
    draft = taking.draft_of(cast.case, cast.investigator)
    visitor = Visitor(chromium, live_server.url, cast.investigator, cast, viewport=PHONE, language=language)
    visitor.page.clock.install()
    page = visitor.go(f"/cases/RWB-04/drafts/{draft.pk}/")
    page.locator("button[value=open]").click()
    page.wait_for_selector("form[data-draft]")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert page.evaluate(NAMELESS) == []
    start = ledger_size()
    page.locator("[name=paragraphs-0-text]").fill(WORDS)
    with page.expect_response(re.compile("/drafts/")) as answer:
        page.clock.fast_forward(5000)
    assert answer.value.status == 200
    expect(page.locator("[data-draft-line]")).not_to_be_empty()
    assert (ledger_size(), StatementDraft.objects.get().revision) == (start, 2)
    page.locator("button[value=read-back]").last.click()
    page.wait_for_selector("[name=who]")
    assert WORDS in page.content()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    visitor.leave()
    kept = drafts.open_draft(draft=StatementDraft.objects.get(), actor=files.ACTOR, purpose=taking.PURPOSE)
    assert kept.paragraphs[0].text == WORDS


def test_an_opened_statement_goes_blank_by_itself(
    chromium: Browser, live_server: Any, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(openings, "SHOWN_SECONDS", 1)
    draft = taking.draft_of(cast.case, cast.investigator)
    taking.read(draft)
    taking.seal(draft)
    visitor = Visitor(chromium, live_server.url, cast.lead, cast, java_script_enabled=False)
    page = visitor.go("/cases/RWB-04/statements/ST-0001/")
    page.locator("[name=reason]").fill("To prepare the hearing")
    page.locator("button[value=open]").click()
    page.wait_for_selector(f"text={files.CANARY_WORDS}")
    page.wait_for_selector("button[value=open]", timeout=10_000)
    assert files.CANARY_WORDS not in page.content()
    page.go_back()
    assert files.CANARY_WORDS not in page.content()
    visitor.leave()
