"""From the first code to the conversation about consent and back, and who may do what of it."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest

from custody.actions import Action
from custody.models import Disclosure as Release
from custody.models import Party, PartyKind, PersonKey, SealedObject
from custody.parties import create_party
from custody.purposes import Purpose
from evidence.access import asker_for_command
from evidence.bundles import Request, Selection
from testimony import gate, handing_out
from testimony.consents import recipients
from testimony.core.consent import Recipient, Scope, Why
from testimony.core.errors import ConsentError
from testimony.models import Consent, ConsentConversation, Information, Opening, SealedIdentity, Witness, WitnessRole
from testimony.witnesses import Identity, create_witness, open_identity, seal_identity
from tests.cast import Cast, browser_of, entries_since, ledger_size
from tests.custody.test_closing import close
from tests.testimony import files

LIST = "/cases/RWB-04/witnesses/"
PAGE = f"{LIST}W-0001/"
TALK = f"{PAGE}consent/"
TERMS = "/cases/RWB-04/recipients/"
PARTICULARS = {
    "role": "relative",
    "languages": "ar en",
    "literacy": "with-help",
    "relation": "sibling",
    "ready": "later",
    "prior_accounts": "some",
    "measures": ["pseudonym", "remote"],
    "risk_assessed_on": "2025-02-01",
    "risk_review_on": "2025-08-01",
}
TOLD = {
    "held_on": "2025-02-03",
    "place": "office",
    "language": "ar",
    "interpreter": "",
    "form_version": "2",
    "information": [each.value for each in Information],
    "capacity": "full",
    "of_age_on": "",
    "party": "",
    "only_this_case": "on",
    "conditions": [],
    "expires_on": "",
    "review_on": "",
    "how": "thumbprint",
    "evidence": "",
    "seconded": "",
}
YES = TOLD | {"answer_court-dossier_court": "yes", "level_court-dossier_court": "pseudonym"}


@pytest.fixture
def witness(cast: Cast) -> Witness:
    return create_witness(case=cast.case, role=WitnessRole.RELATIVE, actor=files.ACTOR)


def _text(cast: Cast, who: str, address: str) -> str:
    return browser_of(getattr(cast, who)).get(address).content.decode()


def test_a_witness_begins_with_a_code_and_what_is_known_in_clear(cast: Cast) -> None:
    response = browser_of(cast.investigator).post(LIST, PARTICULARS)
    assert (response.status_code, response["Location"]) == (302, PAGE)
    made = Witness.objects.get()
    assert (made.relation, made.ready, made.measures) == ("sibling", "later", ["pseudonym", "remote"])
    page = _text(cast, "auditor", LIST)
    assert "W-0001" in page
    assert "risk to be assessed again" in page


@pytest.mark.usefixtures("witness")
def test_what_is_known_in_clear_is_changed_and_the_change_is_on_record(cast: Cast) -> None:
    before = ledger_size()
    assert browser_of(cast.lead).post(PAGE, PARTICULARS | {"ready": "yes"}).status_code == 302
    assert Witness.objects.get().ready == "yes"
    assert Action.WITNESS_CHANGED in [entry.action for entry in entries_since(before)]


@pytest.mark.parametrize("changes", [{"languages": "Arabic!"}, {"ready": "maybe"}, {"measures": ["armour"]}])
@pytest.mark.usefixtures("witness")
def test_a_fault_in_the_particulars_changes_nothing(cast: Cast, changes: dict[str, Any]) -> None:
    answer = browser_of(cast.lead).post(PAGE, PARTICULARS | changes)
    assert answer.status_code == 422
    assert Witness.objects.get().relation == "unknown"


def test_the_identity_is_sealed_and_never_shown(cast: Cast, witness: Witness) -> None:
    typed = {"name_ar": files.CANARY_NAME, "whereabouts": "by the well", "vulnerability": "sleeps badly"}
    browser = browser_of(cast.investigator)
    assert browser.post(f"{PAGE}identity/", typed).status_code == 302
    identity = files.read_identity(witness)
    assert (identity.name_ar, identity.whereabouts, identity.vulnerability) == tuple(typed.values())
    for address in (PAGE, f"{PAGE}identity/", LIST):
        assert files.CANARY_NAME not in browser.get(address).content.decode()


def test_an_identity_is_sealed_anew_and_the_earlier_bytes_stay_until_erasure(cast: Cast, witness: Witness) -> None:
    browser = browser_of(cast.investigator)
    for name in (files.CANARY_NAME, "ليلى الحداد"):
        assert browser.post(f"{PAGE}identity/", {"name_ar": name}).status_code == 302
    assert files.read_identity(witness).name_ar == "ليلى الحداد"
    assert SealedObject.objects.filter(person=witness.person).count() == 2


@pytest.mark.usefixtures("witness")
def test_an_empty_identity_seals_nothing_over_what_is_sealed(cast: Cast) -> None:
    browser = browser_of(cast.investigator)
    browser.post(f"{PAGE}identity/", {"name_ar": files.CANARY_NAME})
    before = SealedIdentity.objects.get().sealed_sha256
    assert browser.post(f"{PAGE}identity/", {"name_ar": ""}).status_code == 422
    assert SealedIdentity.objects.get().sealed_sha256 == before


def test_a_conversation_is_recorded_with_each_answer(cast: Cast, witness: Witness) -> None:
    typed = YES | {"answer_media_media": "no", "answer_share_ngo": "ask-first", "conditions": ["no-death-penalty"]}
    assert browser_of(cast.investigator).post(TALK, typed).status_code == 302
    answers = {(row.scope, row.recipient): row.state for row in Consent.objects.all()}
    assert answers == {
        ("court-dossier", "court"): "yes",
        ("media", "media"): "no",
        ("share", "ngo"): "ask-first",
    }
    talk = ConsentConversation.objects.get()
    assert (talk.how, set(talk.information)) == ("thumbprint", {each.value for each in Information})
    assert gate.decision_for(witness, scope=Scope.COURT_DOSSIER).reasons == (Why.CONDITION_UNKNOWN,)
    page = _text(cast, "lawyer", PAGE)
    assert "no death penalty" in page
    assert "ask me first" in page


@pytest.mark.usefixtures("witness")
def test_a_second_conversation_makes_a_new_version_of_the_answer(cast: Cast) -> None:
    browser = browser_of(cast.lead)
    browser.post(TALK, YES)
    browser.post(TALK, YES | {"answer_court-dossier_court": "no", "held_on": "2025-03-03"})
    consent = Consent.objects.get()
    assert (consent.version, consent.state, consent.given_on) == (2, "no", datetime.date(2025, 3, 3))
    history: Any = Consent
    assert list(history.history.order_by("history_id").values_list("state", "version")) == [("yes", 1), ("no", 2)]


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"information": ["risks"]}, "A yes counts only when everything was explained."),
        ({"answer_court-dossier_court": ""}, "No use has an answer yet."),
        ({"held_on": "2999-01-01"}, "This day is still to come."),
        ({"evidence": "AMN-RWB-0000-9999"}, "Not in this case: AMN-RWB-0000-9999"),
        ({"expires_on": "2024-01-01"}, "xpires"),
        ({"conditions": ["a bribe"]}, "a bribe"),
    ],
)
@pytest.mark.usefixtures("witness")
def test_nothing_of_a_faulty_conversation_is_kept_and_what_was_typed_stays(
    cast: Cast, changes: dict[str, Any], fault: str
) -> None:
    before = ledger_size()
    answer = browser_of(cast.lead).post(TALK, YES | changes)
    assert answer.status_code == 422
    assert fault in answer.content.decode()
    assert 'value="2"' in answer.content.decode()
    assert not Consent.objects.exists()
    assert not ConsentConversation.objects.exists()
    assert Action.CONSENT_GIVEN not in [entry.action for entry in entries_since(before)]


@pytest.mark.usefixtures("witness")
def test_a_no_counts_whatever_was_explained(cast: Cast) -> None:
    typed = YES | {"information": [], "answer_court-dossier_court": "no"}
    assert browser_of(cast.lead).post(TALK, typed).status_code == 302
    assert Consent.objects.get().state == "no"


def test_paper_of_another_case_is_no_evidence_of_a_consent(cast: Cast, witness: Witness, tmp_path: Path) -> None:
    foreign = files.take_in(cast.other_case, tmp_path / "in", count=1)[0]
    assert browser_of(cast.lead).post(TALK, YES | {"evidence": foreign.ern}).status_code == 422
    ours = files.take_in(cast.case, tmp_path / "ours", count=1)[0]
    assert browser_of(cast.lead).post(TALK, YES | {"evidence": ours.ern}).status_code == 302
    assert witness.consent_conversations.get().evidence == ours


def test_one_answer_or_everything_is_taken_back(cast: Cast, witness: Witness) -> None:
    browser = browser_of(cast.investigator)
    browser.post(TALK, YES | {"answer_media_media": "yes", "answer_report_public": "no"})
    media = Consent.objects.get(scope="media")
    assert browser.post(f"{PAGE}withdraw/", {"consent": media.code}).status_code == 302
    assert sorted(witness.consents.values_list("scope", "state")) == [
        ("court-dossier", "yes"),
        ("media", "withdrawn"),
        ("report", "no"),
    ]
    browser.post(f"{PAGE}withdraw/")
    assert sorted(witness.consents.values_list("state", flat=True)) == ["no", "withdrawn", "withdrawn"]
    assert "the witness withdrew the consent" in browser.get(PAGE).content.decode()


def test_a_withdrawal_says_which_releases_it_touches(cast: Cast, tmp_path: Path) -> None:
    file = files.file_of(cast.case, tmp_path / "in")
    court = files.court(cast.case)
    version = files.build(file, recipient=court)
    files.hand_out(version, tmp_path / "out", asker=cast.lawyer, decider=cast.lead)
    browser = browser_of(cast.lead)
    page = browser.post(f"{PAGE}withdraw/", follow=True).content.decode()
    assert "1 release that left before is touched" in page


@pytest.mark.parametrize("who", ["lawyer", "auditor", "outsider", "administrator"])
@pytest.mark.usefixtures("witness")
def test_only_those_who_hear_witnesses_talk_with_them(cast: Cast, who: str) -> None:
    browser = browser_of(getattr(cast, who))
    for address in (TALK, f"{PAGE}identity/", f"{PAGE}consent.pdf"):
        assert browser.get(address).status_code == 404
    for address, typed in ((LIST, PARTICULARS), (PAGE, PARTICULARS), (TALK, YES), (f"{PAGE}withdraw/", {})):
        assert browser.post(address, typed).status_code == 404
    assert Witness.objects.get().relation == "unknown"
    assert not Consent.objects.exists()
    assert not SealedIdentity.objects.exists()


@pytest.mark.usefixtures("witness")
def test_a_closed_case_takes_no_new_witness_but_what_witnesses_say_of_consent(cast: Cast) -> None:
    close(cast.case, cast.lead)
    browser = browser_of(cast.lead)
    assert browser.post(LIST, PARTICULARS).status_code != 302
    assert browser.post(TALK, YES).status_code == 302
    assert Consent.objects.get().state == "yes"


@pytest.mark.usefixtures("witness")
def test_the_form_to_sign_is_a_paper_under_the_code_alone(cast: Cast) -> None:
    answer = browser_of(cast.investigator).get(f"{PAGE}consent.pdf")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")


@pytest.fixture
def court(cast: Cast) -> Party:
    return create_party(code="ICC", name="A court", kind=PartyKind.AUTHORITY, actor=files.ACTOR)


def test_the_lawyer_records_what_a_recipient_assures_and_that_decides(cast: Cast, court: Party, tmp_path: Path) -> None:
    file = files.file_of(cast.case, tmp_path / "in", consent=None)
    browser_of(cast.lead).post(TALK, YES | {"conditions": ["no-death-penalty"]})

    def why() -> tuple[Why, ...]:
        to = gate.addressee_of(cast.case, court)
        assert to is not None
        return gate.decision_for(file.witness, scope=Scope.COURT_DOSSIER, to=to).reasons

    assert gate.addressee_of(cast.case, court) is None
    typed = {"party": "ICC", "kind": "international-court", "basis": "Rome Statute, art. 77"}
    browser_of(cast.lawyer).post(TERMS, typed)
    assert why() == (Why.CONDITION_UNKNOWN,)
    assert browser_of(cast.lawyer).post(TERMS, typed | {"met_no-death-penalty": "no"}).status_code == 302
    assert why() == (Why.CONDITION_NOT_MET,)
    browser_of(cast.lawyer).post(TERMS, typed | {"met_no-death-penalty": "yes"})
    assert why() == (Why.AGREED,)
    assert "Rome Statute" in _text(cast, "auditor", TERMS)


@pytest.mark.parametrize("who", ["investigator", "auditor", "outsider", "administrator"])
def test_others_record_no_assurances(cast: Cast, court: Party, who: str) -> None:
    typed = {"party": court.code, "kind": "international-court", "basis": "a letter"}
    assert browser_of(getattr(cast, who)).post(TERMS, typed).status_code == 404
    assert not recipients.terms_in(cast.case).exists()


def test_a_party_is_taken_for_no_more_than_is_known(cast: Cast, court: Party) -> None:
    ngo = create_party(code="NGO", name="Helpers", kind=PartyKind.ORGANISATION, actor=files.ACTOR)
    person = create_party(code="SOMEBODY", name="Somebody", kind=PartyKind.PERSON, actor=files.ACTOR)
    kinds = [getattr(gate.addressee_of(cast.case, each), "kind", None) for each in (court, ngo, person, None)]
    assert kinds == [None, Recipient.NGO, None, None]
    _is_a_court(cast, court)
    assert gate.scope_for(gate.addressee_of(cast.case, ngo), Purpose.DISCLOSURE) is Scope.SHARE
    assert gate.scope_for(gate.addressee_of(cast.case, court), Purpose.AUDIT) is None


def _is_a_court(cast: Cast, party: Party) -> None:
    recipients.record_terms(
        case=cast.case, party=party, kind=Recipient.INTERNATIONAL_COURT, met={}, basis="a letter", actor=files.ACTOR
    )


def test_an_authority_that_nobody_recorded_as_a_court_gets_no_dossier(cast: Cast, court: Party, tmp_path: Path) -> None:
    file = files.file_of(cast.case, tmp_path / "in")
    browser = browser_of(cast.lawyer, purpose=Purpose.DISCLOSURE, case=cast.case)
    page = f"/cases/RWB-04/victims/{file.victim.code}/?to=ICC"
    shown = browser.get(page).content.decode()
    assert "no consent covers handing it to this recipient" in shown
    _is_a_court(cast, court)
    assert "no consent covers handing it" not in browser.get(page).content.decode()


def test_a_dossier_is_decided_for_the_recipient_it_is_built_for(cast: Cast, court: Party, tmp_path: Path) -> None:
    file = files.file_of(cast.case, tmp_path / "in", consent=None)
    browser_of(cast.lead).post(TALK, TOLD | {"answer_court-dossier_international-court": "yes"})
    _is_a_court(cast, court)
    browser = browser_of(cast.lawyer, purpose=Purpose.DISCLOSURE, case=cast.case)
    page = f"/cases/RWB-04/victims/{file.victim.code}/"
    assert "the witness answered about this use for other recipients only" in browser.get(page).content.decode()
    assert "Goes in" in browser.get(f"{page}?to=ICC").content.decode()
    with pytest.raises(ConsentError):
        files.build(file)
    version = files.build(file, recipient=court)
    files.hand_out(version, tmp_path / "out", asker=cast.lawyer, decider=cast.lead)
    assert Release.objects.get().recipient == court
    assert browser.get(f"{page}?to=NOBODY").status_code == 404


def test_a_bundle_for_an_organisation_asks_about_sharing(cast: Cast, tmp_path: Path) -> None:
    file = files.file_of(cast.case, tmp_path / "in")
    ngo = create_party(code="NGO", name="Helpers", kind=PartyKind.ORGANISATION, actor=files.ACTOR)

    def offered() -> Any:
        asker = asker_for_command(case=cast.case, purpose=Purpose.DISCLOSURE)
        return handing_out.statements_part(Request(asker, ngo, Selection()))

    assert offered().withheld == {file.statement.code: Why.NEVER_ASKED.value}
    browser_of(cast.lead).post(TALK, TOLD | {"answer_share_ngo": "yes"})
    assert offered().given == (file.statement.code,)


OPEN = f"{PAGE}identity/open/"
WHY = {"reason": "to agree on a day for the hearing"}


@pytest.fixture
def known(cast: Cast, witness: Witness) -> Witness:
    seal_identity(
        witness=witness, identity=Identity(name_ar=files.CANARY_NAME, whereabouts="by the well"), actor=files.ACTOR
    )
    return witness


def _opened(
    cast: Cast, who: str = "investigator", purpose: Purpose | None = Purpose.IDENTIFICATION, **typed: str
) -> Any:
    browser = browser_of(getattr(cast, who), purpose=purpose, case=cast.case)
    return browser.post(OPEN, WHY | typed)


def test_an_identity_is_opened_for_a_reason_on_record_and_for_a_while(cast: Cast, known: Witness) -> None:
    before = ledger_size()
    answer = _opened(cast)
    assert files.CANARY_NAME in answer.content.decode()
    assert (answer["Cache-Control"], answer["Refresh"].partition(";")[0]) == ("no-store", "600")
    opened = [entry for entry in entries_since(before) if entry.action == Action.SEALED_OPENED]
    assert [(entry.outcome, entry.actor) for entry in opened] == [("granted", str(cast.investigator.pk))]
    assert Opening.objects.get().reason == WHY["reason"]
    assert all(WHY["reason"].encode() not in bytes(entry.body) for entry in entries_since(before))


@pytest.mark.parametrize("who", ["lawyer", "auditor", "outsider", "administrator"])
def test_others_do_not_learn_who_a_witness_is(cast: Cast, known: Witness, who: str) -> None:
    answer = _opened(cast, who)
    assert answer.status_code == 404
    assert not Opening.objects.exists()


def test_without_purpose_or_reason_or_after_erasure_it_stays_shut_and_that_is_recorded(
    cast: Cast, known: Witness
) -> None:
    assert _opened(cast, purpose=None).status_code == 403
    assert _opened(cast, reason="short").status_code == 422
    PersonKey.objects.filter(person=known.person).delete()
    before = ledger_size()
    answer = _opened(cast)
    assert answer.status_code == 403
    assert files.CANARY_NAME not in answer.content.decode()
    assert Action.SEALED_REFUSED in [entry.action for entry in entries_since(before)]
    assert not Opening.objects.exists()


def test_a_lawyer_reads_a_statement_only_where_the_witness_agreed_to_be_read(cast: Cast, tmp_path: Path) -> None:
    file = files.file_of(cast.case, tmp_path / "in", consent=None)
    page = f"/cases/RWB-04/statements/{file.statement.code}/"

    def read(who: str) -> Any:
        browser = browser_of(getattr(cast, who), purpose=Purpose.CASE_PREPARATION, case=cast.case)
        return browser.post(page, {"do": "open", **WHY})

    before = ledger_size()
    refused = read("lawyer")
    assert refused.status_code == 403
    assert files.CANARY_WORDS not in refused.content.decode()
    assert "never asked about this use" in refused.content.decode()
    assert Action.SEALED_REFUSED in [entry.action for entry in entries_since(before)]
    assert files.CANARY_WORDS in read("investigator").content.decode()
    browser_of(cast.lead).post(TALK, TOLD | {"answer_analyse_house": "yes"})
    assert files.CANARY_WORDS in read("lawyer").content.decode()
    browser_of(cast.lead).post(TALK, TOLD | {"answer_analyse_house": "no"})
    assert read("lawyer").status_code == 403


def test_what_is_written_down_late_does_not_undo_what_was_said_after_it(cast: Cast, witness: Witness) -> None:
    browser = browser_of(cast.lead)
    browser.post(TALK, YES)
    browser.post(f"{PAGE}withdraw/")
    answer = browser.post(TALK, YES | {"held_on": "2025-02-04"})
    assert answer.status_code == 422
    assert "A later answer about this is on record" in answer.content.decode()
    assert Consent.objects.get().state == "withdrawn"


def test_consent_to_a_use_never_opens_who_somebody_is(cast: Cast, known: Witness) -> None:
    files.agree(known)
    permit = gate.permit_on(known, gate.decision_for(known, scope=Scope.COURT_DOSSIER))
    with pytest.raises(ConsentError, match="interview team alone"):
        open_identity(witness=known, permit=permit, actor=files.ACTOR, purpose="disclosure")
