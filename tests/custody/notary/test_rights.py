"""The rights that the notary's own role in PostgreSQL is given, word for word as `running.md` lists them, suffice."""

from __future__ import annotations

import contextlib
import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.config import loopback
from tests.custody.notary.test_process import COMMAND, CONSENT, HEARTBEATS, PATIENCE, ROOT, House, until

pytestmark = [pytest.mark.server, pytest.mark.slow, pytest.mark.loopback]
NAME = f"amana_rights_{os.getpid()}"


def documented(role: str) -> str:
    """The statements of the manual, for this role."""
    text = (ROOT / "config" / "docs" / "running.md").read_text(encoding="utf-8")
    statements = re.findall(r"^    (GRANT .*?;)", text, flags=re.MULTILINE | re.DOTALL)
    assert len(statements) >= 4
    return "\n".join(statements).replace("amana_notary", role)


@pytest.fixture
def server() -> Iterator[str]:
    """The address of a server with a database and a role of this test's own."""
    address = loopback.postgresql()
    if address is None:
        pytest.skip("NO POSTGRESQL on 127.0.0.1:5432 and no TEST_DATABASE_URL: nothing was tried on it")
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {NAME}".encode())
        connection.execute(f"CREATE ROLE {NAME} LOGIN".encode())
    yield address
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {NAME} WITH (FORCE)".encode())
        connection.execute(f"DROP ROLE {NAME}".encode())


@pytest.fixture
def house(server: str, tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path)
    owner = server.rsplit("/", 1)[0]
    made.environment |= {"DATABASE_URL": f"{owner}/{NAME}"}
    done = made.manage("setup")
    assert done.returncode == 0, done.stderr
    with psycopg.connect(made.environment["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(documented(NAME).encode())
    yield made
    made.end()


def test_the_notary_signs_changes_its_key_and_remembers_with_the_rights_of_the_manual(house: House) -> None:
    owner = house.environment["DATABASE_URL"]
    role = re.sub(r"//[^@]*@", f"//{NAME}@", owner)
    house.environment |= {"DATABASE_URL": role}
    running = house.start("notary")
    house.environment |= {"DATABASE_URL": owner}
    until(lambda: house.python(HEARTBEATS) == ["1"])
    assert house.python(COMMAND) == ["1", "True"]
    running.send_signal(signal.SIGTERM)
    with contextlib.suppress(Exception):
        running.communicate(timeout=PATIENCE)
    house.started.remove(running)
    (approval,) = house.python(CONSENT)
    done = house.manage("keys", "rotate", "ledger", "--approved", approval, DATABASE_URL=role)
    assert done.returncode == 0, done.stderr
    (house.notary / "notary-state.json").unlink()
    done = house.manage("remember", str(house.data / "tiles" / "checkpoint"), DATABASE_URL=role)
    assert done.returncode == 0, done.stderr
    assert house.python(COMMAND) == ["1", "True"]
    assert house.manage("verify").returncode == 1, "the batch of this test has no rows"
