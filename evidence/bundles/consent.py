"""The one place where a second person's consent to a release is demanded, looked at and spent.

A bundle in a folder or a file leaves when it has its own name: the approval is spent with the entry `export.created`.
What goes into a pipe leaves at once: the approval is spent with `export.opened`, before the first byte, so that no two
pipes can run on the strength of one. Either way the use stands in the act of the release.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from custody import approvals
from custody.acts import Act
from custody.approvals import ApprovalRefused, Refusal, Subject
from custody.core.entries import Entry
from custody.disclosures import NO_APPROVAL
from custody.models import Approval, ApprovalKind, ApprovalState
from evidence.access.exporting import Export
from evidence.admissions import items_in
from evidence.bundles.described import What, agreed_in, bundle_in
from evidence.bundles.folders import BundleRefused
from evidence.bundles.leaving import foresee
from evidence.bundles.orders import Order
from evidence.bundles.parts import Offered
from evidence.bundles.selections import chosen


class ConsentMissing(BundleRefused):
    """A release takes two: somebody has to ask, somebody else to approve."""


class ReleaseChanged(ApprovalRefused):
    """What would leave is other or more than what was approved; that is recorded. ``changes`` say how."""

    def __init__(self, changes: Sequence[str]) -> None:
        told = [*changes, _("Nothing leaves on the strength of this approval. Ask anew, for what is to leave now.")]
        ValidationError.__init__(self, told)
        self.code = Refusal.OTHER_CONTENT.value
        self.changes = tuple(changes)


def is_demanded() -> bool:
    """Whether nothing leaves here that only one person wants to hand out."""
    return bool(settings.AMANA_RELEASE_BY_TWO)


def demand(order: Order) -> None:
    """Raise ConsentMissing for an order that nobody approved, where that is needed."""
    if order.approval is None and is_demanded():
        raise ConsentMissing(
            "a release takes two people: one asks for it on the case's page of disclosures, another approves; then "
            "give the approval's id (--approval)"
        )


def subject_of(order: Order) -> Subject:
    """What such a request is about: what was chosen, as `export.opened` names it."""
    return Subject("selection", order.selection.digest)


def refusing(order: Order) -> AbstractContextManager[None]:
    """Record a refusal of the order's approval. Open it outside the act."""
    if order.approval is None:
        return contextlib.nullcontext()
    return approvals.recorded_refusals(order.approval, order.asker.actor)


def limit(order: Order) -> frozenset[UUID] | None:
    """The items that may leave at most, None for all of the case: what was chosen, and of it what was approved.

    Raises SelectionError.
    """
    only = chosen(order.asker.case, order.selection)
    if order.approval is None:
        return only
    numbers = agreed_in(order.approval).numbers
    rows = items_in(order.asker.case).values_list("pk", "ern")
    return frozenset(key for key, ern in rows if ern in numbers and (only is None or key in only))


def check(order: Order, offered: Offered) -> None:
    """Before anything is done: whether this may leave. Raises ConsentMissing, ApprovalRefused (recorded)."""
    demand(order)
    check_standing(order)
    with refusing(order):
        changes = changes_of(order, offered)
        if changes:
            raise ReleaseChanged(changes)


def check_standing(order: Order) -> None:
    """Whether its approval stands, for this person, whatever would leave. Raises ApprovalRefused, recorded."""
    if order.approval is None:
        return
    with refusing(order):
        approvals.check_spendable(
            order.approval,
            actor=order.asker.actor,
            kind=order.main.kind if order.main else ApprovalKind.RELEASE,
            subject=order.main.subject if order.main else subject_of(order),
            what=_done(order, order.approval),
        )


def changes_of(order: Order, offered: Offered) -> list[str]:
    """How what would leave now is other or more than what was approved; nothing where it is the same, or less."""
    approval = order.approval
    if approval is None:
        return []
    if approval.case_id != order.asker.case.pk:
        return [_("It belongs to another case.")]
    leaving = foresee(order, chosen(order.asker.case, order.selection), offered)
    return agreed_in(approval).others(order, leaving)


def spend(act: Act, order: Order) -> None:
    """Use the approval up inside the act of the release; nothing where that act has done so. Raises ApprovalRefused.

    Call it inside ``refusing``. That no more leaves than was approved is the business of ``limit`` and ``check``.
    """
    demand(order)
    if order.approval is None or is_spent_in(order.approval, act.id):
        return
    approvals.spend(
        act,
        approval=order.approval,
        kind=order.main.kind if order.main else ApprovalKind.RELEASE,
        subject=order.main.subject if order.main else subject_of(order),
        what=_done(order, order.approval),
    )


def _done(order: Order, approval: Approval) -> What:
    """What is about to be done: the bundle as it was agreed on, and what it lies beside as that is now."""
    agreed = bundle_in(approval)
    return order.main.describe(agreed) if order.main else agreed


def is_spent_in(approval: Approval, act: str) -> bool:
    """Whether this very release has used it."""
    return Approval.objects.filter(pk=approval.pk, state=ApprovalState.USED, used_act=act).exists()


def told_by(order: Order, export: Export, touches: Iterable[tuple[str, str]]) -> dict[str, str]:
    """What the entry of the release says: on the strength of which approval, or of none; and what stayed of it."""
    if order.approval is None:
        return {"approval": NO_APPROVAL}
    fewer = agreed_in(order.approval).fewer(len(export.granted), frozenset(touches))
    return {"approval": str(order.approval.pk), **({"fewer": str(fewer)} if fewer else {})}


def demanded_of(entries: Sequence[Entry]) -> Iterator[Entry]:
    """The releases that needed two: those that say so, and whatever came later and does not say that it had none.

    Releases of earlier versions say nothing. After the first one that does, silence hides something.
    """
    told = False
    for entry in entries:
        said = entry.subject.get("approval")
        told = told or said is not None
        if told and said != NO_APPROVAL:
            yield entry
