"""What thousands of tests begin with is made once, and put back for each: rows and the data folder as they were.

Made anew it would be more than half of the work of the whole suite. It is made again every few seconds, so that no
test begins with a ledger older than it would be in life; and it is made for the test alone where that one has set
something, moved the clock, or runs on PostgreSQL (whose sequences would have to follow).
"""

from __future__ import annotations

import copy
import datetime
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
from custody.models import LedgerHead

# Seconds that a prepared installation is used.
_FRESH = 5
_OF_THE_FOLDER = "AMANA_DATA_DIR"

_Rows = dict[str, list[tuple[Any, ...]]]


@dataclass(frozen=True)
class _Prepared:
    """What a step made: rows that it added and changed; the size of the ledger and the folder after it; its answer."""

    made_at: float
    size: int
    under: tuple[object, ...]
    added: _Rows
    changed: _Rows
    folder: Path
    answer: Any


_steps: dict[str, _Prepared] = {}


def prepared(name: str, make: Callable[[], Any], *, after: str = "") -> Any:
    """The answer of `make`, with everything that it does to rows and folder: done, or put back.

    `after` names the step that the test has taken before this one; without it the tables are empty. Where more has
    been entered since, it is done.
    """
    if connection.vendor != "sqlite" or not _clock_is_true():
        _steps.pop(name, None)
        return make()
    before = _steps.get(after)
    under = (_settings(), before.made_at if before else None)
    if (after and before is None) or (before and before.size != _size()):
        return make()
    found = _steps.get(name)
    if found is None or found.under != under or (not after and time.monotonic() - found.made_at > _FRESH):
        found = _steps[name] = _make(make, under, found)
    else:
        _put_back(found)
    return copy.deepcopy(found.answer)


def _clock_is_true() -> bool:
    return abs((clock.now() - datetime.datetime.now(datetime.UTC)).total_seconds()) < 1


def _settings() -> tuple[object, ...]:
    names = sorted(name for name in dir(settings) if name.startswith("AMANA_") and name != _OF_THE_FOLDER)
    return tuple(repr(getattr(settings, name)) for name in names)


def _make(make: Callable[[], Any], under: tuple[object, ...], last: _Prepared | None) -> _Prepared:
    if last is not None:
        shutil.rmtree(last.folder, ignore_errors=True)
    before = _read()
    answer = make()
    after = _read()
    added: _Rows = {}
    changed: _Rows = {}
    for table, rows in after.items():
        keys = {row[0] for row in before[table]}
        old = set(before[table])
        fresh = [row for row in rows if row not in old]
        added[table] = [row for row in fresh if row[0] not in keys]
        changed[table] = [row for row in fresh if row[0] in keys]
    folder = Path(tempfile.mkdtemp(prefix="amana-prepared-"))
    _copy(settings.AMANA_DATA_DIR, folder)
    return _Prepared(time.monotonic(), _size(), under, added, changed, folder, answer)


def _put_back(found: _Prepared) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for table, rows in found.added.items():
            if rows:
                marks = ", ".join(["%s"] * len(rows[0]))
                cursor.executemany(f'INSERT INTO "{table}" VALUES ({marks})', rows)
        for table, rows in found.changed.items():
            names = _columns(table) if rows else []
            for row in rows:
                settings_of = ", ".join(f'"{name}" = %s' for name in names)
                cursor.execute(f'UPDATE "{table}" SET {settings_of} WHERE "{names[0]}" = %s', [*row, row[0]])
    _copy(found.folder, settings.AMANA_DATA_DIR)


def _size() -> int:
    return LedgerHead.objects.values_list("size", flat=True).get(pk=1)


def _copy(source: Path, target: Path) -> None:
    shutil.copytree(source, target, dirs_exist_ok=True, symlinks=True)


def _columns(table: str) -> list[str]:
    with connection.cursor() as cursor:
        return [row.name for row in connection.introspection.get_table_description(cursor, table)]


def _read() -> _Rows:
    """Every table whose rows are made by people and not by migrations."""
    found: _Rows = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table.startswith(("custody_", "evidence_", "testimony_")):
                cursor.execute(f'SELECT * FROM "{table}"')
                found[table] = cursor.fetchall()
    return found
