"""A sealed statement in the browser: opened with a reason, for a while, by those who may, and never changed."""

from __future__ import annotations

import hashlib
import re

import pytest
from django.test import Client

from custody import ledger
from custody.actions import Action
from custody.models import PersonKey
from custody.purposes import Purpose
from testimony.core.statement import Confidential
from testimony.models import Opening, Statement, StatementDraft
from testimony.statements import drafts
from testimony.witnesses import openings
from tests.cast import Cast, browser_of, entries_since, ledger_size
from tests.custody.test_closing import close
from tests.testimony import files
from tests.testimony.statements import taking
from tests.testimony.tables import every_value

PAGE = "/cases/RWB-04/statements/ST-0001/"
REASON = "To prepare the hearing on the transfer"
SECRET = "reach her through the baker"


@pytest.fixture
def statement(cast: Cast) -> Statement:
    draft = taking.draft_of(cast.case, cast.investigator)
    drafts.keep_confidential(draft=draft, confidential=Confidential(contact=SECRET), actor=files.ACTOR)
    taking.read(draft)
    return taking.seal(draft)


def member(cast: Cast, who: str, purpose: Purpose | None = Purpose.CASE_PREPARATION) -> Client:
    return browser_of(getattr(cast, who), purpose=purpose, case=cast.case)


def opening(browser: Client, do: str = "open", reason: str = REASON) -> tuple[int, str]:
    response = browser.post(PAGE, {"do": do, "reason": reason})
    return response.status_code, response.content.decode()


def _bare(page: str) -> str:
    """A digest is shown in groups; here they stand together."""
    return re.sub(r"<[^>]+>|\s", "", page)


@pytest.mark.parametrize("who", ["lead", "investigator", "lawyer"])
def test_those_who_hear_or_build_open_it_for_a_while(cast: Cast, statement: Statement, who: str) -> None:
    files.agree_to_be_read(statement.witness)
    start = ledger_size()
    response = member(cast, who).post(PAGE, {"do": "open", "reason": REASON})
    page = response.content.decode()
    assert response.status_code == 200
    assert files.CANARY_WORDS in page
    assert response["Cache-Control"] == "no-store"
    assert response["Refresh"] == f"{openings.SHOWN_SECONDS}; url={PAGE}"
    row = Opening.objects.get()
    assert (row.account, row.subject, row.reason) == (getattr(cast, who), statement.pk, REASON)
    assert f"{row.until:%Y-%m-%d %H:%M:%S}" in page
    (entry,) = entries_since(start)
    assert (entry.action, entry.actor) == (Action.SEALED_OPENED, str(getattr(cast, who).pk))


def test_the_reason_is_in_no_entry_and_no_history_but_its_digest_is(cast: Cast, statement: Statement) -> None:
    start = ledger_size()
    opening(member(cast, "lead"))
    assert every_value().count(REASON) == 1
    stored = ledger.find_entry(start)
    assert stored is not None
    snapshot = bytes(Opening.history.get().snapshot)
    assert ledger.entry_of(stored).subject["snapshot"] == hashlib.sha256(snapshot).hexdigest()
    assert b"reason_digest" in snapshot


def test_the_auditor_sees_that_it_is_there_and_opens_nothing(cast: Cast, statement: Statement) -> None:
    browser, start = member(cast, "auditor", Purpose.AUDIT), ledger_size()
    page = browser.get(PAGE).content.decode()
    assert statement.text_sha256 in _bare(page)
    assert "Open the statement" not in page
    assert opening(browser)[0] == 404
    refused = [entry for entry in entries_since(start) if entry.action == Action.SEALED_REFUSED]
    assert [(entry.actor, entry.outcome) for entry in refused] == [(str(cast.auditor.pk), "denied")]
    assert not Opening.objects.exists()


@pytest.mark.parametrize("who", ["outsider", "administrator"])
def test_strangers_find_nothing(cast: Cast, statement: Statement, who: str) -> None:
    assert member(cast, who).get(PAGE).status_code == 404
    assert opening(member(cast, who))[0] == 404
    assert not Opening.objects.exists()


def test_without_a_purpose_or_a_reason_it_stays_shut(cast: Cast, statement: Statement) -> None:
    start = ledger_size()
    status, page = opening(member(cast, "lead", None))
    assert (status, files.CANARY_WORDS in page) == (403, False)
    assert [entry.action for entry in entries_since(start)] == [Action.SEALED_REFUSED]
    status, page = opening(member(cast, "lead"), reason="  ")
    assert (status, files.CANARY_WORDS in page) == (422, False)
    assert not Opening.objects.exists()


def test_after_the_key_is_destroyed_the_page_says_erased(cast: Cast, statement: Statement) -> None:
    PersonKey.objects.filter(person=statement.witness.person).delete()
    browser, start = member(cast, "lead"), ledger_size()
    assert "erased" in browser.get(PAGE).content.decode()
    status, page = opening(browser)
    assert (status, "erased for good" in page) == (403, True)
    assert Action.SEALED_REFUSED in [entry.action for entry in entries_since(start)]
    assert not Opening.objects.exists()


def test_in_a_closed_case_it_is_read_and_nothing_is_added(cast: Cast, statement: Statement) -> None:
    files.agree_to_be_read(statement.witness)
    close(cast.case, cast.lead)
    assert opening(member(cast, "lawyer"))[0] == 200
    response = member(cast, "lead").post(f"{PAGE}follow/", {"following": "addendum", "paragraphs": ""})
    assert response.status_code == 422
    assert not StatementDraft.objects.exists()


def test_the_confidential_side_opens_for_those_who_hear_and_never_with_the_words(
    cast: Cast, statement: Statement
) -> None:
    status, page = opening(member(cast, "investigator"), "open-confidential")
    assert (status, SECRET in page, files.CANARY_WORDS in page) == (200, True, False)
    assert opening(member(cast, "lawyer"), "open-confidential")[0] == 404
    assert SECRET not in opening(member(cast, "investigator"))[1]
    assert "never served" not in member(cast, "lawyer").get(PAGE).content.decode()


def test_a_correction_is_a_statement_of_its_own_shown_on_both(cast: Cast, statement: Statement) -> None:
    browser = member(cast, "investigator")
    response = browser.post(f"{PAGE}follow/", {"following": "correction", "paragraphs": "2, 1"})
    assert response.status_code == 200
    draft = StatementDraft.objects.get()
    assert (draft.follows, draft.following, draft.follows_paragraphs) == (statement, "correction", [1, 2])
    drafts.save(draft=draft, text=taking.text_of("on the 15th"), revision=1, actor=files.ACTOR)
    taking.read(draft)
    taking.seal(draft)
    assert "ST-0002" in browser.get(PAGE).content.decode()
    page = browser.get("/cases/RWB-04/statements/ST-0002/").content.decode()
    assert "ST-0001" in page
    assert statement.text_sha256 in _bare(page)


def test_odd_paragraph_numbers_and_other_roles_begin_nothing(cast: Cast, statement: Statement) -> None:
    asked = {"following": "correction", "paragraphs": "two"}
    assert member(cast, "lead").post(f"{PAGE}follow/", asked).status_code == 422
    for who in ("lawyer", "auditor", "outsider"):
        assert member(cast, who).post(f"{PAGE}follow/", asked | {"paragraphs": "2"}).status_code == 404
    assert not StatementDraft.objects.exists()
