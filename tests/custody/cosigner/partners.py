"""A partner's cosigner: in this process, or as the real command in a process of its own."""

from __future__ import annotations

import contextlib
import http.client
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from custody.cosigner.desk import Cosigner
from tests.custody.core.growing import COSIGNER
from tests.custody.core.samples import KEY

ROOT = Path(__file__).resolve().parents[3]
PATIENCE = 30

# Stands before the command: Django and the rooms that need it can't be imported.
REFUSE_DJANGO = """
import sys
sys.path.insert(0, sys.argv.pop(1))

class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("django", "evidence", "testimony", "config", "celery", "simple_history"):
            raise ImportError(f"{name} is not allowed here")

sys.meta_path.insert(0, Refuse())
"""
RUN = """
import runpy
sys.argv[0] = "custody.cosigner"
runpy.run_module("custody.cosigner", run_name="__main__")
"""


def made(folder: Path) -> Cosigner:
    """A new cosigner that trusts the tests' log."""
    cosigner = Cosigner.make(folder, name=COSIGNER, passphrase=None)
    cosigner.trust(KEY)
    return cosigner


def words(*arguments: str | Path, before: str = "") -> list[str]:
    """The command line of a clean interpreter without Django; `before` runs first in it."""
    program = REFUSE_DJANGO + before + RUN
    return [sys.executable, "-I", "-W", "error", "-c", program, str(ROOT), *map(str, arguments)]


def run(*arguments: str | Path, before: str = "") -> subprocess.CompletedProcess[str]:
    """The command, run to its end."""
    return subprocess.run(
        words(*arguments, before=before),
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
        env=_environment(),
    )


@dataclass(frozen=True)
class Serving:
    """A cosigner that listens on this machine."""

    process: subprocess.Popen[str]
    host: str
    port: int

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    def post(self, body: bytes, path: str = "/add-checkpoint") -> tuple[int, str, bytes]:
        """Status, media type and body of the answer."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=PATIENCE)
        with contextlib.closing(connection):
            connection.request("POST", path, body)
            response = connection.getresponse()
            return response.status, response.headers["Content-Type"], response.read()


@contextlib.contextmanager
def serving(folder: Path, *, before: str = "") -> Iterator[Serving]:
    """The real command, listening on a free port."""
    command = words("serve", "--folder", folder, "--bind", "127.0.0.1:0", before=before)
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=_environment())
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert "listens on http://" in line, process.communicate(timeout=PATIENCE)[1]
        host, _, port = line.rpartition("http://")[2].partition("/")[0].partition(":")
        yield Serving(process, host, int(port))
    finally:
        process.kill()
        process.communicate()


def _environment() -> dict[str, str]:
    return {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
