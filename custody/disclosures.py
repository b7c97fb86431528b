"""The disclosure register: who was handed what, and whom to tell when something in it no longer stands.

A release is entered as part of the act that makes it; the entry of that act (`export.created`, `dossier.built`) binds
its row:

with acts.act(actor=actor) as act:
    row = disclosures.enter(act, release)
    act.record(Action.EXPORT_CREATED, ..., subject=disclosures.subject_of(row), snapshots=[row])
"""

from __future__ import annotations

import datetime
import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.db.models import Max, Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from custody import acts, clock, recalls
from custody.actions import Action
from custody.acts import Act
from custody.cases import refuse_access
from custody.core.entries import Actor, Outcome
from custody.models import (
    Account,
    Approval,
    Case,
    Disclosure,
    DisclosureKind,
    DisclosureNotice,
    DisclosureTouch,
    Party,
)
from custody.models.disclosures import ANSWERED_BEFORE

__all__ = [
    "NO_APPROVAL",
    "Cause",
    "Disclosure",
    "DisclosureKind",
    "Due",
    "Receipt",
    "Release",
    "approved_by",
    "break_off",
    "disclosures_in",
    "due_in",
    "enter",
    "find_disclosure",
    "get_disclosure_for",
    "last_bundle_for",
    "made_in",
    "next_version",
    "record_receipt",
    "record_seal",
    "register_causes",
    "subject_of",
    "tell",
    "touched_by",
]

# What the entry of a release that nobody approved says instead of the approval's id.
NO_APPROVAL: Final = "none"
_SHA256 = re.compile(r"[0-9a-f]{64}\Z")


@dataclass(frozen=True, kw_only=True)
class Release:
    """What is handed over. ``touches`` are (kind, id) of what it rests on, beside the originals granted in ``act``."""

    case: Case
    kind: DisclosureKind
    code: str
    version: int
    recipient: Party | None
    recipient_words: str = ""
    purpose: str
    authority: str = ""
    manifest: str
    items: int
    checkpoint: int
    act: str
    touches: Sequence[tuple[str, str]] = ()
    account: Account | None = None
    approval: Approval | None = None


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """The recipient's answer: the digest of a signed file, or a code as it was typed in."""

    on: datetime.date
    sha256: str = ""
    words: str = ""


@dataclass(frozen=True, kw_only=True)
class Cause:
    """Something that no longer stands as it was handed out: a consent withdrawn, an item corrected."""

    kind: str
    subject: str
    reason: str
    since: datetime.datetime
    label: str


@dataclass(frozen=True)
class Due:
    """A release whose recipient must be told of a cause, and the notice once that was done."""

    disclosure: Disclosure
    cause: Cause
    notice: DisclosureNotice | None


# Of a case, from a moment on: that of the oldest release's state.
Causes = Callable[[Case, datetime.datetime], Iterable[Cause]]
_causes: dict[str, Causes] = {}


def register_causes(name: str, causes: Causes) -> None:
    """Let a room say, at start, what in a case was withdrawn or corrected from a moment on, and when."""
    _causes[name] = causes


def enter(act: Act, release: Release) -> Disclosure:
    """Write a release down inside the act that makes it; the caller's entry binds the row. Raises ValidationError."""
    touches = sorted(set(release.touches))
    row = Disclosure(
        case=release.case,
        kind=release.kind,
        code=release.code,
        version=release.version,
        recipient=release.recipient,
        recipient_words=release.recipient_words,
        purpose=release.purpose,
        authority=release.authority,
        manifest=release.manifest,
        items=release.items,
        touches=touches_digest(touches),
        checkpoint=release.checkpoint,
        made_act=release.act,
        released=clock.now(),
        released_by=release.account,
        approval=release.approval,
    )
    act.save(row)
    DisclosureTouch.objects.bulk_create(
        DisclosureTouch(disclosure=row, kind=kind, subject=subject) for kind, subject in touches
    )
    return row


def touches_digest(touches: Iterable[tuple[str, str]]) -> str:
    """SHA-256 over the sorted `kind/id` lines: what the row and its entry say of them."""
    return hashlib.sha256("".join(f"{kind}/{subject}\n" for kind, subject in sorted(touches)).encode()).hexdigest()


