"""Requests as a person may see them: in the cases that they work on, and in the house for administrators."""

from __future__ import annotations

import uuid

from django.db.models import Q, QuerySet
from django.http import Http404

from custody import clock
from custody.approvals.kinds import RULES, Office
from custody.approvals.people import is_in_office
from custody.approvals.steps import has_run_out
from custody.cases import refuse_access
from custody.core.entries import Actor
from custody.models import Account, Approval, ApprovalKind, ApprovalState, Case
from custody.models.approvals import STANDING

NOT_IN_CASE = "not-in-case"


def approvals_in(case: Case | None) -> QuerySet[Approval]:
    """The requests of a case, or (None) those of the house, newest first."""
    return Approval.objects.filter(case=case).select_related("asked_by", "decided_by", "case")


def _waiting(case: Case | None) -> QuerySet[Approval]:
    return approvals_in(case).filter(state=ApprovalState.ASKED, expires__gt=clock.now())


def waiting_for(account: Account, case: Case | None) -> list[Approval]:
    """What this person may decide now."""
    kinds = [kind for kind in RULES if is_in_office(account, kind, case)]
    return list(_waiting(case).filter(kind__in=kinds).exclude(asked_by=account))


def waiting_for_others(account: Account, case: Case | None) -> list[Approval]:
    """What waits for somebody else's decision and was asked by somebody else."""
    mine = [request.pk for request in waiting_for(account, case)]
    return list(_waiting(case).exclude(pk__in=mine).exclude(asked_by=account))


def standing_of(account: Account, case: Case | None) -> list[Approval]:
    """What this person asked and that may still be decided or used."""
    asked = approvals_in(case).filter(asked_by=account, state__in=STANDING, expires__gt=clock.now())
    return list(asked)


def settled_in(case: Case | None) -> QuerySet[Approval]:
    """What was decided, withdrawn, used or has run out."""
    return approvals_in(case).exclude(Q(state=ApprovalState.ASKED, expires__gt=clock.now()))


def count_waiting(case: Case) -> int:
    """How many requests of a case wait for a second person."""
    return _waiting(case).count()


def get_approval_for(account: Account, case: Case | None, key: uuid.UUID, *, actor: Actor) -> Approval:
    """The request of this case (or of the house); else Http404, with an entry that says who asked.

    The caller has authorised the case, or that the account administers the house.
    """
    found = approvals_in(case).filter(pk=key).first()
    if found is None:
        refuse_access(account, case, actor=actor, reason=NOT_IN_CASE)
        raise Http404
    return found


def state_now(approval: Approval) -> ApprovalState:
    """Where a request stands by the clock, also before the sweep has recorded that it ran out."""
    if approval.state in STANDING and has_run_out(approval):
        return ApprovalState.EXPIRED
    return ApprovalState(approval.state)


def is_done_at_console(kind: str) -> bool:
    """Whether the operator of the server carries this kind out; False for a kind that there is not."""
    return kind in ApprovalKind.values and RULES[ApprovalKind(kind)].at_console


def is_of_the_house(kind: str) -> bool:
    """Whether administrators decide on this kind, outside every case."""
    return RULES[ApprovalKind(kind)].office is Office.ADMINISTRATOR
