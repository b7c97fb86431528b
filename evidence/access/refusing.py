"""Saying no, and sounding the alarm: each in a transaction of its own, so that it stays on record."""

from __future__ import annotations

import logging
from enum import StrEnum

from django.db import transaction

from custody import ledger
from custody.actions import Action
from custody.core.entries import Outcome
from custody.core.fixity import Condition
from custody.ledger import Draft
from evidence.access.asking import Asker, Form
from evidence.core.errors import EvidenceError
from evidence.fixity.alarms import note
from evidence.models import EvidenceItem

alarms = logging.getLogger("amana.alarm")


class Refusal(StrEnum):
    """Why not. Rooms above add codes of their own."""

    NOT_A_MEMBER = "not-a-member"
    NO_PURPOSE = "no-purpose"
    NOT_IN_CASE = "not-in-case"
    PRIVILEGED = "privileged"
    GRANT_EXPIRED = "grant-expired"
    GRANT_INVALID = "grant-invalid"
    NOT_MADE = "not-made"
    BYTES_MISSING = "bytes-missing"
    DISPOSED = "disposed"
    DIGEST_MISMATCH = "digest-mismatch"


class AccessRefused(EvidenceError):
    """The door stays shut; pages answer 404, so that a refusal tells a stranger nothing."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def streams_of(asker: Asker, item: EvidenceItem | None) -> tuple[str, ...]:
    """The histories in which an access stands: of the item, of the case, of the person."""
    streams = [f"item/{item.pk}"] if item else []
    streams.append(f"case/{asker.case.pk}")
    if asker.account:
        streams.append(f"user/{asker.account.pk}")
    return tuple(streams)


def subject_of(asker: Asker, item: EvidenceItem | None, form: Form | None, **more: str) -> dict[str, str]:
    """Ids, digests and codes only."""
    subject = {"case": str(asker.case.pk), **more}
    if item:
        subject["item"] = str(item.pk)
    if form:
        subject["form"] = form.value
    return subject


def refuse(asker: Asker, item: EvidenceItem | None, form: Form | None, reason: str) -> AccessRefused:
    """Record a refusal and return what the caller raises."""
    ledger.append_alone(
        Draft(
            action=Action.ITEM_ACCESS_REFUSED,
            actor=asker.actor,
            streams=streams_of(asker, item),
            subject=subject_of(asker, item, form, reason=reason),
            outcome=Outcome.DENIED,
            purpose=asker.purpose_code,
        )
    )
    return AccessRefused(reason)


def sound_alarm(asker: Asker, item: EvidenceItem, form: Form, *, wanted: str, found: str) -> AccessRefused:
    """The stored bytes are not those on record (`found` is their digest, or empty when they are gone)."""
    reason = Refusal.DIGEST_MISMATCH if found else Refusal.BYTES_MISSING
    alarms.critical("%s of item %s: %s (recorded %s, found %s)", form, item.pk, reason, wanted, found or "nothing")
    with transaction.atomic(durable=True):
        if form is Form.ORIGINAL:
            # What was made from an original can be made again; an original can't.
            note(wanted, Condition.DAMAGED if found else Condition.MISSING, found)
        ledger.append(
            Draft(
                action=Action.ITEM_VERIFIED,
                actor=asker.actor,
                streams=streams_of(asker, item),
                subject=subject_of(
                    asker, item, form, reason=reason, sha256=wanted, **({"found": found} if found else {})
                ),
                outcome=Outcome.FAILED,
                purpose=asker.purpose_code,
            )
        )
    return AccessRefused(reason)