def subject_of(row: Disclosure) -> dict[str, str]:
    """What an entry says of a release: ids, digests, counts."""
    told = {"case": str(row.case_id), "disclosure": str(row.pk), "items": str(row.items), "touches": row.touches}
    return told | ({"recipient": str(row.recipient_id)} if row.recipient_id else {})


def next_version(case: Case, kind: DisclosureKind, code: str) -> int:
    """The number of the next release under this code in a case, counting from 1."""
    newest = Disclosure.objects.filter(case=case, kind=kind, code=code).aggregate(Max("version"))["version__max"]
    return (newest or 0) + 1


def disclosures_in(case: Case) -> QuerySet[Disclosure]:
    """The releases of a case, newest first."""
    return Disclosure.objects.filter(case=case).select_related(
        "recipient", "released_by", "case", "approval__asked_by", "approval__decided_by"
    )


def find_disclosure(act: str, kind: DisclosureKind) -> Disclosure | None:
    """The release of a kind that was made in an act."""
    return Disclosure.objects.filter(made_act=act, kind=kind).first()


def made_in(act: str) -> QuerySet[Disclosure]:
    """Everything that was made in an act: a dossier, and the bundle that left beside it."""
    return Disclosure.objects.filter(made_act=act).select_related("case")


def get_disclosure_for(account: Account, case: Case, key: UUID, *, actor: Actor) -> Disclosure:
    """A release of this case, for somebody whom the case was opened to; else Http404, with an entry."""
    row = disclosures_in(case).filter(pk=key).first()
    if row is None:
        refuse_access(account, case, actor=actor, reason="not-in-case")
        raise Http404
    return row


def approved_by(approval: Approval) -> Disclosure | None:
    """The release that an approval was used up for."""
    return Disclosure.objects.filter(approval=approval).first()


def last_bundle_for(party: Party, case: Case) -> Disclosure | None:
    """The newest bundle of the case that was finished for this recipient."""
    handed = Disclosure.objects.filter(recipient=party, case=case, kind=DisclosureKind.BUNDLE, sealed__isnull=False)
    return handed.order_by("-released").first()


def break_off(row: Disclosure, *, actor: Actor) -> None:
    """Record that a release which was entered never came to its end, so that nobody has it.

    Nothing is recorded of one that broke off before, that was sealed, or that its recipient has countersigned.
    """
    with acts.act(actor=actor) as act:
        _lock(row)
        if row.broken_off is None and row.sealed is None and row.receipt_on is None:
            row.broken_off = clock.now()
            _change(act, row, Action.DISCLOSURE_BROKEN_OFF, outcome=Outcome.INTERRUPTED)


def record_seal(row: Disclosure, *, actor: Actor) -> None:
    """Record that a bundle was sealed and is whole, once. Nothing is recorded of one that broke off."""
    with acts.act(actor=actor) as act:
        _lock(row)
        if row.sealed is None and row.broken_off is None:
            row.sealed = clock.now()
            _change(act, row, Action.DISCLOSURE_SEALED)


def record_receipt(row: Disclosure, *, receipt: Receipt, actor: Actor) -> None:
    """Record the recipient's countersignature, once.

    Raises ValidationError: nothing given, given before, for another release, on a day that can't be.
    """
    try:
        _enter_receipt(row, receipt, actor)
    except IntegrityError as error:
        # Two answers at the same instant pass the checks: the database takes the first.
        if receipt.sha256 and Disclosure.objects.filter(receipt_sha256=receipt.sha256).exclude(pk=row.pk).exists():
            raise ValidationError(ANSWERED_BEFORE) from error
        raise


def _enter_receipt(row: Disclosure, receipt: Receipt, actor: Actor) -> None:
    with acts.act(actor=actor) as act:
        _lock(row)
        _check_receipt(row, receipt)
        row.receipt_sha256, row.receipt_on = receipt.sha256, receipt.on
        row.receipt_words = receipt.words.strip()
        answer = {"receipt": row.receipt_sha256} if row.receipt_sha256 else {}
        _change(act, row, Action.DISCLOSURE_RECEIVED, answer)


