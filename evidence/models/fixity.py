"""Fixity: when each stored original was last read back, the sweeps that did it, alarms, and digests added later."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from custody.core.fixity import Algorithm, Condition
from evidence.models.fields import digest_field, is_digest
from evidence.models.items import EvidenceItem


class SweepState(models.TextChoices):
    """An open sweep goes on when its time comes; a closed one never changes."""

    OPEN = "open", _("open")
    CLOSED = "closed", _("closed")


class FixitySweep(models.Model):
    """One sweep: opened and closed by entries, and reported on in a signed record. Only one is open at a time."""

    personal_data: ClassVar[tuple[str, ...]] = ()

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    state = models.CharField(max_length=6, choices=SweepState, default=SweepState.OPEN)
    actor = models.CharField(max_length=64, help_text="id of who began it, as in the ledger")
    per_hour = models.BigIntegerField(
        help_text="bytes that it might read in an hour; 0: begun by hand, without a budget"
    )
    opened = models.DateTimeField()
    credit = models.BigIntegerField(default=0, help_text="bytes that it might read at the moment below")
    credited = models.DateTimeField()
    closed = models.DateTimeField(null=True)
    manifest = models.BinaryField(null=True, help_text="every object read, one a line; the record holds its SHA-256")
    record = models.BinaryField(null=True, help_text="the report, as signed")
    signature = models.BinaryField(null=True, help_text="CAdES over the record; made after the entry that allows it")

    class Meta:
        ordering = ("-opened",)
        constraints = (
            models.UniqueConstraint(
                fields=("state",), condition=Q(state=SweepState.OPEN), name="evidence_fixitysweep_one_open"
            ),
            models.CheckConstraint(
                condition=Q(state=SweepState.OPEN)
                | Q(closed__isnull=False, record__isnull=False, manifest__isnull=False),
                name="evidence_fixitysweep_closed_has_record",
            ),
        )

    def __str__(self) -> str:
        return str(self.pk)


class FixityCheck(models.Model):
    """The newest reading of one stored object. The next sweep that reads it writes the row anew."""

    personal_data: ClassVar[tuple[str, ...]] = ()

    sha256 = digest_field(64, primary_key=True)
    sweep = models.ForeignKey(FixitySweep, on_delete=models.PROTECT, related_name="checks")
    condition = models.CharField(max_length=10, choices=[(one.value, one.value) for one in Condition])
    bytes = models.BigIntegerField(help_text="how many were read")
    found = models.CharField(max_length=64, blank=True, help_text="SHA-256 of the stored bytes where it is another")
    last_read = models.DateTimeField()

    class Meta:
        # evidence.fixity asks for the oldest, and how many are older than a day.
        indexes = (models.Index(fields=("last_read",), name="evidence_fixity_oldest"),)
        constraints = (is_digest("sha256", 64, "evidence_fixitycheck_sha256"),)

    @property
    def is_sound(self) -> bool:
        """Whether the same bytes were found as were received."""
        return self.condition == Condition.SOUND.value

    def __str__(self) -> str:
        return f"{self.sha256} {self.condition}"


class FixityAlarm(models.Model):
    """An object that was not found as it should be. It stands until a person acknowledges it with a reason."""

    personal_data: ClassVar[tuple[str, ...]] = ("acknowledged_by", "reason")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    sha256 = digest_field(64, db_index=True)
    condition = models.CharField(max_length=10, choices=[(one.value, one.value) for one in Condition])
    found = models.CharField(max_length=64, blank=True)
    raised = models.DateTimeField()
    acknowledged = models.DateTimeField(null=True)
    acknowledged_by = models.CharField(max_length=64, blank=True, help_text="id of who did, as in the ledger")
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ("raised",)
        constraints = (
            is_digest("sha256", 64, "evidence_fixityalarm_sha256"),
            models.UniqueConstraint(
                fields=("sha256",), condition=Q(acknowledged=None), name="evidence_fixityalarm_one_standing"
            ),
            models.CheckConstraint(
                condition=Q(acknowledged=None) | ~Q(acknowledged_by="", reason=""),
                name="evidence_fixityalarm_acknowledged_with_reason",
            ),
        )

    def __str__(self) -> str:
        return f"{self.sha256} {self.condition}"


class ItemDigest(models.Model):
    """A digest of an item in a newer algorithm, under a signed record. Written once."""

    personal_data: ClassVar[tuple[str, ...]] = ()

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    item = models.ForeignKey(EvidenceItem, on_delete=models.PROTECT, related_name="digests")
    algorithm = models.CharField(max_length=16, choices=[(one.value, one.value) for one in Algorithm])
    digest = models.CharField(max_length=256)
    added = models.DateTimeField()
    record = models.BinaryField()
    record_sha256 = digest_field(64, unique=True)
    signature = models.BinaryField(null=True, help_text="CAdES over the record; made after the entry that allows it")

    class Meta:
        ordering = ("item", "algorithm")
        constraints = (
            models.UniqueConstraint(fields=("item", "algorithm"), name="evidence_itemdigest_one_of_a_kind"),
            is_digest("record_sha256", 64, "evidence_itemdigest_record"),
        )

    def __str__(self) -> str:
        return f"{self.item_id} {self.algorithm}"
