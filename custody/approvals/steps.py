"""The life of a request: asked, then approved or declined by another person, withdrawn, run out, or used once."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from custody import actors, acts, clock
from custody.actions import Action
from custody.acts import Act
from custody.approvals import contents, people
from custody.approvals.contents import Subject
from custody.approvals.kinds import RULES, procedure_of
from custody.approvals.refusing import ApprovalRefused, Refusal, about, recorded_refusals, streams_of
from custody.core.canonical import JsonValue
from custody.core.entries import Actor
from custody.models import Account, Approval, ApprovalKind, ApprovalState, Case
from custody.models.approvals import STANDING
from custody.typesetting.bidi import isolate

STANDS_FOR: Final = datetime.timedelta(days=14)
# A clock that is put back by less ends nothing that people have agreed on.
_AHEAD: Final = datetime.timedelta(days=1)
_SWEEPER: Final = "approvals"


def ask(  # noqa: PLR0913  each of them is part of what is asked
    *,
    kind: ApprovalKind,
    subject: Subject,
    case: Case | None,
    what: Mapping[str, JsonValue],
    reason: str,
    actor: Actor,
    authority: str = "",
    stands_for: datetime.timedelta = STANDS_FOR,
) -> Approval:
    """Ask for an act that needs a second person. ``what`` describes it: ids, digests, codes and counts.

    Raises NobodyCarriesItOut, ValidationError (no reason, no authority where the kind needs one, or exactly this waits
    already), and ApprovalRefused, recorded, for whoever may not ask.
    """
    procedure_of(kind)
    moment = clock.now()
    request = Approval(
        kind=kind,
        subject_kind=subject.kind,
        subject_id=subject.id,
        case=case,
        description=contents.description_of(kind=kind, subject=subject, case=case, authority=authority, what=what),
        reason=reason.strip(),
        authority=authority,
        asked=moment,
        expires=moment + stands_for,
    )
    request.content = contents.digest(request.description)
    _check_cited(request)
    request.asked_by_id = _asking(request, actor).pk
    with acts.act(actor=actor) as act:
        _check_new(request)
        act.save(request)
        _record(act, request, Action.APPROVAL_ASKED, reason=request.reason)
    return request


def _check_cited(request: Approval) -> None:
    if RULES[ApprovalKind(request.kind)].needs_authority and not request.authority:
        raise ValidationError({"authority": _("Name the order or decision that this stands on.")})


def _check_new(request: Approval) -> None:
    """Two requests for one thing would let it be done twice. One on which nobody can decide stands in no way."""
    waiting = Approval.objects.filter(content=request.content, state=ApprovalState.ASKED, expires__gt=request.asked)
    first = next((each for each in waiting.select_related("asked_by", "case") if people.deciders_of(each)), None)
    if first is not None:
        said = _("Exactly this was asked for already, by %(who)s on %(day)s. It waits under “Approvals”.")
        day = isolate(clock.stamp(first.asked)[:10])
        raise ValidationError(said % {"who": isolate(first.asked_by.name), "day": day})


def _asking(request: Approval, actor: Actor) -> Account:
    """Who asks. Raises ApprovalRefused, recorded in the histories of case and person."""
    account = people.signed_in(actor)
    if account is not None:
        request.asked_by = account
    with recorded_refusals(request, actor):
        if account is None:
            raise ApprovalRefused(Refusal.NOT_A_MEMBER)
        if not people.may_ask(account, ApprovalKind(request.kind), request.case):
            raise ApprovalRefused(Refusal.NOT_IN_OFFICE)
    return account


def approve(*, approval: Approval, actor: Actor, reason: str = "") -> Approval:
    """Say yes to exactly what was asked. Raises ApprovalRefused, recorded."""
    return _decide(approval, actor, ApprovalState.APPROVED, reason)


def decline(*, approval: Approval, actor: Actor, reason: str) -> Approval:
    """Say no, and why. Raises ValidationError without a reason, and ApprovalRefused, recorded."""
    if not reason.strip():
        raise ValidationError({"reason": _("Say why it is declined.")})
    return _decide(approval, actor, ApprovalState.DECLINED, reason)


def _decide(approval: Approval, actor: Actor, state: ApprovalState, reason: str) -> Approval:
    action = Action.APPROVAL_APPROVED if state is ApprovalState.APPROVED else Action.APPROVAL_DECLINED
    with recorded_refusals(approval, actor), acts.act(actor=actor) as act:
        current = _locked(approval)
        current.decided_by = people.check_decider(current, actor)
        _check_state(current, ApprovalState.ASKED, otherwise=Refusal.NOT_WAITING)
        current.state, current.decided, current.decision_reason = state, clock.now(), reason.strip()
        act.save(current)
        _record(act, current, action, reason=current.decision_reason)
    return current


def withdraw(*, approval: Approval, actor: Actor) -> Approval:
    """Take a request back while nothing was done on the strength of it. Raises ApprovalRefused, recorded."""
    with recorded_refusals(approval, actor), acts.act(actor=actor) as act:
        current = _locked(approval)
        if people.check_member(current, actor).pk != current.asked_by_id:
            raise ApprovalRefused(Refusal.NOT_THE_ASKER)
        _check_state(current, *STANDING, otherwise=Refusal.NOT_WAITING)
        current.state, current.ended = ApprovalState.WITHDRAWN, clock.now()
        act.save(current)
        _record(act, current, Action.APPROVAL_WITHDRAWN)
    return current


def spend(
    act: Act, *, approval: Approval, kind: ApprovalKind, subject: Subject, what: Mapping[str, JsonValue]
) -> Approval:
    """Use an approval up, as part of the act that it allows; ``what`` is what that act is about to do.

    Call it inside ``recorded_refusals`` and inside the act. Raises ApprovalRefused: not approved, run out, used
    before, something else, or somebody who neither asked nor decided (nor, for kinds done there, is at the console).
    """
    current = _locked(approval)
    _check_spendable(current, act.actor, kind, subject, what)
    current.state, current.ended, current.used_act = ApprovalState.USED, clock.now(), act.id
    act.save(current)
    _record(act, current, Action.APPROVAL_USED)
    return current


def check_spendable(
    approval: Approval, *, actor: Actor, kind: ApprovalKind, subject: Subject, what: Mapping[str, JsonValue]
) -> None:
    """Whether ``spend`` would take it now, for acts that do something outside the database first."""
    current = Approval.objects.select_related("case").get(pk=approval.pk)
    _check_spendable(current, actor, kind, subject, what)


def _check_spendable(
    current: Approval, actor: Actor, kind: ApprovalKind, subject: Subject, what: Mapping[str, JsonValue]
) -> None:
    people.check_carrier(current, actor)
    if current.state == ApprovalState.USED:
        raise ApprovalRefused(Refusal.ALREADY_USED)
    _check_state(current, ApprovalState.APPROVED, otherwise=Refusal.NOT_APPROVED)
    wanted = contents.description_of(
        kind=kind, subject=subject, case=current.case, authority=current.authority, what=what
    )
    if contents.digest(wanted) != current.content:
        raise ApprovalRefused(Refusal.OTHER_CONTENT)


def expire_overdue() -> int:
    """Record every request that has run out; returns how many. For the worker, again and again."""
    overdue = Approval.objects.filter(state__in=STANDING, expires__lte=clock.now())
    return sum(_expire(request) for request in list(overdue))


def _expire(approval: Approval) -> bool:
    with acts.act(actor=actors.for_process(_SWEEPER)) as act:
        current = _locked(approval)
        if not (current.state in STANDING and has_run_out(current)):
            return False
        current.state, current.ended = ApprovalState.EXPIRED, clock.now()
        act.save(current)
        _record(act, current, Action.APPROVAL_EXPIRED)
    return True


def has_run_out(approval: Approval) -> bool:
    """Whether the time of a request is over, recorded or not.

    What was asked by a clock that was days ahead and was put right has run out, or it would stand until that day.
    """
    return not approval.asked - _AHEAD <= clock.now() < approval.expires


def _locked(approval: Approval) -> Approval:
    return Approval.objects.select_for_update(of=("self",)).select_related("case").get(pk=approval.pk)


def _check_state(current: Approval, *wanted: ApprovalState, otherwise: Refusal) -> None:
    if current.state == ApprovalState.EXPIRED or (current.state in STANDING and has_run_out(current)):
        raise ApprovalRefused(Refusal.EXPIRED)
    if current.state not in wanted:
        raise ApprovalRefused(otherwise)
    if not contents.is_intact(current):
        raise ApprovalRefused(Refusal.ALTERED)


def _record(act: Act, request: Approval, action: Action, *, reason: str = "") -> None:
    until = {"until": clock.stamp(request.expires)} if action is Action.APPROVAL_ASKED else {}
    act.record(
        action,
        streams=streams_of(request, act.actor),
        subject={**about(request), **until},
        snapshots=[request],
        detail={"reason": reason} if reason else None,
        authority=request.authority or None,
    )
