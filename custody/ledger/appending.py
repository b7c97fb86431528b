"""Writing entries. Nothing else in the house writes to the ledger's tables.

The statements are written by hand because the ORM measured a fifth of their speed with eight writers
(``config/docs/decisions/0003-append-by-hand.md``).
"""

from __future__ import annotations

import hashlib
import secrets
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction

from custody import clock
from custody.actions import Action
from custody.core import canonical, entries, merkle
from custody.core.canonical import JsonValue
from custody.core.entries import Actor, Outcome, StreamLink
from custody.core.errors import CustodyError
from custody.ledger import guard

_IDS_AT_ONCE = 500
_LAST = "SELECT seq, time FROM custody_entry ORDER BY seq DESC LIMIT 1"
_HEAD_LOCKED = "SELECT origin, size, last_time, recovering_to FROM custody_ledgerhead WHERE id = 1 FOR UPDATE"
# On SQLite the transaction holds the only write lock already, so one statement sees both.
_HEAD_AND_LAST = (
    "SELECT origin, size, last_time, recovering_to, e.seq, e.time "  # noqa: S608
    f"FROM custody_ledgerhead LEFT JOIN ({_LAST}) e WHERE id = 1"
)

# In the order of their numbers: the fence wants each row to be the next one.
_ENTRIES_AT_ONCE = (
    "INSERT INTO custody_entry (seq, id, act, action, outcome, actor, time, body, leaf) "
    "SELECT * FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], "
    "%s::bytea[], %s::bytea[])"
)
_LINKS_AT_ONCE = (
    "INSERT INTO custody_streamentry (stream, n, seq) SELECT * FROM unnest(%s::text[], %s::bigint[], %s::bigint[])"
)


class LedgerClosed(CustodyError):
    """The ledger can't take an entry: it was never opened, or the caller is outside a transaction."""


class LedgerDamaged(CustodyError):
    """The ledger's rows contradict each other. An alarm: nothing is written, and nothing is repaired."""


class RecoveryUnfinished(CustodyError):
    """A recovery of the ledger is not finished: any other entry would take the place of one that was signed."""


class IdTaken(CustodyError):
    """Another entry bears this id already: it was meant for the retry of one act, not for a second one."""


@dataclass(frozen=True, kw_only=True)
class Draft:
    """An entry before the ledger gives it its place and its time.

    ``streams`` 1 to 4 ids such as ``item/<uuid>``; ``subject`` ids, digests and codes, never names;
    ``detail`` is private: it stays in the database, salted, and the entry holds only its SHA-256.
    ``id`` makes a retry harmless: the same id twice gives the first entry back, if it is the same act.
    """

    action: Action
    actor: Actor
    streams: tuple[str, ...]
    subject: Mapping[str, str]
    outcome: Outcome = Outcome.DONE
    purpose: str | None = None
    authority: str | None = None
    occurred: str | None = None
    corrects: int | None = None
    act: str | None = None
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    detail: Mapping[str, JsonValue] | None = None


@dataclass(frozen=True)
class Appended:
    """Where an entry came to stand: its sequence number (= leaf index), leaf hash (32 bytes) and time."""

    seq: int
    leaf: bytes
    time: str


@dataclass
class _Heads:
    """The newest link of each stream touched, as it moves while a batch is written."""

    last: dict[str, tuple[int, str]]

    def next_link(self, stream: str) -> StreamLink:
        n, leaf = self.last.get(stream, (-1, None))
        return StreamLink(id=stream, n=n + 1, prev=leaf)


def append(draft: Draft) -> Appended:
    """Write one entry. See ``append_many``."""
    return append_many([draft])[0]


