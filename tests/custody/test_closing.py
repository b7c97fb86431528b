"""Closing a case: by its lead, with what is open on the table; then nothing is added, and all the rest goes on."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from custody import approvals, cases, closing, ledger
from custody.actions import Action
from custody.actors import for_command
from custody.cases import Case, Role, grant_membership
from custody.closing import ClosingRefused, Matter
from custody.core.entries import Entry, Outcome
from custody.ledger import CaseClosed, Draft
from custody.models import Account
from tests.cast import Cast, ledger_size
from tests.custody.approvals import releases
from tests.custody.approvals.releases import procedures
from tests.custody.releases import released

__all__ = ["procedures"]

WHY = "Judgment of 14 May 2026"


def close(case: Case, by: Account, **more: str) -> Case:
    given = {"reason": WHY, "authority": "", "seen": closing.summary(closing.open_matters(case)), **more}
    return closing.close_case(case=case, actor=for_command(by), **given)


def reopen(case: Case, by: Account, reason: str = "An appeal") -> Case:
    return closing.reopen_case(case=case, reason=reason, authority="Order 9", actor=for_command(by))


def entry(seq: int) -> Entry:
    stored = ledger.find_entry(seq)
    assert stored is not None
    return ledger.entry_of(stored)


def test_the_lead_closes_and_reopens_and_each_step_is_an_entry_that_binds_the_row(cast: Cast) -> None:
    before = ledger_size()
    assert close(cast.case, cast.lead, authority="Judgment 7/2026").closed is not None
    closed = entry(before)
    assert (closed.action, closed.authority) == (Action.CASE_CLOSED, "Judgment 7/2026")
    assert [link.id for link in closed.streams] == [f"case/{cast.case.pk}", f"user/{cast.lead.pk}"]
    assert closed.subject["case"] == str(cast.case.pk)
    assert "snapshot" in closed.subject
    assert WHY.encode() not in (ledger.body_of(before) or b"")
    assert Case.objects.get(pk=cast.case.pk).closed is not None
    assert reopen(cast.case, cast.lead).closed is None
    assert entry(before + 1).action == Action.CASE_REOPENED
    assert Case.objects.get(pk=cast.case.pk).closed is None
    assert Case.history.filter(id=cast.case.pk).count() == 3
    told = closing.steps_of(cast.case)
    assert [(step.closing, step.by, step.authority, step.reason) for step in told] == [
        (False, cast.lead.name, "Order 9", "An appeal"),
        (True, cast.lead.name, "Judgment 7/2026", WHY),
    ]


@pytest.mark.parametrize("who", ["investigator", "lawyer", "auditor", "outsider", "administrator"])
def test_nobody_but_the_lead_closes_or_reopens_and_the_attempt_is_recorded(cast: Cast, who: str) -> None:
    account: Account = getattr(cast, who)
    for action, step in ((Action.CASE_CLOSED, close), (Action.CASE_REOPENED, reopen)):
        before = ledger_size()
        with pytest.raises(ClosingRefused):
            step(cast.case, account)
        assert ledger_size() == before + 1
        assert entry(before).action == Action.CASE_ACT_REFUSED
        assert entry(before).outcome == Outcome.DENIED
        assert entry(before).subject == {"case": str(cast.case.pk), "act": action, "reason": "not-in-office"}
    assert Case.objects.get(pk=cast.case.pk).closed is None


def test_the_operator_at_the_console_closes_no_case(cast: Cast) -> None:
    with pytest.raises(ClosingRefused):
        closing.close_case(case=cast.case, reason=WHY, authority="", seen="", actor=for_command())


@pytest.mark.parametrize("reason", ["", "   ", "x" * 2001])
def test_without_a_reason_nothing_is_closed(cast: Cast, reason: str) -> None:
    before = ledger_size()
    with pytest.raises(ValidationError):
        close(cast.case, cast.lead, reason=reason)
    assert ledger_size() == before


def test_an_authority_of_two_lines_is_refused(cast: Cast) -> None:
    with pytest.raises(ValidationError):
        close(cast.case, cast.lead, authority="Order 7\nand another")
    assert Case.objects.get(pk=cast.case.pk).closed is None


def test_no_case_is_closed_twice_or_reopened_while_it_is_open(cast: Cast) -> None:
    with pytest.raises(ValidationError):
        reopen(cast.case, cast.lead)
    close(cast.case, cast.lead)
    with pytest.raises(ValidationError):
        close(cast.case, cast.lead)


def test_what_stays_open_is_named_in_the_entry_and_must_have_been_seen(cast: Cast, procedures: None) -> None:
    releases.ask(cast.case, cast.lawyer)
    released(cast.case)
    with pytest.raises(ValidationError, match="changed meanwhile"):
        close(cast.case, cast.lead, seen="")
    assert Case.objects.get(pk=cast.case.pk).closed is None
    before = ledger_size()
    close(cast.case, cast.lead)
    told = entry(before).subject
    assert (told["approvals"], told["releases"]) == ("1", "1")


def test_what_must_be_finished_stops_the_closing(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    matter = Matter(key="things", words="things", count=lambda _case: 2, url_name="", stops=True)  # type: ignore[arg-type]
    monkeypatch.setitem(closing._matters, "things", matter)
    before = ledger_size()
    with pytest.raises(ValidationError, match="not finished"):
        close(cast.case, cast.lead)
    assert ledger_size() == before


def draft(case: Case, action: Action, **subject: str) -> Draft:
    return Draft(
        action=action, actor=for_command(), streams=(f"case/{case.pk}",), subject={"case": str(case.pk), **subject}
    )


ADDING = {
    "an intake": (Action.BATCH_OPENED, {}),
    "an intake gone on with": (Action.BATCH_RESUMED, {}),
    "a file": (Action.ITEM_RECEIVED, {}),
    "a file once more": (Action.ITEM_RECEIVED_AGAIN, {}),
    "a collection": (Action.COLLECTION_ADMITTED, {}),
    "an item": (Action.ITEM_ADMITTED, {}),
    "a description": (Action.ITEM_DESCRIBED, {}),
    "a hand-over": (Action.HANDOVER_PROPOSED, {}),
    "an object": (Action.OBJECT_REGISTERED, {}),
    "an object described anew": (Action.OBJECT_CHANGED, {}),
    "a victim": (Action.VICTIM_CREATED, {}),
    "a picture of a victim": (Action.VICTIM_CHANGED, {"item": "1"}),
    "a witness": (Action.WITNESS_CREATED, {}),
    "a statement": (Action.STATEMENT_CREATED, {}),
    "a reading back": (Action.STATEMENT_READ_BACK, {}),
    "an addendum": (Action.STATEMENT_CORRECTED, {}),
    "a formula": (Action.TEMPLATE_CHANGED, {}),
    "an identification": (Action.IDENTIFICATION_ASSERTED, {}),
    "an investigator": (Action.MEMBERSHIP_GRANTED, {"role": "investigator"}),
    "a lawyer": (Action.MEMBERSHIP_GRANTED, {"role": "lawyer"}),
}
GOING_ON = {
    "looking": (Action.CASE_VIEWED, {}),
    "a picture": (Action.ITEM_VIEWED, {}),
    "verifying": (Action.VERIFY_RUN, {}),
    "a bundle": (Action.EXPORT_CREATED, {}),
    "a dossier": (Action.DOSSIER_BUILT, {}),
    "data of people": (Action.PEOPLE_EXPORTED, {}),
    "a countersignature": (Action.DISCLOSURE_RECEIVED, {}),
    "a hold": (Action.HOLD_PLACED, {}),
    "a request": (Action.APPROVAL_ASKED, {}),
    "a disposal": (Action.ITEM_DISPOSED, {}),
    "a consent": (Action.CONSENT_GIVEN, {}),
    "a withdrawal": (Action.CONSENT_WITHDRAWN, {}),
    "the family's wish": (Action.VICTIM_CHANGED, {}),
    "what comes back": (Action.HANDOVER_PROPOSED, {"returns": "1"}),
    "an answer to a hand-over": (Action.HANDOVER_ACCEPTED, {}),
    "an auditor": (Action.MEMBERSHIP_GRANTED, {"role": "auditor"}),
    "a lead": (Action.MEMBERSHIP_GRANTED, {"role": "lead"}),
    "the end of a membership": (Action.MEMBERSHIP_ENDED, {}),
    "an intake's end": (Action.BATCH_CLOSED, {}),
    "an opening": (Action.SEALED_OPENED, {}),
    "the end of a draft": (Action.STATEMENT_DRAFT_DISCARDED, {}),
}


def test_a_closed_case_takes_no_more(cast: Cast, subtests: pytest.Subtests) -> None:
    close(cast.case, cast.lead)
    for name, (action, subject) in ADDING.items():
        with subtests.test(name):
            before = ledger_size()
            with pytest.raises(CaseClosed, match=f"^Case {cast.case.code} is closed"):
                ledger.append_alone(draft(cast.case, action, **subject))
            assert ledger_size() == before
            ledger.append_alone(draft(cast.other_case, action, **subject))


def test_a_case_that_was_reopened_takes_it_again(cast: Cast) -> None:
    close(cast.case, cast.lead)
    reopen(cast.case, cast.lead)
    before = ledger_size()
    for action, subject in ADDING.values():
        ledger.append_alone(draft(cast.case, action, **subject))
    assert ledger_size() == before + len(ADDING)


def test_everything_else_goes_on_in_a_closed_case(cast: Cast, subtests: pytest.Subtests) -> None:
    close(cast.case, cast.lead)
    for name, (action, subject) in GOING_ON.items():
        with subtests.test(name):
            before = ledger_size()
            ledger.append_alone(draft(cast.case, action, **subject))
            assert ledger_size() == before + 1


def test_the_refused_act_leaves_no_row_and_is_recorded(cast: Cast) -> None:
    close(cast.case, cast.lead)
    before = ledger_size()
    with pytest.raises(CaseClosed):
        grant_membership(case=cast.case, account=cast.outsider, role=Role.LAWYER, actor=for_command(cast.lead))
    assert cases.role_in(cast.outsider, cast.case) is None
    assert ledger_size() == before + 1
    refused = entry(before)
    assert (refused.action, refused.outcome, refused.actor.id) == (
        Action.CASE_ACT_REFUSED,
        Outcome.DENIED,
        str(cast.lead.pk),
    )
    assert refused.subject == {"case": str(cast.case.pk), "act": "membership.granted", "reason": "case-closed"}
    grant_membership(case=cast.case, account=cast.outsider, role=Role.AUDITOR, actor=for_command(cast.lead))


def test_a_request_can_be_decided_after_the_closing(cast: Cast, procedures: None) -> None:
    request = releases.ask(cast.case, cast.lawyer)
    close(cast.case, cast.lead)
    approvals.approve(approval=request, actor=releases.actor_of(cast.lead))
    request.refresh_from_db()
    assert request.state == "approved"


def test_the_members_still_find_a_closed_case(cast: Cast) -> None:
    close(cast.case, cast.lead)
    assert cases.get_case_for(cast.auditor, cast.case.code, actor=for_command(cast.auditor)) == cast.case
