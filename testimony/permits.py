"""A permit to open what a witness gave: shown at each opening, and given by the gate alone (`testimony.gate`).

A permit is for one witness and says on what it rests. That nothing but the gate gives one is kept by a test that reads
the source, and by the token below for whoever tries by accident.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Final

from testimony.core.consent import Decision
from testimony.core.errors import ConsentError

_TOKEN: Final = object()


@dataclass(frozen=True)
class Permit:
    """Leave to open what one witness gave. `decision`: the consent it rests on; None for the interview team."""

    witness: uuid.UUID
    decision: Decision | None
    token: object

    def __post_init__(self) -> None:
        if self.token is not _TOKEN:
            raise ConsentError("a permit is given by the gate and by nobody else")

    def check_team(self, witness: uuid.UUID) -> None:
        """Raise ConsentError unless it is the interview team's: consent to a use never opens who somebody is."""
        self.check(witness)
        if self.decision is not None:
            raise ConsentError("who a witness is, and what is never served, is for the interview team alone")

    def check(self, witness: uuid.UUID) -> None:
        """Raise ConsentError for what another witness gave."""
        if witness != self.witness:
            raise ConsentError("this permit is for what another witness gave")


def grant(witness: uuid.UUID, decision: Decision | None) -> Permit:
    """Give a permit; for `testimony.gate` alone. Raises ConsentError, with the reasons, for what is not allowed."""
    if decision is not None and not decision.allowed:
        reasons = tuple(why.value for why in decision.reasons)
        raise ConsentError(f"not without consent: {', '.join(reasons)}", reasons)
    return Permit(witness, decision, _TOKEN)
