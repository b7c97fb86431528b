"""Redactions: pictures made of originals with boxes filled. The original stays; a later version replaces an earlier."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from evidence.core.boxes import BoxReason
from evidence.models.fields import digest_field, is_digest
from evidence.models.items import EvidenceItem


class CoverReason(models.TextChoices):
    """Why something was covered."""

    FACE = BoxReason.FACE.value, _("a face")
    NAME = BoxReason.NAME.value, _("a name")
    PLACE = BoxReason.PLACE.value, _("a place")
    THIRD_PERSON = BoxReason.THIRD_PERSON.value, _("a third person")
    OTHER = BoxReason.OTHER.value, _("something else")


class Redaction(models.Model):
    """One version of the redacted picture of an item, made in the work of one case, with its record byte for byte.

    Versions are counted through for the item; the newest of a case is what that case shows.
    """

    personal_data: ClassVar[tuple[str, ...]] = ()
    written_once: ClassVar[bool] = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    item = models.ForeignKey(EvidenceItem, on_delete=models.PROTECT, related_name="redactions")
    case = models.ForeignKey("custody.Case", on_delete=models.PROTECT, related_name="+")
    version = models.PositiveSmallIntegerField()
    made = models.DateTimeField()
    made_by = models.ForeignKey("custody.Account", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    sha256 = digest_field(64, db_index=True)
    size = models.BigIntegerField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    media_type = models.CharField(max_length=130)
    recipe = models.CharField(max_length=300)
    record = models.BinaryField()
    record_sha256 = digest_field(64, unique=True)

    class Meta:
        ordering = ("item", "version")
        constraints = (
            models.UniqueConstraint(fields=("item", "version"), name="evidence_redaction_version"),
            models.CheckConstraint(condition=Q(version__gte=1), name="evidence_redaction_counted"),
            is_digest("sha256", 64, "evidence_redaction_sha256"),
            is_digest("record_sha256", 64, "evidence_redaction_record"),
        )

    def __str__(self) -> str:
        return f"{self.item_id} RED{self.version}"

    @property
    def suffix(self) -> str:
        """What stands behind the number of the item."""
        return f"-RED{self.version}"
