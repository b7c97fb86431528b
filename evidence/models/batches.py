"""Batches: what one intake saw, in order, and the numbers it may give."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from evidence.core.reasons import Reason
from evidence.models.fields import digest_field


class BatchState(models.TextChoices):
    """An open batch was interrupted or is still running; a closed one never changes."""

    OPEN = "open", _("open")
    CLOSED = "closed", _("closed")


class Channel(models.TextChoices):
    """By which way files came in."""

    CLI = "cli", _("command line")
    WEB = "web", _("browser")
    API = "api", _("programming interface")
    WATCH = "watch", _("watched folder")
    IMPORT = "import", _("import")


class ArrivalStatus(models.TextChoices):
    """What became of one file."""

    STORED = "stored", _("stored")
    DUPLICATE = "duplicate", _("duplicate")
    REFUSED = "refused", _("refused")


class Batch(models.Model):
    """One intake into one collection for one case. Totals balance: stored + duplicate + refused = seen."""

    personal_data: ClassVar[tuple[str, ...]] = ("roots",)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("custody.Case", on_delete=models.PROTECT, related_name="batches")
    collection = models.ForeignKey("evidence.Collection", on_delete=models.PROTECT, related_name="batches")
    state = models.CharField(max_length=6, choices=BatchState, default=BatchState.OPEN)
    channel = models.CharField(max_length=6, choices=Channel)
    actor = models.CharField(max_length=64, help_text="id of who brought it in, as in the ledger")
    roots = models.JSONField(default=list, help_text="what was named to be taken in, as shown to people")
    source_key = digest_field(64, help_text="finds an interrupted batch again: SHA-256 over the places named")
    expected_files = models.PositiveIntegerField(default=0)
    expected_bytes = models.BigIntegerField(default=0)
    seen = models.PositiveIntegerField(default=0)
    stored = models.PositiveIntegerField(default=0)
    duplicate = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    opened = models.DateTimeField()
    closed = models.DateTimeField(null=True)
    record = models.BinaryField(null=True, help_text="the batch record, as signed")
    signature = models.BinaryField(null=True, help_text="CAdES over the record; made after the entry that allows it")

    class Meta:
        ordering = ("-opened",)
        verbose_name_plural = "batches"
        constraints = (
            models.CheckConstraint(
                condition=Q(seen=F("stored") + F("duplicate") + F("refused")), name="evidence_batch_balances"
            ),
            models.CheckConstraint(
                condition=Q(state=BatchState.OPEN) | Q(closed__isnull=False, record__isnull=False),
                name="evidence_batch_closed_has_record",
            ),
        )
        # evidence.batches looks for the interrupted batch of the same places.
        indexes = (models.Index(fields=("state", "source_key"), name="evidence_batch_resumes"),)

    def __str__(self) -> str:
        return str(self.pk)


class NumberCounter(models.Model):
    """The next free number of a collection; never goes below a number that stands on an item."""

    personal_data: ClassVar[tuple[str, ...]] = ()

    collection = models.OneToOneField("evidence.Collection", on_delete=models.PROTECT, primary_key=True)
    next_number = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return f"{self.collection_id} {self.next_number}"


class NumberRange(models.Model):
    """Numbers set aside for a batch, so that receipts can be signed before anything is locked.

    ``next_number`` is the first not given yet; what is left at the end goes back or is listed as void.
    """

    personal_data: ClassVar[tuple[str, ...]] = ()

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="ranges")
    first = models.PositiveIntegerField()
    last = models.PositiveIntegerField()
    next_number = models.PositiveIntegerField()

    class Meta:
        ordering = ("first",)
        constraints = (
            models.CheckConstraint(
                condition=Q(first__lte=F("next_number"), next_number__lte=F("last") + 1),
                name="evidence_range_in_order",
            ),
        )

    def __str__(self) -> str:
        return f"{self.first}-{self.last}"


class Arrival(models.Model):
    """One file as it came: what became of it and under what name. Written once."""

    personal_data: ClassVar[tuple[str, ...]] = ("name", "path")

    id = models.BigAutoField(primary_key=True)
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="arrivals")
    position = models.PositiveIntegerField(help_text="order of arrival in the batch, from 0")
    status = models.CharField(max_length=9, choices=ArrivalStatus)
    reason = models.CharField(max_length=30, blank=True, choices=[(code.value, code.value) for code in Reason])
    item = models.ForeignKey("evidence.EvidenceItem", on_delete=models.PROTECT, null=True, related_name="arrivals")
    salt = models.BinaryField(max_length=16)
    name = models.BinaryField()
    path = models.BinaryField()
    path_digest = digest_field(64, help_text="SHA-256 of the path, to find the same file again")

    class Meta:
        ordering = ("batch", "position")
        constraints = (
            models.UniqueConstraint(fields=("batch", "position"), name="evidence_arrival_one_place"),
            models.CheckConstraint(
                condition=Q(status=ArrivalStatus.REFUSED, item=None) | Q(item__isnull=False),
                name="evidence_arrival_item_unless_refused",
            ),
        )
        # evidence.intake asks, per chunk, which of these paths were seen before.
        indexes = (models.Index(fields=("path_digest",), name="evidence_arrival_path"),)

    def __str__(self) -> str:
        return f"{self.batch_id} {self.position}"
