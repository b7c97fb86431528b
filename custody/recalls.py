"""What releases hold and how late they look: for telling recipients of what no longer stands."""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Collection, Iterator, Mapping, Sequence
from uuid import UUID

from custody import clock, ledger
from custody.actions import Action
from custody.core.entries import Outcome
from custody.core.errors import EntryError
from custody.models import Case, Disclosure, DisclosureTouch, Entry

ITEM = "item"
_STREAMS_AT_ONCE = 500

# Of what is held, by kind and id: the releases that hold it.
Holders = Mapping[tuple[str, str], set[UUID]]


def shown_until(rows: Collection[Disclosure]) -> dict[UUID, datetime.datetime]:
    """The last moment that each release shows: that of the newest entry under its checkpoint.

    A release is entered later, when it has been written; what changed in between, it does not show.
    """
    last = {row.pk: row.checkpoint - 1 for row in rows}
    times = dict(Entry.objects.filter(seq__in=set(last.values())).values_list("seq", "time"))
    return {row.pk: clock.parse(times[last[row.pk]]) if last[row.pk] in times else row.released for row in rows}


def holders(case: Case, rows: Sequence[Disclosure], wanted: Collection[tuple[str, str]]) -> Holders:
    """Which of the releases of a case hold or rest on what is wanted, by kind and id.

    Those whose list names it; for an item also those in whose act its original left.
    """
    found: dict[tuple[str, str], set[UUID]] = {each: set() for each in wanted}
    for disclosure, kind, subject in _listed(case):
        if (kind, subject) in found:
            found[kind, subject].add(disclosure)
    by_act: dict[str, list[UUID]] = {}
    for row in rows:
        by_act.setdefault(row.made_act, []).append(row.pk)
    for item, act in _taken([subject for kind, subject in found if kind == ITEM], by_act):
        if (ITEM, item) in found:
            found[ITEM, item].update(by_act[act])
    return found


def _listed(case: Case) -> Iterator[tuple[UUID, str, str]]:
    rows = DisclosureTouch.objects.filter(disclosure__case=case).order_by()
    yield from rows.values_list("disclosure", "kind", "subject")


def _taken(items: Sequence[str], acts: Collection[str]) -> Iterator[tuple[str, str]]:
    """Each original of these items that left in one of the acts, with the act."""
    streams = [f"item/{item}" for item in items]
    for start in range(0, len(streams), _STREAMS_AT_ONCE):
        some = streams[start : start + _STREAMS_AT_ONCE]
        for stored in ledger.entries_in_streams(some, Action.ITEM_DOWNLOADED):
            if stored.act not in acts:
                continue
            # The walk of `verify` reports an entry that can't be read.
            with contextlib.suppress(EntryError):
                entry = ledger.entry_of(stored)
                if entry.outcome is Outcome.GRANTED and entry.act in acts:
                    yield entry.subject.get("item", ""), entry.act
