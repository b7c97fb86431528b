"""What happened to items of a case after they may have been handed out: for the disclosure register."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import Final
from uuid import UUID

from custody import clock, ledger
from custody.actions import Action
from custody.core.entries import Outcome
from custody.core.errors import EntryError
from custody.disclosures import Cause
from custody.models import Case
from evidence.admissions import items_in

REASONS: Final[Mapping[Action, str]] = {
    Action.ITEM_DESCRIBED: "item-described-anew",
    Action.ITEM_DISPOSED: "item-disposed-of",
}


def corrected_items(case: Case) -> Iterator[Cause]:
    """Every entry that describes an item of the case anew or tells of its disposal."""
    entries = []
    for action in REASONS:
        for stored in ledger.entries_in_streams([f"case/{case.pk}"], action):
            # The walk of `verify` reports an entry that can't be read.
            with contextlib.suppress(EntryError):
                entries.append(ledger.entry_of(stored))
    done = [entry for entry in entries if entry.outcome is Outcome.DONE and entry.subject.get("item")]
    wanted = {UUID(entry.subject["item"]) for entry in done}
    numbers = {str(key): ern for key, ern in items_in(case).filter(pk__in=wanted).values_list("pk", "ern")}
    for entry in done:
        item = entry.subject["item"]
        yield Cause(
            kind="item",
            subject=item,
            reason=REASONS[Action(entry.action)],
            since=clock.parse(entry.time),
            label=numbers.get(item, item),
        )
