"""The notary as a process of its own: its own lock, socket and folder, and nothing of the registrar's."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings

from custody.notary import process

ROOT = Path(__file__).resolve().parents[3]
PATIENCE = 60
pytestmark = [pytest.mark.server, pytest.mark.slow]

# A command that signs a record and has a checkpoint signed.
COMMAND = """
import django
django.setup()
from custody import ledger, notary, registrar
from custody.actions import Action
from custody.actors import for_command
from custody.core import canonical
seq = ledger.append_alone(ledger.Draft(
    action=Action.BATCH_OPENED, actor=for_command(), streams=("batch/a",), subject={"batch": "a"})).seq
record = canonical.dumps({"type": "ingest-record/1", "batch": "a"})
print(len(registrar.connect().sign_records(authority=seq, records=[record])))
print(notary.ensure_checkpoint().size > seq)
"""
# What waits for an entry of the notary's own while it runs.
HEARTBEATS = """
import django
django.setup()
from custody import ledger
from custody.actions import Action
print(ledger.count(Action.NOTARY_HEARTBEAT))
"""

# The consent of two administrators to a change of the ledger's key, as their browsers ask for it.
CONSENT = """
import django
django.setup()
from custody import accounts, approvals, installation, keyring
from custody.actors import for_command
from custody.core import notes
from custody.core.entries import Actor
one, other = [
    accounts.create_account(email=f"{name}@example.org", name=name, password="correct horse 9!", actor=for_command(),
                            administrator=True)
    for name in ("nadia", "salim")]
signed_in = [Actor(id=str(each.pk), role="administrator", auth="password", session="") for each in (one, other)]
key = notes.fingerprint(installation.verifier_key().encode())
asked = keyring.ask(key, reason="It is old.", actor=signed_in[0])
print(approvals.approve(approval=asked, actor=signed_in[1]).pk)
"""


class House:
    """An installation whose notary has a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.data, self.notary = folder / "data", folder / "notary"
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        self.environment = kept | {
            "AMANA_DATA_DIR": str(self.data),
            "AMANA_NOTARY": "own",
            "AMANA_NOTARY_DIR": str(self.notary),
            "AMANA_KEY_ROUNDS": "100000",
            "AMANA_KEY_SCRYPT_BITS": "15",
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }
        self.started: list[subprocess.Popen[str]] = []

    def manage(self, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return self._run([sys.executable, "manage.py", *words], variables)

    def python(self, source: str) -> list[str]:
        done = self._run([sys.executable, "-c", source], {})
        assert done.returncode == 0, done.stderr
        return done.stdout.split()

    def _run(self, command: list[str], variables: dict[str, str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=ROOT,
            env=self.environment | variables,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )

    def start(self, name: str) -> subprocess.Popen[str]:
        """Run one of the processes, until its socket is there."""
        command = subprocess.Popen(
            [sys.executable, "manage.py", name], cwd=ROOT, env=self.environment, text=True, stderr=subprocess.PIPE
        )
        self.started.append(command)
        until(lambda: f"{name}.sock" in self.sockets())
        return command

    def sockets(self) -> list[str]:
        return sorted(path.name for path in (self.data / "work").glob("*.sock"))

    def end(self) -> None:
        for command in self.started:
            command.send_signal(signal.SIGTERM)
            try:
                command.communicate(timeout=PATIENCE)
            finally:
                command.kill()
        self.started.clear()


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path)
    done = made.manage("setup")
    assert done.returncode == 0, done.stderr
    yield made
    made.end()


def test_the_folders_are_apart(house: House) -> None:
    assert sorted(path.name for path in house.notary.iterdir()) == ["ledger.p12", "notary-state.json", "passphrase"]
    assert not (house.data / "keys" / "ledger.p12").exists()
    assert (house.notary.stat().st_mode & 0o777) == 0o700
    secrets = {(folder / "passphrase").read_text() for folder in (house.notary, house.data / "keys")}
    assert len(secrets) == 2, "who knows one passphrase does not know the other"


def test_each_answers_on_its_own_socket_and_a_command_finds_both(house: House) -> None:
    house.start("notary")
    assert house.sockets() == ["notary.sock"]
    house.start("registrar")
    assert house.sockets() == ["notary.sock", "registrar.sock"]
    assert house.python(COMMAND) == ["1", "True"]


def test_the_notary_needs_no_key_of_the_registrar(house: House) -> None:
    hidden = house.data / "elsewhere"
    (house.data / "keys").rename(hidden)
    house.start("notary")
    until(lambda: house.python(HEARTBEATS) == ["1"])
    assert not list((house.data / "keys").glob("*.p12"))


def test_a_second_one_is_refused_and_so_is_one_where_it_belongs_inside(house: House) -> None:
    house.start("notary")
    second = house.manage("notary")
    assert (second.returncode, "running already" in second.stderr) == (1, True)
    inside = house.manage("notary", AMANA_NOTARY="with-registrar")
    assert (inside.returncode, "AMANA_NOTARY=own" in inside.stderr) == (1, True)
    both = house.manage("registrar", AMANA_NOTARY="with-registrar")
    assert (both.returncode, "running already" in both.stderr) == (1, True)
    assert house.sockets() == ["notary.sock"]


def test_a_command_starts_both_for_its_own_length(house: House) -> None:
    assert house.python(COMMAND) == ["1", "True"]
    until(lambda: house.sockets() == [])


def test_a_key_is_not_changed_while_it_runs_and_is_afterwards(house: House) -> None:
    house.start("notary")
    refused = house.manage("keys", "rotate", "ledger")
    assert (refused.returncode, "stop Amana first" in refused.stderr) == (2, True)
    house.end()
    assert "two people" in house.manage("keys", "rotate", "ledger").stderr
    (approval,) = house.python(CONSENT)
    done = house.manage("keys", "rotate", "ledger", "--approved", approval)
    assert done.returncode == 0, done.stderr
    assert house.python(COMMAND) == ["1", "True"]


def test_which_locks_the_registrar_holds(settings: LazySettings) -> None:
    names = {}
    for shape in ("with-registrar", "own"):
        settings.AMANA_NOTARY = shape
        names[shape] = process.lock_names()
    assert names == {"with-registrar": ("registrar", "notary"), "own": ("registrar",)}