def _check_receipt(row: Disclosure, receipt: Receipt) -> None:
    if row.broken_off is not None or row.receipt_on is not None:
        raise ValidationError(_("A receipt is on record already, or nobody was handed this."))
    if not (receipt.sha256 or receipt.words.strip()):
        raise ValidationError(_("Give the digest of the signed answer, or what it says."))
    if receipt.sha256 and _SHA256.match(receipt.sha256) is None:
        raise ValidationError(_("A SHA-256 is 64 characters, 0 to 9 and a to f."))
    if receipt.sha256 and _is_on_record(receipt.sha256):
        raise ValidationError(_("This is the digest of what was handed out, or of the answer to another release."))
    if not row.released.date() <= receipt.on <= clock.now().date():
        raise ValidationError(_("It was countersigned on a day between the release and today."))


def _is_on_record(sha256: str) -> bool:
    """Whether it stands for what was handed out, here or elsewhere, or for another recipient's answer."""
    return Disclosure.objects.filter(Q(manifest=sha256) | Q(receipt_sha256=sha256)).exists()


def _lock(row: Disclosure) -> None:
    """Read the row again and keep others from changing it until the act is done."""
    # Without its key, for the reason that ``closing`` gives.
    row.refresh_from_db(from_queryset=Disclosure.objects.select_for_update(no_key=True))


def tell(row: Disclosure, *, cause: Cause, how: str, actor: Actor) -> DisclosureNotice:
    """Record that the recipient was told of a cause. Raises ValidationError, also for what was not in the release."""
    if not how.strip():
        raise ValidationError({"how": _("Say how the recipient was told.")})
    if row not in touched_by(cause.kind, cause.subject, case=row.case):
        raise ValidationError(_("This release does not hold it."))
    notice = DisclosureNotice(
        disclosure=row,
        kind=cause.kind,
        subject=cause.subject,
        reason=cause.reason,
        since=cause.since,
        how=how.strip(),
        told=clock.now(),
    )
    with acts.act(actor=actor) as act:
        act.save(notice)
        told = {**subject_of(row), "about": f"{cause.kind}/{cause.subject}", "reason": cause.reason}
        act.record(Action.DISCLOSURE_TOLD, streams=_streams(row), subject=told, snapshots=[notice])
    return notice


def touched_by(kind: str, subject: str, *, case: Case) -> list[Disclosure]:
    """The releases that hold or rest on something, oldest first.

    Those whose list names it; for an item also those in whose act its original left.
    """
    rows = _handed(case)
    holding = recalls.holders(case, rows, [(kind, subject)])[kind, subject]
    return [row for row in rows if row.pk in holding]


def _handed(case: Case) -> list[Disclosure]:
    return list(disclosures_in(case).filter(broken_off=None).order_by("released"))


def due_in(case: Case) -> list[Due]:
    """Every release that something withdrawn or corrected since touches, the newest cause first, told or not.

    Since: from the last moment of the ledger's state that the release shows, which is before it was entered.
    """
    rows = _handed(case)
    if not rows:
        return []
    shown = recalls.shown_until(rows)
    causes = _causes_since(case, min(shown.values()))
    holders = recalls.holders(case, rows, {(each.kind, each.subject) for each in causes})
    notices = {
        (each.disclosure_id, each.kind, each.subject, each.reason, each.since): each
        for each in DisclosureNotice.objects.filter(disclosure__case=case)
    }
    return [
        Due(row, cause, notices.get((row.pk, cause.kind, cause.subject, cause.reason, cause.since)))
        for cause in causes
        for row in reversed(rows)
        if row.pk in holders[cause.kind, cause.subject] and shown[row.pk] <= cause.since
    ]


def _causes_since(case: Case, oldest: datetime.datetime) -> list[Cause]:
    """The newest first; nothing that the oldest release shows already."""
    found = (each for causes in _causes.values() for each in causes(case, oldest))
    return sorted((each for each in found if each.since >= oldest), key=lambda each: each.since, reverse=True)


def _change(
    act: Act,
    row: Disclosure,
    action: Action,
    more: Mapping[str, str] | None = None,
    *,
    outcome: Outcome = Outcome.DONE,
) -> None:
    act.save(row)
    subject = {**subject_of(row), **(more or {})}
    act.record(action, streams=_streams(row), subject=subject, snapshots=[row], outcome=outcome)


def _streams(row: Disclosure) -> tuple[str, ...]:
    party = (f"party/{row.recipient_id}",) if row.recipient_id else ()
    return (f"case/{row.case_id}", *party)
