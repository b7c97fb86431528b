"""The ledger's SQL: what is read before entries are written, and how they are written. Nothing else writes them.

Written by hand, for the time that the ledger's lock is held: ``config/docs/decisions/0003-append-by-hand.md``.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, zip_longest
from typing import Any, NamedTuple

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from custody.core import merkle
from custody.core.entries import Entry

_AT_ONCE = 500

# PostgreSQL's lock of the ledger, let go at the end of the transaction; the number means nothing. A lock on the head's
# row would do as well, but hands over slowly: each waiter follows the row through all its versions.
_NUMBER = 4702106157
_LOCK = f"SELECT pg_advisory_xact_lock({_NUMBER})"
# Takes the lock in the statement that reads, and reads only where it had not to wait for it. What is read is as old as
# the statement, and so may be a moment older than the lock: what is written then says what it was read from.
_LOCKING = (
    f"WITH lock AS MATERIALIZED (SELECT CASE WHEN pg_try_advisory_xact_lock({_NUMBER}) THEN true "
    f"ELSE pg_advisory_xact_lock({_NUMBER}) IS NULL END AS at_once) "
)
_IF_AT_ONCE = " AND (SELECT at_once FROM lock)"
# First, because PostgreSQL takes the types of the columns from it.
_HEAD = (
    "SELECT 'head', size, origin, last_time, CAST(NULL AS bytea), CAST(NULL AS bytea), recovering_to "
    "FROM custody_ledgerhead WHERE id = 1"
)
_KNOWN = "SELECT 'known', seq, id, time, leaf, body, NULL FROM custody_entry WHERE id IN ({marks})"
# One look into the index for each stream; joined the other way round, every link of a long stream is read.
_ENDS = (
    "SELECT 'end', s.n, s.stream, NULL, e.leaf, NULL, NULL FROM (VALUES {marks}) AS asked "
    "JOIN custody_streamentry s ON s.stream = asked.column1 "
    "AND s.n = (SELECT MAX(t.n) FROM custody_streamentry t WHERE t.stream = asked.column1) "
    "JOIN custody_entry e ON e.seq = s.seq WHERE 1 = 1"
)
_LAST = (
    "SELECT 'last', seq, NULL, time, NULL, NULL, NULL FROM custody_entry "
    "WHERE seq = (SELECT MAX(seq) FROM custody_entry)"
)
# Of many, PostgreSQL takes one array: for lists of marks it plans longer than it reads.
_READ_MANY = (
    f"{_HEAD} UNION ALL {_LAST} UNION ALL "
    "SELECT 'known', seq, id, time, leaf, body, NULL FROM custody_entry WHERE id = ANY(%b::text[]) UNION ALL "
    "SELECT 'end', found.n, asked.stream, NULL, found.leaf, NULL, NULL FROM unnest(%b::text[]) AS asked (stream) "
    "CROSS JOIN LATERAL (SELECT s.n, e.leaf FROM custody_streamentry s JOIN custody_entry e ON e.seq = s.seq "
    "WHERE s.stream = asked.stream ORDER BY s.n DESC LIMIT 1) AS found"
)

# Only where the head still says what was read. The goal of a recovery is taken away in the very statement that
# reaches it.
_GROW = (
    "UPDATE custody_ledgerhead SET size = {mark}, last_time = {mark}, "
    "recovering_from = CASE WHEN recovering_to > {mark} THEN recovering_from END, "
    "recovering_to = CASE WHEN recovering_to > {mark} THEN recovering_to END "
    "WHERE id = 1 AND size = {mark} AND COALESCE(recovering_to, -1) = {mark}"
)
_ENTRY = "INSERT INTO custody_entry (id, act, action, outcome, actor, time, body, leaf, seq) "
_LINK = "INSERT INTO custody_streamentry (stream, n, seq) "
_DETAIL = "INSERT INTO custody_entrydetail (entry, body) "


def _if_grown(*inserts: str, mark: str) -> str:
    """All of it as one statement, for PostgreSQL: the lock is held from one answer to the next."""
    parts = (f"part{number} AS ({insert} WHERE EXISTS (SELECT FROM grown))" for number, insert in enumerate(inserts))
    grown = f"grown AS ({_GROW.format(mark=mark)} RETURNING id)"
    return f"WITH {', '.join([grown, *parts])} SELECT id FROM grown"


# Many rows go as one array a column, in PostgreSQL's binary form (%b): about half the server's work of VALUES.
# The numbers are given in the order of the rows, which the fence wants without a gap.
_WRITE_MANY = _if_grown(
    _ENTRY + "SELECT id, act, action, outcome, actor, time, body, leaf, %b::bigint + place - 1 "
    "FROM unnest(%b::text[], %b::text[], %b::text[], %b::text[], %b::text[], %b::text[], %b::bytea[], %b::bytea[]) "
    "WITH ORDINALITY AS new (id, act, action, outcome, actor, time, body, leaf, place)",
    _LINK + "SELECT * FROM unnest(%b::text[], %b::bigint[], %b::bigint[])",
    _DETAIL + "SELECT * FROM unnest(%b::text[], %b::bytea[])",
    mark="%b",
)


class Head(NamedTuple):
    """The ledger's one row: its name, how many entries it counts, the time of the last, the goal of a recovery."""

    origin: str
    size: int
    last_time: str
    recovering_to: int | None


