"""Whether this machine's clock can be believed: compared with a steady one, the last entry, and outside time-stamps.

A clock set back freezes the times of entries, which never decrease; one set ahead dates what comes later by a time
that has not been. Neither stops the notary: what it signs is size and root, not time, and a ledger without checkpoints
would lose its protection just when somebody meddles. It is an alarm, entered once for each event.

Steps too small for an alarm add up: the clock is held against the steady one since the last look, and since an anchor
that is a day old at most.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from custody import clock, ledger
from custody.actions import Action
from custody.core.entries import Entry, Outcome
from custody.core.errors import CustodyError
from custody.models import LedgerHead, TimeStamp

# Small steps are the daily work of whatever keeps the clock.
BACK = datetime.timedelta(seconds=10)
AHEAD = datetime.timedelta(minutes=3)
# The steady clock itself may drift against the world's: small steps of a day add up, those of a year do not.
ANCHORED = datetime.timedelta(days=1)
# An outside answer is on its way for some seconds.
APART = datetime.timedelta(minutes=3)


class Suspicion(StrEnum):
    """What is wrong with the clock, by what it was compared with."""

    SET_BACK = "set-back"
    BEHIND_THE_LEDGER = "behind-last-entry"
    BEHIND_OUTSIDE = "behind-outside"
    JUMPED_AHEAD = "jumped-ahead"
    AHEAD_OF_OUTSIDE = "ahead-of-outside"

    @property
    def is_back(self) -> bool:
        """Whether the clock shows too little; otherwise too much."""
        return self in (Suspicion.SET_BACK, Suspicion.BEHIND_THE_LEDGER, Suspicion.BEHIND_OUTSIDE)


@dataclass(frozen=True)
class Suspect:
    """One event: what the clock says, and the time that it is held against."""

    suspicion: Suspicion
    clock: datetime.datetime
    against: datetime.datetime

    def subject(self) -> dict[str, str]:
        """What the entry says."""
        return {
            "reason": str(self.suspicion),
            "clock": clock.stamp(self.clock),
            "against": clock.stamp(self.against),
        }


@dataclass(frozen=True)
class _Moment:
    """What both clocks showed at one look."""

    wall: datetime.datetime
    steady: float

    def since(self, before: _Moment) -> datetime.timedelta:
        """How long ago that was, by the steady clock."""
        return datetime.timedelta(seconds=self.steady - before.steady)

    def against(self, before: _Moment) -> Suspect | None:
        """How far the clock was set between the two, where that is too far."""
        expected = before.wall + self.since(before)
        if self.wall < expected - BACK:
            return Suspect(Suspicion.SET_BACK, self.wall, expected)
        return Suspect(Suspicion.JUMPED_AHEAD, self.wall, expected) if self.wall > expected + AHEAD else None


class ClockGuard:
    """Looks at the clock again and again; remembers what it has told, so that each event is told once."""

    def __init__(self) -> None:
        self._last: _Moment | None = None
        self._anchor: _Moment | None = None
        self._told: set[bool] = set()

    def look(self) -> Suspect | None:
        """What is newly wrong with the clock, if anything: of several signs of one event the first."""
        moment = _Moment(clock.now(), clock.steady())
        now, jump = moment.wall, self._jump(moment)
        standing = {each.suspicion.is_back: each for each in _standing(now)}
        new = jump or next((each for back, each in standing.items() if back not in self._told), None)
        self._told = set(standing) | ({jump.suspicion.is_back} if jump else set())
        return new if new is not None and (jump or not _is_entered(new)) else None

    def _jump(self, moment: _Moment) -> Suspect | None:
        """Against the look before, and against the anchor, which is taken anew after an alarm and after a day."""
        held = [each for each in (self._last, self._anchor) if each is not None]
        found = next((suspect for each in held if (suspect := moment.against(each)) is not None), None)
        self._last = moment
        if found is not None or self._anchor is None or moment.since(self._anchor) >= ANCHORED:
            self._anchor = moment
        return found


def _standing(now: datetime.datetime) -> Iterator[Suspect]:
    """What can be seen without having watched: also after a start."""
    outside = _newest_outside()
    if outside is not None:
        stamped, received = outside
        if received > stamped + APART:
            yield Suspect(Suspicion.AHEAD_OF_OUTSIDE, received, stamped)
        if now < stamped - BACK:
            yield Suspect(Suspicion.BEHIND_OUTSIDE, now, stamped)
    last = last_entry_time()
    if last is not None and now < last - BACK:
        yield Suspect(Suspicion.BEHIND_THE_LEDGER, now, last)


def last_entry_time() -> datetime.datetime | None:
    """The time of the newest entry, as the head of the ledger says; None before there is any."""
    return time_of(LedgerHead.objects.filter(pk=1).first())


def time_of(head: LedgerHead | None) -> datetime.datetime | None:
    """The last time in the head's row; None where there is none that can be read."""
    return _moment(head.last_time) if head is not None else None


def _moment(text: str) -> datetime.datetime | None:
    """A stamp, or None for what is none: `verify` reports a row that holds something else."""
    try:
        found = clock.parse(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None


def _newest_outside() -> tuple[datetime.datetime, datetime.datetime] | None:
    """The time in the newest answer of a time authority that proved one, and our clock when it came."""
    entry = newest_entry(Action.ANCHOR_TSA, outcome=Outcome.DONE)
    stamped = _moment(entry.subject.get("stamped", "")) if entry is not None else None
    if entry is None or stamped is None:
        return None
    # Not the entry's own time: that one stands still when the clock was set back.
    kept = TimeStamp.objects.filter(sha256=entry.subject.get("response", "")).first()
    return stamped, kept.received if kept else clock.parse(entry.time)


def _is_entered(found: Suspect) -> bool:
    """Whether the newest alarm tells of this very event: another start must not tell it again."""
    entry = newest_entry(Action.CLOCK_SUSPECT)
    same = {"reason": str(found.suspicion), "against": clock.stamp(found.against)}
    return entry is not None and same.items() <= entry.subject.items()


def newest_entry(action: Action, *, outcome: Outcome | None = None) -> Entry | None:
    """The newest entry with this verb (and outcome); None where there is none that can be read."""
    stored = ledger.newest_with(action, outcome=outcome)
    try:
        return ledger.entry_of(stored) if stored is not None else None
    except CustodyError:
        # `verify` reports it.
        return None
