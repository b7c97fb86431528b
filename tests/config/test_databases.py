"""SQLite in a file and PostgreSQL are opened so that a committed entry lasts; others are refused."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.exceptions import ImproperlyConfigured

from config import databases
from config.environment import Environment
from tests.config import loopback


def test_the_default_is_one_file_in_the_data_folder(tmp_path: Path) -> None:
    found = databases.describe(Environment({}), tmp_path)
    assert (found["ENGINE"], found["NAME"]) == (databases.SQLITE, str(tmp_path / "amana.sqlite3"))
    assert found["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


def test_sqlite_survives_a_power_cut_and_overwrites_what_is_deleted(tmp_path: Path) -> None:
    """If this fails, committed entries may be lost, or destroyed keys may be read from free pages."""
    statements = databases.describe(Environment({}), tmp_path)["OPTIONS"]["init_command"]
    connection = sqlite3.connect(tmp_path / "probe.sqlite3")
    connection.executescript(statements)
    pragmas = ("journal_mode", "synchronous", "secure_delete", "recursive_triggers")
    values = [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in pragmas]
    connection.close()
    assert values == ["wal", 2, 1, 1]


def test_postgresql_is_taken_by_its_address(tmp_path: Path) -> None:
    found = databases.describe(
        Environment({"DATABASE_URL": "postgres://amana:pass@db.example.org:5433/amana"}), tmp_path
    )
    assert found["ENGINE"] == databases.POSTGRESQL
    assert (found["HOST"], found["PORT"], found["NAME"]) == ("db.example.org", 5433, "amana")


def _postgresql(tmp_path: Path, address: str) -> dict[str, Any]:
    options: dict[str, Any] = databases.describe(Environment({"DATABASE_URL": address}), tmp_path)["OPTIONS"]
    return options


def test_what_the_address_asks_of_the_connection_is_kept(tmp_path: Path) -> None:
    """If this fails, a server that nobody checked may be taken for ours."""
    query = "sslmode=verify-full&sslrootcert=/etc/ca.pem&options=-c%20search_path%3Damana"
    options = _postgresql(tmp_path, f"postgres://amana@db.example.org/amana?{query}")
    assert (options["sslmode"], options["sslrootcert"]) == ("verify-full", "/etc/ca.pem")
    assert options["options"].startswith("-c search_path=amana ")


@pytest.mark.loopback
def test_what_the_ledger_needs_counts_whatever_the_server_says(tmp_path: Path) -> None:
    """A server may be set to `serializable`: of two who wrote at once, one would end in an error each time."""
    server = loopback.postgresql()
    if server is None:
        pytest.skip("NO POSTGRESQL on 127.0.0.1:5432 and no TEST_DATABASE_URL: nothing was tried on it")
    defaults = "-c synchronous_commit=off -c default_transaction_isolation=serializable"
    ours = _postgresql(tmp_path, server)["options"]
    with psycopg.connect(server, options=f"{defaults} {ours}") as connection:
        for name, value in (("synchronous_commit", "on"), ("transaction_isolation", "read committed")):
            assert connection.execute(f"SHOW {name}").fetchone() == (value,)


@pytest.mark.parametrize("address", ["mysql://user@host/name", "sqlite://:memory:", "sqlite://"])
def test_any_other_database_is_refused(tmp_path: Path, address: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL must name"):
        databases.describe(Environment({"DATABASE_URL": address}), tmp_path)


def test_a_database_that_stood_open_is_closed(tmp_path: Path) -> None:
    file = tmp_path / "amana.sqlite3"
    file.touch(mode=0o644)
    databases.describe(Environment({}), tmp_path)
    assert file.stat().st_mode & 0o777 == 0o600