class Known(NamedTuple):
    """An entry that bears an id which was asked for."""

    seq: int
    time: str
    leaf: bytes
    body: bytes


@dataclass
class Found:
    """What was read under the lock: the head, the last entry's number and time, entries by id, ends of streams by name.

    An end is the number and the leaf hash (hex) of the stream's newest entry. No head: the ledger was never opened.
    """

    head: Head | None = None
    last: tuple[int, str] = (-1, "")
    known: dict[str, Known] = field(default_factory=dict)
    ends: dict[str, tuple[int, str]] = field(default_factory=dict)


@dataclass
class Rows:
    """Rows to write, after a head that counts ``first`` entries and has the ``goal`` of a recovery, or none.

    ``entries`` without their numbers (id, act, action, outcome, actor, time, body, leaf): these follow one another from
    ``first``. ``links`` (stream, number in the stream, number of the entry). Private ``details`` (id, bytes).
    """

    first: int
    goal: int | None = None
    entries: list[tuple[str, str, str, str, str, str, bytes, bytes]] = field(default_factory=list)
    links: list[tuple[str, int, int]] = field(default_factory=list)
    details: list[tuple[str, bytes]] = field(default_factory=list)

    def add(self, entry: Entry, body: bytes) -> bytes:
        """Take this entry with its links, as the bytes ``body``; returns its leaf hash."""
        leaf = merkle.leaf_hash(body)
        told = (entry.id, entry.act, entry.action, entry.outcome.value, entry.actor.id, entry.time)
        self.entries.append((*told, body, leaf))
        self.links += [(link.id, link.n, entry.seq) for link in entry.streams]
        return leaf

    def growth(self) -> tuple[int, str, int, int, int, int]:
        """What the head says with these (size, last time, twice the size that ends a recovery), and said before."""
        size = self.first + len(self.entries)
        return size, self.entries[-1][5], size, size, self.first, -1 if self.goal is None else self.goal


def look(ids: Sequence[str], streams: Sequence[str]) -> Found:
    """Take the ledger's lock, until the transaction ends, and read what is there already.

    Of one id it may be told what stood there in the moment before the lock was got; ``write`` finds out. Read once more
    in the same transaction, it is what stands there.
    """
    found, database = Found(), _database()
    with database.errors:
        for kind, number, name, time, leaf, body, goal in database.read(ids, streams):
            if kind == "head":
                found.head = Head(name, number, time, goal)
            elif kind == "last":
                found.last = number, time
            elif kind == "known":
                found.known[name] = Known(number, time, bytes(leaf), bytes(body))
            else:
                found.ends[name] = number, bytes(leaf).hex()
    return found


def write(rows: Rows) -> bool:
    """Insert these rows and let the ledger's head count them; False, and nothing written, if it has moved since."""
    database = _database()
    with database.errors:
        return database.write(rows)


