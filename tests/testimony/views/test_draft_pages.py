"""The way of a statement through the browser, from the first line to the seal, and who may go it."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.test import Client

from custody.actions import Action
from custody.models import PersonKey
from custody.purposes import Purpose
from testimony import sealed
from testimony.models import Statement, StatementDraft
from testimony.sealed import objects
from testimony.statements import drafts
from tests.cast import Cast, browser_of, entries_since, ledger_size
from tests.custody.test_closing import close
from tests.testimony import files
from tests.testimony.statements import taking
from tests.testimony.tables import every_value

WORDS = "the lantern hung by the blue gate"
FORMSETS = ("paragraphs", "sessions", "present", "references", "corrections")
READ = {"do": "read-back", "who": "I-4", "read_in": "ar", "when": "2025-02-03 11:00"}
SEAL = {
    "do": "seal",
    "law": "us",
    "country": "TR",
    "formula_in": "en",
    "day": "2025-02-03",
    "place": "the office",
    "pages": "on",
    "end": "on",
    "age": "",
    "reader": "",
    "confirm": "on",
}


def typed(revision: int, words: str = WORDS, **more: str) -> dict[str, str]:
    """What the editor sends: one row in each list."""
    sent = {
        f"{name}-{part}": value for name in FORMSETS for part, value in (("TOTAL_FORMS", "1"), ("INITIAL_FORMS", "0"))
    }
    rows = {
        "paragraphs-0-text": words,
        "paragraphs-0-translation": "",
        "paragraphs-0-basis": "own-knowledge",
        "sessions-0-day": "2025-02-03",
        "sessions-0-began": "09:00",
        "present-0-who": "a brother of the witness",
        "present-0-role": "support",
        "corrections-0-paragraph": "1",
        "corrections-0-what": "blue, not green",
        "corrections-0-initialled": "on",
        "kind": "first-account",
        "language": "en",
        "revision": str(revision),
        "do": "save",
    }
    return {**sent, **rows, **more}


def hearing(cast: Cast, who: str = "investigator", purpose: Purpose | None = Purpose.CASE_PREPARATION) -> Client:
    return browser_of(getattr(cast, who), purpose=purpose, case=cast.case)


@pytest.fixture
def draft(cast: Cast) -> StatementDraft:
    return taking.draft_of(cast.case, cast.investigator)


def address(draft: StatementDraft, step: str = "") -> str:
    return f"/cases/RWB-04/drafts/{draft.pk}/{step}"


def _actions(start: int) -> list[str]:
    return [entry.action for entry in entries_since(start)]


def _kept(draft: StatementDraft) -> Any:
    draft.refresh_from_db()
    return drafts.open_draft(draft=draft, actor=files.ACTOR, purpose=taking.PURPOSE)


def test_from_the_first_line_to_the_seal(cast: Cast) -> None:
    browser = hearing(cast)
    taking.witness_of(cast.case)
    assert WORDS not in browser.post("/cases/RWB-04/witnesses/W-0001/draft/").content.decode()
    draft = StatementDraft.objects.get()
    page = browser.post(address(draft), typed(1, do="paragraphs")).content.decode()
    assert len(re.findall(r'name="paragraphs-\d+-text"', page)) == 4
    page = browser.post(address(draft), typed(2, do="read-back")).content.decode()
    assert WORDS in page
    page = browser.post(address(draft, "seal/"), READ | {"revision": "3"}).content.decode()
    assert "Seal the statement" in page
    start = ledger_size()
    response = browser.post(address(draft, "seal/"), SEAL | {"revision": "4"})
    assert (response.status_code, response["Location"]) == (302, "/cases/RWB-04/statements/ST-0001/")
    assert _actions(start) == [
        Action.SEALED_OPENED,
        Action.STATEMENT_DRAFT_OPENED,
        Action.STATEMENT_CREATED,
        Action.STATEMENT_SEALED,
    ]
    text = files.read_statement(Statement.objects.get()).text
    assert [(each.text, each.basis.value) for each in text.paragraphs] == [(WORDS, "own-knowledge")]
    assert [each.what for each in text.corrections] == ["blue, not green"]
    assert text.declaration is not None
    assert (text.declaration.jurisdiction, text.declaration.version) == ("us-1746-outside", 1)
    assert "laws of the United States" in text.declaration.text


def test_the_page_saves_by_itself_and_leaves_no_entry(cast: Cast, draft: StatementDraft) -> None:
    start = ledger_size()
    answer = hearing(cast).post(address(draft), typed(1, do="autosave"))
    assert (answer.status_code, json.loads(answer.content)) == (200, {"revision": 2})
    assert answer["Cache-Control"] == "no-store"
    assert ledger_size() == start
    assert _kept(draft).paragraphs[0].text == WORDS


def test_a_session_that_was_lost_costs_what_was_not_saved_and_no_more(cast: Cast, draft: StatementDraft) -> None:
    hearing(cast).post(address(draft), typed(1, do="autosave"))
    lost = Client().post(address(draft), typed(2, "more", do="autosave"))
    assert lost.status_code == 302
    page = hearing(cast).post(address(draft), {"do": "open"}).content.decode()
    assert WORDS in page


def test_a_draft_is_shown_closed_and_opens_with_an_entry_by_its_author(cast: Cast, draft: StatementDraft) -> None:
    browser, start = hearing(cast), ledger_size()
    assert files.CANARY_WORDS not in browser.get(address(draft)).content.decode()
    assert _actions(start) == [Action.CASE_VIEWED]
    page = browser.post(address(draft), {"do": "open"})
    assert files.CANARY_WORDS in page.content.decode()
    opened = [entry for entry in entries_since(start) if entry.action == Action.STATEMENT_DRAFT_OPENED]
    assert [entry.actor for entry in opened] == [str(cast.investigator.pk)]


def test_an_older_window_is_told_and_its_words_stay_on_the_page(cast: Cast, draft: StatementDraft) -> None:
    browser = hearing(cast)
    browser.post(address(draft), typed(1, "newer"))
    response = browser.post(address(draft), typed(1, "older"))
    assert response.status_code == 409
    assert "older" in response.content.decode()
    assert browser.post(address(draft), typed(1, "older", do="autosave")).status_code == 409
    assert _kept(draft).paragraphs[0].text == "newer"


@pytest.mark.parametrize("who", ["lead", "lawyer", "auditor", "outsider", "administrator"])
def test_nobody_but_its_author_opens_saves_or_seals_a_draft(cast: Cast, draft: StatementDraft, who: str) -> None:
    browser, start = hearing(cast, who), ledger_size()
    assert browser.get(address(draft)).status_code == 404
    for step, sent in (
        ("", {"do": "open"}),
        ("", typed(1)),
        ("seal/", READ | {"revision": "1"}),
        ("confidential/", {"contact": "x"}),
    ):
        assert browser.post(address(draft, step), sent).status_code == 404
    draft.refresh_from_db()
    assert (draft.revision, draft.confidential) == (1, None)
    assert Action.SEALED_OPENED not in _actions(start)


@pytest.mark.parametrize("who", ["lawyer", "auditor", "outsider"])
def test_others_begin_no_draft(cast: Cast, who: str) -> None:
    taking.witness_of(cast.case)
    assert hearing(cast, who).post("/cases/RWB-04/witnesses/W-0001/draft/").status_code == 404
    assert not StatementDraft.objects.exists()


def test_without_a_purpose_nothing_opens_and_that_is_on_record(cast: Cast, draft: StatementDraft) -> None:
    browser, start = hearing(cast, purpose=None), ledger_size()
    for step, sent in (("", {"do": "open"}), ("seal/", READ | {"revision": "1"})):
        response = browser.post(address(draft, step), sent)
        assert response.status_code == 403
        assert files.CANARY_WORDS not in response.content.decode()
    assert _actions(start) == [Action.SEALED_REFUSED] * 2


def test_after_the_key_is_destroyed_it_is_erased(cast: Cast, draft: StatementDraft) -> None:
    PersonKey.objects.filter(person=draft.witness.person).delete()
    start = ledger_size()
    response = hearing(cast).post(address(draft), {"do": "open"})
    assert response.status_code == 403
    assert "erased for good" in response.content.decode()
    assert _actions(start) == [Action.SEALED_REFUSED]


def test_a_closed_case_takes_no_save_and_the_words_stay_on_the_page(cast: Cast, draft: StatementDraft) -> None:
    close(cast.case, cast.lead)
    response = hearing(cast).post(address(draft), typed(1))
    assert response.status_code == 422
    assert WORDS in response.content.decode()
    draft.refresh_from_db()
    assert draft.revision == 1


def test_nothing_is_sealed_before_it_was_read_back_confirmed_and_signed(cast: Cast, draft: StatementDraft) -> None:
    browser = hearing(cast)
    assert browser.post(address(draft, "seal/"), SEAL | {"revision": "1"}).status_code == 403
    browser.post(address(draft, "seal/"), READ | {"revision": "1"})
    for change in ({"confirm": ""}, {"end": ""}, {"country": ""}, {"day": "2999-01-01"}, {"revision": "1"}):
        assert browser.post(address(draft, "seal/"), SEAL | {"revision": "2"} | change).status_code == 422, change
    assert not Statement.objects.exists()
    assert browser.post(address(draft, "seal/"), SEAL | {"revision": "2"}).status_code == 302


def test_the_confidential_side_is_sealed_and_never_shown_here(cast: Cast, draft: StatementDraft) -> None:
    browser = hearing(cast)
    response = browser.post(address(draft, "confidential/"), {"contact": "by the well"})
    assert response.status_code == 302
    assert browser.post(address(draft, "confidential/"), {"contact": ""}).status_code == 422
    for page in (browser.get(address(draft, "confidential/")), browser.post(address(draft), {"do": "open"})):
        assert "by the well" not in page.content.decode()
    assert "by the well" not in every_value()


def test_its_author_or_the_lead_discards_it(cast: Cast, draft: StatementDraft) -> None:
    for who in ("lawyer", "auditor", "outsider"):
        assert hearing(cast, who).post(address(draft), {"do": "discard"}).status_code == 404
    assert StatementDraft.objects.exists()
    start = ledger_size()
    assert hearing(cast, "lead").post(address(draft), {"do": "discard"}).status_code == 302
    assert _actions(start) == [Action.STATEMENT_DRAFT_DISCARDED]
    assert not StatementDraft.objects.exists()


def test_a_save_that_fails_leaves_no_word_in_the_database_the_logs_or_the_session(
    cast: Cast, draft: StatementDraft, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*_given: object, **_named: object) -> None:
        raise sealed.KeyNotOursError("not ours")

    monkeypatch.setattr(objects, "check_key", refuse)
    browser = hearing(cast)
    with caplog.at_level("DEBUG"):
        response = browser.post(address(draft), typed(1))
    assert response.status_code == 422
    assert WORDS in response.content.decode()
    assert WORDS not in every_value()
    assert WORDS not in caplog.text
    assert WORDS not in str(dict(browser.session.items()))


def test_an_error_report_hides_what_was_typed(
    cast: Cast, draft: StatementDraft, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def break_down(*_given: object, **_named: object) -> None:
        raise RuntimeError("the disk is gone")

    monkeypatch.setattr(drafts, "save", break_down)
    browser = hearing(cast)
    browser.raise_request_exception = False
    with caplog.at_level("ERROR"):
        response = browser.post(address(draft), typed(1))
    assert response.status_code == 500
    from django.views.debug import SafeExceptionReporterFilter

    (record,) = [each for each in caplog.records if getattr(each, "request", None) is not None]
    cleansed = SafeExceptionReporterFilter().get_post_parameters(record.request)  # type: ignore[attr-defined]
    assert WORDS not in str(cleansed)
    assert WORDS not in caplog.text
