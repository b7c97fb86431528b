"""The one place where custody asks what time it is."""

from __future__ import annotations

import datetime


def now() -> datetime.datetime:
    """The system clock, in UTC, to the millisecond (the ledger's resolution)."""
    moment = datetime.datetime.now(datetime.UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def stamp(moment: datetime.datetime) -> str:
    """RFC 3339 in UTC with milliseconds and ``Z``: the only form of a time in entries and receipts."""
    return moment.astimezone(datetime.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse(text: str) -> datetime.datetime:
    """Read a stamp back. Raises ValueError."""
    return datetime.datetime.fromisoformat(text)
