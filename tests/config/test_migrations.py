"""The squashed migrations make the tables that the single ones they replace lead to."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NOW = ["manage.py", "migrate", "-v0"]
# `migrate` as of a version that had no squashed migrations yet.
EARLIER = [
    "-c",
    """
import sys, django
from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader
load_all = MigrationLoader.load_disk
def load_single(loader):
    load_all(loader)
    loader.disk_migrations = {key: each for key, each in loader.disk_migrations.items() if not each.replaces}
MigrationLoader.load_disk = load_single
django.setup()
call_command("migrate", *sys.argv[1:], verbosity=0)
""",
]


@pytest.mark.slow
@pytest.mark.parametrize(
    "stop",
    [
        pytest.param(["testimony", "0009"], id="amid the single ones of every room"),
        pytest.param(["evidence", "0007"], id="with all of evidence, not of custody, none of testimony"),
    ],
)
def test_what_single_migrations_began_ends_in_the_tables_of_the_squashed(tmp_path: Path, stop: list[str]) -> None:
    at_once, single = tmp_path / "at-once", tmp_path / "single"
    run(at_once, *NOW)
    run(single, *EARLIER, *stop)
    run(single, *NOW)
    assert schema(single) == schema(at_once)


def run(folder: Path, *arguments: str) -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "AMANA_DATA_DIR": str(folder),
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    subprocess.run([sys.executable, *arguments], cwd=ROOT, env=environment, check=True)


def schema(folder: Path) -> dict[tuple[str, str], list[str]]:
    """Every table, index and trigger with its parts.

    In whichever order they stand: SQLite moves a column that points into its own table when it rebuilds that table.
    """
    with sqlite3.connect(folder / "amana.sqlite3") as database:
        found = database.execute("SELECT type, name, sql FROM sqlite_master").fetchall()
    return {(kind, name): sorted((sql or "").removesuffix(")").split(", ")) for kind, name, sql in found}
