"""Texts of certificates, as the lead of a case wrote them."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from custody.models.history import Recorded, recorded_history
from testimony.core.certificates import LANGUAGES, MOST_PARAGRAPHS, MOST_SIGNS, TITLE_SIGNS
from testimony.models.declarations import DeclarationJurisdiction


class CertificateKind(models.TextChoices):
    """Whose certificate it is; the values are those of `testimony.core.certificates`."""

    CUSTODIAN = "custodian", _("custodian of the records")
    EXAMINER = "examiner", _("examiner of the copies")
    RECORDS = "records", _("records of a regular activity, Rule 902(11)")


class CertificateTemplate(Recorded):
    """One version of a text in one language, or the return to the house's text; a version never changes.

    Version 1 is the house's own and stands in the program. In force on a day is the newest that began by then.
    """

    # Who certifies is left blank and written in by hand.
    personal_data: ClassVar[tuple[str, ...]] = ()

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("custody.Case", on_delete=models.PROTECT, related_name="certificate_templates")
    jurisdiction = models.CharField(_("jurisdiction"), max_length=20, choices=DeclarationJurisdiction)
    kind = models.CharField(_("certificate"), max_length=10, choices=CertificateKind)
    language = models.CharField(_("language"), max_length=2, choices=[(each, each) for each in LANGUAGES])
    version = models.PositiveIntegerField(_("version"))
    own = models.BooleanField(_("a text of this case"), default=True)
    title = models.CharField(_("title"), max_length=TITLE_SIGNS, blank=True)
    # An empty line stands between two paragraphs.
    text = models.TextField(_("paragraphs"), max_length=MOST_SIGNS + 2 * MOST_PARAGRAPHS, blank=True)
    since = models.DateField(_("in force since"))

    history = recorded_history()

    class Meta:
        ordering = ("case", "jurisdiction", "kind", "language", "version")
        constraints = (
            models.UniqueConstraint(
                fields=("case", "jurisdiction", "kind", "language", "version"),
                name="testimony_certificate_one_version",
            ),
            models.CheckConstraint(
                condition=models.Q(own=True) & ~models.Q(title="") & ~models.Q(text="")
                | models.Q(own=False, title="", text=""),
                name="testimony_certificate_own_has_words",
            ),
            models.CheckConstraint(condition=models.Q(version__gt=1), name="testimony_certificate_after_the_house"),
        )

    def __str__(self) -> str:
        return f"{self.jurisdiction}/{self.kind}/{self.language}/{self.version}"
