"""Examinations and what was made from originals: signatures, the entries that bind them, the derived bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from itertools import islice

from cryptography import x509
from django.db.models import Exists, OuterRef

from custody import clock, data, installation, ledger
from custody.actions import Action
from custody.core import cades, receipts
from custody.core.errors import CustodyError
from custody.core.receipts import ExaminationRecord
from custody.ledger import StoredEntry
from custody.verification import Inspection
from evidence import tombstones
from evidence.core.errors import UnreadObjectError
from evidence.models import Derivative, EvidenceItem, Examination, JobState
from evidence.vault.store import Vault
from evidence.verification.readers import Reading, readers_of

_AT_ONCE = 250


def check_examinations(inspection: Inspection) -> None:
    """Check every examination.

    (1) The record is signed by whom it names, (2) bound by an entry, (3) and says what its columns say.
    (4) Each derived object is there, of this item, with the digest and type that the record names.
    (5) Every entry of an examination has its record.
    """
    try:
        root = installation.root_certificate()
    except CustodyError:
        # Said once, with the receipts.
        return
    with readers_of(Vault(data.vault())) as readers:
        for page in _pages():
            derived = _derived(page)
            gone = tombstones.disposed_among(row.item_id for row in page)
            made = [one for ones in derived.values() for one in ones if one.item_id not in gone]
            readings = readers.read({one.sha256 for one in made})
            _check_page(inspection, page, derived, root)
            for one in made:
                _settle(inspection, one, readings[one.sha256])
    _check_unrecorded(inspection)
    _tell_waiting(inspection)


def _settle(inspection: Inspection, made: Derivative, reading: Reading) -> None:
    try:
        found = reading.result()
    except UnreadObjectError as error:
        inspection.unknown("derivative", made.item.ern, f"{made.kind}: {error}")
        return
    inspection.counts["derivatives"] += 1
    if isinstance(found, str):
        inspection.bad("derivative", made.item.ern, f"the {made.kind} can't be vouched for: {found}")


def _check_page(
    inspection: Inspection, page: Sequence[Examination], derived: dict[str, list[Derivative]], root: x509.Certificate
) -> None:
    bound = _bound(page)
    for row in page:
        record = _check_record(inspection, row, root, bound.get(row.record_sha256))
        if row.record_sha256 not in bound:
            inspection.bad("examination", row.item.ern, "no entry of the ledger binds this examination")
        if record is not None:
            _check_derived(inspection, row, record, derived.get(str(row.pk), []))
    inspection.counts["examinations"] += len(page)


def _pages() -> Iterator[list[Examination]]:
    page: list[Examination] = []
    for row in Examination.objects.select_related("item").order_by("pk").iterator(chunk_size=_AT_ONCE):
        page.append(row)
        if len(page) == _AT_ONCE:
            yield page
            page = []
    if page:
        yield page


def _bound(page: Sequence[Examination]) -> dict[str, int]:
    """The digests that entries of these items' examinations hold, with the number of the first that does."""
    found: dict[str, int] = {}
    for stored in ledger.entries_in_streams([f"item/{row.item_id}" for row in page], Action.ITEM_EXAMINED):
        try:
            for value in ledger.entry_of(stored).subject.values():
                found.setdefault(value, stored.seq)
        except CustodyError:
            # The walk over the ledger reports it.
            continue
    return found


def _derived(page: Sequence[Examination]) -> dict[str, list[Derivative]]:
    found: dict[str, list[Derivative]] = {}
    for made in Derivative.objects.filter(examination__in=page).select_related("item"):
        found.setdefault(str(made.examination_id), []).append(made)
    return found


def _check_record(
    inspection: Inspection, row: Examination, root: x509.Certificate, seq: int | None
) -> ExaminationRecord | None:
    content = bytes(row.record)
    if hashlib.sha256(content).hexdigest() != row.record_sha256:
        inspection.bad("examination", row.item.ern, "the digest beside the examination is not that of its bytes")
    try:
        record = receipts.decode(content)
        if not isinstance(record, ExaminationRecord):
            inspection.bad("examination", row.item.ern, "the record is not one of an examination")
            return None
        facts = cades.verify(bytes(row.signature), content, anchor=root, at=clock.parse(record.examined))
        inspection.signers.check(facts, named=record.signer, seq=seq)
    except CustodyError as error:
        inspection.bad("signature", row.item.ern, f"the examination's signature does not hold: {error}")
        return None
    differing = [name for name, said, beside in _comparable(row, record) if said != beside]
    if differing:
        columns = ", ".join(differing)
        inspection.bad("examination", row.item.ern, f"beside its record the examination says otherwise of: {columns}")
    return record


def _comparable(row: Examination, record: ExaminationRecord) -> list[tuple[str, object, object]]:
    return [
        ("item", record.item, str(row.item_id)),
        ("original", record.original, row.item.sha256),
        ("state", str(record.state), row.state),
        ("type", record.media_type or "", row.media_type),
        ("claims", dict(record.claims), row.claims),
        ("tool", f"{record.tool.name} {record.tool.version}", row.tool),
        ("notes", record.note or "", _joined(row.notes)),
        ("time", record.examined, clock.stamp(row.examined_at)),
    ]


def _joined(notes: object) -> object:
    """The notes as a record holds them; what is no list of words is left as it is, and differs."""
    return " ".join(map(str, notes)) if isinstance(notes, list) else notes


def _check_derived(
    inspection: Inspection, row: Examination, record: ExaminationRecord, made: Sequence[Derivative]
) -> None:
    said = sorted((record.item, one.kind, one.sha256, one.bytes, one.media_type) for one in record.derived)
    if said != sorted((str(one.item_id), one.kind, one.sha256, one.size, one.media_type) for one in made):
        inspection.bad("derivative", row.item.ern, "the derived objects are not the ones that the examination names")


def _check_unrecorded(inspection: Inspection) -> None:
    """Entries that say an item was examined, but whose record is gone; derived objects of no examination."""
    entries = ledger.entries_with(Action.ITEM_EXAMINED)
    while page := list(islice(entries, _AT_ONCE)):
        entered = _records(page)
        kept = Examination.objects.filter(record_sha256__in=entered).values_list("record_sha256", flat=True)
        for digest in sorted(entered.keys() - set(kept)):
            inspection.bad("examination", f"entry {entered[digest]}", "the examination that it enters is gone")
    for made in Derivative.objects.exclude(examination__in=Examination.objects.all()).select_related("item"):
        inspection.bad("derivative", made.item.ern, f"the {made.kind} belongs to no examination")


def _records(page: Sequence[StoredEntry]) -> dict[str, int]:
    """The record that each entry binds, with the entry's number."""
    entered = {}
    for stored in page:
        try:
            entered[ledger.entry_of(stored).subject.get("record", "")] = stored.seq
        except CustodyError:
            # The walk over the ledger reports it.
            continue
    return entered


def _tell_waiting(inspection: Inspection) -> None:
    examined = Examination.objects.filter(item=OuterRef("pk"))
    open_ones = EvidenceItem.objects.filter(~Exists(examined))
    failed = open_ones.filter(job__state=JobState.FAILED).count()
    if failed:
        inspection.left_out.append(f"{failed} items could not be examined")
    if waiting := open_ones.count() - failed:
        inspection.left_out.append(f"{waiting} items wait to be examined")
