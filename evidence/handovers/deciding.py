"""The other side's word: accepted or declined, with what was found; or withdrawn by whoever proposed.

Where the receiving side is outside, a member who did not propose records its word on the strength of the form it
signed. Where either side is outside, nothing is accepted without that form, taken in as evidence of its own.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from custody import acts, clock
from custody.actions import Action
from custody.cases import Role
from evidence.access import Asker
from evidence.admissions import items_in
from evidence.handovers.entering import enter
from evidence.handovers.holders import Holder, giver_of, receiver_of
from evidence.handovers.proposing import MAY_PROPOSE, account_of
from evidence.handovers.receipts import keep_receipt, sign_if_possible
from evidence.handovers.records import write_record
from evidence.handovers.refusing import HandoverRefused, Refused, refusals
from evidence.models import (
    Comparison,
    Condition,
    EvidenceItem,
    HandedObject,
    Handover,
    HandoverState,
    SetMember,
)


@dataclass(frozen=True, kw_only=True)
class Found:
    """One object as the receiving side found it."""

    seal: str
    condition: Condition
    remarks: str = ""


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What the other side says. `found` is by object id; `happened` is when the things changed hands, if told later."""

    remarks: str = ""
    found: Mapping[UUID, Found] = field(default_factory=dict)
    comparison: Comparison | None = None
    form: EvidenceItem | None = None
    happened: datetime.datetime | None = None


def accept(*, asker: Asker, handover: Handover, reply: Reply) -> Handover:
    """Take the things over. Differences do not stop it: they are findings, and stay in sight.

    The receipt is signed afterwards; where the registrar does not answer, by the worker at its next turn.

    Raises ValidationError (something was not looked at); HandoverRefused, recorded: own proposal, not the other
    side, decided before, no form of a party outside.
    """
    with refusals(asker, handover), acts.act(actor=asker.actor, purpose=asker.purpose_code) as act:
        current, pieces = _opened(handover)
        _may_decide(asker, current)
        _check_form(asker, current, reply.form)
        _check_complete(current, pieces, reply)
        for piece in pieces:
            _note(piece, reply.found[piece.object_id])
        _settle(asker, current, reply, HandoverState.ACCEPTED)
        write_record(current, pieces)
        saved = [current, *pieces, *_returned(current)]
        for row in saved:
            act.save(row)
        action = Action.HANDOVER_RETURNED if current.returns_id else Action.HANDOVER_ACCEPTED
        enter(act, action, current, pieces, saved, receipt=keep_receipt(act.id, current, pieces))
    sign_if_possible(current)
    return current


def decline(*, asker: Asker, handover: Handover, reply: Reply) -> Handover:
    """Do not take the things over; they stay where they are. The reason goes into the remarks.

    Raises ValidationError without a reason; HandoverRefused, recorded, as for `accept`, but no form is needed.
    """
    with refusals(asker, handover), acts.act(actor=asker.actor, purpose=asker.purpose_code) as act:
        current, pieces = _opened(handover)
        _may_decide(asker, current)
        if reply.form is not None:
            _check_form(asker, current, reply.form)
        if not reply.remarks.strip():
            raise ValidationError(_("Say why it is declined."))
        saved = [current]
        for piece in pieces:
            if piece.object_id in reply.found:
                _note(piece, reply.found[piece.object_id])
                saved.append(piece)  # type: ignore[arg-type]  # rows of two models, saved alike
        _settle(asker, current, reply, HandoverState.DECLINED)
        write_record(current, pieces)
        for row in saved:
            act.save(row)
        enter(act, Action.HANDOVER_DECLINED, current, pieces, saved, receipt=keep_receipt(act.id, current, pieces))
    sign_if_possible(current)
    return current


