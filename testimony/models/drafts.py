"""Statements that are still being taken. A draft stands outside every history: only its latest version is kept."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models

from testimony.models.statements import IdentificationMethod, StatementFollowing
from testimony.models.witnesses import SHA256


class StatementDraft(models.Model):
    """What was typed so far, sealed to the key of its witness at every save, and gone when it is sealed or discarded.

    It is no recorded model: words that a witness took back before sealing must not stay in a history. ``revision``
    counts the saves, so that an older window does not write over what a newer one saved.
    """

    personal_data: ClassVar[tuple[str, ...]] = ("sealed", "confidential")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("custody.Case", on_delete=models.PROTECT, related_name="statement_drafts")
    witness = models.ForeignKey("testimony.Witness", on_delete=models.PROTECT, related_name="drafts")
    owner = models.ForeignKey("custody.Account", on_delete=models.PROTECT, related_name="statement_drafts")
    victim = models.ForeignKey("testimony.Victim", on_delete=models.PROTECT, null=True, related_name="+")
    method = models.CharField(max_length=12, choices=IdentificationMethod, blank=True)
    follows = models.ForeignKey("testimony.Statement", on_delete=models.PROTECT, null=True, related_name="drafts")
    following = models.CharField(max_length=12, choices=StatementFollowing, blank=True)
    follows_paragraphs = models.JSONField(default=list)
    sealed = models.BinaryField()
    sealed_sha256 = models.CharField(max_length=64, validators=[SHA256])
    confidential = models.BinaryField(null=True)
    revision = models.PositiveIntegerField(default=1)
    read_back = models.DateTimeField(null=True, help_text="when the version now kept was read back")
    begun = models.DateTimeField()
    saved = models.DateTimeField()

    class Meta:
        ordering = ("case", "begun")

    def __str__(self) -> str:
        return str(self.pk)
