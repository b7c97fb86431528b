"""Legal holds: what must be kept whatever else is decided."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from custody.models.approvals import LONGEST_REASON, ONE_LINE
from custody.models.history import Recorded, recorded_history


class LegalHold(Recorded):
    """One hold: on a whole case, with what it will still receive, or on the items that ``HeldItem`` names."""

    personal_data: ClassVar[tuple[str, ...]] = ("reason",)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("custody.Case", on_delete=models.PROTECT, related_name="holds")
    whole_case = models.BooleanField()
    authority = models.CharField(_("authority"), max_length=256, validators=[ONE_LINE])
    reason = models.TextField(_("why"), max_length=LONGEST_REASON)
    placed_by = models.ForeignKey("custody.Account", on_delete=models.PROTECT, related_name="holds_placed")
    placed = models.DateTimeField()
    lifted = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(
        "custody.Account", on_delete=models.PROTECT, null=True, blank=True, related_name="holds_lifted"
    )

    history = recorded_history()

    class Meta:
        ordering = ("-placed",)
        constraints = (
            models.CheckConstraint(
                condition=Q(lifted=None, lifted_by=None) | Q(lifted__isnull=False, lifted_by__isnull=False),
                name="evidence_hold_lifted_by_somebody",
            ),
        )
        # evidence.holds asks which holds of a case still stand.
        indexes = (models.Index(fields=("case", "lifted"), name="evidence_hold_standing"),)

    def __str__(self) -> str:
        return str(self.pk)


class HeldItem(Recorded):
    """One item under a hold. Written when the hold is placed, never changed."""

    personal_data: ClassVar[tuple[str, ...]] = ()

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    hold = models.ForeignKey(LegalHold, on_delete=models.PROTECT, related_name="held")
    item = models.ForeignKey("evidence.EvidenceItem", on_delete=models.PROTECT, related_name="held")

    history = recorded_history()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("hold", "item"), name="evidence_helditem_once"),)

    def __str__(self) -> str:
        return f"{self.hold_id} {self.item_id}"
