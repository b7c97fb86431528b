"""Disposals: the tombstone that stays when the bytes of an original have gone."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from evidence.models.fields import digest_field, is_digest
from evidence.models.items import EvidenceItem


class Tombstone(models.Model):
    """The signed disposal record of one item, byte for byte, and how far the disposal has come.

    The record and its entry are committed first; then it is signed, then the bytes go (``removed``).
    """

    personal_data: ClassVar[tuple[str, ...]] = ()

    item = models.OneToOneField(EvidenceItem, on_delete=models.PROTECT, primary_key=True, related_name="tombstone")
    approval = models.ForeignKey("custody.Approval", on_delete=models.PROTECT, related_name="+")
    record = models.BinaryField()
    record_sha256 = digest_field(64, unique=True)
    disposed = models.DateTimeField()
    signature = models.BinaryField(null=True, help_text="CAdES over the record; made after the entry that allows it")
    removed = models.DateTimeField(null=True, help_text="when the bytes had gone from the vault")

    class Meta:
        ordering = ("disposed",)
        constraints = (
            is_digest("record_sha256", 64, "evidence_tombstone_sha256"),
            models.CheckConstraint(
                condition=Q(removed=None) | Q(signature__isnull=False), name="evidence_tombstone_signed_before_removal"
            ),
        )
        # evidence.removal takes up what still waits.
        indexes = (models.Index(fields=("removed",), name="evidence_tombstone_waiting"),)

    def __str__(self) -> str:
        return self.record_sha256
