"""How fast the ledger takes entries, beside a bare insert and commit into the same database."""

from __future__ import annotations

import contextlib
import os
import secrets
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg

from tests.benchmarks.processes import REPOSITORY
from tests.config import loopback

EACH, BATCH, TURNS = 300, 10_000, 5
CROWD = 8
_BATCH = f"""
import time, django
django.setup()
from django.db import transaction
from custody import ledger
from custody.actions import Action
from custody.actors import for_command
actor = for_command()
drafts = [ledger.Draft(action=Action.ITEM_VIEWED, actor=actor, streams=(f"item/batch-{{n}}", "case/bench"),
                       subject={{"item": f"batch-{{n}}"}}) for n in range({BATCH})]
start = time.perf_counter()
with transaction.atomic():
    ledger.append_many(drafts)
print({BATCH} / (time.perf_counter() - start))
"""
_SETUP = """
import django
django.setup()
from custody import actors, installation
installation.set_up_keys(actor=actors.for_command())
"""
_TABLES = {
    "SQLite": "CREATE TABLE bench (id INTEGER PRIMARY KEY, body BLOB, leaf BLOB)",
    "PostgreSQL": "CREATE TABLE bench (id BIGSERIAL PRIMARY KEY, body BYTEA, leaf BYTEA)",
}


def measure(folder: Path) -> None:
    """Both databases, one writer and a crowd; prints entries a second, each committed durably."""
    print("entries a second, each committed by itself")
    _measure("SQLite", _environment(folder / "entries-sqlite"))
    with _postgresql() as address:
        if address is None:
            print("  PostgreSQL: NOT MEASURED, no server on 127.0.0.1:5432 and no TEST_DATABASE_URL", flush=True)
        else:
            _measure("PostgreSQL", _environment(folder / "entries-postgresql") | {"DATABASE_URL": address})


def _measure(database: str, environment: dict[str, str]) -> None:
    for words in (["manage.py", "migrate", "-v0"], ["-c", _SETUP], ["-c", _create(database)]):
        subprocess.run([sys.executable, *words], cwd=REPOSITORY, env=environment, check=True)
    for writers, aim in ((1, 0.5), (CROWD, 0.25)):
        plain, ours = _rates(writers, environment)
        crowd = f"{writers} writer{'s' if writers > 1 else ' '}"
        print(f"  {database:<10} {crowd}   bare {plain:7,.0f}   amana {ours:7,.0f}   ", end="")
        print(f"ratio {ours / plain:.2f} (aim: at least {aim})", flush=True)
    done = subprocess.run(
        [sys.executable, "-c", _BATCH], cwd=REPOSITORY, env=environment, check=True, capture_output=True
    )
    print(
        f"  {database:<10} {BATCH:,} in one transaction {float(done.stdout):9,.0f} (aim: at least 10,000)", flush=True
    )


def _create(database: str) -> str:
    return (
        "import django; django.setup(); from django.db import connection\n"
        f"with connection.cursor() as cursor: cursor.execute({_TABLES[database]!r})"
    )


def _rates(writers: int, environment: dict[str, str]) -> tuple[float, float]:
    """Bare rows and entries a second, written in turns, the median of each: a machine may slow down for a while."""
    spent: dict[str, list[float]] = {"bare": [], "entries": []}
    for _ in range(TURNS):
        for kind, seconds in spent.items():
            seconds.append(_seconds(kind, writers, environment))
    rows = writers * _count(writers)
    return rows / statistics.median(spent["bare"]), rows / statistics.median(spent["entries"])


def _count(writers: int) -> int:
    return EACH if writers == 1 else EACH // 2


def _seconds(kind: str, writers: int, environment: dict[str, str]) -> float:
    """How long so many processes take that begin together, from the first to begin to the last to end."""
    count = _count(writers)
    command = [sys.executable, "-m", "tests.benchmarks.writer", kind, str(count)]
    with contextlib.ExitStack() as stack:
        running = [
            stack.enter_context(
                subprocess.Popen(
                    command, cwd=REPOSITORY, env=environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
                )
            )
            for _ in range(writers)
        ]
        for process in running:
            assert process.stdout is not None
            if process.stdout.readline() != "ready\n":
                sys.exit("a writer did not start")
        start = time.perf_counter()
        for process in running:
            assert process.stdin is not None
            process.stdin.write("\n")
            process.stdin.flush()
        for process in running:
            assert process.stdout is not None
            if not process.stdout.readline():
                sys.exit("a writer did not finish")
        return time.perf_counter() - start


def _environment(data: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return kept | {
        "AMANA_DATA_DIR": str(data),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PYTHONPATH": str(REPOSITORY),
    }


@contextlib.contextmanager
def _postgresql() -> Iterator[str | None]:
    """The address of a new, empty database on the server; dropped afterwards."""
    server = loopback.postgresql()
    if server is None:
        yield None
        return
    name = f"amana_bench_{secrets.token_hex(4)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        try:
            yield f"{server.rsplit('/', 1)[0]}/{name}"
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
