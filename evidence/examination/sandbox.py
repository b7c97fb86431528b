"""The parent's side: one child examines many files in turn; when it dies or dawdles, a new one takes over."""

from collections.abc import Sequence
from types import TracebackType
from typing import Protocol, Self

from custody.confined.children import Child
from custody.confined.errors import ChildError
from custody.confined.frames import send_bytes
from evidence.core.boxes import Box, dumps
from evidence.core.errors import ExaminationError
from evidence.examination import frames
from evidence.examination.findings import Findings, Note, State, Tool
from evidence.examination.redacted import Redacted

SECONDS_PER_FILE = 40.0
# A fresh child now and then: what one file left behind in a library's memory does not live for ever.
FILES_PER_CHILD = 500
_MODULE = "evidence.examination.child"


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
        self._child: Child | None = None
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
        """Return findings whatever the file does to the child: its death or delay is a finding too.

        A death is held against a file only when a child that has read nothing else dies of it as well: the first may
        have been stopped from outside, or by what an earlier file left in a library's memory.
        """
        found = self._examined(descriptor)
        if found is None:
            found = self._examined(descriptor)
        return found or Findings(State.REFUSED, None, notes=(Note.CHILD_DIED,))

    def look(self, descriptor: int) -> str:
        """The hash of a thumbnail in hex; empty when it is too plain, or when the child dies of it or dawdles."""
        child = self._living()
        try:
            return frames.receive_look(child.channel, deadline=self._ask(child, frames.LOOK, descriptor))
        except (TimeoutError, EOFError, OSError, ExaminationError):
            self.close()
            return ""

    def redact(self, descriptor: int, boxes: Sequence[Box]) -> Redacted:
        """A picture of the open file with the boxes filled, or why there is none. Raises ExaminationError.

        The child's death or delay says nothing of the file that could be kept, so it is no answer.
        """
        child = self._living()
        try:
            deadline = self._ask(child, frames.REDACT, descriptor)
            send_bytes(child.channel, dumps(boxes))
            return frames.receive_redacted(child.channel, deadline=deadline)
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

    def _examined(self, descriptor: int) -> Findings | None:
        """None when the child dies or lies."""
        child = self._living()
        try:
            return frames.receive(child.channel, deadline=self._ask(child, frames.EXAMINE, descriptor))
        except TimeoutError:
            self.close()
            return Findings(State.REFUSED, None, notes=(Note.TIME_LIMIT,))
        except (EOFError, OSError, ExaminationError):
            self.close()
            return None

    def _ask(self, child: Child, wanted: bytes, descriptor: int) -> float:
        return child.ask(wanted, descriptor, seconds=self._seconds)

    def _living(self) -> Child:
        if self._child is not None and self._child.asked >= FILES_PER_CHILD:
            self.close()
        if self._child is None:
            try:
                self._child = Child(_MODULE)
            except ChildError as error:
                raise ExaminationError("the examining child does not start") from error
            self._version = self._child.version
        return self._child