def append_many(drafts: Sequence[Draft]) -> list[Appended]:
    """Write entries of one act, in order, as the last statement of the caller's transaction.

    Takes the ledger's lock (a row lock on PostgreSQL; on SQLite the transaction already holds the only
    write lock). Entries share an act id unless each names its own. Raises LedgerClosed outside a
    transaction or before ``open_ledger``, EntryError when an entry would break the format, IdTaken when an
    id names another entry, LedgerDamaged when the ledger's rows contradict each other, RecoveryUnfinished
    until a recovery that was begun has put back its last entry.
    """
    if not drafts:
        return []
    if not connection.in_atomic_block:
        raise LedgerClosed("an entry is written inside the transaction of the act that it records")
    with connection.cursor() as cursor, guard.writing_entries():
        origin, size, last_time = lock_head(cursor)
        known = _known(cursor, drafts)
        fresh = _fresh(drafts, known)
        time = max(clock.stamp(clock.now()), last_time)
        heads = _Heads(stream_heads(cursor, {stream for draft in fresh for stream in draft.streams}))
        written = _write(cursor, fresh, _Place(origin, size, time), heads)
        if fresh:
            cursor.execute(
                "UPDATE custody_ledgerhead SET size = %s, last_time = %s WHERE id = 1", [size + len(fresh), time]
            )
    guard.entries_written()
    return [known.get(draft.id) or written[draft.id] for draft in drafts]


def append_alone(draft: Draft) -> Appended:
    """Write one entry in a transaction of its own: a refusal after the rollback, a heartbeat, a key's use.

    Raises RuntimeError inside another transaction, whose rollback would take the entry with it.
    """
    with transaction.atomic(durable=True):
        return append(draft)


@dataclass(frozen=True)
class _Place:
    origin: str
    size: int
    time: str


def lock_head(cursor: Any, *, recovering: bool = False) -> tuple[str, int, str]:
    """Take the ledger's lock; its origin, size and last time.

    Raises LedgerClosed, LedgerDamaged, and for all but the recovery (``recovering``) RecoveryUnfinished.
    """
    row = _locked_on_postgresql(cursor) if connection.vendor == "postgresql" else _in_one(cursor)
    if row is None:
        raise LedgerClosed("the ledger is not open yet; run the setup first")
    origin, size, last_time, recovering_to, seq, time = row
    if recovering_to is not None and not recovering:
        raise RecoveryUnfinished(
            f"the ledger is being recovered ({size} of {recovering_to} entries are back), and nothing else is entered "
            "until then: if no recovery runs, stop Amana and run `manage.py ledger recover`"
        )
    if seq + 1 != size:
        raise LedgerDamaged(f"the ledger's head counts {size} entries, but the last one is number {seq}")
    if last_time != time:
        # A head pushed ahead would date every later entry by it.
        raise LedgerDamaged(f"the ledger's head says {last_time or 'no time'}, its last entry says {time}")
    return origin, size, last_time


def _in_one(cursor: Any) -> tuple[str, int, str, int | None, int, str] | None:
    cursor.execute(_HEAD_AND_LAST)
    row = cursor.fetchone()
    return row and (*row[:4], -1 if row[4] is None else row[4], row[5] or "")


def _locked_on_postgresql(cursor: Any) -> tuple[str, int, str, int | None, int, str] | None:
    cursor.execute(_HEAD_LOCKED)
    row = cursor.fetchone()
    # A statement of its own: only one that begins after the lock was got sees the newest entry.
    cursor.execute(_LAST)
    return row and (*row, *(cursor.fetchone() or (-1, "")))


def _in_groups(values: Iterable[str]) -> Iterator[list[str]]:
    ordered = list(values)
    for start in range(0, len(ordered), _IDS_AT_ONCE):
        yield ordered[start : start + _IDS_AT_ONCE]


def _known(cursor: Any, drafts: Sequence[Draft]) -> dict[str, Appended]:
    """The entries that earlier tries wrote. Raises IdTaken when an id names another act's entry."""
    meant = {draft.id: draft for draft in drafts}
    found: dict[str, Appended] = {}
    for group in _in_groups(meant):
        marks = ", ".join(["%s"] * len(group))
        cursor.execute(f"SELECT id, seq, leaf, time, body FROM custody_entry WHERE id IN ({marks})", group)  # noqa: S608
        for name, seq, leaf, time, body in cursor.fetchall():
            entry = entries.decode(bytes(body))
            written = (entry.action, entry.outcome, entry.actor.id, tuple(link.id for link in entry.streams))
            if written != _kind(meant[name]):
                raise IdTaken(f"the id {name} belongs to entry {seq}, which records something else")
            found[name] = Appended(seq, bytes(leaf), time)
    return found


def _kind(draft: Draft) -> tuple[str, Outcome, str, tuple[str, ...]]:
    return str(draft.action), draft.outcome, draft.actor.id, draft.streams


