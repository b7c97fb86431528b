"""The entries themselves, the streams inside them, and the private details they bind."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from itertools import islice

from django.db import connection

from custody import ledger
from custody.core import entries, merkle
from custody.core.entries import Outline
from custody.core.errors import EntryError
from custody.ledger import StoredEntry
from custody.models import Entry as EntryRow
from custody.models import EntryDetail, LedgerHead, StreamEntry
from custody.verification.inspection import Inspection

# Whole tiles: the tree above is then hashed tile by tile.
_AT_ONCE = 2_048

Leaves = list[tuple[bytes, bytes]]
"""Some entries in their order: the hash of each leaf, and the bytes that it is of."""


def checked_leaves(inspection: Inspection) -> Iterator[Leaves]:
    """Walk the ledger once: report what is wrong with each entry, and give its stored bytes with their leaf hash.

    (1) The numbers run from 0 without a gap, and as far as the ledger's head says.
    (2) Each entry's bytes hash to its stored leaf, can be read, and say what the columns beside them say.
    (3) Origin stays, time never goes back.
    (4) In each stream the numbers follow, and each entry names the leaf hash of the one before it.
    (5) Each private detail is there and hashes to what the entry binds.
    It does not prove that the whole was not written anew: that is what signed checkpoints are for.
    """
    origin, total = ledger.origin(), ledger.size()
    expected, last_time = 0, ""
    rows = ledger.entries_after(0)
    while page := list(islice(rows, _AT_ONCE)):
        links, details = _links(page[0].seq, page[-1].seq), _details(page[0].seq, page[-1].seq)
        leaves: Leaves = []
        read: set[int] = set()
        for stored in page:
            if stored.seq != expected:
                inspection.bad("sequence", f"entry {stored.seq}", f"entry {expected} should come here")
            expected = stored.seq + 1
            leaf = merkle.leaf_hash(stored.body)
            entry = _read(inspection, stored, leaf)
            if entry is not None:
                _check_place(inspection, entry, origin, last_time)
                last_time = max(last_time, entry.time)
                _check_links(inspection, entry, links)
                _check_detail(inspection, entry, details)
                read.add(entry.seq)
            leaves.append((leaf, stored.body))
        _check_left(inspection, links, read)
        yield leaves
        inspection.counts["entries"] += len(page)
        inspection.progress("entries", inspection.counts["entries"], total)
    _check_ends(inspection, expected)


def _read(inspection: Inspection, stored: StoredEntry, leaf: bytes) -> Outline | None:
    if leaf != stored.leaf:
        words = "the entry's bytes do not hash to the leaf stored beside them"
        inspection.bad("leaf", f"entry {stored.seq}", words)
    try:
        entry = entries.outline(stored.body)
    except EntryError as error:
        inspection.bad("entry", f"entry {stored.seq}", f"the entry can't be read: {error}")
        return None
    said = entry[:7]
    columns = (stored.seq, stored.id, stored.act, stored.action, stored.outcome, stored.actor, stored.time)
    if said != columns:
        names = ("number", "id", "act", "action", "outcome", "actor", "time")
        for name, inside, beside in zip(names, said, columns, strict=True):
            if inside != beside:
                words = f"the {name} column says {beside}, the entry's bytes say {inside}"
                inspection.bad("entry", f"entry {stored.seq}", words)
    return entry


def _check_place(inspection: Inspection, entry: Outline, origin: str, last_time: str) -> None:
    if entry.log != origin:
        inspection.bad("origin", f"entry {entry.seq}", f"the entry belongs to the ledger {entry.log}")
    if entry.time < last_time:
        inspection.bad("time", f"entry {entry.seq}", "the entry is dated before the one before it")


# The link of each entry in each stream, and the leaf of the entry that the stream's previous row points at.
_LINKS = """
SELECT cur.seq, cur.stream, cur.n, prev.seq, e.leaf
FROM custody_streamentry cur
LEFT JOIN custody_streamentry prev ON prev.stream = cur.stream AND prev.n = cur.n - 1
LEFT JOIN custody_entry e ON e.seq = prev.seq
WHERE cur.seq BETWEEN %s AND %s
"""

# By entry and stream: the number in the stream, and the entry before with its leaf.
_Links = dict[tuple[int, str], tuple[int | None, int | None, str | None]]
_NO_LINK = (None, None, None)


def _links(first: int, last: int) -> _Links:
    with connection.cursor() as cursor:
        cursor.execute(_LINKS, [first, last])
        return {
            (seq, stream): (n, before, bytes(leaf).hex() if leaf is not None else None)
            for seq, stream, n, before, leaf in cursor.fetchall()
        }


def _check_links(inspection: Inspection, entry: Outline, rows: _Links) -> None:
    """Take the rows of the entry's links out, and report those that differ."""
    seq = entry.seq
    for stream, number, prev in entry.streams:
        n, before, leaf = rows.pop((seq, stream), _NO_LINK)
        if n != number:
            words = f"stream {stream}: the entry is number {number}, the table says {n}"
            inspection.bad("stream", f"entry {seq}", words)
        elif number and leaf is None:
            words = f"stream {stream}: number {number - 1} is missing before number {number}"
            inspection.bad("stream", f"entry {seq}", words)
        elif number and (leaf != prev or before is None or before >= seq):
            words = f"stream {stream}: number {number} does not follow the entry before it"
            inspection.bad("stream", f"entry {seq}", words)


def _check_left(inspection: Inspection, rows: _Links, read: set[int]) -> None:
    """Report the links of a page that no entry's bytes hold."""
    for seq in sorted({seq for seq, _stream in rows} - read):
        inspection.bad("stream", f"entry {seq}", "the stream table holds a link of an entry that can't be read")
    for seq, stream in rows:
        if seq in read:
            words = f"the stream table puts the entry into {stream}, the entry does not"
            inspection.bad("stream", f"entry {seq}", words)


_DETAILS = """
SELECT d.entry, d.body FROM custody_entry e JOIN custody_entrydetail d ON d.entry = e.id WHERE e.seq BETWEEN %s AND %s
"""


def _details(first: int, last: int) -> Mapping[str, bytes]:
    with connection.cursor() as cursor:
        cursor.execute(_DETAILS, [first, last])
        return {entry: bytes(body) for entry, body in cursor.fetchall()}


def _check_detail(inspection: Inspection, entry: Outline, details: Mapping[str, bytes]) -> None:
    body = details.get(entry.id)
    digest = hashlib.sha256(body).hexdigest() if body is not None else None
    if digest != entry.detail:
        what = (
            "is missing" if body is None else "was altered" if entry.detail else "belongs to an entry that binds none"
        )
        inspection.bad("detail", f"entry {entry.seq}", f"the private detail {what}")


def _check_ends(inspection: Inspection, count: int) -> None:
    head = LedgerHead.objects.filter(pk=1).first()
    if head is None:
        inspection.bad("head", "ledger", "the ledger was never opened, or its head row is gone")
    elif head.size != count:
        inspection.bad("head", "ledger", f"the head row says {head.size} entries, there are {count}")
    stray = StreamEntry.objects.exclude(seq__in=EntryRow.objects.values("seq")).values_list("seq", "stream")[:100]
    for seq, stream in stray:
        inspection.bad("stream", f"entry {seq}", f"the stream table names an entry in {stream} that is not there")
    for entry in EntryDetail.objects.exclude(entry__in=EntryRow.objects.values("entry_id")).values_list(
        "entry", flat=True
    )[:100]:
        inspection.bad("detail", "ledger", f"a private detail belongs to no entry ({entry})")
