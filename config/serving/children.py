"""The child processes of the supervisor: one group, one lifeline, lines of output with a name before them."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

from config.serving import undertaker

# Longest line of output kept together; a child that never ends its line must not fill our memory.
LONGEST_LINE = 64 * 1024


@dataclass(frozen=True, kw_only=True)
class Child:
    """What to run. `patience` is how many seconds it has to end when asked."""

    name: str
    command: tuple[str, ...]
    patience: float = 15.0
    pass_fds: tuple[int, ...] = ()


class Running:
    """A child that was started."""

    def __init__(self, child: Child, process: subprocess.Popen[bytes]) -> None:
        self.child = child
        self._process = process
        self._unfinished = b""
        if process.stdout is None:
            message = "the output of a child must be a pipe"
            raise ValueError(message)
        self.output = process.stdout.fileno()
        os.set_blocking(self.output, False)

    def ended(self) -> int | None:
        """The exit status once it ended; negative for the number of the signal that ended it."""
        return self._process.poll()

    def lines(self) -> list[bytes]:
        """Whole lines that arrived since the last call, and the rest of the output once the child has ended."""
        arrived = self._arrived()
        *whole, self._unfinished = (self._unfinished + arrived).split(b"\n")
        if self._unfinished and (not arrived or len(self._unfinished) > LONGEST_LINE):
            whole.append(self._unfinished)
            self._unfinished = b""
        return whole

    def _arrived(self) -> bytes:
        try:
            return os.read(self.output, LONGEST_LINE)
        except BlockingIOError:
            return b""

    def ask_to_end(self) -> None:
        """SIGTERM; it may have ended already."""
        self._process.terminate()

    def wait(self, seconds: float) -> bool:
        """Whether it ended within `seconds`."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(seconds)
            return True
        return False


class Group:
    """The process group of all children, led by the undertaker."""

    def __init__(self) -> None:
        tether, self._alive = os.pipe()
        lifeline, self._lifeline = os.pipe()
        command = [sys.executable, "-I", "-S", undertaker.__file__, str(tether), str(lifeline)]
        self._undertaker = subprocess.Popen(  # noqa: S603  our own file
            command, stdin=subprocess.DEVNULL, pass_fds=(tether, lifeline), process_group=0
        )
        os.close(tether)
        os.close(lifeline)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def start(self, child: Child) -> Running:
        """Start `child` inside the group, its output in a pipe. Raises OSError when it cannot be run."""
        process = subprocess.Popen(  # noqa: S603  commands come from our own list
            child.command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            pass_fds=(self._lifeline, *child.pass_fds),
            process_group=self._undertaker.pid,
        )
        return Running(child, process)

    def end(self) -> None:
        """Kill whatever is left of the group, the undertaker too."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._undertaker.pid, signal.SIGKILL)
        self._undertaker.wait()
        for descriptor in (self._alive, self._lifeline):
            with contextlib.suppress(OSError):
                os.close(descriptor)


def run_to_end(command: Sequence[str]) -> int:
    """Run one step before the children start, its output straight through; the exit status.

    Ctrl-C is for us alone: the step is asked to end and waited for, and KeyboardInterrupt goes on.
    """
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, process_group=0) as process:  # noqa: S603
        try:
            return process.wait()
        except KeyboardInterrupt:
            process.terminate()
            raise


def end_in_order(running: Iterable[Running]) -> list[str]:
    """Ask each to end and wait for it before asking the next. Returns the names of those that did not end in time."""
    late = []
    for one in running:
        one.ask_to_end()
        until = time.monotonic() + one.child.patience
        while not one.wait(0.05):
            one.lines()  # A child whose pipe is full could not end.
            if time.monotonic() > until:
                late.append(one.child.name)
                break
    return late
