"""The real registrar process: started by the command that needs it, gone when nobody does."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PATIENCE = 60
pytestmark = [pytest.mark.slow, pytest.mark.server]

# A command that signs, then says so and stays until its standard input closes.
COMMAND = """
import sys, django
django.setup()
from custody import ledger, notary, registrar
from custody.actions import Action
from custody.actors import for_command
from custody.core import canonical
batch = sys.argv[1]
seq = ledger.append_alone(ledger.Draft(
    action=Action.BATCH_OPENED, actor=for_command(), streams=(f"batch/{batch}",), subject={"batch": batch})).seq
record = canonical.dumps({"type": "ingest-record/1", "batch": batch})
for _ in range(3):
    print(len(registrar.connect().sign_records(authority=seq, records=[record])), flush=True)
    print(notary.ensure_checkpoint().size > seq, flush=True)
    if not sys.stdin.readline():
        break
"""


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An installation of its own, set up by the real command, with the real settings."""
    chosen = {
        "AMANA_DATA_DIR": str(tmp_path_factory.mktemp("data") / "amana"),
        "AMANA_KEY_ROUNDS": "100000",
        "AMANA_KEY_SCRYPT_BITS": "15",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    found = {**kept, **chosen}
    subprocess.run([sys.executable, "manage.py", "setup"], cwd=ROOT, env=found, check=True, stdout=subprocess.DEVNULL)
    return found


@pytest.fixture
def start(environment: dict[str, str]) -> Iterator[Callable[[str], subprocess.Popen[str]]]:
    started: list[subprocess.Popen[str]] = []

    def run(batch: str) -> subprocess.Popen[str]:
        command = subprocess.Popen(
            [sys.executable, "-c", COMMAND, batch],
            cwd=ROOT,
            env=environment,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        started.append(command)
        return command

    yield run
    for command in started:
        with contextlib.suppress(ProcessLookupError):
            command.kill()
        command.wait(PATIENCE)
        for stream in (command.stdin, command.stdout):
            if stream is not None:
                with contextlib.suppress(BrokenPipeError):
                    stream.close()
    until(lambda: registrars(environment) == [])


def registrars(environment: dict[str, str]) -> list[int]:
    """Process ids of the registrars of this test's installation, and of no other."""
    wanted = f"AMANA_DATA_DIR={environment['AMANA_DATA_DIR']}".encode()
    found = []
    for folder in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            words = (folder / "cmdline").read_bytes().split(b"\0") if folder.name.isdigit() else []
            if b"registrar" in words and wanted in (folder / "environ").read_bytes().split(b"\0"):
                found.append(int(folder.name))
    return found


def has_ended(process: int) -> bool:
    """Whether nothing of it is left but its number: the last of its threads closes the sockets, not the first."""
    folder = Path("/proc", str(process))
    try:
        state = (folder / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
        return state == "Z" and len(list((folder / "task").iterdir())) == 1
    except (FileNotFoundError, ProcessLookupError):
        return True


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


def sockets(environment: dict[str, str]) -> list[str]:
    return sorted(path.name for path in (Path(environment["AMANA_DATA_DIR"]) / "work").glob("*.sock"))


def says(command: subprocess.Popen[str]) -> list[str]:
    assert command.stdout is not None
    return [command.stdout.readline().strip() for _ in range(2)]


def go_on(command: subprocess.Popen[str]) -> None:
    assert command.stdin is not None
    command.stdin.write("\n")
    command.stdin.flush()


def end(command: subprocess.Popen[str]) -> int:
    assert command.stdin is not None
    command.stdin.close()
    return command.wait(PATIENCE)


def test_a_command_starts_one_and_leaves_no_process_and_no_socket(
    environment: dict[str, str], start: Callable[[str], subprocess.Popen[str]]
) -> None:
    command = start("a")
    assert says(command) == ["1", "True"]
    assert len(registrars(environment)) == 1
    assert sockets(environment) == ["notary.sock", "registrar.sock"]
    assert end(command) == 0
    until(lambda: registrars(environment) == [])
    assert sockets(environment) == []


def test_it_ends_when_the_command_is_killed(
    environment: dict[str, str], start: Callable[[str], subprocess.Popen[str]]
) -> None:
    command = start("b")
    assert says(command) == ["1", "True"]
    command.send_signal(signal.SIGKILL)
    command.wait(PATIENCE)
    until(lambda: registrars(environment) == [])
    assert sockets(environment) == []


def test_two_commands_at_once_share_one_and_it_outlives_the_first(
    environment: dict[str, str], start: Callable[[str], subprocess.Popen[str]]
) -> None:
    commands = [start("c"), start("d")]
    assert [says(command) for command in commands] == [["1", "True"]] * 2
    until(lambda: len(registrars(environment)) == 1)
    for gone, stays in (commands, commands[::-1]):
        if gone.poll() is None and stays.poll() is None:
            gone.send_signal(signal.SIGKILL)
            gone.wait(PATIENCE)
            go_on(stays)
            assert says(stays) == ["1", "True"]
            assert end(stays) == 0
    until(lambda: registrars(environment) == [])
    assert sockets(environment) == []


def test_a_command_goes_on_when_the_registrar_was_killed(
    environment: dict[str, str], start: Callable[[str], subprocess.Popen[str]]
) -> None:
    command = start("e")
    assert says(command) == ["1", "True"]
    (process,) = registrars(environment)
    os.kill(process, signal.SIGKILL)
    until(lambda: has_ended(process))
    go_on(command)
    assert says(command) == ["1", "True"]
    assert end(command) == 0
    until(lambda: registrars(environment) == [])
    assert sockets(environment) == []


def test_without_its_keys_it_does_not_start_and_leaves_no_socket(environment: dict[str, str], tmp_path: Path) -> None:
    without = {**environment, "AMANA_DATA_DIR": str(tmp_path / "empty")}
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=without, check=True)
    tried = subprocess.run(
        [sys.executable, "manage.py", "registrar"], cwd=ROOT, env=without, capture_output=True, text=True, check=False
    )
    assert tried.returncode == 1
    assert "key" in tried.stderr
    assert "Traceback" not in tried.stderr
    assert sockets(without) == []
