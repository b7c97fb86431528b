"""Deciding: by another person, in office, in time, and on exactly what was asked."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from custody import approvals, cases
from custody.actions import Action
from custody.actors import for_command
from custody.approvals import STANDS_FOR, ApprovalRefused
from custody.cases import Role
from custody.models import Account, Approval, ApprovalKind, ApprovalState, Entry
from tests.cast import Cast, ledger_size
from tests.custody.approvals.releases import SUBJECT, WHAT, actor_of, ask

pytestmark = pytest.mark.usefixtures("procedures")
Step = Callable[[Approval, Account], object]


def approve(request: Approval, account: Account) -> object:
    return approvals.approve(approval=request, actor=actor_of(account))


def decline(request: Approval, account: Account) -> object:
    return approvals.decline(approval=request, actor=actor_of(account), reason="Not yet.")


def withdraw(request: Approval, account: Account) -> object:
    return approvals.withdraw(approval=request, actor=actor_of(account))


def assert_refused(request: Approval, account: Account, step: Step, reason: str) -> None:
    """The step is refused and recorded as such, and the request in the database is as it was."""
    before, stood = ledger_size(), Approval.objects.values().get(pk=request.pk)
    with pytest.raises(ApprovalRefused) as refused:
        step(request, account)
    assert refused.value.code == reason
    assert Approval.objects.values().get(pk=request.pk) == stood
    (row,) = Entry.objects.filter(seq__gte=before)
    assert (row.action, row.outcome, row.actor) == (Action.APPROVAL_REFUSED, "denied", str(account.pk))
    assert f'"reason":"{reason}"'.encode() in bytes(row.body)


def second_lead(cast: Cast) -> Account:
    cases.grant_membership(case=cast.case, account=cast.outsider, role=Role.LEAD, actor=for_command())
    return cast.outsider


def test_the_lead_approves_what_somebody_else_asked(cast: Cast) -> None:
    request = ask(cast.case, cast.lawyer)
    approvals.approve(approval=request, actor=actor_of(cast.lead), reason="Seen.")
    row = Approval.objects.get()
    assert (row.state, row.decided_by, row.decision_reason) == (ApprovalState.APPROVED, cast.lead, "Seen.")
    assert Entry.objects.order_by("-seq")[0].action == Action.APPROVAL_APPROVED


@pytest.mark.parametrize("step", [approve, decline])
def test_nobody_decides_on_their_own_request(cast: Cast, step: Step) -> None:
    assert_refused(ask(cast.case, cast.lead), cast.lead, step, "own-request")


@pytest.mark.parametrize("step", [approve, decline])
def test_only_the_lead_decides(cast: Cast, step: Step) -> None:
    request = ask(cast.case, cast.lawyer)
    for account in (cast.investigator, cast.auditor):
        assert_refused(request, account, step, "not-in-office")


@pytest.mark.parametrize("step", [approve, decline, withdraw])
def test_whoever_is_no_member_does_nothing(cast: Cast, step: Step) -> None:
    request = ask(cast.case, cast.lawyer)
    for account in cast.strangers:
        assert_refused(request, account, step, "not-a-member")


def test_the_console_approves_nothing(cast: Cast) -> None:
    request = ask(cast.case, cast.lawyer)
    with pytest.raises(ApprovalRefused):
        approvals.approve(approval=request, actor=for_command())
    assert Approval.objects.get().state == ApprovalState.ASKED


@pytest.mark.parametrize("step", [approvals.approve, approvals.withdraw])
def test_nobody_is_spoken_for_at_the_console(cast: Cast, step: Callable[..., Approval]) -> None:
    """Whoever commands the server could name both people; a step is taken by somebody signed in."""
    request = ask(cast.case, cast.lawyer)
    for account in (cast.lead, cast.lawyer):
        with pytest.raises(ApprovalRefused) as refused:
            step(approval=request, actor=for_command(account))
        assert refused.value.code == "not-a-member"
    with pytest.raises(ApprovalRefused):
        approvals.decline(approval=request, actor=for_command(cast.lead), reason="No.")
    assert Approval.objects.get().state == ApprovalState.ASKED


def test_a_lead_whose_membership_has_ended_decides_nothing(cast: Cast) -> None:
    other, request = second_lead(cast), ask(cast.case, cast.lawyer)
    cases.end_membership(membership=cases.members_of(cast.case).get(account=other), actor=actor_of(cast.lead))
    assert_refused(request, other, approve, "not-a-member")


def test_a_second_lead_decides_on_the_first_one_s_request(cast: Cast) -> None:
    other, request = second_lead(cast), ask(cast.case, cast.lead)
    approve(request, other)
    assert Approval.objects.get().decided_by == other


@pytest.mark.parametrize("step", [approve, decline])
@pytest.mark.parametrize("first", [approve, decline])
def test_what_was_decided_is_not_decided_again(cast: Cast, first: Step, step: Step) -> None:
    request = ask(cast.case, cast.lawyer)
    first(request, cast.lead)
    assert_refused(request, cast.lead, step, "not-waiting")


def test_who_asked_withdraws_also_what_was_approved(cast: Cast) -> None:
    for decided in (False, True):
        request = ask(cast.case, cast.lawyer)
        if decided:
            approve(request, cast.lead)
        assert_refused(request, cast.lead, withdraw, "not-the-asker")
        withdraw(request, cast.lawyer)
        assert Approval.objects.get(pk=request.pk).state == ApprovalState.WITHDRAWN
        assert_refused(request, cast.lead, approve, "not-waiting")


def test_a_reason_is_needed_to_decline(cast: Cast) -> None:
    request, before = ask(cast.case, cast.lawyer), ledger_size()
    with pytest.raises(ValidationError):
        approvals.decline(approval=request, actor=actor_of(cast.lead), reason=" ")
    assert (ledger_size(), Approval.objects.get().state) == (before, ApprovalState.ASKED)


@pytest.mark.parametrize("step", [approve, decline, withdraw])
def test_nothing_is_decided_after_its_time(cast: Cast, step: Step) -> None:
    request = ask(cast.case, cast.lawyer)
    with time_machine.travel(request.asked + STANDS_FOR, tick=False):
        assert approvals.state_now(request) is ApprovalState.EXPIRED
        assert_refused(request, cast.lawyer if step is withdraw else cast.lead, step, "approval-expired")


def test_it_is_decided_in_the_last_moment(cast: Cast) -> None:
    request = ask(cast.case, cast.lawyer)
    with time_machine.travel(request.expires - datetime.timedelta(milliseconds=1), tick=False):
        approve(request, cast.lead)
    assert Approval.objects.get().state == ApprovalState.APPROVED


def test_a_request_that_was_altered_is_not_approved(cast: Cast) -> None:
    request = ask(cast.case, cast.lawyer)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE custody_approval SET description = replace(description, '2026', '2027')")
    assert_refused(request, cast.lead, approve, "altered")


def test_the_database_itself_refuses_one_person_for_two(cast: Cast) -> None:
    ask(cast.case, cast.lead)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE custody_approval SET decided_by_id = asked_by_id")


def test_administrators_decide_on_keys_and_never_their_own(cast: Cast) -> None:
    request = approvals.ask(
        kind=ApprovalKind.KEY_RETIREMENT,
        subject=SUBJECT,
        case=None,
        what=WHAT,
        reason="It may be known.",
        actor=actor_of(cast.administrator),
    )
    assert_refused(request, cast.administrator, approve, "own-request")
    assert_refused(request, cast.lead, approve, "not-a-member")
