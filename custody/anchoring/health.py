"""How the outside parties stand right now: what the pill in the masthead and the audit page say. It proves nothing."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.conf import settings

from custody import clock
from custody.actions import Action
from custody.anchoring import schedule
from custody.core import entries
from custody.core.errors import CustodyError
from custody.models import AnchorKind, AnchorParty, Cosignature, Entry, TimeStamp

_LAST_FAILURES = 20


@dataclass(frozen=True)
class AnchorHealth:
    """``cosigned`` of ``cosigners`` stand under the newest cosigned checkpoint; ``stamped``: when an answer last came.

    ``another_history``: names of cosigners that hold another history of this ledger than we do.
    """

    cosigners: int
    cosigned: int
    cosigned_size: int
    cosigned_at: datetime.datetime | None
    authorities: int
    stamped: datetime.datetime | None
    another_history: tuple[str, ...]
    now: datetime.datetime

    @property
    def cosigner_state(self) -> str:
        """`unsound` for another history, `late` for too few or too old, `unknown` where nobody is known."""
        if self.another_history:
            return "unsound"
        if not self.cosigners:
            return "unknown"
        few = self.cosigned < max(1, min(settings.AMANA_COSIGNERS_WANTED, self.cosigners))
        return "late" if few or _is_old(self.cosigned_at, self.now) else "sound"

    @property
    def stamp_state(self) -> str:
        """`late` when no authority answered for a day and two hours, `unknown` where none is known."""
        if not self.authorities:
            return "unknown"
        return "late" if _is_old(self.stamped, self.now) else "sound"


def anchor_health(*, now: datetime.datetime | None = None) -> AnchorHealth:
    """Read the few newest rows."""
    active = list(AnchorParty.objects.filter(ended=None))
    cosigners = [party for party in active if party.kind == AnchorKind.COSIGNER]
    authorities = [party for party in active if party.kind == AnchorKind.TIME_AUTHORITY]
    newest = Cosignature.objects.filter(party__in=cosigners).order_by("-checkpoint").first() if cosigners else None
    size = newest.checkpoint if newest else 0
    stamp = TimeStamp.objects.filter(party__in=authorities).order_by("-pk").first() if authorities else None
    return AnchorHealth(
        cosigners=len(cosigners),
        cosigned=Cosignature.objects.filter(party__in=cosigners, checkpoint=size).count() if size else 0,
        cosigned_size=size,
        cosigned_at=newest.received if newest else None,
        authorities=len(authorities),
        stamped=stamp.received if stamp else None,
        another_history=_another_history(cosigners) if cosigners else (),
        now=now or clock.now(),
    )


def _another_history(cosigners: list[AnchorParty]) -> tuple[str, ...]:
    """Cosigners whose last word was that they know another history of this ledger."""
    names = {str(party.pk): party for party in cosigners}
    found: dict[str, str] = {}
    for row in Entry.objects.filter(action=Action.ANCHOR_FAILED).order_by("-seq")[:_LAST_FAILURES]:
        try:
            entry = entries.decode(bytes(row.body))
        except CustodyError:
            # `verify` reports an entry that can't be read.
            continue
        party = names.get(entry.subject.get("anchor", ""))
        if party is None or entry.subject.get("reason") != "another-history":
            continue
        since = Cosignature.objects.filter(party=party, received__gt=clock.parse(entry.time)).exists()
        if not since:
            found[str(party.pk)] = party.name
    return tuple(sorted(found.values()))


def _is_old(moment: datetime.datetime | None, now: datetime.datetime) -> bool:
    return moment is None or abs(now - moment) > schedule.LATE
