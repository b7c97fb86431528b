"""Originals, receipts, examinations and names of a bundle: each fits the others and the item's history."""

import hashlib
from datetime import datetime
from typing import NamedTuple

from custody.core import cades, entries, receipts
from custody.core.bags import Bag
from custody.core.bundles import layout
from custody.core.bundles.histories import EXAMINED, RECEIVED
from custody.core.bundles.keys import Keys
from custody.core.bundles.layout import Name
from custody.core.checkpoints import Checkpoint
from custody.core.errors import BundleError, EntryError, RecordError, SignatureError
from custody.core.receipts import ExaminationRecord, IngestRecord
from custody.core.reports import Report

_SCHEMA = """
CREATE TABLE photo (sha256 TEXT PRIMARY KEY, path TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE item (item TEXT PRIMARY KEY, ern TEXT NOT NULL, sha256 TEXT NOT NULL, name TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE examination (item TEXT, number INTEGER, PRIMARY KEY (item, number)) WITHOUT ROWID;
"""


class _Place(NamedTuple):
    """A record's file: where it lies, whose it is, which fact it stands for, which action names it."""

    path: str
    item: str
    fact: str
    action: str


class _Signed(NamedTuple):
    """What was signed, by which certificate it says, and when: as the ledger tells, or as the record claims."""

    data: bytes
    signer: str
    time: str


def check(bag: Bag, report: Report, keys: Keys, checkpoint: Checkpoint | None) -> None:
    """Check receipts against signatures, histories and originals, then what hangs on them."""
    for statement in _SCHEMA.split(";"):
        bag.index.execute(statement)
    _check_originals(bag, report)
    total = bag.count(layout.RECORDS)
    for examinations in (False, True):
        for done, path in enumerate(bag.files(layout.RECORDS)):
            report.progress("examinations" if examinations else "receipts", done, total)
            _check_record_file(bag, report, keys, checkpoint, path, examinations=examinations)
    _check_whole(bag, report)
    _check_names(bag, report)
    counts = report.counts
    report.ok("original", "all", f"{counts['originals']} originals are the bytes that their receipts describe")
    report.ok("receipt", "all", f"{counts['receipts']} receipts are signed and named by their item's history")
    report.ok("examination", "all", f"{counts['examinations']} examinations are signed and named likewise")
    report.ok(
        "name", "all", f"{counts['names']} of {counts['receipts']} file names are disclosed and fit their receipts"
    )


def _check_originals(bag: Bag, report: Report) -> None:
    for path in bag.files(layout.PHOTOS):
        promised, measured = layout.read_original_path(path), bag.sha256(path)
        if promised is None:
            report.bad("original", path, "its name is not the digest of an original")
        elif measured is not None and measured.hex() != promised:
            report.bad("original", path, "its bytes do not have the digest that its name promises")
        elif not bag.index.execute("INSERT OR IGNORE INTO photo VALUES (?, ?)", (promised, path)).rowcount:
            report.bad("original", path, "the same original lies here twice")
        else:
            report.counts["originals"] += 1


def _check_record_file(
    bag: Bag, report: Report, keys: Keys, checkpoint: Checkpoint | None, path: str, *, examinations: bool
) -> None:
    if (".examination-" in path) != examinations:
        return
    if path.endswith(".p7s"):
        if not bag.has(path.removesuffix(".p7s")):
            report.bad(layout.fact_of(path), path, "a signature whose record is missing")
        return
    named = layout.read_record_path(path)
    if named is None:
        report.bad("file", path, "its name is not that of a record")
        return
    place = _Place(path, named[0], layout.fact_of(path), EXAMINED if examinations else RECEIVED)
    try:
        data = bag.read(path, limit=receipts.MAX_RECORD_BYTES)
        record = receipts.decode(data)
    except (BundleError, RecordError) as error:
        report.bad(place.fact, path, str(error))
        return
    if isinstance(record, IngestRecord) and not examinations:
        _take_receipt(bag, report, place, record)
        claimed = record.received.time
    elif isinstance(record, ExaminationRecord) and named[1] is not None:
        _take_examination(bag, report, place, record, named[1])
        claimed = record.examined
    else:
        report.bad(place.fact, path, "it is a record of another type than its name says")
        return
    if checkpoint and record.log != checkpoint.origin:
        report.bad(place.fact, path, "it belongs to another ledger")
    at = _named_at(bag, report, place, data) or claimed
    _check_signature(bag, report, keys, place, _Signed(data, record.signer, at))


def _take_receipt(bag: Bag, report: Report, place: _Place, record: IngestRecord) -> None:
    original = record.original
    if record.item != place.item:
        report.bad("receipt", place.path, f"it is the receipt of another item: {record.item}")
    row = (place.item, record.ern, original.sha256, original.name)
    bag.index.execute("INSERT OR IGNORE INTO item VALUES (?, ?, ?, ?)", row)
    report.counts["receipts"] += 1
    found = bag.index.execute(
        "SELECT file.bytes, measured.sha512 FROM photo JOIN file USING (path) JOIN measured USING (path)"
        " WHERE photo.sha256 = ?",
        (original.sha256,),
    ).fetchone()
    if found is None:
        report.bad("original", f"item {place.item}", f"the original of {record.ern} is missing or altered")
    elif found != (original.bytes, bytes.fromhex(original.sha512)):
        report.bad("original", f"item {place.item}", f"the original of {record.ern} has another size or SHA-512")


