"""The parent's side: one child examines many files in turn; when it dies or dawdles, a new one takes over."""

import contextlib
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from evidence.core.boxes import Box, dumps
from evidence.core.errors import ExaminationError
from evidence.examination import frames
from evidence.examination.findings import Findings, Note, State, Tool
from evidence.examination.redacted import Redacted

SECONDS_PER_FILE = 40.0
_SECONDS_TO_START = 60.0
# A fresh child now and then: what one file left behind in a library's memory does not live for ever.
FILES_PER_CHILD = 500
_TOP = Path(__file__).resolve().parents[2]
_START = (
    "import sys; sys.path.append(sys.argv[1]); from evidence.examination import child; child.main(int(sys.argv[2]))"
)


class Examiner(Protocol):
    """Finds out what a file is and claims."""

    @property
    def tool(self) -> Tool:
        """Who examined, for the record."""

    def examine(self, descriptor: int) -> Findings:
        """Examine the open file; never raises for what is in it."""

    def close(self) -> None:
        """Let go of the child, if any."""


class ChildExaminer:
    """An ``Examiner`` that decodes nothing itself. Not for use by several threads at once."""

    def __init__(self, *, seconds: float = SECONDS_PER_FILE) -> None:
        self._seconds = seconds
        self._child: _Child | None = None
        self._version = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def tool(self) -> Tool:
        return Tool(name="amana-examiner", version=self._version or self._living().version)

    @property
    def walls(self) -> tuple[str, ...]:
        """The names of the limits the kernel granted."""
        return self._living().walls

    @property
    def process_id(self) -> int:
        """The child that examines now."""
        return (self._child or self._living()).process_id

    def examine(self, descriptor: int) -> Findings:
        """Return findings whatever the file does to the child: its death or delay is a finding too."""
        child = self._living()
        try:
            return child.ask(descriptor, seconds=self._seconds)
        except TimeoutError:
            self.close()
            return Findings(State.REFUSED, None, notes=(Note.TIME_LIMIT,))
        except (EOFError, OSError, ExaminationError):
            self.close()
            return Findings(State.REFUSED, None, notes=(Note.CHILD_DIED,))

    def look(self, descriptor: int) -> str:
        """The hash of a thumbnail in hex; empty when it is too plain, or when the child dies of it or dawdles."""
        child = self._living()
        try:
            return child.ask_look(descriptor, seconds=self._seconds)
        except (TimeoutError, EOFError, OSError, ExaminationError):
            self.close()
            return ""

    def redact(self, descriptor: int, boxes: Sequence[Box]) -> Redacted:
        """A picture of the open file with the boxes filled, or why there is none. Raises ExaminationError.

        The child's death or delay says nothing of the file that could be kept, so it is no answer.
        """
        child = self._living()
        try:
            return child.ask_redacted(descriptor, dumps(boxes), seconds=self._seconds)
        except (TimeoutError, EOFError, OSError) as error:
            self.close()
            raise ExaminationError("the reader stopped, or took too long") from error
        except ExaminationError:
            self.close()
            raise

    def close(self) -> None:
        if self._child is not None:
            self._child.end()
            self._child = None

    def _living(self) -> "_Child":
        if self._child is not None and self._child.asked >= FILES_PER_CHILD:
            self.close()
        if self._child is None:
            self._child = _Child()
            self._version = self._child.version
        return self._child


class _Child:
    def __init__(self) -> None:
        self.asked = 0
        self._channel, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and our own module
                [sys.executable, "-I", "-c", _START, str(_TOP), str(theirs.fileno())],
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={"LC_ALL": "C.UTF-8", "MALLOC_ARENA_MAX": "2", "OMP_NUM_THREADS": "1"},
                cwd="/",
            )
        deadline = time.monotonic() + _SECONDS_TO_START
        try:
            self.walls = tuple(frames.receive_bytes(self._channel, most=256, deadline=deadline).decode().split())
            self.version = frames.receive_bytes(self._channel, most=256, deadline=deadline).decode()
        except (EOFError, OSError) as error:
            self.end()
            raise ExaminationError("the examining child does not start") from error

    @property
    def process_id(self) -> int:
        return self._process.pid

    def ask(self, descriptor: int, *, seconds: float) -> Findings:
        return frames.receive(self._channel, deadline=self._send(frames.EXAMINE, descriptor, seconds))

    def ask_look(self, descriptor: int, *, seconds: float) -> str:
        return frames.receive_look(self._channel, deadline=self._send(frames.LOOK, descriptor, seconds))

    def ask_redacted(self, descriptor: int, boxes: bytes, *, seconds: float) -> Redacted:
        deadline = self._send(frames.REDACT, descriptor, seconds)
        frames.send_bytes(self._channel, boxes)
        return frames.receive_redacted(self._channel, deadline=deadline)

    def _send(self, wanted: bytes, descriptor: int, seconds: float) -> float:
        """Ask, and return until when (``time.monotonic`` seconds) the answer has to come."""
        self.asked += 1
        deadline = time.monotonic() + seconds
        self._channel.settimeout(seconds)
        socket.send_fds(self._channel, [wanted], [descriptor])
        return deadline

    def end(self) -> None:
        with contextlib.suppress(OSError):
            self._channel.close()
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        self._process.wait()
