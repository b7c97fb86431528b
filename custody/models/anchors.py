"""Who outside vouches for the ledger, and what they said: time-stamps and cosignatures, byte for byte."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from custody.models.history import Recorded, recorded_history

# A word of a policy file: no blank, nothing that could end a line.
_NAME = RegexValidator(r"\A[A-Za-z0-9][A-Za-z0-9._-]{0,59}\Z", _("Letters, digits, dots and hyphens, without blanks."))


class AnchorKind(models.TextChoices):
    """What an outside party does for the ledger."""

    TIME_AUTHORITY = "time-authority", _("time-stamps")
    COSIGNER = "cosigner", _("cosigns")


class AnchorParty(Recorded):
    """A time authority (RFC 3161) or a cosigner (C2SP tlog-witness) that this installation asks.

    ``public`` is what trust hangs on: the pinned certificate and the others of its chain (PEM), or the cosigner's key.
    """

    personal_data: ClassVar[tuple[str, ...]] = ("name",)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=20, choices=AnchorKind)
    name = models.CharField(_("name"), max_length=60, unique=True, validators=[_NAME])
    url = models.CharField(_("address"), max_length=300, blank=True, help_text=_("empty: asked by hand"))
    public = models.TextField()
    fingerprint = models.CharField(max_length=64, unique=True)
    ended = models.DateTimeField(null=True, blank=True)

    history = recorded_history()

    class Meta:
        ordering = ("name",)
        verbose_name_plural = "anchor parties"


class TimeStamp(models.Model):
    """What a time authority answered about one signed checkpoint, raw, whatever it is worth. Never changed."""

    written_once: ClassVar[bool] = True
    personal_data: ClassVar[tuple[str, ...]] = ()

    checkpoint = models.BigIntegerField(help_text="size of the checkpoint whose signed note was sent")
    party = models.ForeignKey(AnchorParty, on_delete=models.PROTECT, related_name="stamps")
    nonce = models.CharField(max_length=20, help_text="decimal")
    response = models.BinaryField()
    sha256 = models.CharField(max_length=64, unique=True)
    received = models.DateTimeField()

    class Meta:
        ordering = ("received",)
        indexes = (models.Index(fields=("checkpoint",), name="custody_timestamp_checkpoint"),)


class Cosignature(models.Model):
    """One cosigner's line under one signed checkpoint; it proves itself. Never changed."""

    written_once: ClassVar[bool] = True
    personal_data: ClassVar[tuple[str, ...]] = ()

    checkpoint = models.BigIntegerField(help_text="size of the checkpoint cosigned")
    party = models.ForeignKey(AnchorParty, on_delete=models.PROTECT, related_name="cosignatures")
    line = models.TextField(help_text="the signature line, without its line feed")
    time = models.BigIntegerField(help_text="what the cosigner claims, POSIX seconds")
    received = models.DateTimeField()

    class Meta:
        ordering = ("received",)
        constraints = (models.UniqueConstraint(fields=("checkpoint", "party"), name="custody_cosignature_once"),)
