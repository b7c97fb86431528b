"""The tamper table of approvals: each row one named act, and what `verify` says of it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from unittest import mock

import pytest
from django.db import connection

from custody import acts, approvals, cases, clock, notary
from custody.actions import Action
from custody.actors import for_command
from custody.approvals import contents, people
from custody.cases import Role
from custody.core import canonical
from custody.core.entries import Actor
from custody.models import Account, Approval, ApprovalKind, ApprovalState
from custody.verification import Inspection, inspect
from custody.verification.approvals import check_approvals
from tests.cast import Cast
from tests.custody.approvals.releases import DEED, SUBJECT, WHAT, actor_of, ask, carry_out, procedures
from tests.custody.verification.test_tampering import sql

__all__ = ["procedures"]
pytestmark = pytest.mark.usefixtures("procedures")
Act = Callable[[Cast], None]


def setting(columns: str) -> Act:
    """Columns of the request that waits, set by somebody with every right on the database."""
    return forging(f"UPDATE custody_approval SET {columns} WHERE state = 'asked'")  # noqa: S608  our own words


def forging(*statements: str) -> Act:
    """The same with any statement. Whoever does so also silences the database's own checks."""

    def done(_cast: Cast) -> None:
        if connection.vendor == "sqlite":
            sql("PRAGMA ignore_check_constraints = ON")
        else:
            # A table with checks that wait for the end of the transaction can't be altered.
            sql("SET CONSTRAINTS ALL IMMEDIATE")
            for name in ("two_people", "decided_by_somebody", "used_by_an_act", "stands_for_a_while", "content"):
                sql(f"ALTER TABLE custody_approval DROP CONSTRAINT custody_approval_{name}")
        for statement in statements:
            sql(statement)
        if connection.vendor == "sqlite":
            sql("PRAGMA ignore_check_constraints = OFF")

    return done


def _forge_step(request: Approval, actor: Actor, action: Action, **changes: object) -> None:
    """A step past the rules, by code that writes rows, history and entry as the house does."""
    with acts.act(actor=actor) as act:
        for name, value in changes.items():
            setattr(request, name, value)
        act.save(request)
        act.record(
            action,
            streams=(f"case/{request.case_id}", f"user/{actor.id}"),
            subject={
                "dossier": request.subject_id,
                "approval": str(request.pk),
                "kind": request.kind,
                "content": request.content,
                "case": str(request.case_id),
            },
            snapshots=[request],
        )


def _forge_decision(cast: Cast, account: Account, *, actor: Actor | None = None, **changes: object) -> None:
    request = Approval.objects.get(state=ApprovalState.ASKED)
    _forge_step(
        request,
        actor or actor_of(account),
        Action.APPROVAL_APPROVED,
        state=ApprovalState.APPROVED,
        decided_by=account,
        decided=clock.now(),
        **changes,
    )


def decide_without_being_lead(cast: Cast) -> None:
    _forge_decision(cast, cast.investigator)


def decide_at_the_console_in_the_lead_s_name(cast: Cast) -> None:
    _forge_decision(cast, cast.lead, actor=for_command(cast.lead))


def ask_at_the_console_in_the_lawyer_s_name(cast: Cast) -> None:
    """The rest of it goes as it should, by people who sign in."""
    with mock.patch.object(people, "signed_in", people.account_of):
        request = approvals.ask(
            kind=ApprovalKind.BULK_UNSEALING,
            subject=SUBJECT,
            case=cast.case,
            what={**WHAT, "version": 3},
            reason="x",
            actor=for_command(cast.lawyer),
        )
    approvals.approve(approval=request, actor=actor_of(cast.lead))


def use_at_the_console_what_is_not_done_there(cast: Cast) -> None:
    request = Approval.objects.get(state=ApprovalState.ASKED)
    approvals.approve(approval=request, actor=actor_of(cast.lead))
    request.refresh_from_db()
    actor, changes = for_command(cast.lawyer), {"state": ApprovalState.USED, "ended": clock.now()}
    _forge_step(request, actor, Action.APPROVAL_USED, used_act=str(uuid.uuid4()), **changes)


def decide_on_something_else(cast: Cast) -> None:
    _forge_decision(cast, cast.lead, description=_other_content()[0], content=_other_content()[1])


def _other_content() -> tuple[str, str]:
    request = Approval.objects.get(state=ApprovalState.ASKED)
    value = canonical.loads(request.description.encode())
    assert isinstance(value, dict)
    description = canonical.dumps({**value, "what": {"dossier": "D-2026-099"}}).decode()
    return description, contents.digest(description)


def decide_what_somebody_else_asked_in_the_lead_s_name(cast: Cast) -> None:
    """The row names the lead; the entry tells who really acted."""
    request = Approval.objects.get(state=ApprovalState.ASKED)
    _forge_step(
        request,
        actor_of(cast.lawyer),
        Action.APPROVAL_APPROVED,
        state=ApprovalState.APPROVED,
        decided_by=cast.lead,
        decided=clock.now(),
    )


def use_what_was_not_approved(cast: Cast) -> None:
    request = Approval.objects.get(state=ApprovalState.ASKED)
    now = clock.now()
    _forge_step(
        request,
        actor_of(cast.lawyer),
        Action.APPROVAL_USED,
        state=ApprovalState.USED,
        decided_by=cast.lead,
        decided=now,
        ended=now,
        used_act=str(uuid.uuid4()),
    )


def use_it_again(cast: Cast) -> None:
    request = Approval.objects.get(state=ApprovalState.USED)
    _forge_step(request, actor_of(cast.lawyer), Action.APPROVAL_USED)


