"""Who may take which step. The account is the one that acts, signed in: nobody asks or decides in another's name."""

from __future__ import annotations

import uuid

from custody.actors import CONSOLE
from custody.approvals.kinds import RULES, Office, Rule
from custody.approvals.refusing import ApprovalRefused, Refusal
from custody.cases import members_of, role_in
from custody.core.entries import Actor
from custody.models import Account, Approval, ApprovalKind, Case, Role


def account_of(actor: Actor) -> Account | None:
    """The account that acts; None for the console's operator, for software and for an account that is closed."""
    try:
        return Account.objects.filter(pk=uuid.UUID(actor.id), is_active=True).first()
    except ValueError:
        return None


def signed_in(actor: Actor) -> Account | None:
    """The account, if it acts by itself: whoever is at the console could name any, and be two people."""
    return None if actor.auth == CONSOLE else account_of(actor)


def rule_of(approval: Approval) -> Rule:
    """The rule of a request's kind."""
    return RULES[ApprovalKind(approval.kind)]


def may_ask(account: Account, kind: ApprovalKind, case: Case | None) -> bool:
    """Whether somebody may ask for an act of this kind in this case (in the house, for the administrators' kinds)."""
    rule = RULES[kind]
    if rule.office is Office.ADMINISTRATOR:
        return case is None and account.is_administrator
    return case is not None and role_in(account, case) in rule.may_ask


def is_in_office(account: Account, kind: ApprovalKind, case: Case | None) -> bool:
    """Whether somebody decides on acts of this kind here."""
    if RULES[kind].office is Office.ADMINISTRATOR:
        return account.is_administrator
    return case is not None and role_in(account, case) is Role.LEAD


def deciders_of(approval: Approval) -> list[Account]:
    """Those who may decide on a request, but for who asked: the leads of its case, or the administrators."""
    if rule_of(approval).office is Office.ADMINISTRATOR:
        return list(Account.objects.filter(is_administrator=True, is_active=True).exclude(pk=approval.asked_by_id))
    leads = members_of(approval.case).filter(role=Role.LEAD, account__is_active=True) if approval.case else []
    return [each.account for each in leads if each.account_id != approval.asked_by_id]


def check_member(approval: Approval, actor: Actor) -> Account:
    """The acting account, if the request is open to it at all. Raises ApprovalRefused."""
    account = signed_in(actor)
    if account is None or not _is_member(account, approval.case):
        raise ApprovalRefused(Refusal.NOT_A_MEMBER)
    return account


def _is_member(account: Account, case: Case | None) -> bool:
    return account.is_administrator if case is None else role_in(account, case) is not None


def check_decider(approval: Approval, actor: Actor) -> Account:
    """The acting account, if it may decide: a member, in office, and not who asked. Raises ApprovalRefused."""
    account = check_member(approval, actor)
    if account.pk == approval.asked_by_id:
        raise ApprovalRefused(Refusal.OWN_REQUEST)
    if not is_in_office(account, ApprovalKind(approval.kind), approval.case):
        raise ApprovalRefused(Refusal.NOT_IN_OFFICE)
    return account


def check_carrier(approval: Approval, actor: Actor) -> None:
    """Let one of the two carry it out, or the console's operator a kind that is done there. Raises ApprovalRefused.

    That one must still hold the office in which they asked or decided (decision 13); the other's may have ended since.
    """
    if actor.auth == CONSOLE and rule_of(approval).at_console:
        return
    account, kind = check_member(approval, actor), ApprovalKind(approval.kind)
    if account.pk not in {approval.asked_by_id, approval.decided_by_id}:
        raise ApprovalRefused(Refusal.NOT_OF_THE_TWO)
    fits = may_ask if account.pk == approval.asked_by_id else is_in_office
    if not fits(account, kind, approval.case):
        raise ApprovalRefused(Refusal.NOT_IN_OFFICE)
