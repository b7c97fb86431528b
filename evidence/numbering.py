"""Giving out evidence reference numbers: a range for a batch, then one by one from the range, never twice."""

from __future__ import annotations

from django.db import transaction

from evidence.core import numbers
from evidence.core.errors import IntakeError
from evidence.models import Batch, NumberCounter, NumberRange


def reserve(batch: Batch, count: int) -> None:
    """Set the next ``count`` numbers of the batch's collection aside for it. Inside a transaction."""
    if count <= 0:
        return
    counter, _ = NumberCounter.objects.select_for_update().get_or_create(collection_id=batch.collection_id)
    last = counter.next_number + count - 1
    if last > numbers.HIGHEST:
        raise IntakeError("the collection has no evidence reference numbers left; begin another collection")
    NumberRange.objects.create(batch=batch, first=counter.next_number, last=last, next_number=counter.next_number)
    counter.next_number = last + 1
    counter.save(update_fields=["next_number"])


class Numbers:
    """A batch's own numbers, handed out in order. Nothing counts until ``keep`` runs in the caller's transaction."""

    def __init__(self, batch: Batch) -> None:
        self._batch = batch
        self._ranges = list(NumberRange.objects.filter(batch=batch))

    def want(self, count: int) -> list[int]:
        """The next ``count`` numbers, the same ones until they are kept; reserves more when the range is short."""
        free = [number for each in self._ranges for number in range(each.next_number, each.last + 1)[:count]]
        if len(free) < count:
            with transaction.atomic():
                reserve(self._batch, count - len(free))
            self._ranges = list(NumberRange.objects.filter(batch=self._batch))
            return self.want(count)
        return free[:count]

    def keep(self, count: int) -> None:
        """Take the first ``count`` numbers for good. Inside the transaction that writes them on items."""
        for each in self._ranges:
            taken = min(count, each.last + 1 - each.next_number)
            if taken:
                each.next_number += taken
                each.save(update_fields=["next_number"])
                count -= taken

    def reload(self) -> None:
        """Forget what a rolled-back transaction took."""
        self._ranges = list(NumberRange.objects.filter(batch=self._batch))


def give_back(batch: Batch) -> list[int]:
    """Return unused numbers that are still the highest, so that the next batch goes on there; list the void ones.

    Inside a transaction. A number below one that another batch holds can't go back: it is void for good.
    """
    counter = NumberCounter.objects.select_for_update().filter(collection_id=batch.collection_id).first()
    void: list[int] = []
    for each in NumberRange.objects.filter(batch=batch).order_by("-first"):
        free = range(each.next_number, each.last + 1)
        if counter is not None and counter.next_number == each.last + 1:
            counter.next_number = each.next_number
            counter.save(update_fields=["next_number"])
        else:
            void.extend(free)
    return sorted(void)
