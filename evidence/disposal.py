"""Disposal: under a cited authority, by two people, never under a hold; a signed tombstone stays.

(1) One transaction: the approval is used up, each item gets its tombstone, the entries come last. From here on the
item is disposed of: the door stays shut. (2) The registrar signs each tombstone on the strength of its entry.
(3) The bytes go (``evidence.removal``), and an entry says when they had gone. A crash after (1) leaves the rest to the
next sweep; ``verify`` says meanwhile what is waiting.

What stays: the item's row, receipt, name, description, examinations. What this cannot reach: copies that were handed
out, backups, and what a disk keeps of a removed file.
"""

from __future__ import annotations

import datetime
import hashlib
import logging
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from custody import acts, approvals, clock, ledger
from custody.actions import Action
from custody.acts import Act
from custody.core import disposals
from custody.core.canonical import JsonValue
from custody.core.disposals import Decision, DisposalRecord, Disposed
from custody.core.entries import Actor, Outcome
from custody.core.errors import CustodyError
from custody.models import Approval, ApprovalKind, Case
from custody.wording import words_of_reason
from evidence import holds, removal, signing, tombstones
from evidence.access import Question, register_policy
from evidence.admissions import cases_of, items_in
from evidence.core.errors import EvidenceError
from evidence.models import (
    Collection,
    EvidenceItem,
    ExaminationJob,
    JobState,
    Receipt,
    Tombstone,
)

MOST_ITEMS: Final = 200
_log = logging.getLogger("amana.disposal")


class DisposalReason(StrEnum):
    """Why an item can't be disposed of now."""

    BEING_EXAMINED = "being-examined"
    DISPOSED = "disposed"
    NOT_DISPOSABLE = "not-disposable"
    NOT_IN_CASE = "not-in-case"
    UNDER_HOLD = "under-hold"


class DisposalRefused(ValidationError):
    """These items can't be disposed of; that is recorded. `code` says why."""

    def __init__(self, reason: DisposalReason, ern: str) -> None:
        super().__init__(f"{ern}: {words_of_reason(reason.value)}", code=reason.value)
        self.ern = ern


@dataclass(frozen=True)
class _Seal:
    """What every tombstone of one act says alike."""

    signer: str
    log: str
    moment: datetime.datetime


def ask_disposal(*, case: Case, items: Sequence[EvidenceItem], authority: str, reason: str, actor: Actor) -> Approval:
    """Ask that the bytes of these items be disposed of.

    Raises ValidationError, what ``approvals.ask`` raises, and DisposalRefused, recorded, for what can't be disposed
    of as things stand.
    """
    chosen = _in_order(items)
    if not 0 < len(chosen) <= MOST_ITEMS:
        raise ValidationError(_("Name the items to be disposed of, at most %(most)d.") % {"most": MOST_ITEMS})
    try:
        _check(case, chosen)
    except DisposalRefused as refusal:
        _record_refusal(case, chosen, actor, refusal)
        raise
    return approvals.ask(
        kind=ApprovalKind.DISPOSAL,
        subject=_subject(chosen),
        case=case,
        what=_what(chosen),
        reason=reason,
        authority=authority.strip(),
        actor=actor,
    )


def dispose(*, approval: Approval, actor: Actor) -> list[Tombstone]:
    """Dispose of exactly what was approved, once; the bytes follow at once if no intake is at work, else later.

    Raises ApprovalRefused and DisposalRefused, both recorded; nothing is disposed of then.
    """
    case = approval.case
    if case is None:
        raise ValidationError(_("Nothing was named."))
    signer, log = signing.signer().signer_fingerprint(), ledger.origin()
    items: list[EvidenceItem] = []
    try:
        with approvals.recorded_refusals(approval, actor), acts.act(actor=actor) as act:
            items = _locked(case, _named(approval))
            used = approvals.spend(
                act, approval=approval, kind=ApprovalKind.DISPOSAL, subject=_subject(items), what=_what(items)
            )
            # Nobody may begin to examine what is about to go; whoever just has is found by the check after it.
            ExaminationJob.objects.filter(item__in=items, state=JobState.WAITING).update(state=JobState.FAILED)
            _check(case, items)
            seal = _Seal(signer, log, clock.now())
            stones = [_bury(act, item, used, seal) for item in items]
    except DisposalRefused as refusal:
        _record_refusal(case, items, actor, refusal)
        raise
    _complete_if_possible()
    return stones


