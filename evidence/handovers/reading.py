"""Finding hand-overs and objects for whoever may see them, and listing what waits for whom."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet

from custody import ledger
from custody.actions import Action
from custody.models import Account, Case
from evidence.handovers.entering import things_of
from evidence.handovers.holders import holder_of
from evidence.models import (
    Comparison,
    EvidenceItem,
    HandedObject,
    Handover,
    HandoverState,
    PhysicalObject,
    SetMember,
)

STEPS: Final = (
    Action.HANDOVER_PROPOSED,
    Action.HANDOVER_ACCEPTED,
    Action.HANDOVER_RETURNED,
    Action.HANDOVER_DECLINED,
    Action.HANDOVER_WITHDRAWN,
)


def handovers_of(case: Case) -> QuerySet[Handover]:
    """All hand-overs of a case, the newest first."""
    sides = ("giver_account", "giver_party", "receiver_account", "receiver_party", "proposed_by", "decided_by")
    return Handover.objects.filter(case=case).select_related("case", "items", "form", *sides).order_by("-number")


def concerning(account: Account) -> Q:
    """Hand-overs in which this account is a side: those may be seen without working on the case."""
    return Q(receiver_account=account) | Q(giver_account=account)


def handovers_named(keys: Iterable[str]) -> dict[str, Handover]:
    """Hand-overs by their ids as entries hold them, with what a line of custody says of them."""
    sides = ("case", "form", "giver_account", "giver_party", "receiver_account", "receiver_party", "receipt")
    found = Handover.objects.filter(pk__in=set(keys)).select_related(*sides).prefetch_related("pieces__object")
    return {str(handover.pk): handover for handover in found}


def handover_for_side(account: Account, code: str, key: UUID) -> Handover | None:
    """A hand-over of the case with this code in which the account is named as one side."""
    return Handover.objects.filter(concerning(account), case__code=code, pk=key).select_related("case").first()


def waiting_for(account: Account, case: Case, *, records_for_others: bool) -> QuerySet[Handover]:
    """What waits for this person's word; and, for those who may record it, for the word of somebody outside."""
    mine = Q(receiver_account=account)
    if records_for_others:
        mine |= Q(receiver_party__isnull=False)
    open_ = handovers_of(case).filter(mine, state=HandoverState.PROPOSED).exclude(proposed_by=account)
    return open_.prefetch_related("pieces")


def count_open(case: Case) -> int:
    """How many hand-overs of a case wait to be decided."""
    return Handover.objects.filter(case=case, state=HandoverState.PROPOSED).count()


def items_of(handover: Handover) -> QuerySet[EvidenceItem]:
    """The items handed over, by number."""
    members = SetMember.objects.filter(set=handover.items_id).values("item")
    return EvidenceItem.objects.filter(pk__in=members).order_by("ern")


def objects_of(case: Case) -> QuerySet[PhysicalObject]:
    """The physical objects of a case, by number."""
    chosen = PhysicalObject.objects.filter(case=case)
    return chosen.select_related("collection", "first_account", "first_party").order_by("number")


def numbers_of_objects(keys: Iterable[str]) -> dict[str, str]:
    """The numbers of physical objects by their ids as entries hold them."""
    found = PhysicalObject.objects.filter(pk__in=set(keys)).values_list("pk", "number")
    return {str(key): number for key, number in found}


@dataclass(frozen=True)
class Held:
    """An object with who holds it now, in words."""

    thing: PhysicalObject
    holder: str
    outside: bool


def held(things: QuerySet[PhysicalObject]) -> list[Held]:
    """Objects with their holders."""
    found = []
    for thing in things:
        holder = holder_of(thing)
        found.append(Held(thing, holder.words, holder.is_outside))
    return found


def number_of(handover: Handover) -> str:
    """The number of a hand-over on paper and in the names of its files."""
    return f"{handover.case.code}-H{handover.number:04d}"


def findings_of(handover: Handover) -> int:
    """In how many ways the receiving side found something otherwise than it was given."""
    objects = sum(bool(piece.differs) for piece in handover.pieces.all())
    return objects + (handover.comparison == Comparison.DIFFERENT)


def pieces_of(handover: Handover) -> list[HandedObject]:
    """The physical objects handed over, by number."""
    return list(HandedObject.objects.filter(handover=handover).select_related("object").order_by("object__number"))


@dataclass(frozen=True)
class Step:
    """One step as the ledger tells it: the first of its entries."""

    seq: int
    action: str
    time: str
    leaf: str


def steps_of(handover: Handover) -> list[Step]:
    """The steps of a hand-over in order, each by the first of its entries."""
    stream = next((name for name, _about in things_of(handover, pieces_of(handover))), None)
    found: dict[str, Step] = {}
    for action in STEPS:
        for stored in ledger.entries_in_streams([stream] if stream else [], action):
            if ledger.entry_of(stored).subject.get("handover") == str(handover.pk):
                found.setdefault(stored.act, Step(stored.seq, stored.action, stored.time, stored.leaf.hex()))
    return sorted(found.values(), key=lambda step: step.seq)
