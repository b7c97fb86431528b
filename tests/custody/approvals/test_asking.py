"""Asking: who may, what must be said, and what the entry says of it."""

from __future__ import annotations

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import connection

from custody import approvals, clock, ledger
from custody.accounts import create_account
from custody.actions import Action
from custody.actors import for_command
from custody.approvals import ApprovalRefused, NobodyCarriesItOut
from custody.models import Approval, ApprovalKind, ApprovalState, Entry
from tests.cast import PASSWORD, Cast, ledger_size
from tests.custody.approvals.releases import SUBJECT, WHAT, actor_of, ask

pytestmark = pytest.mark.usefixtures("procedures")


def test_a_request_is_entered_in_the_histories_of_case_subject_and_person(cast: Cast) -> None:
    request = ask(cast.case, cast.lawyer)
    row = Entry.objects.order_by("-seq")[0]
    entry = ledger.entry_of(ledger.find_entry(row.seq))  # type: ignore[arg-type]
    assert entry.action == Action.APPROVAL_ASKED
    streams = {link.id for link in entry.streams}
    assert streams == {f"case/{cast.case.pk}", f"dossier/{SUBJECT.id}", f"user/{cast.lawyer.pk}"}
    assert entry.subject["content"] == request.content
    assert request.state == ApprovalState.ASKED


def test_the_reason_stands_in_no_entry(cast: Cast) -> None:
    ask(cast.case, cast.lawyer, reason="Because of Zaynab")
    assert not any(b"Zaynab" in bytes(row.body) for row in Entry.objects.all())
    row = Entry.objects.order_by("-seq")[0]
    assert ledger.details_of([row.entry_id])[row.entry_id] == {"reason": "Because of Zaynab"}


def test_an_auditor_a_stranger_and_the_console_ask_for_nothing(cast: Cast) -> None:
    for account in (cast.auditor, *cast.strangers):
        before = ledger_size()
        with pytest.raises(ApprovalRefused, match="not for this role"):
            ask(cast.case, account)
        row = Entry.objects.order_by("-seq")[0]
        assert (row.action, row.outcome, row.actor) == (Action.APPROVAL_REFUSED, "denied", str(account.pk))
        assert ledger_size() == before + 1
    with pytest.raises(ApprovalRefused, match="not a member"):
        approvals.ask(
            kind=ApprovalKind.BULK_UNSEALING,
            subject=SUBJECT,
            case=cast.case,
            what=WHAT,
            reason="x",
            actor=for_command(),
        )
    with pytest.raises(ApprovalRefused, match="not a member"):
        approvals.ask(
            kind=ApprovalKind.BULK_UNSEALING,
            subject=SUBJECT,
            case=cast.case,
            what=WHAT,
            reason="x",
            actor=for_command(cast.lawyer),
        )
    assert not Approval.objects.exists()


def test_a_closed_account_asks_for_nothing(cast: Cast) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE custody_account SET is_active = %s WHERE email = %s", [False, cast.lawyer.email])
    with pytest.raises(ApprovalRefused, match="not a member"):
        ask(cast.case, cast.lawyer)
    assert not Approval.objects.exists()


def test_a_reason_is_needed(cast: Cast) -> None:
    before = ledger_size()
    with pytest.raises(ValidationError) as refused:
        ask(cast.case, cast.lawyer, reason="  ")
    assert "reason" in refused.value.message_dict
    assert (ledger_size(), Approval.objects.count()) == (before, 0)


def test_what_nobody_carries_out_is_not_asked_for(cast: Cast) -> None:
    approvals.forget_procedure(ApprovalKind.BULK_UNSEALING)
    with pytest.raises(NobodyCarriesItOut):
        approvals.ask(
            kind=ApprovalKind.BULK_UNSEALING,
            subject=SUBJECT,
            case=cast.case,
            what=WHAT,
            reason="x",
            actor=actor_of(cast.lead),
        )
    assert not Approval.objects.exists()


def test_two_rooms_do_not_carry_out_one_kind() -> None:
    other = approvals.Procedure(
        kind=ApprovalKind.DISPOSAL, deed=Action.KEY_RETIRED, tell=lambda _what: [], carry_out=print
    )
    with pytest.raises(ValueError, match="two rooms"):
        approvals.register_procedure(other)


def test_the_retiring_of_a_key_is_asked_for_by_administrators_outside_every_case(cast: Cast) -> None:
    wanted = {
        "kind": ApprovalKind.KEY_RETIREMENT,
        "subject": approvals.Subject("key", "ab12"),
        "what": {"key": "ab12"},
        "reason": "It may be known.",
    }
    made = approvals.ask(case=None, actor=actor_of(cast.administrator), **wanted)  # type: ignore[arg-type]
    assert made.case is None
    for account, case in ((cast.lead, None), (cast.administrator, cast.case), (cast.lead, cast.case)):
        with pytest.raises(ApprovalRefused):
            approvals.ask(case=case, actor=actor_of(account), **wanted)  # type: ignore[arg-type]
    assert Approval.objects.count() == 1


def test_asking_for_what_waits_already_makes_no_second_request(cast: Cast) -> None:
    first = ask(cast.case, cast.lawyer)
    before = ledger_size()
    for account in (cast.lawyer, cast.lead):
        with pytest.raises(ValidationError, match="asked for already") as told:
            ask(cast.case, account, reason="Other words.")
        assert cast.lawyer.name in told.value.messages[0]
        assert not isinstance(told.value, ApprovalRefused)
    assert (list(Approval.objects.all()), ledger_size()) == ([first], before)


def test_it_is_asked_for_again_once_nothing_waits(cast: Cast) -> None:
    approvals.withdraw(approval=ask(cast.case, cast.lawyer), actor=actor_of(cast.lawyer))
    approvals.approve(approval=ask(cast.case, cast.lawyer), actor=actor_of(cast.lead))
    with time_machine.travel(clock.now() + approvals.STANDS_FOR, tick=False):
        ask(cast.case, cast.lawyer)
    with time_machine.travel(clock.now() + 3 * approvals.STANDS_FOR, tick=False):
        ask(cast.case, cast.lawyer)
    assert Approval.objects.count() == 4


def test_a_request_on_which_nobody_can_decide_stands_in_nobodys_way(cast: Cast) -> None:
    ask(cast.case, cast.lead)
    other = ask(cast.case, cast.lawyer)
    assert approvals.deciders_of(other) == [cast.lead]


def test_of_the_house_too_one_request_for_the_same_key_waits(cast: Cast) -> None:
    def wanted() -> Approval:
        return approvals.ask(
            kind=ApprovalKind.KEY_RETIREMENT,
            subject=approvals.Subject("key", "ab12"),
            case=None,
            what={"key": "ab12"},
            reason="It may be known.",
            actor=actor_of(cast.administrator),
        )

    wanted()
    wanted()  # there is one administrator: it can only be withdrawn
    create_account(name="Samir", email="samir@example.org", password=PASSWORD, actor=for_command(), administrator=True)
    with pytest.raises(ValidationError, match="asked for already"):
        wanted()
