"""`manage.py serve` on an empty folder: it answers, and nothing of it is left afterwards, however it ends."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.config.serving.conftest import ROOT, until

pytestmark = [pytest.mark.server, pytest.mark.slow]
READY = re.compile(r"Amana is ready at http://127\.0\.0\.1:(\d+)")


class Installation:
    """A data folder of its own, and what is served from it."""

    def __init__(self, folder: Path) -> None:
        self.data = folder / "data"
        self.output = folder / "output"
        self.started: list[subprocess.Popen[bytes]] = []

    def serve(self, *options: str) -> subprocess.Popen[bytes]:
        kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "TMPDIR"}}
        with self.output.open("ab") as file:
            process = subprocess.Popen(
                [sys.executable, "manage.py", "serve", *(options or ("--bind", "127.0.0.1:0"))],
                cwd=ROOT,
                env=kept | {"AMANA_DATA_DIR": str(self.data)},
                stdout=file,
                stderr=subprocess.STDOUT,
            )
        self.started.append(process)
        return process

    def text(self) -> str:
        return self.output.read_text(encoding="utf-8")

    def port(self) -> int:
        """The port it answers at, once it does."""
        assert until(lambda: READY.search(self.text()) is not None, patience=90), self.text()
        found = READY.findall(self.text())
        return int(found[-1])

    def processes(self) -> list[str]:
        """Command lines of all processes that know this data folder, and of those that are theirs."""
        return [line for number, line in _all() if self._is_ours(number)]

    def _is_ours(self, number: int) -> bool:
        try:
            return f"AMANA_DATA_DIR={self.data}".encode() in Path(f"/proc/{number}/environ").read_bytes().split(b"\0")
        except OSError:
            return False

    def end(self) -> None:
        for process in self.started:
            process.kill()
            process.wait()
        for number, _ in _all():
            if self._is_ours(number):
                os.kill(number, signal.SIGKILL)


def _all() -> Iterator[tuple[int, str]]:
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                line = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace").strip()
            except OSError:
                continue
            if line:
                yield int(folder.name), line


def get(port: int, path: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode("utf-8")
    finally:
        connection.close()


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    if not Path("/proc/self/environ").exists():
        pytest.skip("needs /proc to look for what is left")
    made = Installation(tmp_path)
    yield made
    made.end()


def gone(installation: Installation) -> Callable[[], bool]:
    return lambda: installation.processes() == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_answers_and_a_stop_signal_leaves_no_process(installation: Installation, number: signal.Signals) -> None:
    served = installation.serve()
    port = installation.port()
    assert get(port, "/healthz") == (200, "ok\n")
    assert get(port, "/")[0] == 302
    assert get(port, "/first-run/")[0] == 200
    names = " ".join(installation.processes())
    assert all(part in names for part in ("gunicorn", "celery", "manage.py registrar", "undertaker"))
    served.send_signal(number)
    assert served.wait(60) == 0, installation.text()
    assert until(gone(installation)), installation.processes()


def test_kill_9_of_it_leaves_no_process(installation: Installation) -> None:
    served = installation.serve()
    installation.port()
    served.kill()
    served.wait()
    assert until(gone(installation)), installation.processes()


def test_a_registrar_that_dies_takes_the_rest_along(installation: Installation) -> None:
    served = installation.serve()
    installation.port()
    registrar = next(
        number for number, line in _all() if "manage.py registrar" in line and installation._is_ours(number)
    )
    os.kill(registrar, signal.SIGKILL)
    assert served.wait(60) == 1
    assert "registrar was ended by SIGKILL" in installation.text()
    assert until(gone(installation)), installation.processes()


def test_a_second_start_on_the_same_folder_is_refused_and_one_after_the_first_is_not(
    installation: Installation,
) -> None:
    first = installation.serve()
    installation.port()
    assert installation.serve().wait(60) == 1
    assert "already being served" in installation.text()
    first.send_signal(signal.SIGINT)
    assert first.wait(60) == 0
    installation.output.unlink()
    again = installation.serve()
    assert get(installation.port(), "/healthz") == (200, "ok\n")
    again.send_signal(signal.SIGINT)
    assert again.wait(60) == 0


def test_a_taken_port_is_told_before_anything_starts(installation: Installation) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        served = installation.serve("--bind", f"127.0.0.1:{taken.getsockname()[1]}")
        assert served.wait(60) == 1
    assert "cannot be used" in installation.text()
    assert not (installation.data / "amana.sqlite3").exists()


def test_an_address_that_others_reach_is_refused_without_https(installation: Installation) -> None:
    assert installation.serve("--bind", "0.0.0.0:0").wait(60) == 1
    assert "cookies are not bound to HTTPS" in installation.text()


def test_ctrl_c_before_anything_was_started_is_told_plainly(installation: Installation) -> None:
    served = installation.serve()
    assert until(lambda: any(" setup" in line for line in installation.processes()))
    served.send_signal(signal.SIGINT)
    assert served.wait(60) == 130
    assert "Interrupted before anything was started" in installation.text()
    assert "Traceback" not in installation.text()
    assert until(gone(installation)), installation.processes()