def prolong_it(cast: Cast) -> None:
    request = Approval.objects.get(state=ApprovalState.ASKED)
    _forge_step(request, actor_of(cast.lawyer), Action.APPROVAL_ASKED, expires=request.expires + approvals.STANDS_FOR)


def do_the_deed_without_asking(cast: Cast) -> None:
    with acts.act(actor=actor_of(cast.lead)) as act:
        act.record(DEED, streams=(f"user/{cast.lead.pk}",), subject={"key": "ab12"})


def enter_a_decision_on_nothing(cast: Cast) -> None:
    request = Approval.objects.get(state=ApprovalState.ASKED)
    with acts.act(actor=actor_of(cast.lead)) as act:
        act.record(
            Action.APPROVAL_APPROVED,
            streams=(f"case/{cast.case.pk}",),
            subject={"approval": str(uuid.uuid4()), "kind": request.kind},
        )


@pytest.fixture
def house(cast: Cast) -> Cast:
    """A request that waits, one that was carried out, one declined, one withdrawn."""
    used = approvals.approve(approval=ask(cast.case, cast.investigator), actor=actor_of(cast.lead))
    carry_out(used, actor_of(cast.investigator))
    approvals.decline(approval=ask(cast.case, cast.investigator), actor=actor_of(cast.lead), reason="No.")
    approvals.withdraw(approval=ask(cast.case, cast.investigator), actor=actor_of(cast.investigator))
    ask(cast.case, cast.lawyer)
    notary.ensure_checkpoint()
    return cast


LEAD = "(SELECT id FROM custody_account WHERE email = 'hala@example.org')"
ADDED = """
INSERT INTO custody_approval (id, kind, subject_kind, subject_id, description, content, reason, authority, asked,
 expires, state, decision_reason, used_act, asked_by_id, case_id)
SELECT '00000000000000000000000000000001', kind, subject_kind, subject_id, description, content, reason, authority,
 asked, expires, state, '', '', asked_by_id, case_id FROM custody_approval WHERE state = 'asked'
"""
TABLE: list[tuple[str, Act, str]] = [
    ("alter what is described", setting("description = '{}'"), "is described"),
    ("alter the digest", setting(f"content = '{'0' * 64}'"), "content"),
    ("alter the subject", setting("subject_id = 'D-1'"), "subject"),
    ("cite another authority", setting("authority = 'Order 1'"), "authority"),
    ("prolong it in the row", setting("expires = '2090-01-01 00:00:00+00:00'"), "until when"),
    ("delete a request", forging("DELETE FROM custody_approval WHERE state = 'asked'"), "its row is gone"),
    (
        "approve in the row alone",
        setting(f"state = 'approved', decided = asked, decided_by_id = {LEAD}"),
        "state, who decided differs",
    ),
    (
        "approve one's own request in the row",
        setting("state = 'approved', decided = asked, decided_by_id = asked_by_id"),
        "who asked decided, too",
    ),
    ("mark it as used in the row", setting("state = 'used', used_act = 'x'"), "its use differs"),
    ("add a request in the row alone", forging(ADDED), "no entry of the ledger says that it was asked for"),
    ("let somebody decide who does not lead", decide_without_being_lead, "did not lead the case"),
    ("approve something else than was asked", decide_on_something_else, "another act"),
    ("name the lead for another's decision", decide_what_somebody_else_asked_in_the_lead_s_name, "who asked decided"),
    ("decide at the console", decide_at_the_console_in_the_lead_s_name, "at the console"),
    ("ask at the console", ask_at_the_console_in_the_lawyer_s_name, "at the console"),
    ("use at the console", use_at_the_console_what_is_not_done_there, "neither asked nor decided"),
    ("use what nobody approved", use_what_was_not_approved, "can't be used"),
    ("use it a second time", use_it_again, "can't be used"),
    ("ask a second time to prolong it", prolong_it, "a second time"),
    ("do the deed without an approval", do_the_deed_without_asking, "used no approval"),
    ("enter a decision on nothing", enter_a_decision_on_nothing, "nobody made"),
]


def found() -> list[str]:
    """What the check itself says, whatever others find besides."""
    inspection = Inspection()
    check_approvals(inspection)
    assert all(finding.fact == "approval" for finding in inspection.findings)
    return [finding.message for finding in inspection.findings]


def test_untouched_approvals_verify_clean(house: Cast) -> None:
    verdict = inspect(Inspection())
    assert (verdict.bottom_line, verdict.findings) == ("sound", ())
    inspection = Inspection()
    check_approvals(inspection)
    assert inspection.counts["approvals"] == 4


@pytest.mark.parametrize(("act", "words"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_tampering_is_found(house: Cast, act: Act, words: str) -> None:
    act(house)
    messages = found()
    assert any(words in message for message in messages), messages


def test_a_lead_who_left_later_decided_rightly(house: Cast) -> None:
    cases.grant_membership(case=house.case, account=house.outsider, role=Role.LEAD, actor=for_command())
    request = Approval.objects.get(state=ApprovalState.ASKED)
    approvals.approve(approval=request, actor=actor_of(house.outsider))
    cases.end_membership(membership=cases.members_of(house.case).get(account=house.outsider), actor=for_command())
    assert found() == []


def test_a_kind_that_nothing_carries_out_any_more_still_verifies(house: Cast) -> None:
    approvals.forget_procedure(ApprovalKind.BULK_UNSEALING)
    assert found() == []
