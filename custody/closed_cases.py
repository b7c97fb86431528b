"""What was refused because its case is closed goes on record: after the rollback, in a transaction of its own.

What is refused the ledger decides (``custody.ledger.closed``), when the act is about to be entered.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Final

from custody import ledger
from custody.actions import Action
from custody.core.entries import Actor, Outcome
from custody.ledger import CaseClosed
from custody.models import Case

CLOSED: Final = "case-closed"


@contextlib.contextmanager
def recorded_refusals(actor: Actor) -> Iterator[None]:
    """Record a CaseClosed that leaves the block, then let it go on. Open it outside the transaction of the act."""
    try:
        yield
    except CaseClosed as refusal:
        record_refusal(refusal.case, refusal.action, CLOSED, actor)
        raise


def demand_open(case: Case, action: Action, actor: Actor) -> None:
    """Raise CaseClosed, recorded, before a longer work begins that would end in the same refusal."""
    with recorded_refusals(actor):
        if case.closed is not None:
            raise CaseClosed(case, action)


def record_refusal(case: Case, action: str, reason: str, actor: Actor) -> None:
    """Record that an act of this verb was refused in a case, for this reason (a code)."""
    ledger.append_alone(
        ledger.Draft(
            action=Action.CASE_ACT_REFUSED,
            actor=actor,
            streams=(f"case/{case.pk}", f"user/{actor.id}"),
            subject={"case": str(case.pk), "act": action, "reason": reason},
            outcome=Outcome.DENIED,
        )
    )
