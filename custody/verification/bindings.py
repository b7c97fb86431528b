"""What the ledger binds beside what the histories hold: both laid side by side in a temporary database on disk.

The two are as long as the ledger, in different orders, and their columns can't be trusted; laid out on disk and
sorted there, they are matched with little memory, whatever database the installation uses.
"""

from __future__ import annotations

import contextlib
import itertools
import sqlite3
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from django.db import connection

from custody.acts import snapshot_manifest
from custody.core import entries
from custody.core.entries import Entry
from custody.core.errors import EntryError

_AT_ONCE = 2_000


class Kept(NamedTuple):
    """A history row by model and key, its record and act, and the digest of its snapshot.

    ``kind`` is "+" for a first version, "~" for a later one; ``saved`` is empty when the snapshot holds the moment.
    """

    model: str
    history_id: int
    record: str
    act: str
    digest: str
    saved: str
    kind: str


class Placed(NamedTuple):
    """A history row with the entry that binds it."""

    model: str
    history_id: int
    record: str
    saved: str
    kind: str
    seq: int
    time: str


_TABLES = """
PRAGMA journal_mode = OFF;
PRAGMA cache_size = -16000;
CREATE TABLE bound (act TEXT, digest TEXT, seq INT, place INT, time TEXT, PRIMARY KEY (act, digest)) WITHOUT ROWID;
CREATE TABLE manifest (seq INT PRIMARY KEY, act TEXT, digest TEXT, count TEXT, time TEXT);
CREATE TABLE kept (model TEXT, history_id INT, record TEXT, act TEXT, digest TEXT, saved TEXT, kind TEXT);
"""

# One row of history for each digest: whatever else shows the same snapshot is a copy.
_PLACE = """
CREATE TABLE placed AS
SELECT k.*, b.seq, b.place, b.time,
       ROW_NUMBER() OVER (PARTITION BY k.act, k.digest ORDER BY k.rowid) AS copy
FROM kept k LEFT JOIN bound b ON b.act = k.act AND b.digest = k.digest;
CREATE INDEX placed_act ON placed (act, digest);
"""
_ORDER = """
CREATE INDEX placed_record ON placed (model, record, seq, place, history_id);
"""
_GONE = """
SELECT seq FROM bound b
WHERE NOT EXISTS (SELECT 1 FROM placed p WHERE p.act = b.act AND p.digest = b.digest) ORDER BY seq
"""


class Bindings:
    """Filled from the ledger and from the histories, then asked what does not meet."""

    def __init__(self) -> None:
        # The empty name: SQLite's own temporary file, removed when it is closed.
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.executescript(_TABLES)

    def close(self) -> None:
        """Remove the temporary database."""
        self._database.close()

    def bind(self) -> None:
        """Read the whole ledger for what it binds. An entry that can't be read binds nothing; its walk reports it."""
        with self._writing():
            for entry in _binding_entries():
                self._bind(entry)

    def _bind(self, entry: Entry) -> None:
        subject = entry.subject
        names = [key for key in subject if key == "snapshot" or (key.startswith("snapshot_") and key[9:].isdigit())]
        rows = [(entry.act, subject[name], entry.seq, int(name[9:] or 1), entry.time) for name in names]
        self._database.executemany("INSERT OR IGNORE INTO bound VALUES (?, ?, ?, ?, ?)", rows)
        if "snapshots" in subject:
            row = (entry.seq, entry.act, subject["snapshots"], subject.get("snapshot_count", ""), entry.time)
            self._database.execute("INSERT INTO manifest VALUES (?, ?, ?, ?, ?)", row)

    def keep(self, rows: Iterable[Kept]) -> None:
        """Add history rows."""
        with self._writing():
            self._database.executemany("INSERT INTO kept VALUES (?, ?, ?, ?, ?, ?, ?)", rows)

    def match(self) -> list[int]:
        """Set each history row beside the entry that binds it; the entries whose manifest is not met."""
        self._database.executescript(_PLACE)
        manifests = self._database.execute("SELECT seq, act, digest, count, time FROM manifest").fetchall()
        with self._writing():
            broken = [manifest[0] for manifest in manifests if not self._meets(*manifest)]
        self._database.executescript(_ORDER)
        return broken

    def _meets(self, seq: int, act: str, digest: str, count: str, time: str) -> bool:
        """Whether the rows of an act that no entry names by themselves are just those of its manifest."""
        rest = "act = ? AND seq IS NULL AND copy = 1"
        digests = [row[0] for row in self._database.execute(f"SELECT digest FROM placed WHERE {rest}", [act])]  # noqa: S608
        if str(len(digests)) != count or snapshot_manifest(digests) != digest:
            return False
        self._database.execute(f"UPDATE placed SET seq = ?, place = 0, time = ? WHERE {rest}", [seq, time, act])  # noqa: S608
        return True

    def gone(self) -> Iterator[int]:
        """The numbers of entries that bind a snapshot which no history row holds, once for each snapshot."""
        return (row[0] for row in self._database.execute(_GONE))

    def unbound(self) -> Iterator[tuple[str, str, int]]:
        """Model, record and key of history rows that no entry of their act binds."""
        yield from self._database.execute(
            "SELECT model, record, history_id FROM placed WHERE seq IS NULL AND copy = 1 ORDER BY model, history_id"
        )

    def copies(self) -> Iterator[tuple[str, str, int]]:
        """Model, record and key of history rows whose snapshot stands in an earlier row already."""
        yield from self._database.execute(
            "SELECT model, record, history_id FROM placed WHERE copy > 1 ORDER BY model, history_id"
        )

    def versions(self) -> Iterator[list[Placed]]:
        """The bound versions of each record, in the order of the ledger."""
        rows = map(
            Placed._make,
            self._database.execute(
                "SELECT model, history_id, record, saved, kind, seq, time FROM placed "
                "WHERE seq IS NOT NULL AND copy = 1 ORDER BY model, record, seq, place, history_id"
            ),
        )
        for _record, group in itertools.groupby(rows, key=lambda row: (row.model, row.record)):
            yield list(group)

    def newest(self, model: str, records: Iterable[str]) -> dict[str, int]:
        """For each record that has a bound version, the key of the one that the ledger bound last."""
        found = {}
        for record in records:
            row = self._database.execute(
                "SELECT history_id FROM placed WHERE model = ? AND record = ? AND seq IS NOT NULL AND copy = 1 "
                "ORDER BY seq DESC, place DESC, history_id DESC LIMIT 1",
                [model, record],
            ).fetchone()
            if row is not None:
                found[record] = int(row[0])
        return found

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        self._database.execute("BEGIN")
        yield
        self._database.execute("COMMIT")


def _binding_entries() -> Iterator[Entry]:
    """Every entry that binds a snapshot, in order; the database picks them, a page at a time."""
    where = "position(%s::bytea in body) > 0" if connection.vendor == "postgresql" else "instr(body, %s) > 0"
    statement = f"SELECT seq, body FROM custody_entry WHERE seq > %s AND {where} ORDER BY seq LIMIT %s"  # noqa: S608
    last = -1
    while True:
        with connection.cursor() as cursor:
            cursor.execute(statement, [last, b'"snapshot', _AT_ONCE])
            page: list[tuple[int, Any]] = cursor.fetchall()
        for _seq, body in page:
            with contextlib.suppress(EntryError):
                yield entries.decode(bytes(body))
        if len(page) < _AT_ONCE:
            return
        last = page[-1][0]
