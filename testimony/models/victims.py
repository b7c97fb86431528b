"""Victims: the persons of whom evidence speaks, under names that are alleged until somebody shows otherwise."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from custody.models.history import Recorded, recorded_history


class PicturesWish(models.TextChoices):
    """What the family wishes for the pictures."""

    NOT_ASKED = "not-asked", _("not asked yet")
    AGREES = "agrees", _("may be shown")
    OBJECTS = "objects", _("objects to showing them outside the case")


class Victim(Recorded):
    """A person in one case. The names are those that a source gave, not a finding."""

    personal_data: ClassVar[tuple[str, ...]] = ("name_ar", "name_latin", "notes")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("custody.Case", on_delete=models.PROTECT, related_name="victims")
    code = models.CharField(_("code"), max_length=12)
    name_ar = models.CharField(_("name in Arabic, as alleged"), max_length=200, blank=True)
    name_latin = models.CharField(_("name in Latin letters, as alleged"), max_length=200, blank=True)
    notes = models.TextField(_("notes"), blank=True, max_length=4000)
    pictures_wish = models.CharField(
        _("the family's wish for the pictures"),
        max_length=10,
        choices=PicturesWish,
        default=PicturesWish.NOT_ASKED,
    )
    created = models.DateTimeField()

    history = recorded_history()

    class Meta:
        ordering = ("case", "code")
        constraints = (models.UniqueConstraint(fields=("case", "code"), name="testimony_victim_one_code"),)

    def __str__(self) -> str:
        return self.code


class VictimPicture(Recorded):
    """An item of evidence that is said to show a victim; ended when it turns out not to."""

    personal_data: ClassVar[tuple[str, ...]] = ()

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    victim = models.ForeignKey(Victim, on_delete=models.PROTECT, related_name="pictures")
    item = models.ForeignKey("evidence.EvidenceItem", on_delete=models.PROTECT, related_name="victims")
    position = models.PositiveSmallIntegerField(help_text="order among the victim's pictures, from 1")
    since = models.DateTimeField()
    ended = models.DateTimeField(null=True, blank=True)

    history = recorded_history()

    class Meta:
        ordering = ("victim", "position")
        constraints = (
            models.UniqueConstraint(
                fields=("victim", "item"), condition=models.Q(ended=None), name="testimony_picture_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.victim_id} {self.item_id}"
