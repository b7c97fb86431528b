"""Collections (a corpus with its provenance), who held them before, and which cases admit them."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from custody.models.cases import CODE
from custody.models.history import Recorded, recorded_history


class Precision(models.TextChoices):
    """How well a date is known."""

    EXACT = "exact", _("exact")
    ESTIMATED = "estimated", _("estimated")
    UNKNOWN = "unknown", _("unknown")


class Collection(Recorded):
    """A corpus: things that came from one source. Its code stands in every evidence reference number."""

    personal_data: ClassVar[tuple[str, ...]] = ("title", "channel_notes")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.CharField(_("code"), max_length=32, unique=True, validators=[CODE])
    title = models.CharField(_("title"), max_length=200)
    source = models.ForeignKey(
        "custody.Party", on_delete=models.PROTECT, null=True, blank=True, related_name="collections"
    )
    channel_notes = models.TextField(_("how it came"), blank=True, max_length=4000)
    case = models.OneToOneField(
        "custody.Case",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="own_collection",
        help_text="the case whose files go here when no source is named",
    )
    created = models.DateTimeField()

    history = recorded_history()

    class Meta:
        ordering = ("code",)

    def __str__(self) -> str:
        return self.code


class PriorCustody(Recorded):
    """One stretch of custody before the collection was received. Gaps are shown as gaps, never filled."""

    personal_data: ClassVar[tuple[str, ...]] = ("how", "medium", "place")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    collection = models.ForeignKey(Collection, on_delete=models.PROTECT, related_name="prior_custody")
    position = models.PositiveSmallIntegerField(help_text="order in the chain, earliest first")
    holder = models.ForeignKey("custody.Party", on_delete=models.PROTECT, related_name="held")
    since = models.CharField(_("from"), max_length=40, blank=True, help_text=_("as told, for example 2012 or May 2013"))
    since_precision = models.CharField(max_length=10, choices=Precision, default=Precision.UNKNOWN)
    until = models.CharField(_("until"), max_length=40, blank=True)
    until_precision = models.CharField(max_length=10, choices=Precision, default=Precision.UNKNOWN)
    how = models.TextField(_("how it came to this holder"), blank=True, max_length=4000)
    medium = models.CharField(_("medium"), max_length=200, blank=True)
    place = models.CharField(_("place"), max_length=200, blank=True)

    history = recorded_history()

    class Meta:
        ordering = ("collection", "position")
        verbose_name_plural = "prior custody"
        constraints = (models.UniqueConstraint(fields=("collection", "position"), name="evidence_custody_one_place"),)

    def __str__(self) -> str:
        return f"{self.collection_id} {self.position}"


class Admission(Recorded):
    """A case admits a whole collection (with what it will still receive) or one item."""

    personal_data: ClassVar[tuple[str, ...]] = ()

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("custody.Case", on_delete=models.PROTECT, related_name="admissions")
    collection = models.ForeignKey(
        Collection, on_delete=models.PROTECT, null=True, blank=True, related_name="admissions"
    )
    item = models.ForeignKey(
        "evidence.EvidenceItem", on_delete=models.PROTECT, null=True, blank=True, related_name="admissions"
    )
    since = models.DateTimeField()
    ended = models.DateTimeField(null=True, blank=True)

    history = recorded_history()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(collection=None, item__isnull=False) | Q(collection__isnull=False, item=None),
                name="evidence_admission_one_subject",
            ),
            models.UniqueConstraint(
                fields=("case", "collection"), condition=Q(ended=None), name="evidence_admission_collection_once"
            ),
            models.UniqueConstraint(
                fields=("case", "item"), condition=Q(ended=None), name="evidence_admission_item_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.case_id} {self.collection_id or self.item_id}"
