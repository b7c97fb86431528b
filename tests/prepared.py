"""What thousands of tests begin with is made once, and put back for each: rows and the data folder as they were.

Made anew it would be more than half of the work of the whole suite. It is made again every few seconds, so that no
test begins with a ledger older than it would be in life; and it is made for the test alone where that one has set
something, moved the clock, or runs on PostgreSQL (whose sequences would have to follow).
"""

from __future__ import annotations

import copy
import datetime
import functools
import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from custody import clock
from custody.models import Entry

# Seconds that a prepared installation is used.
_FRESH = 8
_OF_THE_FOLDER = "AMANA_DATA_DIR"

_Rows = dict[str, list[tuple[Any, ...]]]
_Tip = tuple[int, bytes] | None


@dataclass(frozen=True)
class _Prepared:
    """A step: the ledger's last entry before it; rows that it added and changed, the folder after it, its answer."""

    made_at: float
    before: _Tip
    under: tuple[object, ...]
    added: _Rows
    changed: _Rows
    folder: Path
    answer: Any


_steps: dict[str, _Prepared] = {}


def prepared(name: str, make: Callable[[], Any]) -> Any:
    """The answer of `make`, with everything that it does to rows and folder: done, or put back.

    It is put back only upon the very ledger, to the last entry, upon which it was done. `name` says what is made.
    """
    if connection.vendor != "sqlite" or not _clock_is_true():
        return make()
    before, under = _tip(), _settings()
    found = _steps.get(name)
    fresh = found is not None and (before is not None or time.monotonic() - found.made_at < _FRESH)
    if found is not None and fresh and (found.before, found.under) == (before, under):
        _put_back(found)
    else:
        found = _steps[name] = _make(make, before, under, found)
    return copy.deepcopy(found.answer)


def forget() -> None:
    """Remove the folders that are kept."""
    for step in _steps.values():
        shutil.rmtree(step.folder, ignore_errors=True)
    _steps.clear()


def _clock_is_true() -> bool:
    return abs((clock.now() - datetime.datetime.now(datetime.UTC)).total_seconds()) < 1


def _settings() -> tuple[object, ...]:
    names = sorted(name for name in dir(settings) if name.startswith("AMANA_") and name != _OF_THE_FOLDER)
    return tuple(repr(getattr(settings, name)) for name in names)


def _make(make: Callable[[], Any], tip: _Tip, under: tuple[object, ...], last: _Prepared | None) -> _Prepared:
    if last is not None:
        shutil.rmtree(last.folder, ignore_errors=True)
    made_at, before = time.monotonic(), _read()
    answer = make()
    after = _read()
    added: _Rows = {}
    changed: _Rows = {}
    for table, rows in after.items():
        key, old = _key_of(table), set(before[table])
        known = {key(row) for row in old}
        fresh = [row for row in rows if row not in old]
        added[table] = [row for row in fresh if key(row) not in known]
        changed[table] = [row for row in fresh if key(row) in known]
    folder = Path(tempfile.mkdtemp(prefix="amana-prepared-"))
    _copy(settings.AMANA_DATA_DIR, folder)
    return _Prepared(made_at, tip, under, added, changed, folder, answer)


def _put_back(found: _Prepared) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for table, rows in found.added.items():
            if rows:
                marks = ", ".join(["%s"] * len(rows[0]))
                cursor.executemany(f'INSERT INTO "{table}" VALUES ({marks})', rows)
        for table, rows in found.changed.items():
            for row in rows:
                values = ", ".join(f'"{name}" = %s' for name in _columns(table))
                same = " AND ".join(f'"{name}" = %s' for name in _keys(table))
                cursor.execute(f'UPDATE "{table}" SET {values} WHERE {same}', [*row, *_key_of(table)(row)])
    _copy(found.folder, settings.AMANA_DATA_DIR)


def _tip() -> _Tip:
    """Number and leaf of the last entry; None in a house that has no ledger yet."""
    last = Entry.objects.order_by("-seq").values_list("seq", "leaf").first()
    return (last[0], bytes(last[1])) if last else None


def _copy(source: Path, target: Path) -> None:
    shutil.copytree(source, target, dirs_exist_ok=True, symlinks=True)


@functools.cache
def _columns(table: str) -> list[str]:
    with connection.cursor() as cursor:
        return [row.name for row in connection.introspection.get_table_description(cursor, table)]


@functools.cache
def _keys(table: str) -> list[str]:
    with connection.cursor() as cursor:
        return list(connection.introspection.get_primary_key_columns(cursor, table) or [])


def _key_of(table: str) -> Callable[[tuple[Any, ...]], tuple[Any, ...]]:
    places = [_columns(table).index(name) for name in _keys(table)]
    return lambda row: tuple(row[place] for place in places)


def _read() -> _Rows:
    """Every table whose rows are made by people and not by migrations."""
    found: _Rows = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table.startswith(("custody_", "evidence_", "testimony_")):
                cursor.execute(f'SELECT * FROM "{table}"')
                found[table] = cursor.fetchall()
    return found
