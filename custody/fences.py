"""Database triggers that refuse to change what must not change; reinstalled after migrations, and checked.

SQLite drops a table's triggers silently when a migration rebuilds it, and ``INSERT OR REPLACE`` passes a
delete trigger: the trigger on insert, which wants the next number and no other, stops that. A fence stops
accidents and small insiders. It stops nobody who may alter the database: proof comes from outside checkpoints.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection

from custody.models.history import SnapshotRow

_ENTRIES = "custody_entry"
_FOR_EVER = ("custody_streamentry", "custody_keyrecord", "custody_signedcheckpoint")


@dataclass(frozen=True)
class Fence:
    """One trigger: its name, its table and the statements that make it."""

    name: str
    table: str
    statements: tuple[str, ...]
    definition: str


def fenced_tables() -> list[str]:
    """Tables whose rows are never changed: the ledger's, and every history table that exists."""
    present = set(connection.introspection.table_names())
    history = sorted(m._meta.db_table for m in apps.get_models(include_auto_created=True) if issubclass(m, SnapshotRow))
    return [table for table in (_ENTRIES, *_FOR_EVER, *history) if table in present]


def fences() -> list[Fence]:
    """Every fence that this database should have."""
    build = _postgresql if connection.vendor == "postgresql" else _sqlite
    return [fence for table in fenced_tables() for fence in build(table)]


def install(**_: object) -> None:
    """Make every fence anew (also the receiver of ``post_migrate``)."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_REFUSE_FUNCTION)
            cursor.execute(_NEXT_FUNCTION)
        for fence in fences():
            cursor.execute(_drop(fence))
            for statement in fence.statements:
                cursor.execute(statement)
        if connection.vendor == "postgresql":
            _check_constraint(cursor)


def remove() -> None:
    """Take the fences down. For the test suite, which must empty tables; ``verify`` reports each as missing."""
    with connection.cursor() as cursor:
        for fence in fences():
            cursor.execute(_drop(fence))


def missing() -> list[str]:
    """Names of fences that are absent or read otherwise than they should."""
    found = dict(_present())
    return [fence.name for fence in fences() if found.get(fence.name) != fence.definition]


def _drop(fence: Fence) -> str:
    on = f" ON {fence.table}" if connection.vendor == "postgresql" else ""
    return f"DROP TRIGGER IF EXISTS {fence.name}{on}"


def _present() -> Iterator[tuple[str, str]]:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT t.tgname, t.tgenabled::text || ' ' || pg_get_triggerdef(t.oid) || ' ' || md5(p.prosrc) "
                "FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid WHERE NOT t.tgisinternal"
            )
            yield from ((name, definition) for name, definition in cursor.fetchall())
        else:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            yield from cursor.fetchall()


def _sqlite(table: str) -> Iterator[Fence]:
    for verb in ("UPDATE", "DELETE"):
        name = f"amana_{table}_no_{verb.lower()}"
        refuse = f"SELECT RAISE(ABORT, 'rows of {table} are never changed')"
        sql = f"CREATE TRIGGER {name} BEFORE {verb} ON {table} BEGIN {refuse}; END"
        yield Fence(name, table, (sql,), sql)
    if table == _ENTRIES:
        name = f"amana_{table}_next"
        sql = (
            f"CREATE TRIGGER {name} BEFORE INSERT ON {table} "
            f"WHEN NEW.seq IS NOT (SELECT COALESCE(MAX(seq) + 1, 0) FROM {table}) "
            "BEGIN SELECT RAISE(ABORT, 'an entry takes the next number and no other'); END"
        )
        yield Fence(name, table, (sql,), sql)


_REFUSE_BODY = " BEGIN RAISE EXCEPTION 'rows of % are never changed', TG_TABLE_NAME; END "
_NEXT_BODY = (
    " BEGIN IF NEW.seq IS DISTINCT FROM (SELECT COALESCE(MAX(seq) + 1, 0) FROM custody_entry) THEN "
    "RAISE EXCEPTION 'an entry takes the next number and no other'; END IF; RETURN NEW; END "
)
_REFUSE_FUNCTION = (
    f"CREATE OR REPLACE FUNCTION amana_refuse() RETURNS trigger LANGUAGE plpgsql AS $amana${_REFUSE_BODY}$amana$"
)
_NEXT_FUNCTION = (
    f"CREATE OR REPLACE FUNCTION amana_next() RETURNS trigger LANGUAGE plpgsql AS $amana${_NEXT_BODY}$amana$"
)


def _postgresql(table: str) -> Iterator[Fence]:
    for name, event, level, function in _postgresql_parts(table):
        body = f"TRIGGER {name} BEFORE {event} ON public.{table} FOR EACH {level} EXECUTE FUNCTION {function}()"
        with connection.cursor() as cursor:
            cursor.execute("SELECT md5(%s)", [_NEXT_BODY if function == "amana_next" else _REFUSE_BODY])
            (digest,) = cursor.fetchone()
        # "A": fires even where session_replication_role is 'replica'.
        always = f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}"
        yield Fence(name, table, (f"CREATE {body}", always), f"A CREATE {body} {digest}")


def _postgresql_parts(table: str) -> Iterator[tuple[str, str, str, str]]:
    yield f"amana_{table}_no_change", "DELETE OR UPDATE", "ROW", "amana_refuse"
    yield f"amana_{table}_no_truncate", "TRUNCATE", "STATEMENT", "amana_refuse"
    if table == _ENTRIES:
        yield f"amana_{table}_next", "INSERT", "ROW", "amana_next"


def _check_constraint(cursor: Any) -> None:
    """PostgreSQL can hash: it refuses an entry whose leaf is not SHA-256(0x00 || body)."""
    cursor.execute("SELECT 1 FROM pg_constraint WHERE conname = 'custody_entry_leaf_is_hash'")
    if cursor.fetchone() is None:
        cursor.execute(
            "ALTER TABLE custody_entry ADD CONSTRAINT custody_entry_leaf_is_hash "
            "CHECK (leaf = sha256('\\x00'::bytea || body))"
        )
