"""Examinations and what was made from originals: signatures, the entries that bind them, the derived bytes."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from cryptography import x509

from custody import clock, data, installation, ledger
from custody.actions import Action
from custody.core import cades, receipts
from custody.core.errors import CustodyError
from custody.core.receipts import ExaminationRecord
from custody.verification import Inspection
from evidence.core.errors import EvidenceError
from evidence.models import Derivative, Examination
from evidence.vault.store import Vault

_AT_ONCE = 250


def check_examinations(inspection: Inspection) -> None:
    """Check every examination.

    (1) The record is signed, (2) bound by an entry, (3) and says what its columns say.
    (4) Each derived object is there, with the digest that the record names.
    """
    try:
        root = installation.root_certificate()
    except CustodyError:
        # Said once, with the receipts.
        return
    vault = Vault(data.vault())
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        for page in _pages():
            derived = _derived(page)
            made = [one for ones in derived.values() for one in ones]
            answers = pool.map(partial(_read, vault), [one.sha256 for one in made])
            _check_page(inspection, page, derived, root)
            for one, wrong in zip(made, answers, strict=True):
                inspection.counts["derivatives"] += 1
                if wrong:
                    inspection.bad("derivative", one.item.ern, f"the {one.kind} can't be vouched for: {wrong}")
    _check_unrecorded(inspection)


def _check_page(
    inspection: Inspection, page: Sequence[Examination], derived: dict[str, list[Derivative]], root: x509.Certificate
) -> None:
    bound = _bound(page)
    for row in page:
        record = _check_record(inspection, row, root)
        if row.record_sha256 not in bound:
            inspection.bad("examination", row.item.ern, "no entry of the ledger binds this examination")
        if record is not None:
            _check_derived(inspection, row, record, derived.get(str(row.pk), []))
    inspection.counts["examinations"] += len(page)


def _read(vault: Vault, sha256: str) -> str:
    """What is wrong with a stored object, or nothing."""
    try:
        vault.check(sha256)
    except EvidenceError as error:
        return str(error)
    except OSError as error:
        return f"the stored file can't be read: {error.strerror}"
    return ""


def _pages() -> Iterator[list[Examination]]:
    page: list[Examination] = []
    for row in Examination.objects.select_related("item").order_by("pk").iterator(chunk_size=_AT_ONCE):
        page.append(row)
        if len(page) == _AT_ONCE:
            yield page
            page = []
    if page:
        yield page


def _bound(page: Sequence[Examination]) -> set[str]:
    found: set[str] = set()
    for stored in ledger.entries_in_streams([f"item/{row.item_id}" for row in page], Action.ITEM_EXAMINED):
        try:
            found.update(ledger.entry_of(stored).subject.values())
        except CustodyError:
            # The walk over the ledger reports it.
            continue
    return found


def _derived(page: Sequence[Examination]) -> dict[str, list[Derivative]]:
    found: dict[str, list[Derivative]] = {}
    for made in Derivative.objects.filter(examination__in=page).select_related("item"):
        found.setdefault(str(made.examination_id), []).append(made)
    return found


def _check_record(inspection: Inspection, row: Examination, root: x509.Certificate) -> ExaminationRecord | None:
    content = bytes(row.record)
    if hashlib.sha256(content).hexdigest() != row.record_sha256:
        inspection.bad("examination", row.item.ern, "the digest beside the examination is not that of its bytes")
    try:
        record = receipts.decode(content)
        if not isinstance(record, ExaminationRecord):
            inspection.bad("examination", row.item.ern, "the record is not one of an examination")
            return None
        cades.verify(bytes(row.signature), content, anchor=root, at=clock.parse(record.examined))
    except CustodyError as error:
        inspection.bad("signature", row.item.ern, f"the examination's signature does not hold: {error}")
        return None
    said = (record.item, record.original, str(record.state), record.media_type or "", dict(record.claims))
    beside = (str(row.item_id), row.item.sha256, row.state, row.media_type, row.claims)
    if said != beside:
        inspection.bad("examination", row.item.ern, "the examination's columns say something else than its record")
    return record


def _check_derived(
    inspection: Inspection, row: Examination, record: ExaminationRecord, made: Sequence[Derivative]
) -> None:
    said = sorted((one.kind, one.sha256, one.bytes) for one in record.derived)
    if said != sorted((one.kind, one.sha256, one.size) for one in made):
        inspection.bad("derivative", row.item.ern, "the derived objects are not the ones that the examination names")


def _check_unrecorded(inspection: Inspection) -> None:
    """Entries that say an item was examined, but whose record is gone."""
    kept = Examination.objects.count()
    entered = ledger.count(Action.ITEM_EXAMINED)
    if entered > kept:
        inspection.bad("examination", "ledger", f"the ledger knows {entered} examinations, {kept} are kept")
