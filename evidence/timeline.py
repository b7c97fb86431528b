"""The history of one item as people read it: who held it, what was done to it, who has seen it."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db.models import QuerySet

from custody import clock, ledger
from custody.actions import Action
from custody.core.entries import Outcome
from custody.ledger import StoredEntry
from custody.models import Account, Entry, StreamEntry
from evidence.handovers.holders import giver_of, receiver_of
from evidence.handovers.objects import stream_of
from evidence.handovers.reading import findings_of, handovers_named, numbers_of_objects
from evidence.handovers.sets import FEW
from evidence.models import (
    Collection,
    EvidenceItem,
    Handover,
    HandoverReceipt,
    ItemSet,
    PhysicalObject,
    PriorCustody,
)

SIGHTS = (
    Action.ITEM_VIEWED,
    Action.ITEM_DOWNLOADED,
    Action.ITEM_ACCESS_REFUSED,
    Action.ITEM_ACCESS_INTERRUPTED,
)
# Signing and admitting are steps of receiving: the line shows the act, the ledger page its parts.
NOT_CUSTODY = frozenset({*SIGHTS, Action.KEY_USED})
# The two steps by which custody passes to the other side, and those that leave it where it is.
MOVES = frozenset({Action.HANDOVER_ACCEPTED, Action.HANDOVER_RETURNED})
DECISIONS = frozenset({*MOVES, Action.HANDOVER_DECLINED})
HANDOVERS = frozenset({*DECISIONS, Action.HANDOVER_PROPOSED, Action.HANDOVER_WITHDRAWN})
# What is told of a large set, or of the object that the bytes came from, is part of the history of each item of it.
BESIDE = frozenset({*HANDOVERS, Action.OBJECT_REGISTERED})
_OF_OBJECTS = frozenset({Action.OBJECT_REGISTERED, Action.OBJECT_CHANGED})
AT_MOST = 200


@dataclass(frozen=True)
class Told:
    """A stretch of custody before receipt, as somebody told it; `gap_after` when nobody says what came next."""

    stretch: PriorCustody
    gap_after: bool


@dataclass(frozen=True)
class Sides:
    """A step of a hand-over in words; `moved` when custody passed.

    `objects` are the numbers of what was in hand, `form` is the evidence number of what a side outside signed. `case`
    is the code of the case in whose work it was done: in another one neither names nor numbers are shown. `receipt` is
    the signed record of the step that decided.
    """

    key: uuid.UUID
    case: str
    number: int
    giver: str
    receiver: str
    objects: tuple[str, ...]
    form: str
    findings: int
    moved: bool
    receipt: HandoverReceipt | None = None


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
    handover: str = ""
    thing: str = ""
    sides: Sides | None = None


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


def _beside(item: EvidenceItem) -> list[str]:
    """The histories of the large sets that hold the item, and of the physical objects of its collection."""
    sets = ItemSet.objects.filter(members__item=item, count__gt=FEW).values_list("manifest", flat=True)
    objects = PhysicalObject.objects.filter(collection=item.collection_id).values_list("pk", flat=True)
    return [f"item/{name}" for name in (*sets, *objects)]


def recorded_custody(item: EvidenceItem) -> list[Recorded]:
    """What was done to the item and to what it came from, oldest first; looking at it is not part of this.

    A step of a hand-over is one line, however many things of it touch the item.
    """
    own = _entries(item).exclude(action__in=NOT_CUSTODY)
    links = StreamEntry.objects.filter(stream__in=_beside(item)).values("seq")
    beside = Entry.objects.filter(seq__in=links, action__in=BESIDE)
    found: dict[tuple[str, str], int] = {}
    for seq, act, action in (own | beside).order_by("seq").values_list("seq", "act", "action"):
        found.setdefault((act, action) if action in HANDOVERS else (str(seq), action), seq)
    return lines_of(list(found.values())[:AT_MOST])


def object_custody(thing: PhysicalObject) -> list[Recorded]:
    """What was done to a physical object since it was registered, oldest first."""
    links = StreamEntry.objects.filter(stream=stream_of(thing)).values("seq")
    rows = Entry.objects.filter(seq__in=links, action__in={*BESIDE, Action.OBJECT_CHANGED}).order_by("seq")
    return lines_of(list(rows.values_list("seq", flat=True)[:AT_MOST]))


def lines_of(seqs: Sequence[int]) -> list[Recorded]:
    """The entries at these places as lines of custody."""
    return _with_sides(_described(seqs))


def _with_sides(rows: Sequence[Recorded]) -> list[Recorded]:
    """Give each step of a hand-over its two sides, and what is told of an object the number of that object."""
    numbers = numbers_of_objects([row.thing for row in rows if row.thing])
    rows = [replace(row, thing=numbers.get(row.thing, "")) for row in rows]
    known = handovers_named([row.handover for row in rows if row.handover])
    return [
        replace(row, sides=_sides(known[row.handover], row.action)) if row.handover in known else row for row in rows
    ]


def _sides(handover: Handover, action: str) -> Sides:
    moved = action in MOVES
    return Sides(
        key=handover.pk,
        case=handover.case.code,
        number=handover.number,
        giver=giver_of(handover).words,
        receiver=receiver_of(handover).words,
        objects=tuple(piece.object.number for piece in handover.pieces.all()),
        form=handover.form.ern if moved and handover.form else "",
        findings=findings_of(handover) if moved else 0,
        moved=moved,
        receipt=getattr(handover, "receipt", None) if action in DECISIONS else None,
    )


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
    stored = ledger.find_entries(seqs)
    names = _names({entry.actor for entry in stored})
    return [_recorded(entry, names) for entry in stored]


def _recorded(stored: StoredEntry, names: dict[str, str]) -> Recorded:
    entry = ledger.entry_of(stored)
    handover = entry.subject.get("handover", "") if stored.action in HANDOVERS else ""
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
        form="" if handover else entry.subject.get("form", ""),
        handover=handover,
        thing=entry.subject.get("object", "") if stored.action in _OF_OBJECTS else "",
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
