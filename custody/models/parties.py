"""People and organisations that gave, held or received something."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from custody.models.cases import CODE
from custody.models.history import Recorded, recorded_history


class PartyKind(models.TextChoices):
    """What a party is."""

    PERSON = "person", _("person")
    ORGANISATION = "organisation", _("organisation")
    AUTHORITY = "authority", _("authority")


class Party(Recorded):
    """A source, holder, recipient, counterparty or authority, inside or outside."""

    personal_data: ClassVar[tuple[str, ...]] = ("name",)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.CharField(_("code"), max_length=32, unique=True, validators=[CODE])
    kind = models.CharField(max_length=20, choices=PartyKind, default=PartyKind.ORGANISATION)
    name = models.CharField(_("name"), max_length=200)

    history = recorded_history()

    class Meta:
        verbose_name_plural = "parties"

    def __str__(self) -> str:
        return self.code
