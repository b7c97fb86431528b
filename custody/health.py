"""How the ledger stands right now, in a few facts: what the pill in the masthead and the audit page say.

This is a look at the newest rows, made for every page; it proves nothing. The proof is `manage.py verify`.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from custody import clock, ledger
from custody.actions import Action
from custody.anchoring.health import AnchorHealth, anchor_health
from custody.models import Entry, SignedCheckpoint

# The notary signs within 10 s after the ledger grows; a minute leaves room for a busy machine.
CHECKPOINT_LATE = datetime.timedelta(minutes=1)
CHECKPOINT_MISSING = datetime.timedelta(hours=1)
# One heartbeat an hour; two missed ones are an alarm.
HEARTBEAT_LATE = datetime.timedelta(hours=2, minutes=5)


@dataclass(frozen=True)
class LedgerHealth:
    """`waiting` is the age of the oldest entry that no checkpoint covers, zero when all are covered."""

    entries: int
    checkpoint_size: int
    checkpoint_root: str
    checkpoint_signed: datetime.datetime | None
    waiting: datetime.timedelta
    heartbeat: datetime.datetime | None
    heartbeat_late: bool
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
    def state(self) -> str:
        """The worst of the facts."""
        facts = (self.checkpoint_state, self.heartbeat_state, self.anchors.cosigner_state, self.anchors.stamp_state)
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


def ledger_health(*, now: datetime.datetime | None = None) -> LedgerHealth:
    """Read the few newest rows (half a dozen queries)."""
    now = now or clock.now()
    entries = ledger.size()
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
        anchors=anchor_health(now=now),
    )
