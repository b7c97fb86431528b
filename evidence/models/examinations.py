"""Examinations: what was found in an item, what was made from it, and what still waits to be examined."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from evidence.examination.findings import Kind, State
from evidence.models.fields import digest_field
from evidence.models.items import EvidenceItem


class JobState(models.TextChoices):
    """Where the examination of an item stands."""

    WAITING = "waiting", _("waiting")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")


class DerivativeKind(models.TextChoices):
    """What was made from an original."""

    PREVIEW = Kind.PREVIEW.value, _("preview")
    THUMBNAIL = Kind.THUMBNAIL.value, _("thumbnail")
    VEILED = Kind.VEILED.value, _("veiled")


class Examination(models.Model):
    """One signed examination record. There may be several of one item, by different tools. Written once."""

    personal_data: ClassVar[tuple[str, ...]] = ("record", "claims")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    item = models.ForeignKey(EvidenceItem, on_delete=models.PROTECT, related_name="examinations")
    examined_at = models.DateTimeField()
    tool = models.CharField(max_length=140)
    media_type = models.CharField(max_length=130, blank=True)
    state = models.CharField(max_length=10, choices=[(state.value, state.value) for state in State])
    claims = models.JSONField(default=dict, help_text="what the file says about itself: claims, not facts")
    notes = models.JSONField(default=list)
    record = models.BinaryField()
    signature = models.BinaryField()
    record_sha256 = digest_field(64, unique=True)

    class Meta:
        ordering = ("item", "examined_at")

    def __str__(self) -> str:
        return self.record_sha256


class Derivative(models.Model):
    """An object made from an original: its own digest, and the recipe. Written once."""

    personal_data: ClassVar[tuple[str, ...]] = ()

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    item = models.ForeignKey(EvidenceItem, on_delete=models.PROTECT, related_name="derivatives")
    examination = models.ForeignKey(Examination, on_delete=models.PROTECT, related_name="derivatives")
    kind = models.CharField(max_length=10, choices=DerivativeKind)
    sha256 = digest_field(64, db_index=True)
    size = models.BigIntegerField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    media_type = models.CharField(max_length=130)
    recipe = models.CharField(max_length=200)

    class Meta:
        ordering = ("item", "kind")
        constraints = (models.UniqueConstraint(fields=("examination", "kind"), name="evidence_derivative_one_kind"),)

    def __str__(self) -> str:
        return f"{self.item_id} {self.kind}"


class ExaminationJob(models.Model):
    """The queue of record: a message to the worker is only a nudge."""

    personal_data: ClassVar[tuple[str, ...]] = ()

    item = models.OneToOneField(EvidenceItem, on_delete=models.PROTECT, primary_key=True, related_name="job")
    state = models.CharField(max_length=8, choices=JobState, default=JobState.WAITING)
    run = models.UUIDField(null=True)
    claimed_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        # evidence.examining claims the waiting ones and those whose worker died.
        indexes = (models.Index(fields=("state", "claimed_at"), name="evidence_job_waiting"),)

    def __str__(self) -> str:
        return f"{self.item_id} {self.state}"
