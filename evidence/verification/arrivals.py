"""Arrivals: each file on record against the entry of the ledger that told of it, in the order of arrival."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from uuid import UUID

from custody import ledger
from custody.actions import Action
from custody.core import receipts
from custody.core.entries import Entry
from custody.core.errors import CustodyError
from custody.verification import Inspection
from evidence.core.reasons import Reason
from evidence.models import Arrival, ArrivalStatus, EvidenceItem

_AT_ONCE = 2_000
_TOLD = frozenset({Action.FILE_REFUSED, Action.ITEM_RECEIVED, Action.ITEM_RECEIVED_AGAIN})


def check_arrivals(inspection: Inspection, batch: UUID) -> None:
    """Compare the arrivals of one batch with the entries in its stream.

    (1) Every entry has its arrival at the same place, and none is there that no entry tells of.
    (2) Status, reason, item and the salted digest of name and path are those of the entry.
    (3) Every item received has its row.
    """
    rows = Arrival.objects.filter(batch=batch).order_by("position").iterator(chunk_size=_AT_ONCE)
    arrival = next(rows, None)
    received: dict[str, int] = {}
    for position, (seq, entry) in enumerate(_told(batch)):
        while arrival is not None and arrival.position < position:
            arrival = _refuse(inspection, arrival, rows)
        if entry is not None and entry.action == Action.ITEM_RECEIVED:
            received[entry.subject.get("item", "")] = seq
        if len(received) == _AT_ONCE:
            _check_present(inspection, received)
            received = {}
        if arrival is None or arrival.position > position:
            inspection.bad("arrival", f"batch {batch}", f"entry {seq} tells of file {position}; its row is gone")
            continue
        if entry is not None:
            _compare(inspection, arrival, entry)
        arrival = next(rows, None)
    while arrival is not None:
        arrival = _refuse(inspection, arrival, rows)
    _check_present(inspection, received)


def is_uuid(text: str) -> bool:
    """Whether the text is an id as rows have it; an altered entry may hold anything."""
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def _told(batch: UUID) -> Iterator[tuple[int, Entry | None]]:
    """The entries about files of a batch, with their numbers; None for one that can't be read (reported elsewhere)."""
    for stored in ledger.stream_entries(f"batch/{batch}"):
        if stored.action not in _TOLD:
            continue
        try:
            yield stored.seq, ledger.entry_of(stored)
        except CustodyError:
            yield stored.seq, None


def _refuse(inspection: Inspection, arrival: Arrival, rows: Iterator[Arrival]) -> Arrival | None:
    """Report an arrival that no entry tells of; returns the next one."""
    message = f"file {arrival.position} is on record, but no entry of the ledger tells of it"
    inspection.bad("arrival", f"batch {arrival.batch_id}", message)
    return next(rows, None)


def _compare(inspection: Inspection, arrival: Arrival, entry: Entry) -> None:
    inspection.counts["arrivals"] += 1
    status, reason = _outcome(entry)
    item = str(arrival.item_id) if arrival.item_id else ""
    facts = [
        ("its status", arrival.status, status),
        ("its reason", arrival.reason, reason),
        ("its item", item, entry.subject.get("item", "")),
        ("its name or path", _name_digest(arrival), entry.subject.get("name", "")),
        ("its path's digest", arrival.path_digest, hashlib.sha256(bytes(arrival.path)).hexdigest()),
    ]
    differing = ", ".join(name for name, kept, said in facts if kept != said)
    if differing:
        message = f"file {arrival.position} is not as entry {entry.seq} tells: {differing} differs"
        inspection.bad("arrival", f"batch {arrival.batch_id}", message)


def _outcome(entry: Entry) -> tuple[str, str]:
    """Status and reason that an entry tells of."""
    if entry.action == Action.FILE_REFUSED:
        return ArrivalStatus.REFUSED.value, entry.subject.get("reason", "")
    if entry.action == Action.ITEM_RECEIVED_AGAIN:
        return ArrivalStatus.DUPLICATE.value, Reason.SAME_FILE.value
    if "duplicate_of" in entry.subject:
        return ArrivalStatus.DUPLICATE.value, Reason.SAME_BYTES.value
    return ArrivalStatus.STORED.value, ""


def _name_digest(arrival: Arrival) -> str:
    try:
        return receipts.name_digest(bytes(arrival.salt), bytes(arrival.name), bytes(arrival.path))
    except CustodyError:
        # A salt of another length: no digest, which no entry holds either.
        return "none"


def _check_present(inspection: Inspection, received: dict[str, int]) -> None:
    wanted = [UUID(item) for item in received if is_uuid(item)]
    present = {str(key) for key in EvidenceItem.objects.filter(pk__in=wanted).values_list("pk", flat=True)}
    for item, seq in received.items():
        if item not in present:
            inspection.bad("item", f"item {item}", f"entry {seq} says it was received; its row is gone")
