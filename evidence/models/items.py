"""Evidence items: bytes received, their name kept apart, and the signed receipt. Rows are written once."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from evidence.models.fields import digest_field, is_digest


class EvidenceItem(models.Model):
    """One thing received. The same bytes from another place are an item of their own, linked by ``duplicate_of``."""

    personal_data: ClassVar[tuple[str, ...]] = ()

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    ern = models.CharField(max_length=60, unique=True)
    batch = models.ForeignKey("evidence.Batch", on_delete=models.PROTECT, related_name="items")
    collection = models.ForeignKey("evidence.Collection", on_delete=models.PROTECT, related_name="items")
    sha256 = digest_field(64, db_index=True)
    sha512 = digest_field(128)
    size = models.BigIntegerField()
    duplicate_of = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="duplicates")
    received_at = models.DateTimeField()

    class Meta:
        db_table = "evidence_item"
        ordering = ("ern",)
        constraints = (
            is_digest("sha256", 64, "evidence_item_sha256"),
            is_digest("sha512", 128, "evidence_item_sha512"),
            models.CheckConstraint(condition=Q(size__gte=0), name="evidence_item_size"),
        )

    def __str__(self) -> str:
        return self.ern


class ItemName(models.Model):
    """Name and path as received, with the salt of their digest in the receipt. May be withheld or erased."""

    personal_data: ClassVar[tuple[str, ...]] = ("name", "path", "display")

    item = models.OneToOneField(EvidenceItem, on_delete=models.PROTECT, primary_key=True, related_name="name")
    salt = models.BinaryField(max_length=16)
    name = models.BinaryField()
    path = models.BinaryField()
    display = models.TextField(help_text="the name as text in which nothing hides")

    def __str__(self) -> str:
        return self.display


class Receipt(models.Model):
    """The signed ingest record of one item, byte for byte."""

    personal_data: ClassVar[tuple[str, ...]] = ()

    item = models.OneToOneField(EvidenceItem, on_delete=models.PROTECT, primary_key=True, related_name="receipt")
    record = models.BinaryField()
    signature = models.BinaryField()
    record_sha256 = digest_field(64, unique=True)

    def __str__(self) -> str:
        return self.record_sha256
