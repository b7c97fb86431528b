"""Batches: opened and closed as the ledger tells, totals, the signed batch record, and every file that came."""

from __future__ import annotations

import hashlib
from uuid import UUID

from django.db.models import Count

from custody import clock, installation, ledger
from custody.actions import Action
from custody.core import cades, receipts
from custody.core.entries import Entry
from custody.core.errors import CustodyError
from custody.core.receipts import BatchRecord
from custody.verification import Inspection
from evidence import batches
from evidence.models import Arrival, ArrivalStatus, Batch, BatchState, EvidenceItem
from evidence.verification.arrivals import check_arrivals, is_uuid


def check_batches(inspection: Inspection) -> None:
    """(1) Every batch that the ledger tells of has its row, opened and closed as entered, and no other is there.

    (2) Its totals are those of its files. (3) Its record is signed, bound by an entry, and agrees.
    (4) Each of its files is as the ledger tells; every item received still has its row.
    """
    opened, closed = _by_batch(Action.BATCH_OPENED), _by_batch(Action.BATCH_CLOSED)
    for batch in Batch.objects.order_by("opened"):
        inspection.counts["batches"] += 1
        _check_opening(inspection, batch, opened.pop(str(batch.pk), None))
        _check_totals(inspection, batch)
        closing = closed.get(str(batch.pk))
        if batch.state == BatchState.OPEN:
            _check_open(inspection, batch, closing)
        else:
            _check_record(inspection, batch, closing)
        check_arrivals(inspection, batch.pk)
    for key, entry in opened.items():
        inspection.bad("batch", f"batch {key}", f"entry {entry.seq} says that it was opened; its row is gone")
        if is_uuid(key):
            check_arrivals(inspection, UUID(key))


def _by_batch(action: Action) -> dict[str, Entry]:
    """The first entry of this kind of each batch."""
    found: dict[str, Entry] = {}
    for stored in ledger.entries_with(action):
        try:
            entry = ledger.entry_of(stored)
        except CustodyError:
            # The walk over the ledger reports it.
            continue
        found.setdefault(entry.subject.get("batch", ""), entry)
    return found


def _check_opening(inspection: Inspection, batch: Batch, entry: Entry | None) -> None:
    subject = f"batch {batch.pk}"
    if entry is None:
        inspection.bad("batch", subject, "no entry of the ledger says that it was opened")
        return
    said: dict[str, tuple[object, object]] = {
        "actor": (entry.actor.id, batch.actor),
        "case": (entry.subject.get("case"), str(batch.case_id)),
        "collection": (entry.subject.get("collection"), str(batch.collection_id)),
        "channel": (entry.subject.get("channel"), batch.channel),
    }
    # Kept salted beside the entry, which holds its digest: the walk over the ledger compares the two.
    detail = ledger.details_of([entry.id]).get(entry.id, {})
    said |= {name: (detail[name], kept) for name, kept in batches.order_told(batch).items() if name in detail}
    differing = ", ".join(name for name, (entered, kept) in said.items() if entered != kept)
    if differing:
        inspection.bad("batch", subject, f"its row says otherwise than entry {entry.seq}, which opened it: {differing}")


def _check_open(inspection: Inspection, batch: Batch, closing: Entry | None) -> None:
    if closing is not None:
        message = f"entry {closing.seq} says that it was closed, its row says that it is open"
        inspection.bad("batch", f"batch {batch.pk}", message)
        return
    inspection.counts["open_batches"] += 1
    inspection.left_out.append(f"batch {batch.pk} is not finished: run the same intake again to complete it")


def _check_totals(inspection: Inspection, batch: Batch) -> None:
    rows = Arrival.objects.filter(batch=batch).order_by().values_list("status").annotate(Count("pk"))
    counted = dict(rows)
    said = {
        ArrivalStatus.STORED.value: batch.stored,
        ArrivalStatus.DUPLICATE.value: batch.duplicate,
        ArrivalStatus.REFUSED.value: batch.refused,
    }
    if {key: value for key, value in said.items() if value} != counted:
        inspection.bad("batch", f"batch {batch.pk}", "the totals are not those of the files on record")


def _check_record(inspection: Inspection, batch: Batch, closing: Entry | None) -> None:
    subject, content = f"batch {batch.pk}", bytes(batch.record or b"")
    digest = hashlib.sha256(content).hexdigest()
    if closing is None or digest != closing.subject.get("record"):
        inspection.bad("batch", subject, "no entry of the ledger binds the batch record")
    record = _signed(inspection, batch, content, closing)
    if record is None:
        return
    differing = ", ".join(name for name, said, kept in _comparable(record, batch) if said != kept)
    if differing:
        inspection.bad("batch", subject, f"the batch's row says otherwise than its signed record: {differing}")
    items = EvidenceItem.objects.filter(batch=batch).order_by("ern").values_list("pk", "sha256")
    if receipts.items_digest((str(key), sha256) for key, sha256 in items.iterator()) != record.items:
        inspection.bad("batch", subject, "the batch's items are not the ones that its signed record names")


def _signed(inspection: Inspection, batch: Batch, content: bytes, closing: Entry | None) -> BatchRecord | None:
    """The batch's record, when it can be read and its signature does not fail."""
    subject = f"batch {batch.pk}"
    try:
        record = receipts.decode(content)
        if not isinstance(record, BatchRecord):
            inspection.bad("batch", subject, "the record is not one of a batch")
            return None
        if batch.signature is None:
            message = "the record is not signed yet: `manage.py examine` signs what an interruption left"
            inspection.unknown("batch", subject, message)
            return record
        root = installation.root_certificate()
        facts = cades.verify(bytes(batch.signature), content, anchor=root, at=clock.parse(record.closed))
        inspection.signers.check(facts, named=record.signer, seq=closing.seq if closing else None)
    except CustodyError as error:
        inspection.bad("batch", subject, f"the batch record's signature does not hold: {error}")
        return None
    return record


def _comparable(record: BatchRecord, batch: Batch) -> list[tuple[str, object, object]]:
    return [
        ("batch", record.batch, str(batch.pk)),
        ("case", record.case, str(batch.case_id)),
        ("collection", record.collection, str(batch.collection_id)),
        ("seen", record.seen, batch.seen),
        ("stored", record.stored, batch.stored),
        ("duplicate", record.duplicate, batch.duplicate),
        ("refused", record.refused, batch.refused),
        ("opened", record.opened, clock.stamp(batch.opened)),
        ("closed", record.closed, clock.stamp(batch.closed) if batch.closed else ""),
    ]
