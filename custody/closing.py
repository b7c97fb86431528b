"""Closing a case and reopening it: by its lead, for a reason, with what is still open on the table.

What a closed case takes no more stands in ``custody.ledger.closed``.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from custody import acts, anchoring, approvals, clock, closed_cases, disclosures, ledger, notary
from custody.actions import Action
from custody.anchoring import enclosing
from custody.cases import Case, Role, role_in
from custody.core.entries import Actor
from custody.core.errors import CanonicalError, CustodyError
from custody.disclosures import DisclosureKind
from custody.models import Account
from custody.models.approvals import ONE_LINE

LONGEST_REASON: Final = 2000
NOT_IN_OFFICE: Final = "not-in-office"
_STEPS: Final = (Action.CASE_CLOSED, Action.CASE_REOPENED)


class ClosingRefused(ValidationError):
    """Somebody who does not lead the case may neither close nor reopen it; that is recorded."""


@dataclass(frozen=True, kw_only=True)
class Matter:
    """Something that may still be open in a case: ``stops`` says that the case can't be closed over it.

    ``url_name`` is the page (by the case's code) where it is settled.
    """

    key: str
    words: Promise
    count: Callable[[Case], int]
    url_name: str
    stops: bool = False


@dataclass(frozen=True)
class Open:
    """A matter that is open, and how many times."""

    matter: Matter
    number: int


@dataclass(frozen=True)
class Step:
    """A closing or reopening as the ledger tells it; the reason is empty where the private detail is gone."""

    seq: int
    closing: bool
    time: str
    by: str
    authority: str
    reason: str


@dataclass(frozen=True)
class Covered:
    """Who vouched for the entry that was just written: our notary (None: not yet), and parties outside."""

    size: int | None
    wanted: bool = False
    vouched: tuple[str, ...] = ()
    failed: dict[str, str] = field(default_factory=dict)


_matters: dict[str, Matter] = {}


def register_matter(matter: Matter) -> None:
    """At start: what a room counts when a case is to be closed. One of the same key is replaced."""
    _matters[matter.key] = matter


def register() -> None:
    """At start: what this room itself may leave open."""
    register_matter(
        Matter(
            key="approvals",
            words=gettext_lazy("requests that wait for a second person"),
            count=approvals.count_waiting,
            url_name="custody:approvals",
        )
    )
    register_matter(
        Matter(
            key="releases",
            words=gettext_lazy("releases that were begun, and of which nothing says that they were finished"),
            count=_unfinished_releases,
            url_name="custody:disclosures",
        )
    )


def _unfinished_releases(case: Case) -> int:
    rows = disclosures.disclosures_in(case).filter(kind=DisclosureKind.BUNDLE, sealed=None, broken_off=None)
    return rows.filter(receipt_on=None).count()


def open_matters(case: Case) -> list[Open]:
    """What is open in a case now, first what stops its closing."""
    found = [Open(matter, matter.count(case)) for matter in _matters.values()]
    return sorted((each for each in found if each.number), key=lambda each: (not each.matter.stops, each.matter.key))


def summary(matters: list[Open]) -> str:
    """The same as one word, to tell whether somebody has seen this very list."""
    return " ".join(f"{each.matter.key}={each.number}" for each in matters)


def close_case(*, case: Case, reason: str, authority: str, seen: str, actor: Actor) -> Case:
    """Close a case. ``seen`` is the summary of the open matters that were shown to whoever closes it.

    Raises ValidationError: no reason, closed already, something open that stops it, or a list that has changed since;
    ClosingRefused, recorded, for whoever does not lead the case. An intake that is opened at the very moment stays
    open, and takes in nothing more.
    """
    _check_lead(case, Action.CASE_CLOSED, actor)
    why, under = _checked(reason, authority)
    with acts.act(actor=actor) as act:
        current = _locked(case)
        if current.closed is not None:
            raise ValidationError(_("This case is closed already."))
        matters = open_matters(current)
        if any(each.matter.stops for each in matters):
            raise ValidationError(_("Something is not finished that must be, before the case can be closed."))
        if summary(matters) != seen:
            raise ValidationError(_("What is still open has changed meanwhile. Look at it again."))
        current.closed = clock.now()
        left = {each.matter.key: str(each.number) for each in matters}
        _record(act, current, Action.CASE_CLOSED, left, why, under)
    return current


def reopen_case(*, case: Case, reason: str, authority: str, actor: Actor) -> Case:
    """Open a closed case again: everything goes on where it stood.

    Raises ValidationError (no reason, not closed), and ClosingRefused, recorded, for whoever does not lead the case.
    """
    _check_lead(case, Action.CASE_REOPENED, actor)
    why, under = _checked(reason, authority)
    with acts.act(actor=actor) as act:
        current = _locked(case)
        if current.closed is None:
            raise ValidationError(_("This case is open."))
        current.closed = None
        _record(act, current, Action.CASE_REOPENED, {}, why, under)
    return current


def _check_lead(case: Case, action: Action, actor: Actor) -> None:
    account = approvals.account_of(actor)
    if account is None or role_in(account, case) is not Role.LEAD:
        closed_cases.record_refusal(case, action, NOT_IN_OFFICE, actor)
        raise ClosingRefused(_("Only the lead of the case closes or reopens it."), code=NOT_IN_OFFICE)


def _checked(reason: str, authority: str) -> tuple[str, str]:
    why, under = reason.strip(), authority.strip()
    if not 0 < len(why) <= LONGEST_REASON:
        raise ValidationError({"reason": _("Say why, in at most 2,000 characters.")})
    if under:
        try:
            ONE_LINE(under)
        except ValidationError as error:
            raise ValidationError({"authority": error.messages}) from error
    return why, under


def _locked(case: Case) -> Case:
    # Without its key: whoever enters something that points at the case asks for that at the commit, under the ledger's
    # lock, for which this transaction will wait. Each would wait for the other (PostgreSQL).
    return Case.objects.select_for_update(no_key=True).get(pk=case.pk)


def _record(act: acts.Act, case: Case, action: Action, left: dict[str, str], reason: str, authority: str) -> None:
    act.save(case)
    act.record(
        action,
        streams=(f"case/{case.pk}", f"user/{act.actor.id}"),
        subject={"case": str(case.pk), **left},
        snapshots=[case],
        authority=authority or None,
        detail={"reason": reason},
    )


def cover() -> Covered:
    """Have the notary sign what was just entered, and everybody outside vouch for it, as for a bundle.

    The act stands whatever comes of it; whoever shows the outcome must say so.
    """
    wanted = any(not party.ended and party.url for party in anchoring.parties())
    try:
        size = notary.ensure_checkpoint().size
    except CustodyError:
        return Covered(None, wanted)
    answer = enclosing.vouch_now(size)
    return Covered(size, wanted, answer.vouched, answer.failed)


def steps_of(case: Case) -> list[Step]:
    """Every closing and reopening of a case, newest first."""
    found = [stored for action in _STEPS for stored in ledger.entries_in_streams([f"case/{case.pk}"], action)]
    return sorted(map(_step, found), key=lambda step: -step.seq)


def _step(stored: ledger.StoredEntry) -> Step:
    told = ledger.entry_of(stored)
    try:
        reason = ledger.details_of([stored.id]).get(stored.id, {}).get("reason", "")
    except CanonicalError:
        # `verify` reports it.
        reason = ""
    return Step(
        seq=stored.seq,
        closing=told.action == Action.CASE_CLOSED,
        time=told.time,
        by=_name_of(told.actor),
        authority=told.authority or "",
        reason=str(reason),
    )


def _name_of(actor: Actor) -> str:
    account = Account.objects.filter(pk=uuid.UUID(actor.id)).first()
    return account.name if account else actor.id
