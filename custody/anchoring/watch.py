"""The anchors' loop, beside the notary: asks whom it is time to ask, and whoever must be asked at once."""

from __future__ import annotations

import datetime
import threading
from dataclasses import dataclass, field
from typing import IO

from django.db import DatabaseError, close_old_connections, connections

from custody import clock, ledger
from custody.actions import Action
from custody.actors import for_process
from custody.anchoring import cosigning, schedule, stamps
from custody.anchoring.cosigning import ForkSeen, SignedLater
from custody.anchoring.parties import authorities, cosigners, stream_of
from custody.anchoring.policy import cosigned_note
from custody.core.entries import Outcome
from custody.core.errors import CustodyError
from custody.cosigning.client import Refused
from custody.models import AnchorKind, AnchorParty, Cosignature, SignedCheckpoint, TimeStamp
from custody.notary import Notary
from custody.stamping.client import AuthorityUnavailable

_LOOK_SECONDS = 5.0


@dataclass(frozen=True)
class Anchored:
    """What came of asking: names of the parties that vouched, and what went wrong with the others, by name."""

    size: int
    vouched: tuple[str, ...] = ()
    failed: dict[str, str] = field(default_factory=dict)


class Watch:
    """Asks outside parties about the newest signed checkpoint. One in an installation: the notary's process has it."""

    def __init__(self, notary: Notary) -> None:
        self._notary = notary
        self._asking = threading.Lock()
        self._failing: dict[str, datetime.datetime] = {}

    def run(self, stopping: threading.Event, errors: IO[str]) -> None:
        """Ask whom it is time to ask, until told to stop. Troubles are told once, not every few seconds."""
        told: dict[str, str] = {}
        while not stopping.wait(_LOOK_SECONDS):
            close_old_connections()
            troubles = self.look()
            for name, words in troubles.items():
                if told.get(name) != words:
                    print(f"anchors: {name}: {words}", file=errors, flush=True)
            told = troubles or told
        connections.close_all()

    def look(self) -> dict[str, str]:
        """Ask whom it is time to ask; returns what went wrong, by party. Nothing here may end the loop."""
        try:
            return self._look()
        except DatabaseError as error:
            return {"database": f"it does not answer ({type(error).__name__})"}
        except (CustodyError, OSError) as error:
            return {"anchors": str(error)}

    def _look(self) -> dict[str, str]:
        row = SignedCheckpoint.objects.order_by("-size").first()
        if row is None:
            return {}
        now = clock.now()
        due = [party for party in authorities() if _stamp_due(party, now)]
        due += [party for party in cosigners() if party.url and _cosigning_due(party, row, now)]
        asked = [party for party in due if self._may_ask(party, now)]
        return self._ask_all(row, asked).failed if asked else {}

    def anchor(self, size: int) -> Anchored:
        """Have every party vouch for the checkpoint of this size now, whatever the hour. Raises AnchoringError."""
        row = SignedCheckpoint.objects.filter(size=size).first()
        if row is None:
            return Anchored(size, failed={"ledger": f"no checkpoint of {size} entries is on record"})
        asked = [party for party in authorities() if not _is_stamped(row, party)]
        signed = set(Cosignature.objects.filter(checkpoint=size).values_list("party_id", flat=True))
        asked += [party for party in cosigners() if party.url and party.pk not in signed]
        return self._ask_all(row, asked)

    def _ask_all(self, row: SignedCheckpoint, asked: list[AnchorParty]) -> Anchored:
        vouched, failed = [], {}
        with self._asking:
            for party in asked:
                try:
                    self._ask(row, party)
                except SignedLater as later:
                    failed[party.name] = str(later)
                except (CustodyError, OSError) as error:
                    failed[party.name] = str(error)
                    self._note_failure(row, party, error)
                else:
                    vouched.append(party.name)
                    self._failing.pop(str(party.pk), None)
        return Anchored(row.size, tuple(vouched), failed)

    def _ask(self, row: SignedCheckpoint, party: AnchorParty) -> None:
        if party.kind == AnchorKind.COSIGNER:
            cosigning.cosign(row, party)
            self._notary.show(cosigned_note(row), size=row.size)
            return
        kept = stamps.stamp(row, party)
        worth = stamps.verification(kept, bytes(row.note))
        if not worth.proves_time:
            raise AuthorityUnavailable(f"its answer proves no time: {worth.reason}")

    def _may_ask(self, party: AnchorParty, now: datetime.datetime) -> bool:
        failed = self._failing.get(str(party.pk))
        return failed is None or abs(now - failed) >= schedule.RETRY_AFTER

    def _note_failure(self, row: SignedCheckpoint, party: AnchorParty, error: Exception) -> None:
        """The first failure of a row is entered; those that follow are the same trouble."""
        first = str(party.pk) not in self._failing
        self._failing[str(party.pk)] = clock.now()
        if first:
            ledger.append_alone(
                ledger.Draft(
                    action=Action.ANCHOR_FAILED,
                    actor=for_process("notary"),
                    streams=(stream_of(party), "ledger"),
                    subject={"anchor": str(party.pk), "checkpoint": str(row.size), "reason": _reason(error)},
                    outcome=Outcome.FAILED,
                    detail={"told": str(error)[:500]},
                )
            )


def _reason(error: Exception) -> str:
    if isinstance(error, ForkSeen) or (isinstance(error, Refused) and error.status in _FORKS):
        return "another-history"
    return "no-sound-answer"


# Of a cosigner: a tree that does not extend what it signed, or another one of the same size.
_FORKS = (409, 422)


def _stamp_due(party: AnchorParty, now: datetime.datetime) -> bool:
    last = stamps.newest_sound(party)
    active = schedule.active_since(last.checkpoint if last else 0)
    return schedule.stamp_is_due(now=now, last=last.received if last else None, active=active)


def _cosigning_due(party: AnchorParty, row: SignedCheckpoint, now: datetime.datetime) -> bool:
    last = Cosignature.objects.filter(party=party).order_by("-checkpoint").first()
    behind = last is None or last.checkpoint < row.size
    return schedule.cosigning_is_due(now=now, last=last.received if last else None, behind=behind)


def _is_stamped(row: SignedCheckpoint, party: AnchorParty) -> bool:
    return any(stamps.proves_time(kept) for kept in TimeStamp.objects.filter(checkpoint=row.size, party=party))
