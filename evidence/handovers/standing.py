"""Whose things are about to be handed over: found before the transaction, and confirmed inside of it.

A large set takes a while to look through, and the transaction of a hand-over holds up every other entry. So the looking
is done first; inside, a few numbers tell whether any hand-over took a step meanwhile, and only then it is done again.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Max, Q

from custody.models import Case
from evidence.handovers.holders import Holder, holder_of, holders_of_items
from evidence.handovers.refusing import HandoverRefused, Refused
from evidence.models import Collection, Handover, HandoverState, ItemSet, PhysicalObject, SetMember

# Every step adds a row, or decides one: how many there are, how many are decided, and when the last one was.
_Mark = tuple[int, int, datetime.datetime | None]


@dataclass(frozen=True)
class Standing:
    """The one holder of some things, as of a mark."""

    objects: tuple[PhysicalObject, ...]
    items: ItemSet | None
    otherwise: Holder
    collections: frozenset[UUID]
    mark: _Mark
    holder: Holder

    def confirmed(self, case: Case) -> Holder:
        """The holder now, inside a transaction that lets no other hand-over of these things take a step.

        Two cases may share a collection, so the collections are locked too. Raises HandoverRefused.
        """
        Case.objects.select_for_update(no_key=True).get(pk=case.pk)
        list(Collection.objects.select_for_update(no_key=True).filter(pk__in=self.collections).order_by("pk"))
        if _mark() == self.mark:
            return self.holder
        return _holder(self.objects, self.items, self.otherwise)


def find_standing(objects: Sequence[PhysicalObject], items: ItemSet | None, *, otherwise: Holder) -> Standing:
    """Who holds all these things; what nobody took over yet is with `otherwise`.

    Raises HandoverRefused: some wait in another hand-over, or they are not all in the same hands.
    """
    mark = _mark()
    collections = {thing.collection_id for thing in objects}
    if items is not None:
        collections |= set(SetMember.objects.filter(set=items).values_list("item__collection", flat=True).distinct())
    holder = _holder(objects, items, otherwise)
    return Standing(tuple(objects), items, otherwise, frozenset(collections), mark, holder)


def _mark() -> _Mark:
    found = Handover.objects.aggregate(rows=Count("pk"), settled=Count("decided"), last=Max("decided"))
    return found["rows"], found["settled"], found["last"]


def _holder(objects: Sequence[PhysicalObject], items: ItemSet | None, otherwise: Holder) -> Holder:
    if _under_way(objects, items):
        raise HandoverRefused(Refused.UNDER_WAY)
    held = [*map(holder_of, objects), *(holders_of_items(items).values() if items else ())]
    found = {holder.stream: holder for holder in (one or otherwise for one in held)}
    if len(found) != 1:
        raise HandoverRefused(Refused.MIXED_HOLDERS)
    return next(iter(found.values()))


def _under_way(objects: Sequence[PhysicalObject], items: ItemSet | None) -> bool:
    waiting = Q(pieces__object__in=objects)
    if items is not None:
        inside = SetMember.objects.filter(set=items).values("item")
        waiting |= Q(items__in=SetMember.objects.filter(item__in=inside).values("set"))
    return Handover.objects.filter(waiting, state=HandoverState.PROPOSED).exists()
