"""Bodies as pictures show them: sets of images by view, and the numbers read from them by two people."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from custody.models.history import Recorded, recorded_history
from testimony.core.numbers import LONGEST, NumberKind


class View(models.TextChoices):
    """What an image of a body shows."""

    WHOLE = "whole", _("whole body")
    FACE = "face", _("face")
    DETAIL = "detail", _("detail")
    CARD = "card", _("number card")
    OTHER = "other", _("other")


class BodySet(Recorded):
    """One body, as several images show it. Who it is, is said by identifications and never here.

    `merged_into`: the set that this one turned out to be a part of; its images have moved there.
    """

    personal_data: ClassVar[tuple[str, ...]] = ()

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("custody.Case", on_delete=models.PROTECT, related_name="bodies")
    code = models.CharField(_("code"), max_length=12)
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged")
    created = models.DateTimeField()

    history = recorded_history()

    class Meta:
        ordering = ("case", "code")
        constraints = (
            models.UniqueConstraint(fields=("case", "code"), name="testimony_body_one_code"),
            models.CheckConstraint(
                condition=Q(merged_into=None) | ~Q(merged_into=F("id")), name="testimony_body_not_into_itself"
            ),
        )

    def __str__(self) -> str:
        return self.code


class BodyImage(Recorded):
    """An image of a body at its place in the set; ended when it moves to another set or turns out not to belong."""

    personal_data: ClassVar[tuple[str, ...]] = ()

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    body = models.ForeignKey(BodySet, on_delete=models.PROTECT, related_name="images")
    item = models.ForeignKey("evidence.EvidenceItem", on_delete=models.PROTECT, related_name="bodies")
    view = models.CharField(_("view"), max_length=10, choices=View, default=View.OTHER)
    position = models.PositiveSmallIntegerField()
    since = models.DateTimeField()
    ended = models.DateTimeField(null=True, blank=True)

    history = recorded_history()

    class Meta:
        ordering = ("body", "position")
        constraints = (
            models.UniqueConstraint(fields=("body", "item"), condition=Q(ended=None), name="testimony_body_image_once"),
        )

    def __str__(self) -> str:
        return f"{self.body_id} {self.item_id}"


class NumberChoice(models.TextChoices):
    """Which of the three numbers."""

    DETAINEE = NumberKind.DETAINEE.value, _("detainee number")
    BRANCH = NumberKind.BRANCH.value, _("branch number")
    EXAMINATION = NumberKind.EXAMINATION.value, _("examination number")


class Legibility(models.TextChoices):
    """How well it can be read."""

    CLEAR = "clear", _("clear")
    PARTLY = "partly", _("partly")
    HARDLY = "hardly", _("hardly")


class NumberReading(Recorded):
    """One number of a body as one person read it from the images. Two persons read, each without the other's."""

    personal_data: ClassVar[tuple[str, ...]] = ()

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    body = models.ForeignKey(BodySet, on_delete=models.PROTECT, related_name="readings")
    kind = models.CharField(_("number"), max_length=12, choices=NumberChoice)
    raw = models.CharField(_("as it stands there"), max_length=LONGEST)
    value = models.CharField(
        _("for comparing"), max_length=LONGEST, validators=[RegexValidator(r"\A\S+\Z")], db_index=True
    )
    legibility = models.CharField(_("legibility"), max_length=8, choices=Legibility, default=Legibility.CLEAR)
    reader = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    read = models.DateTimeField()
    ended = models.DateTimeField(null=True, blank=True)

    history = recorded_history()

    class Meta:
        ordering = ("body", "kind", "read")
        constraints = (
            models.UniqueConstraint(
                fields=("body", "kind", "reader"), condition=Q(ended=None), name="testimony_reading_one_a_reader"
            ),
        )

    def __str__(self) -> str:
        return f"{self.body_id} {self.kind}"


class Tally(Recorded):
    """A number that somebody published or counted: never bare, always with its source, date and method."""

    personal_data: ClassVar[tuple[str, ...]] = ()

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("custody.Case", on_delete=models.PROTECT, related_name="tallies")
    what = models.CharField(_("what was counted"), max_length=120)
    value = models.PositiveBigIntegerField(_("number"))
    source = models.CharField(_("who says so"), max_length=200)
    counted_on = models.DateField(_("as of"))
    method = models.CharField(_("how it was counted"), max_length=400)
    created = models.DateTimeField()

    history = recorded_history()

    class Meta:
        ordering = ("case", "what", "counted_on")
        verbose_name_plural = "tallies"

    def __str__(self) -> str:
        return f"{self.value} {self.what}"


class ResemblanceDismissed(Recorded):
    """Somebody's decision that two images which looked alike, or lay side by side, do not show one body.

    `decision`: the same for all pairs of one step, the id of the pair about which it was taken. `ended`: taken back.
    """

    personal_data: ClassVar[tuple[str, ...]] = ("reason",)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    decision = models.UUIDField(db_index=True, editable=False)
    case = models.ForeignKey("custody.Case", on_delete=models.PROTECT, related_name="+")
    first = models.ForeignKey("evidence.EvidenceItem", on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey("evidence.EvidenceItem", on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    since = models.DateTimeField()
    ended = models.DateTimeField(null=True, blank=True)

    history = recorded_history()

    class Meta:
        ordering = ("case", "-since")
        constraints = (
            models.UniqueConstraint(
                fields=("case", "first", "second"), condition=Q(ended=None), name="testimony_resemblance_once"
            ),
            models.CheckConstraint(condition=~Q(first=F("second")), name="testimony_resemblance_of_two"),
        )

    def __str__(self) -> str:
        return f"{self.first_id} {self.second_id}"
