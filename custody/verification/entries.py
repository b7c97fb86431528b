"""The entries themselves, the streams inside them, and the private details they bind."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping

from django.db import connection

from custody import ledger
from custody.core import entries, merkle
from custody.core.entries import Entry
from custody.core.errors import EntryError
from custody.ledger import StoredEntry
from custody.models import Entry as EntryRow
from custody.models import EntryDetail, LedgerHead, StreamEntry
from custody.verification.inspection import Inspection

_AT_ONCE = 2_000


def checked_leaves(inspection: Inspection) -> Iterator[tuple[bytes, bytes]]:
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
    for page in _pages():
        links = _links(page[0].seq, page[-1].seq)
        details = _details(page)
        for stored in page:
            if stored.seq != expected:
                inspection.bad("sequence", f"entry {stored.seq}", f"entry {expected} should come here")
            expected = stored.seq + 1
            leaf = merkle.leaf_hash(stored.body)
            entry = _read(inspection, stored, leaf)
            if entry is not None:
                _check_place(inspection, entry, origin, last_time)
                last_time = max(last_time, entry.time)
                _check_links(inspection, entry, links.pop(entry.seq, {}))
                _check_detail(inspection, entry, details)
            yield leaf, stored.body
        for seq in links:
            inspection.bad("stream", f"entry {seq}", "the stream table holds a link of an entry that can't be read")
        inspection.counts["entries"] += len(page)
        inspection.progress("entries", inspection.counts["entries"], total)
    _check_ends(inspection, expected)


def _pages() -> Iterator[list[StoredEntry]]:
    page: list[StoredEntry] = []
    for stored in ledger.entries_after(0):
        page.append(stored)
        if len(page) == _AT_ONCE:
            yield page
            page = []
    if page:
        yield page


def _read(inspection: Inspection, stored: StoredEntry, leaf: bytes) -> Entry | None:
    subject = f"entry {stored.seq}"
    if leaf != stored.leaf:
        inspection.bad("leaf", subject, "the entry's bytes do not hash to the leaf stored beside them")
    try:
        entry = entries.decode(stored.body)
    except EntryError as error:
        inspection.bad("entry", subject, f"the entry can't be read: {error}")
        return None
    said = (entry.seq, entry.id, entry.act, entry.action, str(entry.outcome), entry.actor.id, entry.time)
    columns = (stored.seq, stored.id, stored.act, stored.action, stored.outcome, stored.actor, stored.time)
    names = ("number", "id", "act", "action", "outcome", "actor", "time")
    for name, inside, beside in zip(names, said, columns, strict=True):
        if inside != beside:
            inspection.bad("entry", subject, f"the {name} column says {beside}, the entry's bytes say {inside}")
    return entry


def _check_place(inspection: Inspection, entry: Entry, origin: str, last_time: str) -> None:
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

_Links = dict[str, tuple[int, int | None, str | None]]


def _links(first: int, last: int) -> dict[int, _Links]:
    found: dict[int, _Links] = {}
    with connection.cursor() as cursor:
        cursor.execute(_LINKS, [first, last])
        for seq, stream, n, before, leaf in cursor.fetchall():
            found.setdefault(seq, {})[stream] = (n, before, bytes(leaf).hex() if leaf is not None else None)
    return found


def _check_links(inspection: Inspection, entry: Entry, rows: _Links) -> None:
    subject = f"entry {entry.seq}"
    for link in entry.streams:
        n, before, leaf = rows.pop(link.id, (None, None, None))
        if n != link.n:
            inspection.bad("stream", subject, f"stream {link.id}: the entry is number {link.n}, the table says {n}")
        elif link.n and leaf is None:
            inspection.bad(
                "stream", subject, f"stream {link.id}: number {link.n - 1} is missing before number {link.n}"
            )
        elif link.n and (leaf != link.prev or before is None or before >= entry.seq):
            inspection.bad("stream", subject, f"stream {link.id}: number {link.n} does not follow the entry before it")
    for stream in rows:
        inspection.bad("stream", subject, f"the stream table puts the entry into {stream}, the entry does not")


def _details(page: list[StoredEntry]) -> Mapping[str, bytes]:
    rows = EntryDetail.objects.filter(entry__in=[stored.id for stored in page])
    return {row.entry: bytes(row.body) for row in rows}


def _check_detail(inspection: Inspection, entry: Entry, details: Mapping[str, bytes]) -> None:
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
