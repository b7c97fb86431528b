"""Dossiers that were built: which, when, of what content. The file itself goes to whoever asked for it."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models

from testimony.models.witnesses import SHA256


class Dossier(models.Model):
    """One build of a dossier. Written once; a new build is a new version.

    The file is not kept: it holds the words of witnesses in clear, which stand nowhere else unsealed, and whose keys
    may be destroyed one day. What is kept lets anybody recognise the file that was handed out.
    """

    personal_data: ClassVar[tuple[str, ...]] = ()
    written_once: ClassVar[bool] = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("custody.Case", on_delete=models.PROTECT, related_name="dossiers")
    victim = models.ForeignKey("testimony.Victim", on_delete=models.PROTECT, related_name="dossiers")
    code = models.CharField(max_length=12)
    version = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64, validators=[SHA256])
    size = models.BigIntegerField()
    content_sha256 = models.CharField(max_length=64, validators=[SHA256])
    exhibits = models.PositiveIntegerField()
    statements = models.PositiveIntegerField()
    withheld = models.PositiveIntegerField()
    entries = models.BigIntegerField(help_text="size of the ledger whose state it shows")
    purpose = models.CharField(max_length=30)
    built = models.DateTimeField()

    class Meta:
        ordering = ("case", "code", "version")
        constraints = (
            models.UniqueConstraint(fields=("case", "code", "version"), name="testimony_dossier_one_version"),
        )

    def __str__(self) -> str:
        return f"{self.code}/{self.version}"
