"""How pictures look, as short hashes, and which look alike. All of it can be made again from the thumbnails."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q

from evidence.models.items import EvidenceItem

HEX_DIGITS = 16


class PictureHash(models.Model):
    """The hash of an item's thumbnail; ``value`` in hex, and empty for a picture that is too plain to compare.

    ``compared``: whether it stands in the comparison; ``left_out``: how many more look like it than were kept;
    ``complete``: whether all that came into question were looked at.
    """

    personal_data: ClassVar[tuple[str, ...]] = ()

    item = models.OneToOneField(EvidenceItem, on_delete=models.PROTECT, primary_key=True, related_name="look")
    algorithm = models.CharField(max_length=20)
    value = models.CharField(max_length=HEX_DIGITS, blank=True, validators=[RegexValidator(r"\A(?:[0-9a-f]{16})?\Z")])
    made = models.DateTimeField()
    compared = models.BooleanField(default=False)
    left_out = models.PositiveIntegerField(default=0)
    complete = models.BooleanField(default=True)

    class Meta:
        indexes = (
            # evidence.similarity takes those that wait.
            models.Index(fields=("compared",), condition=Q(compared=False), name="evidence_hash_waiting"),
        )

    def __str__(self) -> str:
        return f"{self.item_id} {self.value}"


class Likeness(models.Model):
    """Two pictures whose hashes differ in few bits: a hint for people, in whatever cases admit both."""

    personal_data: ClassVar[tuple[str, ...]] = ()

    first = models.ForeignKey(EvidenceItem, on_delete=models.PROTECT, related_name="alike")
    second = models.ForeignKey(EvidenceItem, on_delete=models.PROTECT, related_name="alike_before")
    distance = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ("distance", "pk")
        verbose_name_plural = "likenesses"
        # evidence.similarity gives the most alike first.
        indexes = (models.Index(fields=("distance", "id"), name="evidence_likeness_nearest"),)
        constraints = (
            models.UniqueConstraint(fields=("first", "second"), name="evidence_likeness_once"),
            models.CheckConstraint(condition=~Q(first=F("second")), name="evidence_likeness_of_two"),
        )

    def __str__(self) -> str:
        return f"{self.first_id} {self.second_id} {self.distance}"