def withdraw(*, asker: Asker, handover: Handover, remarks: str = "") -> Handover:
    """Take a proposal back before it is decided: by its proposer, or the lead. Raises HandoverRefused, recorded."""
    with refusals(asker, handover), acts.act(actor=asker.actor, purpose=asker.purpose_code) as act:
        current, pieces = _opened(handover)
        if account_of(asker).pk != current.proposed_by_id and asker.role is not Role.LEAD:
            raise HandoverRefused(Refused.NOT_THE_PROPOSER)
        _settle(asker, current, Reply(remarks=remarks), HandoverState.WITHDRAWN)
        write_record(current, pieces)
        act.save(current)
        enter(act, Action.HANDOVER_WITHDRAWN, current, pieces, [current])
    return current


def may_decide(asker: Asker, handover: Handover) -> Refused | None:
    """Why this person may not accept or decline; None when they may."""
    if handover.state != HandoverState.PROPOSED:
        return Refused.ALREADY_DECIDED
    if asker.account is None or asker.account.pk == handover.proposed_by_id:
        return Refused.OWN_PROPOSAL
    receiver = receiver_of(handover)
    if receiver.is_outside:
        return None if asker.role in MAY_PROPOSE else Refused.NOT_THE_OTHER_SIDE
    return None if receiver.same_as(Holder(account=asker.account)) else Refused.NOT_THE_OTHER_SIDE


def wants_form(handover: Handover) -> bool:
    """Whether a signed form stands for the word of a side that is outside."""
    return giver_of(handover).is_outside or receiver_of(handover).is_outside


def _opened(handover: Handover) -> tuple[Handover, list[HandedObject]]:
    """The hand-over as it stands in the database now, locked, and its objects."""
    current = Handover.objects.select_for_update().get(pk=handover.pk)
    if current.state != HandoverState.PROPOSED:
        raise HandoverRefused(Refused.ALREADY_DECIDED)
    return current, list(HandedObject.objects.filter(handover=current).select_related("object"))


def _may_decide(asker: Asker, current: Handover) -> None:
    account_of(asker)
    if why := may_decide(asker, current):
        raise HandoverRefused(why)


def _check_form(asker: Asker, current: Handover, form: EvidenceItem | None) -> None:
    if form is None:
        if wants_form(current):
            raise HandoverRefused(Refused.NO_FORM)
        return
    if not items_in(asker.case).filter(pk=form.pk).exists():
        raise HandoverRefused(Refused.NOT_IN_CASE)
    if current.items_id and SetMember.objects.filter(set=current.items_id, item=form).exists():
        raise HandoverRefused(Refused.FORM_IS_HANDED_OVER)


def _check_complete(current: Handover, pieces: Sequence[HandedObject], reply: Reply) -> None:
    if {piece.object_id for piece in pieces} != set(reply.found):
        raise ValidationError(_("Say of each object in which condition it was found."))
    if current.items_id and reply.comparison is None:
        raise ValidationError(_("Say whether the digests of the items were compared."))
    if reply.happened is not None and reply.happened > clock.now():
        raise ValidationError({"happened": _("This moment has not come yet.")})


def _note(piece: HandedObject, found: Found) -> None:
    piece.seal_found, piece.condition_found, piece.remarks = found.seal, found.condition, found.remarks
    piece.differs = found_otherwise(piece)


def found_otherwise(piece: HandedObject) -> bool:
    """Whether an object was not found as it was given: another seal number, or not the condition described."""
    return piece.seal_found != piece.seal_stated or piece.condition_found != Condition.AS_DESCRIBED


def _settle(asker: Asker, current: Handover, reply: Reply, state: HandoverState) -> None:
    current.state = state
    current.decided, current.decided_by = clock.now(), account_of(asker)
    current.reply, current.form, current.happened = reply.remarks, reply.form, reply.happened
    current.comparison = reply.comparison or ""


def _returned(current: Handover) -> list[Handover]:
    """The hand-over that this one takes back, with its new state."""
    if current.returns_id is None:
        return []
    first = Handover.objects.select_for_update().get(pk=current.returns_id)
    first.state = HandoverState.RETURNED
    return [first]
