"""The custody of many items at once, as of one size of the ledger: what a dossier shows, read a page at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from custody.core.entries import Outcome
from custody.models import Entry, StreamEntry
from evidence.handovers.sets import FEW
from evidence.models import EvidenceItem, PhysicalObject, SetMember
from evidence.timeline import BESIDE, HANDOVERS, NOT_CUSTODY, SIGHTS, Recorded, lines_of

_AT_ONCE: Final = 500


@dataclass(frozen=True)
class Schedule:
    """What was done to an item, oldest first and all of it, and how often it was seen by how many."""

    recorded: tuple[Recorded, ...]
    times: int
    people: int


@dataclass(frozen=True)
class _Head:
    seq: int
    act: str
    action: str
    outcome: str
    actor: str

    @property
    def granted(self) -> bool:
        return self.outcome == Outcome.GRANTED.value


def schedules(items: Sequence[EvidenceItem], *, before: int) -> dict[UUID, Schedule]:
    """One for each item, of the entries with ``seq < before``."""
    found: dict[UUID, Schedule] = {}
    for start in range(0, len(items), _AT_ONCE):
        found |= _schedules(items[start : start + _AT_ONCE], before)
    return found


def _schedules(items: Sequence[EvidenceItem], before: int) -> dict[UUID, Schedule]:
    own = {f"item/{item.pk}": item.pk for item in items}
    beside = _beside(items)
    links = list(StreamEntry.objects.filter(stream__in=[*own, *beside], seq__lt=before).values_list("stream", "seq"))
    heads = _heads(sorted({seq for _, seq in links}))
    lines: dict[UUID, dict[int, _Head]] = defaultdict(dict)
    seen: dict[UUID, list[_Head]] = defaultdict(list)
    for stream, head in ((stream, heads[seq]) for stream, seq in links if seq in heads):
        if stream in own and head.action in SIGHTS:
            seen[own[stream]].append(head)
        for key in _concerned(stream, head, own, beside):
            lines[key][head.seq] = head
    chosen = {item.pk: _one_each(lines[item.pk]) for item in items}
    told = {row.seq: row for row in lines_of(sorted({seq for seqs in chosen.values() for seq in seqs}))}
    return {
        key: _schedule([told[seq] for seq in seqs if seq in told], [head for head in seen[key] if head.granted])
        for key, seqs in chosen.items()
    }


def _concerned(
    stream: str, head: _Head, own: Mapping[str, UUID], beside: Mapping[str, Sequence[UUID]]
) -> Iterable[UUID]:
    """To which items' custody an entry in a stream belongs."""
    if stream in own:
        return () if head.action in NOT_CUSTODY else (own[stream],)
    return beside[stream] if head.action in BESIDE else ()


def _beside(items: Sequence[EvidenceItem]) -> Mapping[str, Sequence[UUID]]:
    """The items by the histories of the large sets that hold them, and of the objects of their collections."""
    found: dict[str, list[UUID]] = defaultdict(list)
    members = SetMember.objects.filter(item__in=[item.pk for item in items], set__count__gt=FEW)
    for manifest, item in members.values_list("set", "item"):
        found[f"item/{manifest}"].append(item)
    collected: dict[UUID, list[UUID]] = defaultdict(list)
    for each in items:
        collected[each.collection_id].append(each.pk)
    for thing, collection in PhysicalObject.objects.filter(collection__in=collected).values_list("pk", "collection"):
        found[f"item/{thing}"] += collected[collection]
    return found


def _heads(seqs: Sequence[int]) -> dict[int, _Head]:
    found: dict[int, _Head] = {}
    for start in range(0, len(seqs), _AT_ONCE):
        rows = Entry.objects.filter(seq__in=seqs[start : start + _AT_ONCE])
        heads = [_Head(*row) for row in rows.values_list("seq", "act", "action", "outcome", "actor")]
        found |= {head.seq: head for head in heads}
    return found


def _one_each(heads: Mapping[int, _Head]) -> list[int]:
    """A step of a hand-over is one line, however many things of it touch the item."""
    found: dict[tuple[str, str], int] = {}
    for seq in sorted(heads):
        head = heads[seq]
        found.setdefault((head.act if head.action in HANDOVERS else str(seq), head.action), seq)
    return list(found.values())


def _schedule(recorded: Sequence[Recorded], seen: Sequence[_Head]) -> Schedule:
    return Schedule(tuple(recorded), len(seen), len({head.actor for head in seen}))
