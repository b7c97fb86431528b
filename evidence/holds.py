"""Legal holds: any lead places one; two people lift it; what it covers can't be disposed of.

A hold on a whole case covers what the case admits and what it admitted when the hold was placed or later, so that
nobody slips out of it by ending an admission.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Final

from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from custody import acts, approvals, clock, ledger
from custody.actions import Action
from custody.cases import Role, role_in
from custody.core.canonical import JsonValue
from custody.core.entries import Actor, Outcome
from custody.models import Account, Approval, ApprovalKind, Case
from custody.wording import words_of_reason
from evidence.admissions import items_in
from evidence.models import Admission, EvidenceItem, HeldItem, LegalHold

SUBJECT: Final = "hold"
MOST_ITEMS: Final = 5_000


class HoldReason(StrEnum):
    """Why a hold was not placed."""

    NOT_IN_OFFICE = "not-in-office"
    NOT_IN_CASE = "not-in-case"
    DISPOSED = "disposed"


class HoldRefused(ValidationError):
    """Somebody may not place this hold; that is recorded. `code` says why."""

    def __init__(self, reason: HoldReason) -> None:
        super().__init__(words_of_reason(reason.value), code=reason.value)


def place(*, case: Case, items: Sequence[EvidenceItem] | None, authority: str, reason: str, actor: Actor) -> LegalHold:
    """Hold these items of a case, or (None) the whole of it. Takes effect at once.

    Raises ValidationError (no authority, no reason, nothing named), and HoldRefused, recorded, for whoever does not
    lead the case, for items of another one, and for what was disposed of.
    """
    if items is not None and not 0 < len(items) <= MOST_ITEMS:
        raise ValidationError(_("Name the items to be held."))
    try:
        with acts.act(actor=actor) as act:
            # A disposal of this case that is under way ends first, or begins after this.
            Case.objects.select_for_update(no_key=True).get(pk=case.pk)
            account = _lead(case, actor)
            _check_items(case, items or ())
            return _place(act, _new(case, items, authority, reason, account), items or ())
    except HoldRefused as refusal:
        _record_refusal(case, actor, refusal)
        raise


def _lead(case: Case, actor: Actor) -> Account:
    account = approvals.account_of(actor)
    if account is None or role_in(account, case) is not Role.LEAD:
        raise HoldRefused(HoldReason.NOT_IN_OFFICE)
    return account


def _check_items(case: Case, items: Sequence[EvidenceItem]) -> None:
    keys = {item.pk for item in items}
    if items_in(case).filter(pk__in=keys).count() != len(keys):
        raise HoldRefused(HoldReason.NOT_IN_CASE)
    if EvidenceItem.objects.filter(pk__in=keys, tombstone__isnull=False).exists():
        raise HoldRefused(HoldReason.DISPOSED)


def _new(case: Case, items: Sequence[EvidenceItem] | None, authority: str, reason: str, account: Account) -> LegalHold:
    return LegalHold(
        case=case,
        whole_case=items is None,
        authority=authority.strip(),
        reason=reason.strip(),
        placed_by=account,
        placed=clock.now(),
    )


def _place(act: acts.Act, hold: LegalHold, items: Sequence[EvidenceItem]) -> LegalHold:
    act.save(hold)
    held = [HeldItem(hold=hold, item=item) for item in {item.pk: item for item in items}.values()]
    act.save_many(held)
    act.record(
        Action.HOLD_PLACED,
        streams=_streams(hold, act.actor, held),
        subject={**_about(hold), "items": "all" if hold.whole_case else str(len(held))},
        snapshots=[hold, *held],
        authority=hold.authority,
        detail={"reason": hold.reason},
    )
    return hold


def _about(hold: LegalHold) -> dict[str, str]:
    return {SUBJECT: str(hold.pk), "case": str(hold.case_id)}


def _streams(hold: LegalHold, actor: Actor, held: Sequence[HeldItem]) -> tuple[str, ...]:
    """The histories of case and person; of the item too, when there is one alone."""
    item = (f"item/{held[0].item_id}",) if len(held) == 1 else ()
    return (*item, f"case/{hold.case_id}", f"user/{actor.id}")


def _record_refusal(case: Case, actor: Actor, refusal: HoldRefused) -> None:
    ledger.append_alone(
        ledger.Draft(
            action=Action.HOLD_REFUSED,
            actor=actor,
            streams=(f"case/{case.pk}", f"user/{actor.id}"),
            subject={"case": str(case.pk), "reason": str(refusal.code)},
            outcome=Outcome.DENIED,
        )
    )


def ask_lift(*, hold: LegalHold, authority: str, reason: str, actor: Actor) -> Approval:
    """Ask that a hold be lifted. Raises what ``approvals.ask`` raises, and ValidationError when it stands no more."""
    if hold.lifted is not None:
        raise ValidationError(_("This hold was lifted already."))
    return approvals.ask(
        kind=ApprovalKind.HOLD_LIFT,
        subject=_subject(hold),
        case=hold.case,
        what=_what(hold),
        reason=reason,
        authority=authority.strip(),
        actor=actor,
    )


def lift(*, approval: Approval, actor: Actor) -> LegalHold:
    """Lift the hold that a second person approved lifting. Raises ApprovalRefused, recorded, and ValidationError."""
    with approvals.recorded_refusals(approval, actor), acts.act(actor=actor) as act:
        key = _id_of(approval)
        hold = LegalHold.objects.select_for_update().filter(pk=key).first() if key else None
        if hold is None or hold.lifted is not None:
            raise ValidationError(_("This hold was lifted already."))
        used = approvals.spend(
            act, approval=approval, kind=ApprovalKind.HOLD_LIFT, subject=_subject(hold), what=_what(hold)
        )
        hold.lifted, hold.lifted_by = clock.now(), approvals.account_of(actor)
        act.save(hold)
        act.record(
            Action.HOLD_LIFTED,
            streams=_streams(hold, actor, list(hold.held.all()[:2])),
            subject={**_about(hold), "approval": str(used.pk)},
            snapshots=[hold],
            authority=used.authority,
        )
    return hold


def _subject(hold: LegalHold) -> approvals.Subject:
    return approvals.Subject(SUBJECT, str(hold.pk))


def _id_of(approval: Approval) -> uuid.UUID | None:
    subject = approvals.subject_of(approval)
    return uuid.UUID(subject.id) if subject.kind == SUBJECT else None


def _what(hold: LegalHold) -> dict[str, JsonValue]:
    count = HeldItem.objects.filter(hold=hold).count()
    return {
        "hold": str(hold.pk),
        "whole_case": hold.whole_case,
        "items": count,
        "placed": clock.stamp(hold.placed),
        "placed_under": hold.authority,
    }


def tell_lift(what: Mapping[str, JsonValue]) -> list[approvals.Told]:
    """The lifting of a hold in words."""
    count = what.get("items")
    number = count if isinstance(count, int) else 0
    named = ngettext("%(n)d item", "%(n)d items", number) % {"n": number}
    return [
        approvals.Told(_("To be done"), _("The legal hold is lifted. What it covered can then be disposed of.")),
        approvals.Told(_("It covers"), _("the whole case") if what.get("whole_case") else named),
        approvals.Told(_("Placed on"), str(what.get("placed", ""))),
        approvals.Told(_("Placed under"), str(what.get("placed_under", ""))),
    ]


def standing_in(case: Case) -> QuerySet[LegalHold]:
    """The holds of a case that were not lifted, newest first."""
    return LegalHold.objects.filter(case=case, lifted=None).select_related("placed_by").prefetch_related("held__item")


def holds_on(item: EvidenceItem) -> QuerySet[LegalHold]:
    """Every standing hold, of whatever case, that covers this item."""
    return covering([item.pk]).filter(lifted=None)


def covering(items: Iterable[uuid.UUID]) -> QuerySet[LegalHold]:
    """Every hold, standing or lifted, that covers one of these items."""
    keys = list(items)
    collections = EvidenceItem.objects.filter(pk__in=keys).values("collection")
    admitted = Admission.objects.filter(
        Q(item__in=keys) | Q(collection__in=collections),
        Q(ended=None) | Q(ended__gte=OuterRef("placed")),
        case=OuterRef("case"),
    )
    named = HeldItem.objects.filter(hold=OuterRef("pk"), item__in=keys)
    return LegalHold.objects.filter(Exists(named) | (Q(whole_case=True) & Exists(admitted)))


def _carry_out(approval: Approval, actor: Actor) -> LegalHold:
    return lift(approval=approval, actor=actor)


def register() -> None:
    """At start: how the lifting of a hold is told and carried out."""
    approvals.register_procedure(
        approvals.Procedure(
            kind=ApprovalKind.HOLD_LIFT,
            deed=Action.HOLD_LIFTED,
            tell=tell_lift,
            carry_out=_carry_out,
        )
    )
