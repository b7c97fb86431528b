"""Saying no to a step, on record: in a transaction of its own, after the rollback of the act."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from enum import StrEnum

from django.core.exceptions import ValidationError

from custody import ledger
from custody.actions import Action
from custody.approvals.contents import subject_of
from custody.core.entries import Actor, Outcome
from custody.models import Approval
from custody.wording import words_of_reason


class Refusal(StrEnum):
    """Why a step was refused."""

    ALREADY_USED = "already-used"
    ALTERED = "altered"
    EXPIRED = "approval-expired"
    NOT_A_MEMBER = "not-a-member"
    NOT_APPROVED = "not-approved"
    NOT_IN_OFFICE = "not-in-office"
    NOT_OF_THE_TWO = "not-of-the-two"
    NOT_THE_ASKER = "not-the-asker"
    NOT_WAITING = "not-waiting"
    OTHER_CONTENT = "other-content"
    OWN_REQUEST = "own-request"


class ApprovalRefused(ValidationError):
    """A step that this person may not take, or not now; that is recorded. `code` says why."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(words_of_reason(refusal.value), code=refusal.value)


def streams_of(approval: Approval, actor: Actor) -> tuple[str, ...]:
    """The histories of case and subject, of who asked and of who acts; each once."""
    streams = [f"case/{approval.case_id}"] if approval.case_id else []
    subject = subject_of(approval).stream
    streams += [subject] if subject else []
    # The refused asker of a request that came from no account is nobody.
    streams += [f"user/{approval.asked_by_id}"] if approval.asked_by_id else []
    streams += [f"user/{actor.id}"]
    return tuple(dict.fromkeys(streams))


def about(approval: Approval) -> dict[str, str]:
    """What every entry says of a request: ids, digests and codes."""
    subject = subject_of(approval)
    told = {subject.kind: subject.id, "approval": str(approval.pk), "kind": approval.kind, "content": approval.content}
    return {**told, **({"case": str(approval.case_id)} if approval.case_id else {})}


@contextlib.contextmanager
def recorded_refusals(approval: Approval, actor: Actor) -> Iterator[None]:
    """Record an ApprovalRefused that leaves the block, then let it go on. Open it outside the act."""
    try:
        yield
    except ApprovalRefused as refusal:
        ledger.append_alone(
            ledger.Draft(
                action=Action.APPROVAL_REFUSED,
                actor=actor,
                streams=streams_of(approval, actor),
                subject={**about(approval), "reason": str(refusal.code)},
                outcome=Outcome.DENIED,
            )
        )
        raise