class _Sqlite:
    """Python's own connection: Django's cursors cost as much as the statements.

    The transaction that is open holds the only write lock (`transaction_mode`).
    """

    def __init__(self, wrapper: BaseDatabaseWrapper) -> None:
        self.errors = wrapper.wrap_database_errors
        self._connection: Any = wrapper.connection

    def read(self, ids: Sequence[str], streams: Sequence[str]) -> Iterator[tuple[Any, ...]]:
        for some_ids, some_streams in [*zip_longest(_groups(ids), _groups(streams), fillvalue=())] or [((), ())]:
            statement = _reading(len(some_ids), len(some_streams), "?")
            yield from self._connection.execute(statement, (*some_ids, *some_streams))

    def write(self, rows: Rows) -> bool:
        if not self._connection.execute(_GROW.format(mark="?"), rows.growth()).rowcount:
            return False
        numbered = [(*row, seq) for seq, row in enumerate(rows.entries, start=rows.first)]
        self._connection.executemany(f"{_ENTRY}VALUES {_marks(9, '?')}", numbered)
        self._connection.executemany(f"{_LINK}VALUES {_marks(3, '?')}", rows.links)
        self._connection.executemany(f"{_DETAIL}VALUES {_marks(2, '?')}", rows.details)
        return True


class _Postgresql:
    """A cursor that lets the server bind and keep statements; Django's own puts the values into the text."""

    def __init__(self, wrapper: BaseDatabaseWrapper) -> None:
        self.errors = wrapper.wrap_database_errors
        # Where SQLite is used it would be a tenth of every start.
        from psycopg import Cursor

        self._cursor: Cursor[tuple[Any, ...]] = Cursor(wrapper.connection)

    def read(self, ids: Sequence[str], streams: Sequence[str]) -> Sequence[tuple[Any, ...]]:
        if len(ids) == 1:
            asked = (*ids, *streams)
            locking, under_lock = _locking(len(streams)), _reading(1, len(streams), "%s")
            # After a wait nothing was read: only a statement that begins with the lock held sees the newest entry.
            return self._all(locking, asked) or self._all(under_lock, asked)
        self._cursor.execute(_LOCK, prepare=True)
        return self._cursor.execute(_READ_MANY, (ids, streams), prepare=False).fetchall()

    def write(self, rows: Rows) -> bool:
        if len(rows.entries) == 1:
            # Arrays of one cost more than the statement: psycopg makes them in Python.
            one = [*rows.growth(), *rows.entries[0], rows.first, *chain(*rows.links), *chain(*rows.details)]
            return bool(self._all(_one(len(rows.links), len(rows.details)), one))
        columns = [*_columns(rows.entries, 8), *_columns(rows.links, 3), *_columns(rows.details, 2)]
        grown = self._cursor.execute(_WRITE_MANY, [*rows.growth(), rows.first, *columns], prepare=False)
        return bool(grown.fetchall())

    def _all(self, statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        return self._cursor.execute(statement, values, prepare=True).fetchall()


def _database() -> _Sqlite | _Postgresql:
    wrapper = connections[DEFAULT_DB_ALIAS]
    wrapper.ensure_connection()
    return _Postgresql(wrapper) if wrapper.vendor == "postgresql" else _Sqlite(wrapper)


@functools.cache
def _reading(ids: int, streams: int, mark: str) -> str:
    return " UNION ALL ".join(_readings(ids, streams, mark))


@functools.cache
def _locking(streams: int) -> str:
    """The reading for one id, on PostgreSQL, together with the lock."""
    return _LOCKING + " UNION ALL ".join(reading + _IF_AT_ONCE for reading in _readings(1, streams, "%s"))


def _readings(ids: int, streams: int, mark: str) -> list[str]:
    known = [_KNOWN.format(marks=", ".join([mark] * ids))] if ids else []
    ends = [_ENDS.format(marks=", ".join([f"({mark})"] * streams))] if streams else []
    return [_HEAD, _LAST, *known, *ends]


@functools.cache
def _one(links: int, details: int) -> str:
    """One entry with so many links and private details, each value by itself."""
    return _if_grown(
        f"{_ENTRY}SELECT {_list(9)}",
        f"{_LINK}SELECT * FROM (VALUES {', '.join([_marks(3)] * links)}) AS new",
        *([f"{_DETAIL}SELECT {_list(2)}"] if details else []),
        mark="%s",
    )


def _list(count: int) -> str:
    return ", ".join(["%s"] * count)


def _marks(count: int, mark: str = "%s") -> str:
    return f"({', '.join([mark] * count)})"


def _groups(names: Sequence[str]) -> list[Sequence[str]]:
    return [names[start : start + _AT_ONCE] for start in range(0, len(names), _AT_ONCE)]


def _columns(rows: Sequence[tuple[Any, ...]], count: int) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)] or [[] for _ in range(count)]
