"""Cases, who works on them, and who may see them.

A person outside a case learns nothing of it: the answer is "not found", and an entry says who asked.
"""

from __future__ import annotations

import uuid
from typing import Final

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from custody import acts, clock, ledger
from custody.actions import Action
from custody.core.entries import Actor, Outcome
from custody.models import Account, Case, Membership, Role

__all__ = [
    "NOT_ONESELF",
    "NOT_THE_LEAD",
    "Case",
    "Membership",
    "MembershipRefused",
    "Role",
    "cases_for",
    "create_case",
    "end_membership",
    "find_case",
    "get_case_for",
    "grant_membership",
    "members_of",
    "record_view",
    "refuse_access",
    "role_in",
]

NOT_ONESELF: Final = "not-oneself"
NOT_THE_LEAD: Final = "not-the-lead"


class MembershipRefused(ValidationError):
    """Somebody may not change who works on a case; that is recorded. `code` says why."""


def create_case(*, code: str, title: str, actor: Actor, title_ar: str = "", lead: Account | None = None) -> Case:
    """Open a case, with its lead when one is named. Raises ValidationError (code taken or malformed)."""
    case = Case(code=code, title_en=title.strip(), title_ar=title_ar.strip(), created=clock.now())
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
    """Let a person work on a case. Raises ValidationError when the person is a member already.

    Nobody admits themselves. The lead admits the others; an administrator appoints a lead where there is none.
    Raises MembershipRefused, recorded, for everybody else. The operator at the console is on record by that office.
    """
    try:
        with acts.act(actor=actor) as act:
            # Two appointments at one moment would make two leads.
            Case.objects.select_for_update(no_key=True).get(pk=case.pk)
            if actor.id == str(account.pk):
                raise MembershipRefused(_("Nobody admits themselves to a case."), code=NOT_ONESELF)
            if not (_manages(actor, case) or (role is Role.LEAD and _may_appoint(actor, case))):
                raise MembershipRefused(_("Only the lead of the case manages its members."), code=NOT_THE_LEAD)
            return _grant(act, case, account, role)
    except MembershipRefused as refusal:
        _record_refusal(case, account, actor, refusal)
        raise


def _acting_account(actor: Actor) -> Account | None:
    try:
        return Account.objects.filter(pk=uuid.UUID(actor.id)).first()
    except ValueError:
        return None


def _manages(actor: Actor, case: Case) -> bool:
    """Whether this actor leads the case, or is no person with an account at all (console, software)."""
    account = _acting_account(actor)
    return actor.auth in {"console", "process"} or (account is not None and role_in(account, case) is Role.LEAD)


def _may_appoint(actor: Actor, case: Case) -> bool:
    account = _acting_account(actor)
    return account is not None and account.is_administrator and not _has_lead(case)


def _has_lead(case: Case) -> bool:
    return members_of(case).filter(role=Role.LEAD, account__is_active=True).exists()


def _record_refusal(case: Case, account: Account, actor: Actor, refusal: MembershipRefused) -> None:
    ledger.append_alone(
        ledger.Draft(
            action=Action.MEMBERSHIP_REFUSED,
            actor=actor,
            streams=(f"case/{case.pk}", f"user/{account.pk}"),
            subject={"case": str(case.pk), "user": str(account.pk), "reason": str(refusal.code)},
            outcome=Outcome.DENIED,
        )
    )


def end_membership(*, membership: Membership, actor: Actor) -> None:
    """End a person's work on a case; what was seen before stays on record. Raises ValidationError when it has ended.

    Raises MembershipRefused, recorded, for whoever does not lead the case.
    """
    if not _manages(actor, membership.case):
        refusal = MembershipRefused(_("Only the lead of the case manages its members."), code=NOT_THE_LEAD)
        _record_refusal(membership.case, membership.account, actor, refusal)
        raise refusal
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
    refuse_access(account, case, actor=actor)
    raise Http404


def refuse_access(account: Account, case: Case | None, *, actor: Actor, **more: str) -> None:
    """Record that somebody asked for what is not theirs: a case, or one that is not there, or (`more`) a part of it."""
    about = {"case": str(case.pk)} if case else {"reason": "no-such-case"}
    ledger.append_alone(
        ledger.Draft(
            action=Action.CASE_ACCESS_REFUSED,
            actor=actor,
            streams=(*((f"case/{case.pk}",) if case else ()), f"user/{account.pk}"),
            subject={**about, "user": str(account.pk), **more},
            outcome=Outcome.DENIED,
        )
    )


def record_view(account: Account, case: Case, *, actor: Actor, page: str) -> None:
    """Record that somebody opens a page of the case (`page` is its code), before it is sent."""
    ledger.append_alone(
        ledger.Draft(
            action=Action.CASE_VIEWED,
            actor=actor,
            streams=(f"case/{case.pk}", f"user/{account.pk}"),
            subject={"case": str(case.pk), "page": page},
            outcome=Outcome.GRANTED,
        )
    )
