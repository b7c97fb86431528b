"""Formulas of declarations, as the lead of a case wrote them."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from custody.models.history import Recorded, recorded_history
from testimony.models.witnesses import LANGUAGES


class DeclarationJurisdiction(models.TextChoices):
    """Whose formula it is; the values are those of `testimony.core.declarations`."""

    US_INSIDE = "us-1746-inside", _("28 USC 1746, signed in the United States")
    US_OUTSIDE = "us-1746-outside", _("28 USC 1746, signed outside the United States")
    ENGLAND_WALES = "ew-s9", _("England and Wales, section 9 CJA 1967")
    AFFIRMATION = "affirmation", _("affirmation, of no jurisdiction")


class DeclarationTemplate(Recorded):
    """One version of a formula. Version 1 is the house's own and stands in the program; a case writes the next ones."""

    personal_data: ClassVar[tuple[str, ...]] = ()

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("custody.Case", on_delete=models.PROTECT, related_name="declaration_templates")
    jurisdiction = models.CharField(_("jurisdiction"), max_length=20, choices=DeclarationJurisdiction)
    language = models.CharField(_("language"), max_length=3, validators=[LANGUAGES])
    version = models.PositiveIntegerField(_("version"))
    text = models.TextField(_("text"), max_length=4000)
    since = models.DateField(_("in force since"))
    retired = models.DateField(_("retired on"), null=True, blank=True)

    history = recorded_history()

    class Meta:
        ordering = ("case", "jurisdiction", "language", "version")
        constraints = (
            models.UniqueConstraint(
                fields=("case", "jurisdiction", "language", "version"), name="testimony_formula_one_version"
            ),
        )

    def __str__(self) -> str:
        return f"{self.jurisdiction}/{self.version}"
