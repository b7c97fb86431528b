"""Cases, who works on them, and who may see them.

A person outside a case learns nothing of it: the answer is "not found", and an entry says who asked.
"""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from custody import acts, clock, ledger
from custody.actions import Action
from custody.core.entries import Actor, Outcome
from custody.models import Account, Case, Membership, Role

__all__ = [
    "Case",
    "Membership",
    "Role",
    "cases_for",
    "create_case",
    "end_membership",
    "find_case",
    "get_case_for",
    "grant_membership",
    "members_of",
    "role_in",
]


def create_case(*, code: str, title: str, actor: Actor, title_ar: str = "", lead: Account | None = None) -> Case:
    """Open a case, with its lead when one is named. Raises ValidationError (code taken or malformed)."""
    case = Case(code=code, title_en=title, title_ar=title_ar, created=clock.now())
    with acts.act(actor=actor) as act:
        act.save(case)
        act.record(Action.CASE_CREATED, streams=(f"case/{case.pk}",), subject={"case": str(case.pk)}, snapshots=[case])
        if lead is not None:
            _grant(act, case, lead, Role.LEAD)
    return case


def _grant(act: acts.Act, case: Case, account: Account, role: Role) -> Membership:
    membership = Membership(case=case, account=account, role=role, since=clock.now())
    act.save(membership)
    act.record(
        Action.MEMBERSHIP_GRANTED,
        streams=(f"case/{case.pk}", f"user/{account.pk}"),
        subject={"case": str(case.pk), "user": str(account.pk), "role": str(role)},
        snapshots=[membership],
    )
    return membership


def grant_membership(*, case: Case, account: Account, role: Role, actor: Actor) -> Membership:
    """Let a person work on a case. Raises ValidationError when the person is a member already."""
    with acts.act(actor=actor) as act:
        return _grant(act, case, account, role)


def end_membership(*, membership: Membership, actor: Actor) -> None:
    """End a person's work on a case; what was seen before stays on record. Raises ValidationError when it has ended."""
    with acts.act(actor=actor) as act:
        current = Membership.objects.select_for_update().get(pk=membership.pk)
        if current.ended is not None:
            raise ValidationError(_("This membership has ended already."))
        current.ended = membership.ended = clock.now()
        act.save(current)
        act.record(
            Action.MEMBERSHIP_ENDED,
            streams=(f"case/{current.case_id}", f"user/{current.account_id}"),
            subject={"case": str(current.case_id), "user": str(current.account_id)},
            snapshots=[current],
        )


def find_case(code: str) -> Case | None:
    """The case with this code, whoever asks: for commands at the console. Pages use ``get_case_for``."""
    return Case.objects.filter(code=code).first()


def cases_for(account: Account) -> QuerySet[Case]:
    """The cases that an account is an active member of. An administrator sees no case by that office."""
    return Case.objects.filter(memberships__account=account, memberships__ended=None)


def role_in(account: Account, case: Case) -> Role | None:
    """What an account does in a case now, or None."""
    membership = Membership.objects.filter(case=case, account=account, ended=None).first()
    return Role(membership.role) if membership else None


def members_of(case: Case) -> QuerySet[Membership]:
    """Who works on a case now."""
    return Membership.objects.filter(case=case, ended=None).select_related("account").order_by("role", "since")


def get_case_for(account: Account, code: str, *, actor: Actor) -> Case:
    """The case with this code, if the account works on it; else Http404, with an entry that says who asked.

    A code that names no case is recorded the same way: a difference in work would tell which codes exist.
    """
    case = find_case(code)
    if case is not None and role_in(account, case) is not None:
        return case
    about = {"case": str(case.pk)} if case else {"reason": "no-such-case"}
    ledger.append_alone(
        ledger.Draft(
            action=Action.CASE_ACCESS_REFUSED,
            actor=actor,
            streams=(*((f"case/{case.pk}",) if case else ()), f"user/{account.pk}"),
            subject={**about, "user": str(account.pk)},
            outcome=Outcome.DENIED,
        )
    )
    raise Http404
