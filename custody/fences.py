"""Database triggers that refuse to change what must not change; reinstalled after migrations, and checked.

SQLite drops a table's triggers silently when a migration rebuilds it, and ``INSERT OR REPLACE`` passes a
delete trigger: triggers on insert, which refuse what is there already and want the next number and no other,
stop that. A fence stops accidents and small insiders. It stops nobody who may alter the database: proof comes
from outside checkpoints.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.apps import apps
from django.db import connection, models, transaction

from custody.models import (
    Entry,
    EntryDetail,
    KeyRecord,
    LedgerHead,
    PersonKey,
    SealedObject,
    SignedCheckpoint,
    StreamEntry,
)
from custody.models.history import SnapshotRow

_FOR_EVER: tuple[type[models.Model], ...] = (Entry, StreamEntry, KeyRecord, SignedCheckpoint)
# Erasure deletes these; nothing rewrites them.
_ERASABLE: tuple[type[models.Model], ...] = (EntryDetail, PersonKey, SealedObject)


@dataclass(frozen=True)
class Fence:
    """One trigger (or check): its name, its table, how to make and drop it, and how the database words it."""

    name: str
    table: str
    statements: tuple[str, ...]
    definition: str
    drop: str


def fences() -> list[Fence]:
    """Every fence that this database should have."""
    build = _Postgresql(_schema()).fences if connection.vendor == "postgresql" else _sqlite
    present = set(connection.introspection.table_names())
    return [fence for model in _fenced_models() if model._meta.db_table in present for fence in build(model)]


def install(**_: object) -> None:
    """Make every fence that is missing or altered anew (also the receiver of ``post_migrate``)."""
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            _settle(cursor)
            for name, body in _bodies(_schema()).items():
                cursor.execute(_FUNCTION.format(name=name, body=body))
        absent = set(missing())
        for fence in fences():
            if fence.name in absent:
                cursor.execute(fence.drop)
                for statement in fence.statements:
                    cursor.execute(statement)


def remove() -> None:
    """Take the fences down. For the test suite, which must empty tables; ``verify`` reports each as missing."""
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            _settle(cursor)
        for fence in fences():
            cursor.execute(fence.drop)


def missing() -> list[str]:
    """Names of fences that are absent or read otherwise than they should."""
    found = set(_present())
    return [fence.name for fence in fences() if (fence.name, fence.definition) not in found]


def unexpected() -> list[str]:
    """Names of triggers, rules and views in our part of the database that are none of ours."""
    with connection.cursor() as cursor:
        cursor.execute(_ALL_POSTGRESQL if connection.vendor == "postgresql" else _ALL_SQLITE)
        found = {(str(table), str(name)) for table, name in cursor.fetchall()}
    return sorted(name for _table, name in found - {(fence.table, fence.name) for fence in fences()})


_ALL_SQLITE = "SELECT tbl_name, name FROM sqlite_master WHERE type IN ('trigger', 'view')"
_ALL_POSTGRESQL = (
    "SELECT c.relname::text, t.tgname::text FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
    "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE NOT t.tgisinternal AND n.nspname = current_schema() "
    "UNION SELECT tablename::text, rulename::text FROM pg_rules WHERE schemaname = current_schema() "
    "UNION SELECT viewname::text, viewname::text FROM pg_views WHERE schemaname = current_schema() "
    "UNION SELECT matviewname::text, matviewname::text FROM pg_matviews WHERE schemaname = current_schema()"
)


def _fenced_models() -> list[type[models.Model]]:
    """The ledger's models, whatever calls itself ``written_once``, and every history table."""
    everything = apps.get_models(include_auto_created=True)
    others = [m for m in everything if getattr(m, "written_once", False) or issubclass(m, SnapshotRow)]
    return [*_FOR_EVER, *_ERASABLE, LedgerHead, *sorted(others, key=lambda model: model._meta.db_table)]


def _present() -> Iterator[tuple[str, str]]:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT t.tgname, t.tgenabled::text || ' ' || pg_get_triggerdef(t.oid) || ' ' || md5(p.prosrc) "
                "FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid WHERE NOT t.tgisinternal "
                "UNION ALL SELECT conname, replace(pg_get_constraintdef(oid), ' NOT VALID', '') "
                "FROM pg_constraint WHERE contype = 'c'"
            )
        else:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        yield from cursor.fetchall()


# SQLite


def _sqlite(model: type[models.Model]) -> Iterator[Fence]:
    table = model._meta.db_table
    message = f"rows of {table} are never changed"
    for verb in _refused_verbs(model):
        yield _sqlite_trigger(f"amana_{table}_no_{verb.lower()}", table, f"BEFORE {verb} ON {table}", message)
    if model is LedgerHead:
        when = "NEW.origin IS NOT OLD.origin OR NEW.size < OLD.size OR NEW.last_time < OLD.last_time"
        yield _sqlite_trigger(f"amana_{table}_forward", table, f"BEFORE UPDATE ON {table} WHEN {when}", _BACK)
    if model is Entry:
        when = "NEW.seq IS NOT (SELECT COALESCE(MAX(seq) + 1, 0) FROM custody_entry)"
        yield _sqlite_trigger(f"amana_{table}_next", table, f"BEFORE INSERT ON {table} WHEN {when}", _NEXT)
    # INSERT OR REPLACE deletes whatever stands in its way, unseen by the trigger on DELETE: a row with the same key,
    # and one with the hidden number that SQLite gives each row, which a statement may name.
    same = f"{_same_row(model)} OR rowid = NEW.rowid"
    when = f"EXISTS (SELECT 1 FROM {table} WHERE {same})"  # noqa: S608  our own table's name
    yield _sqlite_trigger(f"amana_{table}_no_replace", table, f"BEFORE INSERT ON {table} WHEN {when}", message)


