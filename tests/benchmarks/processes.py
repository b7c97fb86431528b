"""Running a command and knowing how long it took and how much memory it needed."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True)
class Run:
    """One finished command: wall time in seconds, peak resident memory of its largest process in MiB, its output."""

    seconds: float
    peak: float
    output: str


def run(command: Sequence[str], *, environment: Mapping[str, str] | None = None, allowed: Sequence[int] = (0,)) -> Run:
    """Run to the end. Raises CalledProcessError for any exit status that is not allowed."""
    start = time.perf_counter()
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**_environment(), **(environment or {})},
        cwd=REPOSITORY,
        text=True,
    ) as process:
        output = process.stdout.read() if process.stdout else ""
        # wait4 tells the memory of this child and of those it waited for; subprocess does not.
        _pid, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in allowed:
        raise subprocess.CalledProcessError(process.returncode, command, output)
    return Run(time.perf_counter() - start, usage.ru_maxrss / 1024, output)


def in_turns(rounds: int, *jobs: Callable[[], Run]) -> list[Run]:
    """The fastest round of each job: what disturbs a measurement only ever makes it slower."""
    done: list[list[Run]] = [[] for _ in jobs]
    for _ in range(rounds):
        for job, runs in zip(jobs, done, strict=True):
            os.sync()
            runs.append(job())
    return [min(runs, key=lambda one: one.seconds) for runs in done]


def _environment() -> dict[str, str]:
    """Ours without the setting that has Python compile a program anew at every start: installed packages are spared."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def manage(data: Path, *arguments: str, allowed: Sequence[int] = (0,), more: Mapping[str, str] | None = None) -> Run:
    """Run one of our commands on a data folder of its own, with `more` settings."""
    command = [sys.executable, str(REPOSITORY / "manage.py"), *arguments]
    own = {"AMANA_DATA_DIR": str(data), "DJANGO_SETTINGS_MODULE": "config.settings"}
    return run(command, environment={**own, **(more or {})}, allowed=allowed)
