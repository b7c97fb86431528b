"""Approval by two: one person asks, another decides, the act spends the decision once, and every step is an entry.

with approvals.recorded_refusals(approval, actor), acts.act(actor=actor) as act:
    approvals.spend(act, approval=approval, subject=subject, what=what)
    ...
"""

from custody.approvals.contents import Subject, is_intact, subject_of, what_of
from custody.approvals.kinds import (
    NobodyCarriesItOut,
    Office,
    Procedure,
    Told,
    forget_procedure,
    procedure_of,
    procedures,
    register_procedure,
)
from custody.approvals.people import account_of, deciders_of, is_in_office, may_ask
from custody.approvals.reading import (
    approvals_in,
    count_waiting,
    get_approval_for,
    is_done_at_console,
    settled_in,
    standing_of,
    state_now,
    waiting_for,
    waiting_for_others,
)
from custody.approvals.refusing import ApprovalRefused, Refusal, recorded_refusals
from custody.approvals.steps import STANDS_FOR, approve, ask, check_spendable, decline, expire_overdue, spend, withdraw

__all__ = [
    "STANDS_FOR",
    "ApprovalRefused",
    "NobodyCarriesItOut",
    "Office",
    "Procedure",
    "Refusal",
    "Subject",
    "Told",
    "account_of",
    "approvals_in",
    "approve",
    "ask",
    "check_spendable",
    "count_waiting",
    "deciders_of",
    "decline",
    "expire_overdue",
    "forget_procedure",
    "get_approval_for",
    "is_done_at_console",
    "is_in_office",
    "is_intact",
    "may_ask",
    "procedure_of",
    "procedures",
    "recorded_refusals",
    "register_procedure",
    "settled_in",
    "spend",
    "standing_of",
    "state_now",
    "subject_of",
    "waiting_for",
    "waiting_for_others",
    "what_of",
    "withdraw",
]
