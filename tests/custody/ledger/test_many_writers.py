"""Eight processes write at once, and a tenth of their acts roll back: no gap, and every stream is right."""

from __future__ import annotations

import contextlib
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

ROOT = Path(__file__).resolve().parents[3]
WRITERS, ACTS = 8, 60
SERVER = os.environ.get("TEST_DATABASE_URL", "postgres://postgres@127.0.0.1:5432/postgres")
pytestmark = [pytest.mark.slow, pytest.mark.server]

# Reads everything back, as an auditor would, and prints the number of entries when nothing is wrong.
CHECK = """
import django
django.setup()
from custody import fences, ledger
from custody.core import merkle, streams
from custody.models import Entry, EntryDetail, StreamEntry
checker, count, links = streams.StreamChecker(), 0, 0
for stored in ledger.entries_after(0):
    entry = ledger.entry_of(stored)
    assert stored.seq == entry.seq == count, "a gap"
    assert merkle.leaf_hash(stored.body) == stored.leaf, "a wrong hash"
    assert not checker.feed(entry, stored.leaf), "a wrong stream"
    rows = StreamEntry.objects.filter(seq=stored.seq).values_list("stream", "n")
    assert sorted(rows) == sorted((link.id, link.n) for link in entry.streams), "a wrong row of a stream"
    count, links = count + 1, links + len(entry.streams)
assert ledger.size() == count, "a wrong head"
assert StreamEntry.objects.count() == links, "a stream's row too many"
assert EntryDetail.objects.count() == Entry.objects.filter(action="item.viewed").count(), "a detail without its entry"
assert fences.missing() == []
print(count)
"""


def python(environment: dict[str, str], *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, *words], cwd=ROOT, env=environment, text=True, stdout=subprocess.PIPE)


def answer(process: subprocess.Popen[str]) -> str:
    out, _ = process.communicate(timeout=240)
    assert process.returncode == 0
    return out


@contextlib.contextmanager
def postgresql() -> Iterator[str]:
    """The address of a new, empty database on the server; dropped afterwards."""
    name = f"amana_writers_{secrets.token_hex(4)}"
    try:
        connection = psycopg.connect(SERVER, autocommit=True, connect_timeout=3)
    except psycopg.OperationalError as error:
        pytest.skip(f"NO POSTGRESQL at {SERVER}: the ledger was NOT tested there ({error})")
    with connection:
        connection.execute(f"CREATE DATABASE {name}")
        try:
            yield f"{SERVER.rsplit('/', 1)[0]}/{name}"
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextlib.contextmanager
def sqlite() -> Iterator[str]:
    """SQLite in the data folder, as settings have it."""
    yield ""


@pytest.mark.parametrize("database", [sqlite, postgresql])
def test_eight_writers_leave_no_gap_and_every_stream_right(
    tmp_path: Path, database: contextlib.AbstractContextManager[str]
) -> None:
    with database() as address:  # type: ignore[operator]
        environment = {
            "PATH": os.environ["PATH"],
            "AMANA_DATA_DIR": str(tmp_path / "amana"),
            "AMANA_KEY_ROUNDS": "100000",
            "AMANA_KEY_SCRYPT_BITS": "15",
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "PYTHONPATH": str(ROOT),
            **({"DATABASE_URL": address} if address else {}),
        }
        answer(python(environment, "manage.py", "migrate", "-v0"))
        opening = (
            "import django; django.setup()\n"
            "from custody import actors, installation; installation.set_up_keys(actor=actors.for_command())"
        )
        answer(python(environment, "-c", opening))
        writer = str(Path(__file__).with_name("writer.py"))
        writers = [python(environment, writer, str(number), str(ACTS)) for number in range(WRITERS)]
        committed = sum(int(answer(process)) for process in writers)
        opened = 4  # the ledger and three keys
        assert int(answer(python(environment, "-c", CHECK))) == committed + opened
        assert committed > WRITERS * ACTS
