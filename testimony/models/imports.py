"""Rows of tables that were brought in: by which a second run knows what it brought in before."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from custody.models.history import Recorded, recorded_history
from testimony.models.witnesses import SHA256


class TableKind(models.TextChoices):
    """What a table lists."""

    VICTIM = "victim", _("victims")
    WITNESS = "witness", _("witnesses")
    BODY = "body", _("images, and the bodies that they show")


class ImportedRow(Recorded):
    """One row of a table, by its mark, and the person it became; of a table of images, one reference and its set.

    The mark is a keyed digest: without the key of the installation nobody can try names against it.
    """

    personal_data: ClassVar[tuple[str, ...]] = ()

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("custody.Case", on_delete=models.PROTECT, related_name="imported_rows")
    kind = models.CharField(max_length=10, choices=TableKind)
    mark = models.CharField(max_length=64, validators=[SHA256])
    victim = models.OneToOneField(
        "testimony.Victim", on_delete=models.PROTECT, null=True, blank=True, related_name="imported"
    )
    witness = models.OneToOneField(
        "testimony.Witness", on_delete=models.PROTECT, null=True, blank=True, related_name="imported"
    )
    body = models.OneToOneField(
        "testimony.BodySet", on_delete=models.PROTECT, null=True, blank=True, related_name="imported"
    )
    created = models.DateTimeField()

    history = recorded_history()

    class Meta:
        ordering = ("case", "kind", "created")
        constraints = (
            models.UniqueConstraint(fields=("case", "kind", "mark"), name="testimony_imported_once"),
            models.CheckConstraint(
                condition=Q(kind="victim", victim__isnull=False, witness__isnull=True, body__isnull=True)
                | Q(kind="witness", witness__isnull=False, victim__isnull=True, body__isnull=True)
                | Q(kind="body", body__isnull=False, victim__isnull=True, witness__isnull=True),
                name="testimony_imported_one_person",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.mark[:8]}"
