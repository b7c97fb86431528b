"""The one place where custody asks what time it is."""

from __future__ import annotations

import datetime
import time


def now() -> datetime.datetime:
    """The system clock, in UTC, to the millisecond (the ledger's resolution)."""
    moment = datetime.datetime.now(datetime.UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def steady() -> float:
    """Seconds by a clock that nobody sets, from some moment on; where it can, it also counts while the machine sleeps.

    ``CLOCK_MONOTONIC`` stands still in a suspended machine: the system clock would seem to jump at each waking.
    """
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


def stamp(moment: datetime.datetime) -> str:
    """RFC 3339 in UTC with milliseconds and ``Z``: the only form of a time in entries and receipts."""
    return moment.astimezone(datetime.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse(text: str) -> datetime.datetime:
    """Read a stamp back. Raises ValueError."""
    return datetime.datetime.fromisoformat(text)
