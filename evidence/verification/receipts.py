"""Receipts: each against its signature, its item's row, its name, and the ledger entry that binds it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from cryptography import x509

from custody import clock, installation, ledger
from custody.actions import Action
from custody.core import cades, receipts
from custody.core.entries import Entry
from custody.core.errors import CustodyError
from custody.core.receipts import IngestRecord
from custody.verification import Inspection
from evidence.core import names
from evidence.models import EvidenceItem, ItemName, Receipt


def check_page(inspection: Inspection, page: Sequence[EvidenceItem]) -> None:
    """Check the receipts of some items.

    (1) The receipt is there, and the digest beside it is that of its bytes.
    (2) The signature is the registrar's, by the certificate that it names and that was not retired before.
    (3) It says of the item what the item's row says.
    (4) The name kept beside it has the salted digest that the receipt holds, and is shown as it is.
    (5) The first entry of the item's stream binds exactly these bytes.
    """
    keys = [item.pk for item in page]
    found = {row.item_id: row for row in Receipt.objects.filter(item__in=keys)}
    named = {row.item_id: row for row in ItemName.objects.filter(item__in=keys)}
    received = first_entries([str(key) for key in keys])
    try:
        root = installation.root_certificate()
    except CustodyError as error:
        inspection.bad("key", "root certificate", str(error))
        return
    for item in page:
        row = found.get(item.pk)
        if row is None:
            inspection.bad("receipt", item.ern, "the receipt is missing")
            continue
        record = _decode(row)
        entry = received.get(str(item.pk))
        _check(inspection, item, row, record)
        if record is not None:
            _check_signature(inspection, row, record, root, entry)
        _check_name(inspection, item, record, named.get(item.pk))
        _check_entry(inspection, item, row, entry)
        inspection.counts["receipts"] += 1


def first_entries(items: Sequence[str]) -> Mapping[str, Entry]:
    """The entry that starts each item's stream, by item id; unreadable ones are left out."""
    found = {}
    for stream, stored in ledger.stream_starts([f"item/{item}" for item in items]).items():
        try:
            found[stream.removeprefix("item/")] = ledger.entry_of(stored)
        except CustodyError:
            # The walk over the ledger reports it.
            continue
    return found


def _decode(row: Receipt) -> IngestRecord | None:
    try:
        record = receipts.decode(bytes(row.record))
    except CustodyError:
        return None
    return record if isinstance(record, IngestRecord) else None


def _check(inspection: Inspection, item: EvidenceItem, row: Receipt, record: IngestRecord | None) -> None:
    content = bytes(row.record)
    if hashlib.sha256(content).hexdigest() != row.record_sha256:
        inspection.bad("receipt", item.ern, "the digest beside the receipt is not that of its bytes")
    if record is None:
        inspection.bad("receipt", item.ern, "the receipt can't be read")
        return
    for name, said, beside in _comparable(item, record):
        if said != beside:
            inspection.bad("item", item.ern, f"the receipt says {name} {said}, the item's row says {beside}")


def _check_signature(
    inspection: Inspection, row: Receipt, record: IngestRecord, root: x509.Certificate, entry: Entry | None
) -> None:
    content, at = bytes(row.record), clock.parse(record.received.time)
    try:
        facts = cades.verify(bytes(row.signature), content, anchor=root, at=at)
        inspection.signers.check(facts, named=record.signer, seq=entry.seq if entry else None)
    except CustodyError as error:
        inspection.bad("signature", row.item.ern, f"the receipt's signature does not hold: {error}")


def _comparable(item: EvidenceItem, record: IngestRecord) -> list[tuple[str, object, object]]:
    return [
        ("item", record.item, str(item.pk)),
        ("number", record.ern, item.ern),
        ("SHA-256", record.original.sha256, item.sha256),
        ("SHA-512", record.original.sha512, item.sha512),
        ("bytes", record.original.bytes, item.size),
        ("batch", record.batch, str(item.batch_id)),
        ("collection", record.source.collection, str(item.collection_id)),
        ("duplicate of", record.duplicate_of, str(item.duplicate_of_id) if item.duplicate_of_id else None),
        ("time", record.received.time, clock.stamp(item.received_at)),
    ]


def _check_name(inspection: Inspection, item: EvidenceItem, record: IngestRecord | None, name: ItemName | None) -> None:
    if name is None:
        inspection.bad("name", item.ern, "the name and path that it was received under are gone")
        return
    if name.display != names.display(bytes(name.name)):
        inspection.bad("name", item.ern, "the name is shown otherwise than its bytes are")
    if record is None:
        return
    digest = receipts.name_digest(bytes(name.salt), bytes(name.name), bytes(name.path))
    if digest != record.original.name:
        inspection.bad("name", item.ern, "the name or path kept beside the receipt is not the one that was received")


def _check_entry(inspection: Inspection, item: EvidenceItem, row: Receipt, entry: Entry | None) -> None:
    if entry is None or entry.action != Action.ITEM_RECEIVED:
        inspection.bad("entry", item.ern, "no entry of the ledger says that this item was received")
        return
    digest = hashlib.sha256(bytes(row.record)).hexdigest()
    if entry.subject.get("receipt") != digest:
        inspection.bad("receipt", item.ern, f"entry {entry.seq} binds another receipt than the one kept")
    if entry.subject.get("sha256") != item.sha256:
        inspection.bad("item", item.ern, f"entry {entry.seq} names another original than the item's row")
