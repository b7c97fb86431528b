"""Redacted pictures: the record of each, the entry that binds it, its stored bytes, and that none is gone."""

from __future__ import annotations

import hashlib

from custody import clock, data, ledger
from custody.actions import Action
from custody.core.entries import Entry
from custody.core.errors import CustodyError
from custody.verification import Inspection
from evidence import tombstones
from evidence.core import redactions
from evidence.core.errors import UnreadObjectError
from evidence.core.redactions import RedactionRecord
from evidence.models import Redaction
from evidence.vault.store import Vault
from evidence.verification.readers import readers_of

_FACT = "redaction"


def check_redactions(inspection: Inspection) -> None:
    """(1) Each record has the digest beside it, is bound by an entry, and says what its columns and its item say.

    (2) It replaces the version of its case before it. (3) The picture is stored with the digest that the record names.
    (4) Every entry of a redaction has its row.
    """
    entered = _by_record()
    rows = list(Redaction.objects.select_related("item").order_by("item", "version"))
    before: dict[tuple[object, object], str] = {}
    for row in rows:
        inspection.counts["redactions"] += 1
        replaces = before.get((row.item_id, row.case_id), "")
        before[row.item_id, row.case_id] = row.record_sha256
        _check_record(inspection, row, entered.pop(row.record_sha256, None), replaces)
    _check_bytes(inspection, rows)
    for entry in entered.values():
        inspection.bad(_FACT, f"entry {entry.seq}", "it tells of a redacted picture; its record is gone")


def _by_record() -> dict[str, Entry]:
    found: dict[str, Entry] = {}
    for stored in ledger.entries_with(Action.ITEM_REDACTED):
        try:
            entry = ledger.entry_of(stored)
        except CustodyError:
            # The walk over the ledger reports it.
            continue
        found.setdefault(entry.subject.get("record", ""), entry)
    return found


def _check_record(inspection: Inspection, row: Redaction, entry: Entry | None, replaces: str) -> None:
    name = f"{row.item.ern}{row.suffix}"
    if hashlib.sha256(bytes(row.record)).hexdigest() != row.record_sha256:
        inspection.bad(_FACT, name, "the digest beside the record is not that of its bytes")
    try:
        record = redactions.decode(bytes(row.record))
    except CustodyError as error:
        inspection.bad(_FACT, name, f"the record can't be read: {error}")
        return
    if entry is None:
        inspection.bad(_FACT, name, "no entry of the ledger binds this redacted picture")
        return
    facts = [*_beside(row, record), *_entered(record, entry), ("what it replaces", record.replaces, replaces)]
    differing = ", ".join(what for what, said, beside in facts if said != beside)
    if differing:
        inspection.bad(_FACT, name, f"the record does not say what is on record: {differing} differs")


def _beside(row: Redaction, record: RedactionRecord) -> list[tuple[str, object, object]]:
    by = str(row.made_by_id) if row.made_by_id else record.made_by
    return [
        ("item", record.item, str(row.item_id)),
        ("case", record.case, str(row.case_id)),
        ("original", record.original, row.item.sha256),
        ("version", record.version, row.version),
        ("SHA-256", record.sha256, row.sha256),
        ("bytes", record.bytes, row.size),
        ("size in pixels", (record.width, record.height), (row.width, row.height)),
        ("recipe", record.recipe, row.recipe),
        ("time", record.made, clock.stamp(row.made)),
        ("who made it", record.made_by, by),
    ]


def _entered(record: RedactionRecord, entry: Entry) -> list[tuple[str, object, object]]:
    return [
        ("the item in its entry", entry.subject.get("item"), record.item),
        ("the picture in its entry", entry.subject.get("sha256"), record.sha256),
        ("the version in its entry", entry.subject.get("version"), str(record.version)),
        ("who acted in its entry", entry.actor.id, record.made_by),
    ]


def _check_bytes(inspection: Inspection, rows: list[Redaction]) -> None:
    gone = tombstones.disposed_among(row.item_id for row in rows)
    kept = [row for row in rows if row.item_id not in gone]
    if not kept:
        return
    with readers_of(Vault(data.vault())) as readers:
        readings = readers.read({row.sha256 for row in kept})
        for row in kept:
            name = f"{row.item.ern}{row.suffix}"
            try:
                found = readings[row.sha256].result()
            except UnreadObjectError as error:
                inspection.unknown(_FACT, name, str(error))
                continue
            if isinstance(found, str):
                inspection.bad(_FACT, name, f"the redacted picture can't be vouched for: {found}")
