"""Witnesses under their codes. Who they are stands in sealed bytes alone."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from custody.models.history import Recorded, recorded_history

SHA256 = RegexValidator(r"^[0-9a-f]{64}\Z")
LANGUAGES = RegexValidator(r"^[a-z]{2,3}( [a-z]{2,3})*\Z", _("Language codes with spaces between, such as: ar en"))


class WitnessRole(models.TextChoices):
    """In what capacity somebody testifies."""

    RELATIVE = "relative", _("relative")
    FORMER_DETAINEE = "former-detainee", _("former detainee")
    DEFECTOR = "defector", _("former member of the services")
    EXPERT = "expert", _("expert")
    INTERMEDIARY = "intermediary", _("intermediary")
    OTHER = "other", _("other")


class Witness(Recorded):
    """A person who testifies, by code. `person` names the key to which everything of theirs is sealed."""

    personal_data: ClassVar[tuple[str, ...]] = ()

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("custody.Case", on_delete=models.PROTECT, related_name="witnesses")
    person = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.CharField(_("code"), max_length=12)
    role = models.CharField(_("role"), max_length=20, choices=WitnessRole)
    languages = models.CharField(_("languages"), max_length=40, default="ar", validators=[LANGUAGES])
    created = models.DateTimeField()

    history = recorded_history()

    class Meta:
        ordering = ("case", "code")
        verbose_name_plural = "witnesses"
        constraints = (models.UniqueConstraint(fields=("case", "code"), name="testimony_witness_one_code"),)

    def __str__(self) -> str:
        return self.code


class SealedIdentity(Recorded):
    """Who a witness is: sealed to the key of the person, opened by the registrar alone, each time with an entry."""

    personal_data: ClassVar[tuple[str, ...]] = ("sealed",)

    witness = models.OneToOneField(Witness, on_delete=models.PROTECT, primary_key=True, related_name="identity")
    sealed = models.BinaryField()
    sealed_sha256 = models.CharField(max_length=64, validators=[SHA256])

    history = recorded_history()

    class Meta:
        verbose_name_plural = "sealed identities"

    def __str__(self) -> str:
        return self.sealed_sha256
