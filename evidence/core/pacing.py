"""Which stored objects are read back next, and how many: oldest first, within a budget of bytes per hour."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

_HOUR = 3600


@dataclass(frozen=True)
class Due:
    """An object that may be read: its digest, the bytes that it has on record, when it was last read (None: never)."""

    sha256: str
    size: int
    last_read: datetime | None


@dataclass(frozen=True)
class Pace:
    """`per_hour` bytes are earned in an hour; `credit` bytes may be read now.

    Credit is saved up for an hour at most, so that a machine that was off does not catch up in one go. An object that
    is larger than an hour's bytes is read when the credit is full, and leaves a debt: over time the budget is kept, and
    no object is too large to be read at all.
    """

    per_hour: int
    credit: int

    def after(self, seconds: float) -> "Pace":
        """The pace after some time has passed; time that runs backwards earns nothing."""
        earned = int(self.per_hour * max(seconds, 0) / _HOUR)
        return replace(self, credit=min(self.per_hour, self.credit + earned))

    def allows(self, size: int) -> bool:
        """Whether an object of this size may be read now."""
        return self.per_hour > 0 and self.credit >= min(size, self.per_hour)

    def spent(self, size: int) -> "Pace":
        """The pace after so many bytes were read."""
        return replace(self, credit=self.credit - size)


def in_order(due: Iterable[Due]) -> list[Due]:
    """Never read first, then the oldest reading; by digest where that leaves a choice."""
    return sorted(due, key=lambda one: (one.last_read.timestamp() if one.last_read else float("-inf"), one.sha256))


def affordable(due: Sequence[Due], pace: Pace) -> list[Due]:
    """The first of these that the credit pays for. None is passed over for a smaller one: it would wait for ever."""
    chosen: list[Due] = []
    for one in due:
        if not pace.allows(one.size):
            break
        chosen.append(one)
        pace = pace.spent(one.size)
    return chosen
