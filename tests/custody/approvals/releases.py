"""A kind of act that no room carries out: for these tests, told in one line and done by an entry of another verb."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from custody import acts, approvals
from custody.actions import Action
from custody.approvals import Procedure, Subject
from custody.core.canonical import JsonValue
from custody.core.entries import Actor
from custody.models import Account, Approval, ApprovalKind, Case

DEED = Action.CASE_CHANGED
SUBJECT = Subject("dossier", "D-2026-001")
WHAT: Mapping[str, JsonValue] = {"dossier": "D-2026-001", "version": 2, "sha256": "ab" * 32}


def actor_of(account: Account, role: str = "member") -> Actor:
    """This person, signed in."""
    return Actor(id=str(account.pk), role=role, auth="password", session="")


def tell(what: Mapping[str, JsonValue]) -> list[approvals.Told]:
    return [approvals.Told("Dossier", f"{what.get('dossier')}, version {what.get('version')}")]


def carry_out(approval: Approval, actor: Actor, *, what: Mapping[str, JsonValue] = WHAT) -> Approval:
    """The act that an approval allows."""
    with approvals.recorded_refusals(approval, actor), acts.act(actor=actor) as act:
        kind, subject = ApprovalKind(approval.kind), approvals.subject_of(approval)
        used = approvals.spend(act, approval=approval, kind=kind, subject=subject, what=what)
        act.record(DEED, streams=(f"user/{actor.id}",), subject={"approval": str(used.pk)})
    return used


@pytest.fixture
def procedures() -> Iterator[None]:
    """It can be asked for."""
    approvals.register_procedure(Procedure(kind=ApprovalKind.BULK_UNSEALING, deed=DEED, tell=tell, carry_out=carry_out))
    yield
    approvals.forget_procedure(ApprovalKind.BULK_UNSEALING)


def ask(case: Case, account: Account, *, reason: str = "The court asks for it.") -> Approval:
    """Something asked for."""
    return approvals.ask(
        kind=ApprovalKind.BULK_UNSEALING, subject=SUBJECT, case=case, what=WHAT, reason=reason, actor=actor_of(account)
    )


def ask_release_of(case: Case, account: Account) -> Approval:
    """A request to release a selection of this case."""
    return approvals.ask(
        kind=ApprovalKind.RELEASE,
        subject=Subject("selection", "0" * 64),
        case=case,
        what={},
        reason="The court asked for it.",
        actor=actor_of(account),
    )