def _take_examination(bag: Bag, report: Report, place: _Place, record: ExaminationRecord, number: int) -> None:
    bag.index.execute("INSERT INTO examination VALUES (?, ?)", (place.item, number))
    report.counts["examinations"] += 1
    if record.item != place.item:
        report.bad("examination", place.path, f"it is the examination of another item: {record.item}")
    row = bag.index.execute("SELECT sha256 FROM item WHERE item = ?", (place.item,)).fetchone()
    if row is None:
        report.bad("examination", place.path, "there is no receipt for its item")
    elif row[0] != record.original:
        report.bad("examination", place.path, "it examined other bytes than those of the item")


def _named_at(bag: Bag, report: Report, place: _Place, data: bytes) -> str | None:
    """The time of the entry that names exactly this record, None with a finding when there is none."""
    digest = hashlib.sha256(data).hexdigest()
    query = "SELECT time FROM named WHERE item = ? AND action = ? AND digest = ?"
    row = bag.index.execute(query, (place.item, place.action, digest)).fetchone()
    if row is None:
        report.bad(place.fact, place.path, f"no entry {place.action} of its item names this record")
        return None
    return str(row[0])


def _check_signature(bag: Bag, report: Report, keys: Keys, place: _Place, signed: _Signed) -> None:
    if keys.root is None:
        report.unknown(place.fact, place.path, "its signature: there is no certificate to check it with")
        return
    try:
        p7s = bag.read(layout.signature_path(place.path), limit=cades.MAX_SIGNATURE_BYTES)
        facts = cades.verify(p7s, signed.data, anchor=keys.root, at=_moment(signed.time))
    except (BundleError, SignatureError) as error:
        report.bad(place.fact, place.path, f"its signature: {error}")
        return
    if facts.fingerprint != signed.signer:
        report.bad(place.fact, place.path, "it is signed by another certificate than it names")


def _moment(time: str) -> datetime:
    try:
        return entries.parse_time(time)
    except EntryError as error:
        raise SignatureError(f"the time it was made is not a time: {error}") from error


def _check_whole(bag: Bag, report: Report) -> None:
    """Every item has a receipt, a history and its bytes; nothing is there that belongs to no item."""
    run = bag.index.execute
    for (path,) in run("SELECT path FROM photo WHERE sha256 NOT IN (SELECT sha256 FROM item)"):
        report.bad("original", path, "no receipt describes it")
    for (item,) in run("SELECT item FROM item WHERE 'item/' || item NOT IN (SELECT stream FROM head)"):
        report.bad("stream", f"item {item}", "the item's history is missing")
    query = """
    SELECT substr(stream, 6) FROM head
    WHERE substr(stream, 1, 5) = 'item/' AND substr(stream, 6) NOT IN (SELECT item FROM item)
    """
    for (item,) in run(query):
        report.bad("receipt", f"item {item}", "the item has a history here and no receipt")
    for (ern,) in run("SELECT ern FROM item GROUP BY ern HAVING COUNT(*) > 1"):
        report.bad("receipt", ern, "two items have this evidence reference number")
    _check_examinations(bag, report)


def _check_examinations(bag: Bag, report: Report) -> None:
    """As many as the item's history tells of, numbered from 0."""
    query = """
    SELECT item, COUNT(examination.number), MAX(examination.number), told
    FROM (SELECT item, COUNT(*) AS told FROM examined GROUP BY item) LEFT JOIN examination USING (item) GROUP BY item
    """
    for item, found, last, told in bag.index.execute(query):
        if found != told or last != found - 1:
            report.bad("examination", f"item {item}", f"its history tells of {told} examinations; {found} are here")


def _check_names(bag: Bag, report: Report) -> None:
    if not bag.has(layout.NAMES):
        return
    seen = bag.index.execute
    seen("CREATE TABLE name (item TEXT PRIMARY KEY) WITHOUT ROWID")
    try:
        for line in bag.lines(layout.NAMES, limit=layout.MAX_NAME_LINE_BYTES):
            name = Name.decode(line)
            row = seen("SELECT name FROM item WHERE item = ?", (name.item,)).fetchone()
            if row is None or row[0] != name.digest:
                report.bad("name", f"item {name.item}", "the name handed over is not the one in the receipt")
            elif not seen("INSERT OR IGNORE INTO name VALUES (?)", (name.item,)).rowcount:
                report.bad("name", f"item {name.item}", "it is named twice")
            else:
                report.counts["names"] += 1
    except BundleError as error:
        report.bad("name", layout.NAMES, str(error))
