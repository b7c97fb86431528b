"""Using: once, by one of the two, for exactly what was approved; and running out."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping

import pytest
import time_machine

from custody import acts, approvals, clock
from custody.actions import Action
from custody.actors import for_command
from custody.approvals import STANDS_FOR, ApprovalRefused, Subject
from custody.approvals.steps import has_run_out
from custody.core.canonical import JsonValue
from custody.models import Account, Approval, ApprovalKind, ApprovalState, Entry
from tests.cast import Cast, ledger_size
from tests.custody.approvals.releases import DEED, SUBJECT, WHAT, actor_of, ask, carry_out
from tests.custody.approvals.test_deciding import approve, assert_refused, decline, withdraw

pytestmark = pytest.mark.usefixtures("procedures")


def use(request: Approval, account: Account) -> object:
    return carry_out(request, actor_of(account))


@pytest.fixture
def approved(cast: Cast) -> Approval:
    request = ask(cast.case, cast.lawyer)
    approve(request, cast.lead)
    return request


def test_the_deed_and_the_use_are_one_act(cast: Cast, approved: Approval) -> None:
    use(approved, cast.lawyer)
    deed, used = Entry.objects.order_by("-seq")[:2]
    assert (used.action, deed.action) == (Action.APPROVAL_USED, DEED)
    assert used.act == deed.act == Approval.objects.get().used_act


def test_it_is_used_once(cast: Cast, approved: Approval) -> None:
    use(approved, cast.lawyer)
    for account in (cast.lawyer, cast.lead):
        assert_refused(approved, account, use, "already-used")
    assert Entry.objects.filter(action=DEED).count() == 1


def test_at_the_console_only_kinds_that_are_done_there_are_carried_out(cast: Cast, approved: Approval) -> None:
    for actor in (for_command(), for_command(cast.lawyer)):
        with pytest.raises(ApprovalRefused):
            carry_out(approved, actor)
    assert Approval.objects.get().state == ApprovalState.APPROVED


def test_the_one_who_approved_may_carry_it_out_others_not(cast: Cast, approved: Approval) -> None:
    assert_refused(approved, cast.investigator, use, "not-of-the-two")
    assert_refused(approved, cast.outsider, use, "not-a-member")
    use(approved, cast.lead)
    assert Approval.objects.get().state == ApprovalState.USED


@pytest.mark.parametrize(
    ("step", "account", "reason"),
    [(None, "lawyer", "not-approved"), (decline, "lead", "not-approved"), (withdraw, "lawyer", "not-approved")],
)
def test_what_was_not_approved_is_not_used(
    cast: Cast, step: Callable[[Approval, Account], object] | None, account: str, reason: str
) -> None:
    request = ask(cast.case, cast.lawyer)
    if step:
        step(request, getattr(cast, account))
    assert_refused(request, cast.lawyer, use, reason)
    assert not Entry.objects.filter(action=DEED).exists()


def test_it_is_not_used_after_its_time(cast: Cast, approved: Approval) -> None:
    with time_machine.travel(approved.asked + STANDS_FOR, tick=False):
        assert_refused(approved, cast.lawyer, use, "approval-expired")


@pytest.mark.parametrize(
    ("kind", "subject", "what"),
    [
        (ApprovalKind.BULK_UNSEALING, SUBJECT, {**WHAT, "version": 3}),
        (ApprovalKind.BULK_UNSEALING, Subject("dossier", "D-2026-002"), WHAT),
        (ApprovalKind.DISPOSAL, SUBJECT, WHAT),
    ],
)
def test_it_is_not_used_for_anything_else(
    cast: Cast, approved: Approval, kind: ApprovalKind, subject: Subject, what: Mapping[str, JsonValue]
) -> None:
    def elsewhere(request: Approval, account: Account) -> None:
        actor = actor_of(account)
        with approvals.recorded_refusals(request, actor), acts.act(actor=actor) as act:
            approvals.spend(act, approval=request, kind=kind, subject=subject, what=what)

    assert_refused(approved, cast.lawyer, elsewhere, "other-content")


def test_an_act_that_fails_uses_nothing_up(cast: Cast, approved: Approval) -> None:
    def fail() -> None:
        with acts.act(actor=actor_of(cast.lawyer)) as act:
            approvals.spend(act, approval=approved, kind=ApprovalKind.BULK_UNSEALING, subject=SUBJECT, what=WHAT)
            raise RuntimeError

    before = ledger_size()
    with pytest.raises(RuntimeError):
        fail()
    assert (ledger_size(), Approval.objects.get().state) == (before, ApprovalState.APPROVED)


def test_the_sweep_records_what_has_run_out_once(cast: Cast, approved: Approval) -> None:
    other = ask(cast.case, cast.lead)
    assert approvals.expire_overdue() == 0
    with time_machine.travel(other.expires, tick=False):
        assert approvals.expire_overdue() == 2
        assert approvals.expire_overdue() == 0
        rows = Entry.objects.filter(action=Action.APPROVAL_EXPIRED)
        assert {row.actor for row in rows} == {"approvals"}
    assert set(Approval.objects.values_list("state", flat=True)) == {ApprovalState.EXPIRED}


def test_a_decision_at_the_very_end_is_refused_by_the_clock_alone(cast: Cast, approved: Approval) -> None:
    with time_machine.travel(approved.expires, tick=False), pytest.raises(ApprovalRefused):
        use(approved, cast.lead)
    assert Approval.objects.get().state == ApprovalState.APPROVED


@pytest.mark.parametrize(
    ("ahead", "stands"), [(datetime.timedelta(hours=2), True), (datetime.timedelta(days=900), False)]
)
def test_what_was_asked_by_a_clock_that_was_years_ahead_does_not_stand_for_years(
    cast: Cast, ahead: datetime.timedelta, stands: bool
) -> None:
    with time_machine.travel(clock.now() + ahead, tick=False):
        request = ask(cast.case, cast.lawyer)
        approve(request, cast.lead)
    assert has_run_out(Approval.objects.get()) is not stands
    if stands:
        use(request, cast.lawyer)
    else:
        assert_refused(request, cast.lawyer, use, "approval-expired")
