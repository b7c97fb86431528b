"""Supervisors to start and to end in the tests of this folder."""

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
# Seconds within which anything here must have happened.
PATIENCE = 30.0


def until(condition: Callable[[], bool], patience: float = PATIENCE) -> bool:
    """Whether `condition` holds within `patience` seconds."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return condition()


def alive(process: int) -> bool:
    """Whether the process still runs; one that waits to be reaped does not."""
    try:
        state = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


class Served:
    """A supervisor of small scripts in a process of its own."""

    def __init__(self, folder: Path, names: list[str]) -> None:
        self.folder = folder
        self.output = folder / "output"
        with self.output.open("wb") as file:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.config.serving.driver", str(folder), *names], cwd=ROOT, stdout=file
            )

    def text(self) -> str:
        return self.output.read_text(encoding="utf-8")

    def is_ready(self) -> bool:
        return until(lambda: "ready at the-address" in self.text())

    def processes(self) -> list[int]:
        """The numbers of all scripts that wrote theirs down."""
        return [int(path.read_text()) for path in self.folder.glob("*.pid") if path.read_text()]

    def ended(self) -> list[str]:
        """Names of the obedient scripts in the order they ended."""
        path = self.folder / "ended"
        return path.read_text(encoding="utf-8").split() if path.exists() else []


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Served]]:
    """Start a supervisor of the scripts named."""
    started: list[Served] = []

    def start(*names: str) -> Served:
        started.append(Served(tmp_path, list(names)))
        return started[-1]

    yield start
    for one in started:
        one.process.kill()
        one.process.wait()
        for process in one.processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