def _sqlite_trigger(name: str, table: str, event: str, message: str) -> Fence:
    sql = f"CREATE TRIGGER {name} {event} BEGIN SELECT RAISE(ABORT, '{message}'); END"
    return Fence(name, table, (sql,), sql, f"DROP TRIGGER IF EXISTS {name}")


def _same_row(model: type[models.Model]) -> str:
    """SQL that is true of a row which shares a unique key with NEW."""
    meta = model._meta
    groups = [[field.name for field in meta.pk_fields]]
    groups += [[field.name] for field in meta.concrete_fields if field.unique and not field.primary_key]
    groups += [list(group) for group in meta.unique_together]
    groups += [
        list(constraint.fields)
        for constraint in meta.constraints
        if isinstance(constraint, models.UniqueConstraint) and constraint.condition is None and constraint.fields
    ]
    columns = {field.name: field.column for field in meta.concrete_fields}
    keys = [[columns[name] for name in group] for group in groups]
    return " OR ".join("(" + " AND ".join(f'"{column}" = NEW."{column}"' for column in key) + ")" for key in keys)


def _refused_verbs(model: type[models.Model]) -> tuple[str, ...]:
    if model in _ERASABLE:
        return ("UPDATE",)
    return ("DELETE",) if model is LedgerHead else ("UPDATE", "DELETE")


_BACK = "the ledger never goes back"
_NEXT = "an entry takes the next number and no other"


# PostgreSQL

_BODIES: Final[Mapping[str, str]] = {
    "amana_refuse": " BEGIN RAISE EXCEPTION 'rows of % are never changed', TG_TABLE_NAME; END ",
    # Once a statement, for a batch of 10,000 looks 10,000 times otherwise: the new numbers leave no gap among
    # themselves, the first follows the one before it, and none stood behind them. The table is named with its schema:
    # by its bare name whoever inserts could put a table of their own before it (CREATE TEMP TABLE, search_path).
    "amana_next": (
        " DECLARE first bigint; last bigint; many bigint; "
        "BEGIN SELECT MIN(seq), MAX(seq), COUNT(*) INTO first, last, many FROM fresh; "
        "IF many > 0 AND (last - first + 1 <> many OR last <> (SELECT MAX(seq) FROM <schema>.custody_entry) "
        "OR first <> (SELECT COALESCE(MAX(seq) + 1, 0) FROM <schema>.custody_entry WHERE seq < first)) THEN "
        "RAISE EXCEPTION 'an entry takes the next number and no other'; END IF; RETURN NULL; END "
    ),
    "amana_forward": (
        " BEGIN IF NEW.origin <> OLD.origin OR NEW.size < OLD.size OR NEW.last_time < OLD.last_time THEN "
        "RAISE EXCEPTION 'the ledger never goes back'; END IF; RETURN NEW; END "
    ),
}
_FUNCTION: Final = "CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $amana${body}$amana$"
_LEAF_CHECK = "custody_entry_leaf_is_hash"


def _schema() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        return str(cursor.fetchone()[0])


def _bodies(schema: str) -> dict[str, str]:
    return {name: body.replace("<schema>", schema) for name, body in _BODIES.items()}


def _settle(cursor: Any) -> None:
    # A table with checks that wait for the end of the transaction can't be altered.
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@dataclass(frozen=True)
class _Postgresql:
    schema: str

    def fences(self, model: type[models.Model]) -> Iterator[Fence]:
        table = model._meta.db_table
        verbs = " OR ".join(sorted(_refused_verbs(model)))
        yield self._trigger(f"amana_{table}_no_change", table, f"BEFORE {verbs} ON", "FOR EACH ROW", "amana_refuse")
        if model not in _ERASABLE:
            yield self._trigger(
                f"amana_{table}_no_truncate", table, "BEFORE TRUNCATE ON", "FOR EACH STATEMENT", "amana_refuse"
            )
        if model is LedgerHead:
            yield self._trigger(f"amana_{table}_forward", table, "BEFORE UPDATE ON", "FOR EACH ROW", "amana_forward")
        if model is Entry:
            each = "REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT"
            yield self._trigger(f"amana_{table}_next", table, "AFTER INSERT ON", each, "amana_next")
            # PostgreSQL can hash: it refuses an entry whose leaf is not SHA-256(0x00 || body).
            # Not over the rows already there: a damaged one is for `verify` to report, not for a migration to fail on.
            check = "CHECK (leaf = sha256('\\x00'::bytea || body)) NOT VALID"
            add = f"ALTER TABLE {table} ADD CONSTRAINT {_LEAF_CHECK} {check}"
            drop = f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {_LEAF_CHECK}"
            yield Fence(_LEAF_CHECK, table, (add,), "CHECK ((leaf = sha256(('\\x00'::bytea || body))))", drop)

    def _trigger(self, name: str, table: str, event: str, each: str, function: str) -> Fence:
        body = f"TRIGGER {name} {event} {self.schema}.{table} {each} EXECUTE FUNCTION {function}()"
        digest = hashlib.md5(_bodies(self.schema)[function].encode(), usedforsecurity=False).hexdigest()
        # "A": fires even where session_replication_role is 'replica'.
        always = f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}"
        drop = f"DROP TRIGGER IF EXISTS {name} ON {table}"
        return Fence(name, table, (f"CREATE {body}", always), f"A CREATE {body} {digest}", drop)
