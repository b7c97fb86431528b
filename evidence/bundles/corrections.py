"""What happened to items of a case after they may have been handed out: for the disclosure register."""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Collection, Iterator, Mapping
from typing import Final
from uuid import UUID

from custody import clock, ledger
from custody.actions import Action
from custody.core.entries import Entry, Outcome
from custody.core.errors import EntryError
from custody.disclosures import Cause
from custody.models import Case
from evidence.admissions import items_in

REASONS: Final[Mapping[Action, str]] = {
    Action.ITEM_DESCRIBED: "item-described-anew",
    Action.ITEM_DISPOSED: "item-disposed-of",
}
_ITEMS_AT_ONCE = 500


def corrected_items(case: Case, after: datetime.datetime) -> Iterator[Cause]:
    """Every entry from then on that describes an item of the case anew or tells of its disposal.

    Also one made in another case's work, which it does not name: an item that two cases admit is one item.
    """
    done = [entry for action in REASONS for entry in _entries(action, after)]
    numbers = _numbers(case, {UUID(entry.subject["item"]) for entry in done})
    for entry in done:
        item = entry.subject["item"]
        if item in numbers or entry.subject.get("case") == str(case.pk):
            yield Cause(
                kind="item",
                subject=item,
                reason=REASONS[Action(entry.action)],
                since=clock.parse(entry.time),
                label=numbers.get(item, item),
            )


def _entries(action: Action, after: datetime.datetime) -> Iterator[Entry]:
    first = clock.stamp(after)
    for stored in ledger.entries_with(action):
        if stored.time < first:
            continue
        # The walk of `verify` reports an entry that can't be read.
        with contextlib.suppress(EntryError):
            entry = ledger.entry_of(stored)
            if entry.outcome is Outcome.DONE and entry.subject.get("item"):
                yield entry


def _numbers(case: Case, wanted: Collection[UUID]) -> dict[str, str]:
    """The numbers of those that the case admits."""
    found: dict[str, str] = {}
    keys = list(wanted)
    for start in range(0, len(keys), _ITEMS_AT_ONCE):
        some = items_in(case).filter(pk__in=keys[start : start + _ITEMS_AT_ONCE])
        found |= {str(key): ern for key, ern in some.values_list("pk", "ern")}
    return found
