"""What the worker does by itself. A task is a nudge: the rows say what is to be done."""

from __future__ import annotations

from celery import shared_task

from custody import actors, approvals
from custody.registrar import waiting
from evidence import batches, disposal, examining, fixity
from evidence.handovers import sign_waiting

# A task ends after a while so that a restart of the worker waits for little; the sweep goes on with the rest.
ITEMS_PER_TASK = 480


@shared_task(name="evidence.examine_waiting")
def examine_waiting() -> None:
    """Examine items that wait; close batches that a crash left unfinished for good, and sign what waits for it."""
    actor = actors.for_process("worker")
    with examining.alone_here() as alone:
        if alone:
            # First the files that dead runs left: while its batch is open, it says where they come from.
            examining.take_up_dead()
            batches.close_lost_uploads(actor)
            batches.sign_all_closed()
            sign_waiting()
            waiting.sign_all()
            examining.examine_waiting(actor=actor, limit=ITEMS_PER_TASK)
            disposal.complete()
            approvals.expire_overdue()


@shared_task(name="evidence.read_back")
def read_back() -> None:
    """Read stored originals back, as many as the budget pays for now."""
    fixity.take_turn(actor=actors.for_process("worker"))