def _fresh(drafts: Sequence[Draft], known: Mapping[str, Appended]) -> list[Draft]:
    """The drafts to write, each id once."""
    fresh: dict[str, Draft] = {}
    for draft in drafts:
        if draft.id not in known and _kind(fresh.setdefault(draft.id, draft)) != _kind(draft):
            raise IdTaken(f"the id {draft.id} is given to two different entries at once")
    return list(fresh.values())


def stream_heads(cursor: Any, streams: set[str]) -> dict[str, tuple[int, str]]:
    """Number and leaf hash (hex) of the newest entry of each of these streams that has one."""
    heads: dict[str, tuple[int, str]] = {}
    for group in _in_groups(streams):
        marks = ", ".join(["(%s)"] * len(group))
        # One look into the index for each stream; joined the other way round, every link of a long stream is read.
        cursor.execute(
            f"SELECT s.stream, s.n, e.leaf FROM (VALUES {marks}) AS asked "  # noqa: S608
            "JOIN custody_streamentry s ON s.stream = asked.column1 "
            "AND s.n = (SELECT MAX(t.n) FROM custody_streamentry t WHERE t.stream = asked.column1) "
            "JOIN custody_entry e ON e.seq = s.seq",
            group,
        )
        heads.update({row[0]: (row[1], bytes(row[2]).hex()) for row in cursor.fetchall()})
    return heads


def _detail_bytes(draft: Draft) -> bytes | None:
    if draft.detail is None:
        return None
    return canonical.dumps({"salt": secrets.token_hex(16), "about": dict(draft.detail)})


def _build(draft: Draft, place: _Place, *, seq: int, act: str, heads: _Heads, detail: bytes | None) -> bytes:
    return entries.encode(
        entries.Entry(
            v=1,
            log=place.origin,
            seq=seq,
            id=draft.id,
            act=draft.act or act,
            action=str(draft.action),
            time=place.time,
            occurred=draft.occurred,
            actor=draft.actor,
            streams=tuple(heads.next_link(stream) for stream in draft.streams),
            subject=dict(draft.subject),
            authority=draft.authority,
            corrects=draft.corrects,
            outcome=draft.outcome,
            purpose=draft.purpose,
            detail=hashlib.sha256(detail).hexdigest() if detail is not None else None,
            salt=secrets.token_hex(16),
        )
    )


def _write(cursor: Any, drafts: Sequence[Draft], place: _Place, heads: _Heads) -> dict[str, Appended]:
    rows, links, details, written = [], [], [], {}
    act = str(uuid.uuid4())
    for seq, draft in enumerate(drafts, start=place.size):
        detail = _detail_bytes(draft)
        body = _build(draft, place, seq=seq, act=act, heads=heads, detail=detail)
        leaf = merkle.leaf_hash(body)
        for stream in draft.streams:
            n = heads.next_link(stream).n
            heads.last[stream] = (n, leaf.hex())
            links.append((stream, n, seq))
        if detail is not None:
            details.append((draft.id, detail))
        written[draft.id] = Appended(seq, leaf, place.time)
        outcome, actor = str(draft.outcome), draft.actor.id
        rows.append((seq, draft.id, draft.act or act, str(draft.action), outcome, actor, place.time, body, leaf))
    if details:
        cursor.executemany("INSERT INTO custody_entrydetail (entry, body) VALUES (%s, %s)", details)
    insert(cursor, rows, links)
    return written


def insert(cursor: Any, rows: Sequence[tuple[Any, ...]], links: Sequence[tuple[str, int, int]]) -> None:
    """Insert entries and their links in streams, as columns in the order of the statements below."""
    if not rows:
        return
    if connection.vendor == "postgresql":
        # One statement for all rows: each row of its own would go through the server's parser and executor anew.
        cursor.execute(_ENTRIES_AT_ONCE, [list(column) for column in zip(*rows, strict=True)])
        cursor.execute(_LINKS_AT_ONCE, [list(column) for column in zip(*links, strict=True)])
        return
    cursor.executemany(
        "INSERT INTO custody_entry (seq, id, act, action, outcome, actor, time, body, leaf) "
        "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
        rows,
    )
    cursor.executemany("INSERT INTO custody_streamentry (stream, n, seq) VALUES (%s, %s, %s)", links)