def _complete_if_possible() -> None:
    """The disposal stands whatever happens here; the worker goes on with it, and `verify` says what is waiting."""
    try:
        complete()
    except (CustodyError, EvidenceError, OSError):
        _log.warning("a disposal is on record; its signature or the removal of its bytes waits", exc_info=True)


def complete() -> int:
    """Sign and remove whatever a disposal has left to do; returns how many items it has finished. For the worker."""
    sign_waiting()
    return removal.remove_waiting()


def sign_waiting() -> None:
    """Have the registrar sign each tombstone that lacks its signature."""
    for stone in Tombstone.objects.filter(signature=None).order_by("disposed"):
        entry = removal.entry_of(stone, Action.ITEM_DISPOSED)
        if entry is not None:
            (signature,) = signing.signer().sign_records(authority=entry.seq, records=[bytes(stone.record)])
            Tombstone.objects.filter(pk=stone.pk, signature=None).update(signature=signature)


def _in_order(items: Sequence[EvidenceItem]) -> list[EvidenceItem]:
    return sorted({item.pk: item for item in items}.values(), key=lambda item: item.ern)


def _named(approval: Approval) -> list[uuid.UUID]:
    listed = approvals.what_of(approval).get("items")
    keys = [each.get("item") for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
    return [uuid.UUID(key) for key in keys if isinstance(key, str)]


def _locked(case: Case, keys: Sequence[uuid.UUID]) -> list[EvidenceItem]:
    """The items by number, with everything locked by which a hold or an admission could reach them meanwhile."""
    # Without their keys, for the reason that ``closing`` gives.
    Case.objects.select_for_update(no_key=True).get(pk=case.pk)
    items = EvidenceItem.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("ern")
    collections = {item.collection_id for item in items}
    list(Collection.objects.select_for_update(no_key=True).filter(pk__in=collections).order_by("pk"))
    return list(items)


def _check(case: Case, items: Sequence[EvidenceItem]) -> None:
    """Raise DisposalRefused for the first item that can't be disposed of."""
    here = set(items_in(case).filter(pk__in=[item.pk for item in items]).values_list("pk", flat=True))
    for item in items:
        if item.pk not in here:
            raise DisposalRefused(DisposalReason.NOT_IN_CASE, item.ern)
        if Tombstone.objects.filter(item=item).exists():
            raise DisposalRefused(DisposalReason.DISPOSED, item.ern)
        if holds.holds_on(item).exists():
            raise DisposalRefused(DisposalReason.UNDER_HOLD, item.ern)
        if cases_of(item).exclude(pk=case.pk).exists():
            raise DisposalRefused(DisposalReason.NOT_DISPOSABLE, item.ern)
        if ExaminationJob.objects.filter(item=item, state=JobState.RUNNING).exists():
            raise DisposalRefused(DisposalReason.BEING_EXAMINED, item.ern)


def _subject(items: Sequence[EvidenceItem]) -> approvals.Subject:
    """One item by its id; several by the digest of theirs."""
    if len(items) == 1:
        return approvals.Subject("item", str(items[0].pk))
    return approvals.Subject("items", hashlib.sha256("\n".join(str(item.pk) for item in items).encode()).hexdigest())


def _what(items: Sequence[EvidenceItem]) -> dict[str, JsonValue]:
    listed: list[JsonValue] = [
        {"item": str(item.pk), "ern": item.ern, "sha256": item.sha256, "bytes": item.size} for item in items
    ]
    return {"items": listed}


def _bury(act: Act, item: EvidenceItem, approval: Approval, seal: _Seal) -> Tombstone:
    record = disposals.encode(_record(act, item, approval, seal))
    stone = Tombstone(
        item=item,
        approval=approval,
        record=record,
        record_sha256=hashlib.sha256(record).hexdigest(),
        disposed=seal.moment,
    )
    stone.save(force_insert=True)
    act.record(
        Action.ITEM_DISPOSED,
        streams=(f"item/{item.pk}", f"case/{approval.case_id}", f"user/{act.actor.id}"),
        subject={
            "item": str(item.pk),
            "case": str(approval.case_id),
            "sha256": item.sha256,
            "record": stone.record_sha256,
            "approval": str(approval.pk),
        },
        authority=approval.authority,
    )
    return stone


def _record(act: Act, item: EvidenceItem, approval: Approval, seal: _Seal) -> DisposalRecord:
    return DisposalRecord(
        record=str(uuid.uuid4()),
        item=str(item.pk),
        ern=item.ern,
        case=str(approval.case_id),
        receipt=Receipt.objects.get(item=item).record_sha256,
        original=Disposed(bytes=item.size, sha256=item.sha256, sha512=item.sha512),
        derived=tuple(sorted(tombstones.made_of(item))),
        decision=Decision(
            authority=approval.authority,
            approval=str(approval.pk),
            content=approval.content,
            asked_by=str(approval.asked_by_id),
            approved_by=str(approval.decided_by_id),
            carried_out_by=act.actor.id,
        ),
        disposed=clock.stamp(seal.moment),
        software=signing.software(),
        log=seal.log,
        signer=seal.signer,
    )


def _record_refusal(case: Case, items: Sequence[EvidenceItem], actor: Actor, refusal: DisposalRefused) -> None:
    """In the history of the item too, if the case admits it: its number is then no secret to whoever asks."""
    item = next((str(each.pk) for each in items if each.ern == refusal.ern), None)
    named = item is not None and refusal.code != DisposalReason.NOT_IN_CASE
    ledger.append_alone(
        ledger.Draft(
            action=Action.DISPOSAL_REFUSED,
            actor=actor,
            streams=(*((f"item/{item}",) if named else ()), f"case/{case.pk}", f"user/{actor.id}"),
            subject={
                "case": str(case.pk),
                **({"item": item} if named and item else {}),
                "reason": str(refusal.code),
            },
            outcome=Outcome.DENIED,
        )
    )


def tell_disposal(what: Mapping[str, JsonValue]) -> list[approvals.Told]:
    """A disposal in words: every item by number and digest."""
    listed = what.get("items")
    items = [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
    count = ngettext("%(n)d item", "%(n)d items", len(items)) % {"n": len(items)}
    done = _("The stored bytes and every picture made of them are removed for good. Receipt and history stay.")
    return [
        approvals.Told(_("To be done"), done),
        approvals.Told(_("Items"), count),
        *(approvals.Told("SHA-256", str(each.get("ern", "")), str(each.get("sha256", ""))) for each in items),
    ]


def withhold_disposed(question: Question) -> Mapping[uuid.UUID, str]:
    """A rule of the door: what was disposed of is not looked for, and its absence is no alarm."""
    gone = tombstones.disposed_among(item.pk for item in question.items)
    return dict.fromkeys(gone, tombstones.DISPOSED)


def _carry_out(approval: Approval, actor: Actor) -> list[Tombstone]:
    return dispose(approval=approval, actor=actor)


def register() -> None:
    """At start: how a disposal is told and carried out, and that the door stays shut afterwards."""
    register_policy(withhold_disposed)
    approvals.register_procedure(
        approvals.Procedure(
            kind=ApprovalKind.DISPOSAL,
            deed=Action.ITEM_DISPOSED,
            tell=tell_disposal,
            carry_out=_carry_out,
        )
    )
