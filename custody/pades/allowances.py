"""How long a confined reader may take over one document, and how much memory it may use."""

from __future__ import annotations

from typing import Final, NamedTuple


class Allowance(NamedTuple):
    """``asked`` is the byte by which the child is told which; the parent waits ``seconds``; ``memory`` in bytes.

    What was added to a document is found by comparing all its objects, of which a tagged page has hundreds: time and
    memory grow with pages and signatures, not with the size of the file.
    """

    asked: bytes
    seconds: float
    memory: int

    @property
    def processor_seconds(self) -> int:
        """More than the parent waits: the clock there ends what takes too long."""
        return int(self.seconds * 1.1) + 5


AT_A_PAGE: Final = Allowance(b"?", 20.0, 512 << 20)
"""While somebody waits for a page."""
AT_LEISURE: Final = Allowance(b"!", 300.0, 3 << 30)
"""For a command, and for what comes back signed: a thousand pages that several people signed."""
MOST_MEMORY: Final = AT_LEISURE.memory


def allowance_of(asked: bytes) -> Allowance:
    """The allowance that a question names; any other byte has the small one."""
    return AT_LEISURE if asked == AT_LEISURE.asked else AT_A_PAGE
