"""The parent's side: a child of our own interpreter, started with an empty environment, ended when it is let go of."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

from custody.confined import frames
from custody.confined.errors import ChildError

_SECONDS_TO_START: Final = 60.0
_MOST_WORDS: Final = 256
_TOP: Final = Path(__file__).resolve().parents[2]
_START: Final = (
    "import importlib, sys; sys.path.append(sys.argv[1]); importlib.import_module(sys.argv[2]).main(int(sys.argv[3]))"
)


class Child:
    """One confined process that runs ``main`` of a module of ours. Not for use by several threads at once.

    ``walls``: the names of the limits the kernel granted; ``version``: what reads there, in the child's own words.
    """

    def __init__(self, module: str) -> None:
        """Start it. Raises ChildError."""
        self.asked = 0
        try:
            self.channel, self._process = _start(module)
        except OSError as error:
            raise ChildError("the child does not start") from error
        try:
            self.walls, self.version = self._greeting()
        except (EOFError, OSError, ChildError) as error:
            self.end()
            raise ChildError("the child does not start") from error

    def _greeting(self) -> tuple[tuple[str, ...], str]:
        deadline = time.monotonic() + _SECONDS_TO_START
        walls = frames.receive_bytes(self.channel, most=_MOST_WORDS, deadline=deadline).decode()
        version = frames.receive_bytes(self.channel, most=_MOST_WORDS, deadline=deadline).decode()
        return tuple(walls.split()), version

    @property
    def process_id(self) -> int:
        """Its number on this machine."""
        return self._process.pid

    def ask(self, wanted: bytes, descriptor: int, *, seconds: float) -> float:
        """Ask one byte about an open file, and return until when (``time.monotonic`` seconds) the answer has to come.

        Raises OSError when the child is gone.
        """
        self.asked += 1
        deadline = time.monotonic() + seconds
        self.channel.settimeout(seconds)
        socket.send_fds(self.channel, [wanted], [descriptor])
        return deadline

    def end(self) -> None:
        """Kill it, whatever it does, and wait until it is gone."""
        with contextlib.suppress(OSError):
            self.channel.close()
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        self._process.wait()


def _start(module: str) -> tuple[socket.socket, subprocess.Popen[bytes]]:
    """Our end of the channel, and the process that has the other. Raises OSError with neither left open."""
    ours, theirs = socket.socketpair()
    with theirs:
        try:
            return ours, _process(module, theirs.fileno())
        except BaseException:
            ours.close()
            raise


def _process(module: str, channel: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - our own interpreter and our own module
        [sys.executable, "-I", "-c", _START, str(_TOP), module, str(channel)],
        pass_fds=(channel,),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={"LC_ALL": "C.UTF-8", "MALLOC_ARENA_MAX": "2", "OMP_NUM_THREADS": "1"},
        cwd="/",
    )
