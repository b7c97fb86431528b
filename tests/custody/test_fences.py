# ruff: noqa: S608  the statements are the test's own
"""Fences: what is written stays as it is, even for somebody with a plain connection to the database."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction

from custody import accounts, clock, fences, ledger
from custody.actions import Action
from custody.actors import for_command
from custody.core import merkle
from custody.ledger import Draft
from custody.models import EntryDetail, PersonKey, SignedCheckpoint

sqlite_only = pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite's own statement")
postgresql_only = pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL's own statement")
PERSON = "6b2f9a52-7b3e-4f0e-9a43-0d7f7d1f4a10"


def fill() -> None:
    """One row in every kind of fenced table."""
    accounts.create_account(email="a@example.org", name="A", password="a long enough password", actor=for_command())
    ledger.append_alone(
        Draft(
            action=Action.ITEM_VIEWED, actor=for_command(), streams=("item/a",), subject={}, detail={"why": "private"}
        )
    )
    PersonKey.objects.create(person=PERSON, public=b"p" * 32, wrapped=b"w", entry=0)
    SignedCheckpoint.objects.create(size=1, root=b"r" * 32, note=b"note", signed=clock.now())


def refused(statement: str) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    except DatabaseError:
        return True
    return False


@pytest.mark.usefixtures("installation")
def test_every_fence_stands_after_a_migration() -> None:
    assert fences.missing() == []
    assert len(fences.fences()) > 15


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE custody_keyrecord SET public = 'x'",
        "DELETE FROM custody_keyrecord",
        "UPDATE custody_signedcheckpoint SET size = size + 1",
        "DELETE FROM custody_signedcheckpoint",
        "DELETE FROM custody_streamentry",
        "UPDATE custody_historicalaccount SET snapshot = 'x'",
        "UPDATE custody_entrydetail SET body = 'x'",
        "UPDATE custody_personkey SET public = 'the key of somebody else'",
        "DELETE FROM custody_ledgerhead",
        "UPDATE custody_ledgerhead SET size = size - 1",
        "UPDATE custody_ledgerhead SET origin = 'another'",
        "UPDATE custody_ledgerhead SET last_time = '1999-01-01T00:00:00.000Z'",
    ],
)
@pytest.mark.usefixtures("installation")
def test_a_change_is_refused(statement: str) -> None:
    fill()
    assert refused(statement)


@pytest.mark.usefixtures("installation")
def test_erasure_is_not_refused() -> None:
    fill()
    EntryDetail.objects.all().delete()
    PersonKey.objects.all().delete()
    assert not EntryDetail.objects.exists()
    assert not PersonKey.objects.exists()


@sqlite_only
@pytest.mark.parametrize(
    ("table", "changes"),
    [
        ("custody_streamentry", {}),
        ("custody_streamentry", {"seq": "seq + 1000"}),
        ("custody_streamentry", {"n": "n + 1000"}),
        ("custody_keyrecord", {}),
        ("custody_keyrecord", {"id": "'another'"}),
        ("custody_signedcheckpoint", {"note": "'forged'"}),
        ("custody_entry", {"seq": "(SELECT MAX(seq) + 1 FROM custody_entry)"}),
        ("custody_entrydetail", {"body": "'x'"}),
        ("custody_personkey", {"public": "'x'"}),
        ("custody_historicalaccount", {"snapshot": "'x'"}),
        ("custody_ledgerhead", {"size": "0"}),
    ],
)
def test_insert_or_replace_over_a_plain_connection_is_refused(
    lasting_installation: Path, table: str, changes: dict[str, str]
) -> None:
    fill()
    with connection.cursor() as cursor:
        columns = [row.name for row in connection.introspection.get_table_description(cursor, table)]
    values = ", ".join(changes.get(column, column) for column in columns)
    statement = f"INSERT OR REPLACE INTO {table} ({', '.join(columns)}) SELECT {values} FROM {table} LIMIT 1"
    with closing(sqlite3.connect(connection.settings_dict["NAME"])) as plain:
        before = plain.execute(f"SELECT * FROM {table}").fetchall()
        with pytest.raises(sqlite3.IntegrityError), plain:
            plain.execute(statement)
        assert plain.execute(f"SELECT * FROM {table}").fetchall() == before


@sqlite_only
@pytest.mark.parametrize(
    ("table", "changes"),
    [
        ("custody_streamentry", {"stream": "'item/none'", "n": "0"}),
        ("custody_entry", {"seq": "(SELECT MAX(seq) + 1 FROM custody_entry)", "id": "'another'"}),
        ("custody_signedcheckpoint", {"size": "size + 1000"}),
        ("custody_keyrecord", {"id": "'another'", "fingerprint": "'another'"}),
        ("custody_entrydetail", {"entry": "'another'"}),
        ("custody_personkey", {"person": "'another'"}),
    ],
)
def test_a_row_is_not_replaced_by_its_hidden_number_either(
    lasting_installation: Path, table: str, changes: dict[str, str]
) -> None:
    """Under keys that nobody has, in the place of a row: SQLite deletes that one without asking a trigger."""
    fill()
    with connection.cursor() as cursor:
        columns = [row.name for row in connection.introspection.get_table_description(cursor, table)]
    values = ", ".join(changes.get(column, column) for column in columns)
    first = f"SELECT rowid, {values} FROM {table} LIMIT 1"
    with closing(sqlite3.connect(connection.settings_dict["NAME"])) as plain:
        before = plain.execute(f"SELECT * FROM {table}").fetchall()
        with pytest.raises(sqlite3.IntegrityError, match="never changed"), plain:
            plain.execute(f"INSERT OR REPLACE INTO {table} (rowid, {', '.join(columns)}) {first}")
        assert plain.execute(f"SELECT * FROM {table}").fetchall() == before


_COLUMNS = "seq, id, act, action, outcome, actor, time, body, leaf"
_LAST = "(SELECT MAX(seq) FROM public.custody_entry)"


def _row(seq: str) -> str:
    return f"({seq}, md5(random()::text), 'a', 'x.y', 'done', 'z', 't', 'b'::bytea, sha256('\\x0062'::bytea))"


def _insert(*numbers: str, table: str = "custody_entry") -> str:
    return f"INSERT INTO {table} ({_COLUMNS}) VALUES {', '.join(map(_row, numbers))}"


@postgresql_only
@pytest.mark.parametrize(
    "statement",
    [
        _insert(f"{_LAST} + 2"),
        _insert("-1"),
        _insert("-1", f"{_LAST} + 1"),
        _insert(f"{_LAST} + 1", f"{_LAST} + 3"),
        _insert("-9223372036854775808", "9223372036854775807"),
        f"{_insert(f'{_LAST} + 2')} ON CONFLICT DO NOTHING",
        f"{_insert(f'{_LAST} + 1', '0')} ON CONFLICT (seq) DO UPDATE SET act = 'forged'",
        f"WITH a AS ({_insert(f'{_LAST} + 1')} RETURNING seq) {_insert(f'{_LAST} + 3')}",
        f"CREATE TEMP TABLE fresh (seq bigint); {_insert(f'{_LAST} + 2')}",
        "CREATE TEMP TABLE custody_entry AS SELECT 41::bigint AS seq UNION ALL SELECT 42; "
        + _insert("42", table="public.custody_entry"),
        "CREATE SCHEMA other; CREATE TABLE other.custody_entry AS SELECT 41::bigint AS seq UNION ALL SELECT 42; "
        "SET LOCAL search_path = other, public; " + _insert("42", table="public.custody_entry"),
    ],
)
@pytest.mark.usefixtures("installation")
def test_postgresql_lets_no_number_in_but_the_next(statement: str) -> None:
    assert refused(statement)
    assert not refused(_insert(f"{_LAST} + 1", f"{_LAST} + 2"))


@postgresql_only
@pytest.mark.usefixtures("installation")
def test_postgresql_refuses_a_leaf_that_is_not_the_hash() -> None:
    columns = "seq, id, act, action, outcome, actor, time, body, leaf"
    values = "seq + 1, id || 'x', act, action, outcome, actor, time, body, '\\x00'::bytea"
    last = ledger.size() - 1
    assert refused(f"INSERT INTO custody_entry ({columns}) SELECT {values} FROM custody_entry WHERE seq = {last}")


@postgresql_only
@pytest.mark.usefixtures("installation")
def test_postgresql_fences_hold_where_triggers_are_switched_off() -> None:
    assert refused("SET LOCAL session_replication_role = replica; DELETE FROM custody_entry")
    assert refused("TRUNCATE custody_entry CASCADE")


@pytest.mark.usefixtures("installation")
def test_a_fence_that_was_dropped_is_named_and_made_anew() -> None:
    fence = fences.fences()[0]
    with connection.cursor() as cursor:
        cursor.execute(fence.drop)
    assert fences.missing() == [fence.name]
    fences.install()
    assert fences.missing() == []


@sqlite_only
@pytest.mark.usefixtures("installation")
def test_a_fence_that_does_nothing_is_named() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER amana_custody_entry_no_update")
        cursor.execute(
            "CREATE TRIGGER amana_custody_entry_no_update BEFORE UPDATE ON custody_entry BEGIN SELECT 1; END"
        )
    assert fences.missing() == ["amana_custody_entry_no_update"]


@postgresql_only
@pytest.mark.usefixtures("installation")
@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE custody_entry DISABLE TRIGGER amana_custody_entry_no_change",
        "ALTER TABLE custody_entry ENABLE TRIGGER amana_custody_entry_no_change",
        "ALTER TABLE custody_entry DROP CONSTRAINT custody_entry_leaf_is_hash",
        "CREATE OR REPLACE FUNCTION amana_refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    ],
)
def test_a_weakened_postgresql_fence_is_named_and_made_anew(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
    assert fences.missing()
    fences.install()
    assert fences.missing() == []


@pytest.mark.usefixtures("installation")
def test_fences_can_be_made_over_a_damaged_ledger_which_stays_as_it_is() -> None:
    fences.remove()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE custody_entry SET leaf = %s WHERE seq = 0", [b"0" * 32])
    fences.install()
    assert fences.missing() == []
    damaged = ledger.find_entry(0)
    assert damaged is not None
    assert damaged.leaf != merkle.leaf_hash(damaged.body)


@pytest.mark.usefixtures("installation")
def test_fences_can_be_made_in_a_transaction_that_wrote_history() -> None:
    fill()
    fences.remove()
    fences.install()
    assert fences.missing() == []
