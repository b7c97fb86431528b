"""The history of one item as people read it: who held it, what was done to it, who has seen it."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from custody import clock, ledger
from custody.actions import Action
from custody.core.entries import Outcome
from custody.ledger import StoredEntry
from custody.models import Account, Entry, StreamEntry
from evidence.models import Collection, EvidenceItem, PriorCustody

SIGHTS = (
    Action.ITEM_VIEWED,
    Action.ITEM_DOWNLOADED,
    Action.ITEM_ACCESS_REFUSED,
    Action.ITEM_ACCESS_INTERRUPTED,
)
# Signing and admitting are steps of receiving: the line shows the act, the ledger page its parts.
NOT_CUSTODY = frozenset({*SIGHTS, Action.KEY_USED})
AT_MOST = 200


@dataclass(frozen=True)
class Told:
    """A stretch of custody before receipt, as somebody told it; `gap_after` when nobody says what came next."""

    stretch: PriorCustody
    gap_after: bool


@dataclass(frozen=True)
class Recorded:
    """Something the ledger recorded itself, with the name of who did it where that is a person with an account."""

    seq: int
    leaf: str
    time: datetime.datetime
    action: str
    outcome: Outcome
    who: str
    role: str
    purpose: str
    reason: str
    form: str


@dataclass(frozen=True)
class Sights:
    """Who has seen an item: the newest `rows`, and how often by how many in all."""

    rows: tuple[Recorded, ...]
    times: int
    people: int


def told_custody(item: EvidenceItem) -> list[Told]:
    """The stretches before receipt of the collection that an item belongs to."""
    return told_of(item.collection)


def told_of(collection: Collection) -> list[Told]:
    """The stretches before receipt, earliest first. A stretch with no end leaves a gap, and the gap is shown."""
    stretches = list(PriorCustody.objects.filter(collection=collection).select_related("holder"))
    following = [*stretches[1:], None][: len(stretches)]
    return [
        Told(stretch, gap_after=not stretch.until or (later is not None and not later.since))
        for stretch, later in zip(stretches, following, strict=True)
    ]


def _entries(item: EvidenceItem) -> QuerySet[Entry]:
    links = StreamEntry.objects.filter(stream=f"item/{item.pk}").values("seq")
    return Entry.objects.filter(seq__in=links)


def recorded_custody(item: EvidenceItem) -> list[Recorded]:
    """What was done to the item since it was received, oldest first; looking at it is not part of this."""
    rows = _entries(item).exclude(action__in=NOT_CUSTODY).order_by("seq")
    return _described(list(rows.values_list("seq", flat=True)[:AT_MOST]))


def sights(item: EvidenceItem, *, at_most: int = 20) -> Sights:
    """Who has seen, taken out or been refused the item, newest first."""
    rows = _entries(item).filter(action__in=SIGHTS)
    granted = rows.filter(outcome=Outcome.GRANTED)
    newest = rows.order_by("-seq").values_list("seq", flat=True)[:at_most]
    return Sights(
        rows=tuple(_described(list(newest))),
        times=granted.count(),
        people=granted.values("actor").distinct().count(),
    )


def last_verified(item: EvidenceItem) -> Recorded | None:
    """The newest reading back of the original."""
    rows = _entries(item).filter(action=Action.ITEM_VERIFIED).order_by("-seq")
    found = _described(list(rows.values_list("seq", flat=True)[:1]))
    return found[0] if found else None


def received_entry(item: EvidenceItem) -> int | None:
    """The number of the entry that recorded the receipt."""
    row = _entries(item).filter(action=Action.ITEM_RECEIVED).order_by("seq").first()
    return row.seq if row else None


def _described(seqs: Sequence[int]) -> list[Recorded]:
    stored = [found for found in (ledger.find_entry(seq) for seq in seqs) if found]
    names = _names({entry.actor for entry in stored})
    return [_recorded(entry, names) for entry in stored]


def _recorded(stored: StoredEntry, names: dict[str, str]) -> Recorded:
    entry = ledger.entry_of(stored)
    return Recorded(
        seq=stored.seq,
        leaf=stored.leaf.hex(),
        time=clock.parse(stored.time),
        action=stored.action,
        outcome=Outcome(entry.outcome),
        who=names.get(stored.actor, ""),
        role=entry.actor.role,
        purpose=entry.purpose or "",
        reason=entry.subject.get("reason", ""),
        form=entry.subject.get("form", ""),
    )


def _names(actors: set[str]) -> dict[str, str]:
    ids = [actor for actor in actors if _is_uuid(actor)]
    return {str(account.pk): account.name for account in Account.objects.filter(pk__in=ids)}


def _is_uuid(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True
