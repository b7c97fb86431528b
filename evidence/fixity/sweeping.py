"""Reading stored originals back, oldest reading first, a little at a time or as much as is asked for.

One process of this machine at a time. What was read is committed page by page and what failed at once, so that a
process that dies loses no finding; the sweep stays open, and the next turn goes on with it.
"""

from __future__ import annotations

import datetime
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from django.conf import settings
from django.db import transaction

from custody import clock, data, locks
from custody.core.entries import Actor
from custody.core.fixity import Condition
from evidence.core.errors import FixityError
from evidence.core.pacing import Due, Pace, affordable
from evidence.fixity import alarms, choosing, rehashing, reports
from evidence.fixity.reading import ReadBack, read_back
from evidence.models import FixityCheck, FixitySweep
from evidence.vault import Vault

# A turn ends well within the seconds that `serve` gives a task to finish; one very large original takes longer.
TURN: Final = datetime.timedelta(seconds=8)
# The worker reads nothing twice within a day, and reports at least once a day.
REST: Final = datetime.timedelta(days=1)
PAGE: Final = 64
# With so many alarms standing something is wrong with the whole, a disk that is not there: people have to look first.
MOST_ALARMS: Final = 100

Progress = Callable[[int, int], None]
_log = logging.getLogger(__name__)


@dataclass
class Turn:
    """What one turn read. `ended` says that there was nothing left to read, `halted` that too many alarms stand."""

    sweep: FixitySweep | None = None
    read: int = 0
    bytes: int = 0
    failed: int = 0
    ended: bool = False
    halted: bool = False
    wrong: list[ReadBack] = field(default_factory=list)


def take_turn(*, actor: Actor) -> Turn | None:
    """One turn of the worker: read what the budget pays for, for at most ``TURN``.

    Returns None when another process sweeps. A sweep is closed when nothing is due any more, after a day, and when
    reading back was switched off. Raises FixityError, ProcessUnavailable; what was read stays on record.
    """
    with locks.alone("fixity") as alone:
        if not alone:
            return None
        reports.sign_all()
        rehashing.sign_all()
        return _turn(actor)


def _turn(actor: Actor) -> Turn:
    per_hour: int = settings.AMANA_FIXITY_BYTES_PER_HOUR
    turn, now = Turn(sweep=reports.open_sweep()), clock.now()
    if per_hour and _may_go_on(turn):
        if turn.sweep is None and choosing.due(None, now=now, before=now - REST, at_most=1):
            turn.sweep = reports.begin(actor=actor, per_hour=per_hour)
        if turn.sweep is not None:
            _read_paced(turn, actor, per_hour, until=now + TURN)
    if turn.sweep is not None and (turn.ended or turn.halted or not per_hour or abs(now - turn.sweep.opened) >= REST):
        reports.close(turn.sweep, actor)
    return turn


def sweep_now(*, actor: Actor, at_most: int, progress: Progress | None = None) -> Turn:
    """Read back at most so many bytes now, oldest reading first, and close under a report of its own.

    A sweep that is under way is closed first. At least one object is read, however large. Interrupted, the sweep stays
    open, and the next turn closes it. Raises FixityError when another process sweeps.
    """
    with locks.alone("fixity") as alone:
        if not alone:
            raise FixityError("another process is reading back already")
        standing = reports.open_sweep()
        if standing is not None:
            reports.close(standing, actor)
        reports.sign_all()
        rehashing.sign_all()
        turn = Turn(sweep=reports.begin(actor=actor, per_hour=0))
        _read_up_to(turn, actor, at_most, progress or (lambda _objects, _bytes: None))
        if turn.sweep is not None:
            turn.sweep = reports.close(turn.sweep, actor)
        return turn


def _may_go_on(turn: Turn) -> bool:
    turn.halted = alarms.standing().count() >= MOST_ALARMS
    if turn.halted:
        _log.critical("reading back stands still: %d alarms have to be looked at first", MOST_ALARMS)
    return not turn.halted


def _read_paced(turn: Turn, actor: Actor, per_hour: int, *, until: datetime.datetime) -> None:
    while turn.sweep is not None and clock.now() < until and not turn.halted:
        now = clock.now()
        _count_from(turn.sweep, now)
        pace = Pace(per_hour, turn.sweep.credit).after((now - turn.sweep.credited).total_seconds())
        page = choosing.due(turn.sweep, now=now, before=now - REST, at_most=PAGE)
        turn.ended = not page
        chosen = affordable(page, pace)
        if not chosen:
            return
        with _recorded(turn, pace, now) as sound:
            for one in chosen:
                sound.extend(_read(turn, one, actor))
                if clock.now() >= until:
                    break


def _count_from(sweep: FixitySweep, now: datetime.datetime) -> None:
    """After a clock that was ahead time counts from here on, not only when it is that late again."""
    if sweep.credited > now:
        sweep.credited = now
        sweep.save(update_fields=["credited"])


def _read_up_to(turn: Turn, actor: Actor, at_most: int, progress: Progress) -> None:
    began = clock.now()
    while turn.sweep is not None and not turn.halted:
        page = choosing.due(turn.sweep, now=began, before=began, at_most=PAGE)
        turn.ended = not page
        chosen = _within(page, at_most - turn.bytes, first=turn.read == 0)
        if not chosen:
            return
        # By hand, nothing is taken from the worker's credit.
        with _recorded(turn, None, began) as sound:
            for one in chosen:
                sound.extend(_read(turn, one, actor))
                progress(turn.read, turn.bytes)


def _within(page: Sequence[Due], left: int, *, first: bool) -> list[Due]:
    chosen: list[Due] = []
    for one in page:
        if one.size > left and not (first and not chosen):
            break
        chosen.append(one)
        left -= one.size
    return chosen


def _read(turn: Turn, one: Due, actor: Actor) -> Iterator[ReadBack]:
    """Read one object; a failure is on record before this returns, what is sound is handed on."""
    items = choosing.items_of(one.sha256)
    if turn.sweep is None or not items or turn.halted:
        return
    read = read_back(Vault(data.vault()), items)
    turn.read += 1
    turn.bytes += read.size
    if read.condition is Condition.SOUND:
        yield read
        return
    items = choosing.items_of(one.sha256)
    if not items:
        # Disposed of while it was read: nothing is missing.
        return
    alarms.sound(turn.sweep, read, items, actor)
    turn.failed += 1
    turn.wrong.append(read)
    turn.halted = alarms.standing().count() >= MOST_ALARMS


@contextmanager
def _recorded(turn: Turn, pace: Pace | None, moment: datetime.datetime) -> Iterator[list[ReadBack]]:
    """Commit what a page found sound, and the bytes it cost, also when the block is interrupted."""
    sound: list[ReadBack] = []
    before = turn.bytes
    try:
        yield sound
    finally:
        if turn.sweep is not None:
            _record(turn.sweep, sound, pace.spent(turn.bytes - before) if pace else None, moment)


def _record(sweep: FixitySweep, sound: Sequence[ReadBack], pace: Pace | None, moment: datetime.datetime) -> None:
    rows = [
        FixityCheck(
            sha256=read.sha256,
            sweep=sweep,
            condition=read.condition.value,
            bytes=read.size,
            found="",
            last_read=read.moment,
        )
        for read in sound
    ]
    with transaction.atomic():
        FixityCheck.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["sha256"],
            update_fields=["sweep", "condition", "bytes", "found", "last_read"],
        )
        if pace is not None:
            sweep.credit, sweep.credited = pace.credit, moment
            sweep.save(update_fields=["credit", "credited"])
