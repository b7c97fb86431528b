"""Proposing that custody passes on, and proposing that it comes back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Max
from django.utils.translation import gettext as _

from custody import acts, clock
from custody.actions import Action
from custody.cases import Role
from custody.models import Account, Case
from evidence.access import Asker
from evidence.admissions import items_in
from evidence.handovers.entering import enter
from evidence.handovers.holders import Holder, giver_of, receiver_of
from evidence.handovers.records import write_record
from evidence.handovers.refusing import HandoverRefused, Refused, refusals
from evidence.handovers.sets import keep_set
from evidence.handovers.standing import Standing, find_standing
from evidence.models import EvidenceItem, HandedObject, Handover, HandoverState, ItemSet, PhysicalObject

MAY_PROPOSE: Final = frozenset({Role.LEAD, Role.INVESTIGATOR})
MOST_OBJECTS: Final = 20
_IDS_AT_ONCE: Final = 500


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """What is to go to whom. `conditions` says by object id how each object looks as it is given."""

    receiver: Holder
    objects: Sequence[PhysicalObject] = ()
    items: Sequence[EvidenceItem] = ()
    reason: str
    place: str = ""
    conditions: Mapping[UUID, str] = field(default_factory=dict)


def propose(*, asker: Asker, proposal: Proposal) -> Handover:
    """Propose a hand-over. The giver is whoever holds the things now; what nobody took over yet, the proposer.

    Raises ValidationError; HandoverRefused, recorded: not the lead or an investigator, things in other hands or
    waiting in another hand-over, things of another case.
    """
    with refusals(asker):
        if asker.role not in MAY_PROPOSE:
            raise HandoverRefused(Refused.MAY_NOT_PROPOSE)
        _check_things(asker, proposal)
    items = keep_set(proposal.items) if proposal.items else None
    with refusals(asker):
        standing = _standing(asker, proposal.objects, items)
    with refusals(asker), acts.act(actor=asker.actor, purpose=asker.purpose_code) as act:
        giver = _giver(asker, standing.confirmed(asker.case))
        handover = _new(asker, giver, proposal, items)
        _write(act, handover, [_piece(handover, thing, proposal.conditions) for thing in proposal.objects])
    return handover


def propose_return(
    *, asker: Asker, handover: Handover, reason: str, place: str = "", conditions: Mapping[UUID, str] | None = None
) -> Handover:
    """Propose that everything in an accepted hand-over goes back to whoever gave it.

    By its holder, or by lead or investigator. Raises ValidationError; HandoverRefused, recorded.
    """
    objects = [piece.object for piece in handover.pieces.select_related("object")]
    with refusals(asker, handover):
        current = Handover.objects.get(pk=handover.pk)
        holder = receiver_of(current)
        if current.state != HandoverState.ACCEPTED:
            raise HandoverRefused(Refused.NOT_HANDED_OVER)
        if asker.role not in MAY_PROPOSE and not _is(asker, holder):
            raise HandoverRefused(Refused.MAY_NOT_PROPOSE)
        standing = _standing(asker, objects, current.items)
    with refusals(asker, handover), acts.act(actor=asker.actor, purpose=asker.purpose_code) as act:
        # Whoever holds the things now must be whom that hand-over gave them to: they may have gone on since.
        if not _giver(asker, standing.confirmed(asker.case)).same_as(holder):
            raise HandoverRefused(Refused.NOT_HANDED_OVER)
        proposal = Proposal(receiver=giver_of(current), reason=reason, place=place, conditions=conditions or {})
        back = _new(asker, holder, proposal, current.items)
        back.returns = current
        _write(act, back, [_piece(back, thing, proposal.conditions) for thing in objects])
    return back


def account_of(asker: Asker) -> Account:
    """The person behind a step. Raises ValidationError for the console: a hand-over has two people."""
    if asker.account is None:
        raise ValidationError(_("A hand-over is a matter between people: name the account that acts."))
    return asker.account


def _is(asker: Asker, holder: Holder) -> bool:
    return asker.account is not None and holder.same_as(Holder(account=asker.account))


def _check_things(asker: Asker, proposal: Proposal) -> None:
    if not proposal.objects and not proposal.items:
        raise ValidationError(_("Name at least one object or item."))
    if len(proposal.objects) > MOST_OBJECTS:
        raise ValidationError(_("At most %(most)d objects in one hand-over."), params={"most": MOST_OBJECTS})
    if any(thing.case_id != asker.case.pk for thing in proposal.objects):
        raise HandoverRefused(Refused.NOT_IN_CASE)
    wanted = {item.pk for item in proposal.items}
    if _held_in(asker.case, wanted) != len(wanted):
        raise HandoverRefused(Refused.NOT_IN_CASE)


def _held_in(case: Case, wanted: Iterable[UUID]) -> int:
    """How many of these items the case admits; asked some hundreds at a time."""
    ids = list(wanted)
    pages = (ids[start : start + _IDS_AT_ONCE] for start in range(0, len(ids), _IDS_AT_ONCE))
    return sum(items_in(case).filter(pk__in=page).count() for page in pages)


def _giver(asker: Asker, holder: Holder) -> Holder:
    """The holder, where it is for the asker to give what they hold. Raises HandoverRefused otherwise."""
    if not (holder.is_outside or _is(asker, holder) or asker.role is Role.LEAD):
        raise HandoverRefused(Refused.NOT_THE_HOLDER)
    return holder


def _standing(asker: Asker, objects: Sequence[PhysicalObject], items: ItemSet | None) -> Standing:
    return find_standing(objects, items, otherwise=Holder(account=account_of(asker)))


def _new(asker: Asker, giver: Holder, proposal: Proposal, items: ItemSet | None) -> Handover:
    if giver.same_as(proposal.receiver):
        raise HandoverRefused(Refused.SAME_HOLDER)
    last = Handover.objects.filter(case=asker.case).aggregate(last=Max("number"))["last"] or 0
    return Handover(
        case=asker.case,
        number=last + 1,
        giver_account=giver.account,
        giver_party=giver.party,
        receiver_account=proposal.receiver.account,
        receiver_party=proposal.receiver.party,
        items=items,
        reason=proposal.reason,
        place=proposal.place,
        proposed_by=account_of(asker),
        proposed=clock.now(),
    )


def _piece(handover: Handover, thing: PhysicalObject, conditions: Mapping[UUID, str]) -> HandedObject:
    # As it stands now: somebody may have put a new seal on while the form was being filled in.
    current = PhysicalObject.objects.select_for_update().get(pk=thing.pk)
    return HandedObject(
        handover=handover, object=current, seal_stated=current.seal, condition_stated=conditions.get(thing.pk, "")
    )


def _write(act: acts.Act, handover: Handover, pieces: Sequence[HandedObject]) -> None:
    write_record(handover, pieces)
    act.save(handover)
    for piece in pieces:
        act.save(piece)
    enter(act, Action.HANDOVER_PROPOSED, handover, pieces, [handover, *pieces])
