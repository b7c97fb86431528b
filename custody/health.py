"""How the ledger stands right now, in a few facts: what the pill in the masthead and the audit page say.

This is a look at the newest rows, made for every page; it proves nothing. The proof is `manage.py verify`.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from custody import clock
from custody.actions import Action
from custody.anchoring.health import AnchorHealth, anchor_health
from custody.models import Entry, LedgerHead, SignedCheckpoint
from custody.notary import clock_guard

# The notary signs within 10 s after the ledger grows; a minute leaves room for a busy machine.
CHECKPOINT_LATE = datetime.timedelta(minutes=1)
CHECKPOINT_MISSING = datetime.timedelta(hours=1)
# One heartbeat an hour; two missed ones are an alarm.
HEARTBEAT_LATE = datetime.timedelta(hours=2, minutes=5)
# An alarm about the clock is shown for a day: long enough that somebody looks.
CLOCK_SHOWN = datetime.timedelta(days=1)


@dataclass(frozen=True)
class LedgerHealth:
    """`waiting` is the age of the oldest entry that no checkpoint covers, zero when all are covered.

    `clock_behind` is how far the clock is behind the last entry, zero where it is not; `clock_suspect`: when the notary
    last found something wrong with it, within a day, and `clock_reason` what.
    """

    entries: int
    checkpoint_size: int
    checkpoint_root: str
    checkpoint_signed: datetime.datetime | None
    waiting: datetime.timedelta
    heartbeat: datetime.datetime | None
    heartbeat_late: bool
    clock_behind: datetime.timedelta
    clock_suspect: datetime.datetime | None
    clock_reason: str
    anchors: AnchorHealth

    @property
    def uncovered(self) -> int:
        """How many entries no signed checkpoint covers yet."""
        return max(0, self.entries - self.checkpoint_size)

    @property
    def checkpoint_state(self) -> str:
        """`sound`, `late` or `unsound`; `unknown` in the first minute, before there is any."""
        if self.entries == 0:
            return "unknown"
        if self.checkpoint_size > self.entries or self.waiting > CHECKPOINT_MISSING:
            return "unsound"
        if self.waiting > CHECKPOINT_LATE:
            return "late"
        return "sound" if self.checkpoint_signed else "unknown"

    @property
    def heartbeat_state(self) -> str:
        """`late` when the notary has been silent for two hours, `unknown` before its first heartbeat."""
        if self.heartbeat_late:
            return "late"
        return "sound" if self.heartbeat else "unknown"

    @property
    def clock_state(self) -> str:
        """`unsound` while entries are dated by a clock that stands still for them, `late` for a day after an alarm."""
        if self.clock_behind > clock_guard.BACK:
            return "unsound"
        if self.clock_suspect is not None:
            return "late"
        return "sound" if self.entries else "unknown"

    @property
    def state(self) -> str:
        """The worst of the facts."""
        facts = (
            self.checkpoint_state,
            self.heartbeat_state,
            self.clock_state,
            self.anchors.cosigner_state,
            self.anchors.stamp_state,
        )
        return next((state for state in ("unsound", "late") if state in facts), self.checkpoint_state)


def _age_of_entry(seq: int, now: datetime.datetime) -> datetime.timedelta:
    times = Entry.objects.filter(seq=seq).values_list("time", flat=True)
    return now - clock.parse(times[0]) if times else datetime.timedelta(0)


def _last_sign_of_life() -> tuple[datetime.datetime | None, datetime.datetime | None]:
    """The newest heartbeat, and what to count from: that heartbeat, or the opening of the ledger."""
    newest = Entry.objects.filter(action=Action.NOTARY_HEARTBEAT).order_by("-seq").values_list("time", flat=True)[:1]
    opened = Entry.objects.filter(seq=0).values_list("time", flat=True)[:1]
    beat = clock.parse(newest[0]) if newest else None
    return beat, beat or (clock.parse(opened[0]) if opened else None)


def _last_alarm(now: datetime.datetime) -> tuple[datetime.datetime | None, str]:
    """When the notary last suspected the clock, within a day, and why."""
    entry = clock_guard.newest_entry(Action.CLOCK_SUSPECT)
    # Dated ahead of now: the clock was set back since, and the alarm is as new as can be.
    if entry is None or now - clock.parse(entry.time) > CLOCK_SHOWN:
        return None, ""
    return clock.parse(entry.time), entry.subject.get("reason", "")


def _behind(head: LedgerHead | None, now: datetime.datetime) -> datetime.timedelta:
    last = clock_guard.time_of(head)
    return max(datetime.timedelta(0), last - now) if last is not None else datetime.timedelta(0)


def ledger_health(*, now: datetime.datetime | None = None) -> LedgerHealth:
    """Read the few newest rows (half a dozen queries)."""
    now = now or clock.now()
    head = LedgerHead.objects.filter(pk=1).first()
    entries = head.size if head else 0
    suspect, reason = _last_alarm(now)
    checkpoint = SignedCheckpoint.objects.order_by("-size").first()
    covered = checkpoint.size if checkpoint else 0
    beat, alive_since = _last_sign_of_life()
    return LedgerHealth(
        entries=entries,
        checkpoint_size=covered,
        checkpoint_root=bytes(checkpoint.root).hex() if checkpoint else "",
        checkpoint_signed=checkpoint.signed if checkpoint else None,
        waiting=_age_of_entry(covered, now) if covered < entries else datetime.timedelta(0),
        heartbeat=beat,
        heartbeat_late=alive_since is not None and now - alive_since > HEARTBEAT_LATE,
        clock_behind=_behind(head, now),
        clock_suspect=suspect,
        clock_reason=reason,
        anchors=anchor_health(now=now),
    )
