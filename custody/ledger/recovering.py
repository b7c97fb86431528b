"""Putting entries back that the database lost: exact bytes that were signed, appended at the end, nothing changed.

Who calls it has proved that the bytes stand in a signed tree. Here each is held against the rows that are there: a
ledger that says something else is left as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction

from custody.core import entries, merkle
from custody.core.entries import Entry
from custody.core.errors import EntryError
from custody.ledger import appending, guard
from custody.ledger.appending import LedgerDamaged
from custody.models import LedgerHead


def open_for_recovery(origin: str) -> None:
    """Make the head of a ledger that has no row at all, so that its first entry can be put back."""
    LedgerHead.objects.get_or_create(pk=1, defaults={"origin": origin})


def put_back(bodies: Sequence[bytes]) -> list[Entry]:
    """Append these entries in one transaction, with their links; private details do not come back.

    Raises LedgerDamaged when the first does not take the next number, belongs to another ledger, does not follow in
    one of its streams, or is dated before the one before it.
    """
    found = [_read(body) for body in bodies]
    with transaction.atomic(), connection.cursor() as cursor, guard.writing_entries():
        origin, size, last_time = appending.lock_head(cursor)
        heads = appending.stream_heads(cursor, {link.id for entry in found for link in entry.streams})
        rows, links = [], []
        for entry, body in zip(found, bodies, strict=True):
            _check_place(entry, origin, size, last_time)
            leaf = merkle.leaf_hash(body)
            links += [_follow(entry, link.id, link.n, link.prev, heads) for link in entry.streams]
            heads.update({link.id: (link.n, leaf.hex()) for link in entry.streams})
            told = (entry.id, entry.act, entry.action, str(entry.outcome), entry.actor.id, entry.time)
            rows.append((entry.seq, *told, body, leaf))
            size, last_time = entry.seq + 1, entry.time
        appending.insert(cursor, rows, links)
        cursor.execute("UPDATE custody_ledgerhead SET size = %s, last_time = %s WHERE id = 1", [size, last_time])
    return found


def _read(body: bytes) -> Entry:
    try:
        return entries.decode(body)
    except EntryError as error:
        raise LedgerDamaged(f"an entry of the mirror can't be read: {error}") from error


def _check_place(entry: Entry, origin: str, size: int, last_time: str) -> None:
    if (entry.seq, entry.log) != (size, origin):
        raise LedgerDamaged(f"entry {entry.seq} of {entry.log} does not take the place of entry {size} of {origin}")
    if entry.time < last_time:
        raise LedgerDamaged(f"entry {entry.seq} is dated before the one before it")


def _follow(entry: Entry, stream: str, n: int, prev: str | None, heads: dict[str, Any]) -> tuple[str, int, int]:
    before, leaf = heads.get(stream, (-1, None))
    if (n, prev) != (before + 1, leaf):
        raise LedgerDamaged(f"entry {entry.seq} does not follow in stream {stream}, which ends at number {before}")
    return stream, n, entry.seq
