"""When an outside party is to be asked."""

from __future__ import annotations

import datetime

from custody.actions import Action
from custody.models import Entry

HOUR = datetime.timedelta(hours=1)
DAY = datetime.timedelta(days=1)
# Two authorities' hours may pass before anybody is alarmed: one failure is the network's, not the ledger's.
LATE = datetime.timedelta(hours=26)
COSIGN_EVERY = datetime.timedelta(minutes=1)
RETRY_AFTER = datetime.timedelta(minutes=5)

# What the notary itself writes: were it counted as activity, each anchor would call for the next one.
QUIET = (Action.NOTARY_HEARTBEAT, Action.ANCHOR_TSA, Action.ANCHOR_FAILED)


def stamp_is_due(*, now: datetime.datetime, last: datetime.datetime | None, active: bool) -> bool:
    """Whether an authority is asked now: hourly while there is activity, daily always.

    ``last`` is when it last dated a checkpoint. A clock that was set back far must not silence it.
    """
    if last is None:
        return True
    age = abs(now - last)
    return age >= (HOUR if active else DAY)


def cosigning_is_due(*, now: datetime.datetime, last: datetime.datetime | None, behind: bool) -> bool:
    """Whether a cosigner is asked now: at most once a minute while its newest line is behind."""
    return behind and (last is None or abs(now - last) >= COSIGN_EVERY)


def active_since(size: int) -> bool:
    """Whether anything but the notary's own entries stands in the ledger from this number on."""
    return Entry.objects.filter(seq__gte=size).exclude(action__in=[str(action) for action in QUIET]).exists()
