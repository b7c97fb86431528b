"""Batches: totals, the signed batch record, and that no received item has gone."""

from __future__ import annotations

import hashlib

from django.db.models import Count

from custody import clock, installation, ledger
from custody.actions import Action
from custody.core import cades, receipts
from custody.core.errors import CustodyError
from custody.core.receipts import BatchRecord
from custody.verification import Inspection
from evidence.models import Arrival, ArrivalStatus, Batch, BatchState, EvidenceItem

_AT_ONCE = 2_000


def check_batches(inspection: Inspection) -> None:
    """(1) Each batch's totals are those of its files. (2) Its record is signed, bound by an entry, and agrees.

    (3) Every item that the ledger says was received still has its row.
    """
    for batch in Batch.objects.order_by("opened"):
        inspection.counts["batches"] += 1
        _check_totals(inspection, batch)
        if batch.state == BatchState.OPEN:
            inspection.counts["open_batches"] += 1
            inspection.left_out.append(f"batch {batch.pk} is not finished: run the same intake again to complete it")
        else:
            _check_record(inspection, batch)
    _check_received(inspection)


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


def _check_record(inspection: Inspection, batch: Batch) -> None:
    subject, content = f"batch {batch.pk}", bytes(batch.record or b"")
    try:
        record = receipts.decode(content)
        if not isinstance(record, BatchRecord):
            inspection.bad("batch", subject, "the record is not one of a batch")
            return
        root = installation.root_certificate()
        cades.verify(bytes(batch.signature or b""), content, anchor=root, at=clock.parse(record.closed))
    except CustodyError as error:
        inspection.bad("batch", subject, f"the batch record's signature does not hold: {error}")
        return
    said = (record.batch, record.seen, record.stored, record.duplicate, record.refused)
    if said != (str(batch.pk), batch.seen, batch.stored, batch.duplicate, batch.refused):
        inspection.bad("batch", subject, "the batch's row says something else than its signed record")
    items = EvidenceItem.objects.filter(batch=batch).order_by("ern").values_list("pk", "sha256")
    if receipts.items_digest((str(key), sha256) for key, sha256 in items.iterator()) != record.items:
        inspection.bad("batch", subject, "the batch's items are not the ones that its signed record names")
    digest = hashlib.sha256(content).hexdigest()
    closing = ledger.entries_in_streams([f"batch/{batch.pk}"], Action.BATCH_CLOSED)
    if not any(digest in ledger.entry_of(stored).subject.values() for stored in closing):
        inspection.bad("batch", subject, "no entry of the ledger binds the batch record")


def _check_received(inspection: Inspection) -> None:
    page: dict[str, int] = {}
    for stored in ledger.entries_with(Action.ITEM_RECEIVED):
        try:
            page[ledger.entry_of(stored).subject.get("item", "")] = stored.seq
        except CustodyError:
            # The walk over the ledger reports it.
            continue
        if len(page) == _AT_ONCE:
            _check_present(inspection, page)
            page = {}
    _check_present(inspection, page)


def _check_present(inspection: Inspection, page: dict[str, int]) -> None:
    present = {str(key) for key in EvidenceItem.objects.filter(pk__in=page).values_list("pk", flat=True)}
    for item, seq in page.items():
        if item not in present:
            inspection.bad("item", f"item {item}", f"entry {seq} says it was received; its row is gone")
