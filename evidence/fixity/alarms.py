"""The alarm that cannot be missed: an entry and a row at once, a line for the operator, and a sentence on every page.

It stands until a person acknowledges it with a reason. What is acknowledged and goes on failing in the same way raises
no new alarm, but each reading that fails is an entry again; what fails in another way does raise one.
"""

from __future__ import annotations

import logging
from typing import Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from custody import clock, ledger
from custody.actions import Action
from custody.alarms import StandingAlarm
from custody.core.entries import Actor, Outcome
from custody.core.fixity import Condition
from custody.ledger import Draft
from custody.models import Account
from custody.templatetags.look import count
from evidence.fixity import readers
from evidence.fixity.reading import ReadBack
from evidence.models import EvidenceItem, FixityAlarm, FixityCheck, FixitySweep

alarms = logging.getLogger("amana.alarm")

REASONS: Final = {
    Condition.DAMAGED: "digest-mismatch",
    Condition.MISSING: "bytes-missing",
    Condition.UNREADABLE: "bytes-unreadable",
    Condition.RECORD: "record-differs",
}
_LONGEST_REASON: Final = 2000


def sound(sweep: FixitySweep, read: ReadBack, items: list[EvidenceItem], actor: Actor) -> None:
    """Put a failed reading on record at once, in one transaction: its row, the alarm, and an entry for each item."""
    with transaction.atomic():
        FixityCheck.objects.update_or_create(
            sha256=read.sha256,
            defaults={
                "sweep": sweep,
                "condition": read.condition.value,
                "bytes": read.size,
                "found": read.found,
                "last_read": read.moment,
            },
        )
        _raise(read, items, actor, f"batch/{sweep.pk}")


def sound_alone(read: ReadBack, items: list[EvidenceItem], actor: Actor) -> None:
    """The same for a reading that belongs to no sweep: somebody took the bytes out, or wanted another digest."""
    with transaction.atomic():
        _raise(read, items, actor, "ledger")


def _raise(read: ReadBack, items: list[EvidenceItem], actor: Actor, stream: str) -> None:
    note(read.sha256, read.condition, read.found)
    for item in items:
        alarms.critical("original of item %s: %s (%s)", item.pk, read.wrong, read.sha256)
    ledger.append_many([_draft(read, item, actor, stream) for item in items])


def note(sha256: str, condition: Condition, found: str) -> None:
    """Let an alarm stand, unless one does, or the newest one was acknowledged and said the same.

    For callers that write the entry themselves, in the same transaction and last.
    """
    if FixityAlarm.objects.filter(sha256=sha256, acknowledged=None).exists():
        return
    known = FixityAlarm.objects.filter(sha256=sha256).order_by("-raised").first()
    if known is None or (known.condition, known.found) != (condition.value, found):
        # Who finds it at the same moment waits here, and finds that one stands.
        alarm = FixityAlarm(sha256=sha256, condition=condition.value, found=found, raised=clock.now())
        FixityAlarm.objects.bulk_create([alarm], ignore_conflicts=True)


def _draft(read: ReadBack, item: EvidenceItem, actor: Actor, stream: str) -> Draft:
    found = {"found": read.found} if read.found else {}
    return Draft(
        action=Action.FIXITY_FAILED,
        actor=actor,
        streams=tuple(dict.fromkeys((f"item/{item.pk}", stream, "ledger"))),
        subject={"item": str(item.pk), "reason": REASONS[read.condition], "sha256": read.sha256, **found},
        outcome=Outcome.FAILED,
    )


def standing() -> QuerySet[FixityAlarm]:
    """Alarms that nobody has acknowledged, the oldest first."""
    return FixityAlarm.objects.filter(acknowledged=None)


def alarms_of(item: EvidenceItem) -> list[FixityAlarm]:
    """Every alarm about the bytes of an item, the newest first."""
    return list(FixityAlarm.objects.filter(sha256=item.sha256).order_by("-raised"))


def acknowledge(*, alarm: UUID, reason: str, account: Account, actor: Actor) -> FixityAlarm:
    """Say that a person has seen an alarm and what follows from it. The entry holds the salted digest of the reason.

    Raises ValidationError without a reason, for an alarm that is not standing, and for whoever may not (`readers`).
    """
    said = reason.strip()
    if not said or len(said) > _LONGEST_REASON:
        raise ValidationError(_("Say what was found out and what follows from it, in at most 2,000 characters."))
    with transaction.atomic():
        row = FixityAlarm.objects.select_for_update().filter(pk=alarm, acknowledged=None).first()
        if row is None:
            raise ValidationError(_("This alarm is not standing any more."))
        if not readers.may_acknowledge(account, row):
            raise ValidationError(_("Only an administrator or the lead of a case that holds the item acknowledges it."))
        row.acknowledged, row.acknowledged_by, row.reason = clock.now(), actor.id, said
        row.save(update_fields=["acknowledged", "acknowledged_by", "reason"])
        ledger.append(
            Draft(
                action=Action.FIXITY_ACKNOWLEDGED,
                actor=actor,
                streams=("ledger", f"user/{account.pk}"),
                subject={"alarm": str(row.pk), "sha256": row.sha256},
                detail={"reason": said},
            )
        )
    return row


def for_pages(account: Account) -> list[StandingAlarm]:
    """One sentence over every page while an alarm stands. It names no case and no item."""
    number = standing().count()
    if not number:
        return []
    words = ngettext(
        "The stored bytes of %(count)s object are not as recorded, or cannot be read.",
        "The stored bytes of %(count)s objects are not as recorded, or cannot be read.",
        number,
    ) % {"count": count(number)}
    url = f"{reverse('evidence:fixity')}#alarms" if readers.may_read(account) else ""
    return [StandingAlarm(words if url else f"{words} {gettext('The administrators know of it.')}", url)]
