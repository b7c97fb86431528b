"""Files of witnesses: scans and recordings that are sealed to the key of the witness."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from custody.models.history import Recorded, recorded_history
from testimony.models.witnesses import SHA256


class WitnessFileKind(models.TextChoices):
    """What a file of a witness is."""

    CONSENT = "consent", _("consent: the signed form, or its recording")
    RECORDING = "recording", _("recording of the witness")
    PAPER = "paper", _("another paper or picture")


class WitnessFile(Recorded):
    """A file under the seal of its witness. The database keeps digests; its name and its key are sealed too."""

    personal_data: ClassVar[tuple[str, ...]] = ()

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("custody.Case", on_delete=models.PROTECT, related_name="witness_files")
    witness = models.ForeignKey("testimony.Witness", on_delete=models.PROTECT, related_name="files")
    code = models.CharField(_("code"), max_length=12)
    kind = models.CharField(_("kind"), max_length=12, choices=WitnessFileKind)
    media_type = models.CharField(_("type"), max_length=80)
    content_sha256 = models.CharField(
        max_length=64, validators=[SHA256], help_text="SHA-256 of salt and content before it was sealed"
    )
    sealed_sha256 = models.CharField(max_length=64, validators=[SHA256], help_text="of the sealed name and key")
    stored_sha256 = models.CharField(max_length=64, validators=[SHA256], help_text="of the sealed file")
    stored_bytes = models.BigIntegerField()
    created = models.DateTimeField()

    history = recorded_history()

    class Meta:
        ordering = ("case", "code")
        constraints = (models.UniqueConstraint(fields=("case", "code"), name="testimony_witness_file_one_code"),)

    def __str__(self) -> str:
        return self.code


class WitnessFileReceipt(models.Model):
    """The record of a file's sealing, written in its act, and the registrar's signature, which comes a moment later."""

    personal_data: ClassVar[tuple[str, ...]] = ()

    file = models.OneToOneField(WitnessFile, on_delete=models.PROTECT, primary_key=True, related_name="receipt")
    record = models.BinaryField()
    record_sha256 = models.CharField(max_length=64, validators=[SHA256])
    signature = models.BinaryField(null=True)

    def __str__(self) -> str:
        return self.record_sha256
