"""The first step of a statement in the browser: by those who hear witnesses, and nothing lost on a fault."""

from __future__ import annotations

from pathlib import Path

import pytest

from testimony.core.consent import Scope
from testimony.gate import decision_for
from testimony.models import Information, Statement, StatementDraft, Victim, Witness
from testimony.statements import drafts
from testimony.victims import create_victim
from tests.cast import Cast, browser_of, entries_since, ledger_size
from tests.custody.test_closing import close
from tests.testimony import files

PAGE = "/cases/RWB-04/victims/VF-0001/statement/"
TYPED: dict[str, str | list[str]] = {
    "witness": "",
    "role": "relative",
    "name_ar": files.CANARY_NAME,
    "name_latin": files.CANARY_LATIN,
    "contact": "by the well",
    "answer": "yes",
    "information": list(Information.values),
    "decides_alone": "on",
    "how": "signature",
    "language": "ar",
    "kind": "first-account",
    "taken_on": "2025-02-03",
    "method": "named",
    "words": "كتبتُ البطاقة.\r\n\r\nأعرف خطي.",
    "translation": "I wrote the card.\n\nI know my hand.",
}


@pytest.fixture
def victim(cast: Cast) -> None:
    create_victim(case=cast.case, actor=files.ACTOR)


@pytest.mark.usefixtures("victim")
def test_what_is_typed_begins_a_draft_of_its_witness_and_records_the_consent(cast: Cast) -> None:
    response = browser_of(cast.investigator).post(PAGE, TYPED)
    assert response.status_code == 200
    assert "I know my hand." in response.content.decode()
    draft = StatementDraft.objects.get()
    consent = draft.witness.consents.get()
    assert (draft.witness.code, consent.state) == ("W-0001", "yes")
    talk = consent.conversation
    assert talk is not None
    assert (talk.held_on.isoformat(), talk.capacity, talk.form_version) == ("2025-02-03", "full", "2")
    assert talk.information == list(Information.values)
    assert decision_for(draft.witness, scope=Scope.COURT_DOSSIER).allowed
    assert (draft.owner, draft.victim, draft.method) == (cast.investigator, Victim.objects.get(), "named")
    opened = drafts.open_draft(draft=draft, actor=files.ACTOR, purpose="case-preparation")
    assert [(paragraph.text, paragraph.translation) for paragraph in opened.paragraphs] == [
        ("كتبتُ البطاقة.", "I wrote the card."),
        ("أعرف خطي.", "I know my hand."),
    ]
    assert [session.day for session in opened.sessions] == ["2025-02-03"]
    assert not Statement.objects.exists()


@pytest.mark.usefixtures("victim")
def test_a_known_witness_keeps_the_code_and_an_unasked_one_stays_unasked(cast: Cast) -> None:
    browser = browser_of(cast.lead)
    browser.post(PAGE, TYPED | {"answer": "not-asked"})
    browser.post(PAGE, TYPED | {"witness": "W-0001", "answer": "not-asked", "words": "", "translation": ""})
    assert Witness.objects.count() == 1
    assert StatementDraft.objects.count() == 2
    assert not Witness.objects.get().consents.exists()


@pytest.mark.usefixtures("victim")
def test_a_no_needs_no_explanation_and_is_a_conversation_all_the_same(cast: Cast) -> None:
    browser_of(cast.lead).post(PAGE, TYPED | {"answer": "no", "information": [], "decides_alone": ""})
    consent = Witness.objects.get().consents.get()
    assert consent.conversation is not None
    assert (consent.state, consent.conversation.information, consent.conversation.capacity) == ("no", [], "unclear")


@pytest.mark.usefixtures("victim")
def test_who_has_answered_before_answers_again_on_the_page_for_it_and_the_first_answer_stands(cast: Cast) -> None:
    browser = browser_of(cast.lead)
    browser.post(PAGE, TYPED | {"answer": "no"})
    response = browser.post(PAGE, TYPED | {"witness": "W-0001"})
    assert (response.status_code, StatementDraft.objects.count()) == (422, 1)
    assert "This witness has answered before." in response.content.decode()
    assert Witness.objects.get().consents.get().state == "no"


@pytest.mark.usefixtures("victim")
def test_in_a_closed_case_nothing_begins_not_even_a_witness(cast: Cast) -> None:
    close(cast.case, cast.lead)
    response = browser_of(cast.investigator).post(PAGE, TYPED)
    assert response.status_code == 422
    assert "is closed" in response.content.decode()
    assert not StatementDraft.objects.exists()
    assert not Witness.objects.exists()


@pytest.mark.parametrize("who", ["lawyer", "auditor", "outsider"])
@pytest.mark.usefixtures("victim")
def test_others_do_not_hear_witnesses(cast: Cast, who: str) -> None:
    assert browser_of(getattr(cast, who)).post(PAGE, TYPED).status_code == 404
    assert not StatementDraft.objects.exists()


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"translation": "one\n\ntwo\n\nthree"}, "The original has 2 paragraphs, the translation 3."),
        ({"role": ""}, "This field is required."),
        ({"taken_on": "2999-01-01"}, "This day is still to come."),
        ({"information": Information.values[:-1]}, "Missing: where to complain"),
        ({"information": []}, "A yes counts only when everything was explained."),
        ({"decides_alone": ""}, "does not decide alone takes a guardian or supporter"),
    ],
)
@pytest.mark.usefixtures("victim")
def test_a_fault_is_told_nothing_is_recorded_and_nothing_typed_is_lost(
    cast: Cast, changes: dict[str, str | list[str]], fault: str
) -> None:
    browser, start = browser_of(cast.investigator), ledger_size()
    response = browser.post(PAGE, TYPED | changes)
    page = response.content.decode()
    assert response.status_code == 422
    assert fault in page
    assert files.CANARY_NAME in page
    assert [row.action for row in entries_since(start)] == ["case.viewed"]  # the form that came back
    assert Witness.objects.count() == 0


def test_pictures_are_linked_by_number_and_strange_ones_named(cast: Cast, tmp_path: Path) -> None:
    items = files.take_in(cast.case, tmp_path / "in")
    victim = create_victim(case=cast.case, actor=files.ACTOR)
    browser, address = browser_of(cast.lawyer), "/cases/RWB-04/victims/VF-0001/pictures/"
    refused = browser.post(address, {"numbers": f"{items[0].ern}, AMN-NONE-0000-0001"})
    assert refused.status_code == 422
    assert "Not in this case: AMN-NONE-0000-0001" in refused.content.decode()
    assert not victim.pictures.exists()
    assert browser.post(address, {"numbers": f"{items[0].ern}\n{items[1].ern}"}).status_code == 302
    assert victim.pictures.count() == 2
    assert browser_of(cast.auditor).post(address, {"numbers": items[0].ern}).status_code == 404


def test_a_victim_file_is_opened_in_the_browser_but_not_by_an_auditor(cast: Cast) -> None:
    address = "/cases/RWB-04/victims/"
    typed = {"name_ar": "سليم الحارث", "name_latin": "", "notes": ""}
    assert browser_of(cast.auditor).post(address, typed).status_code == 404
    response = browser_of(cast.lawyer).post(address, typed)
    assert response["Location"] == "/cases/RWB-04/victims/VF-0001/"
