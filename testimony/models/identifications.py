"""Pictures shown to witnesses, and bodies tied to persons: grounds for and against, rulings of a second person."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from custody.models.history import Recorded, recorded_history
from testimony.core.identifying import Bearing, Method, Ruling
from testimony.models.witnesses import SHA256


class ProcedureKind(models.TextChoices):
    """How pictures were shown. A single picture suggests its answer; it is weaker, and said to be."""

    ARRAY = "array", _("several pictures, one after another")
    SHEET = "sheet", _("several pictures at once")
    SINGLE = "single", _("one picture alone")
    FOUND = "found", _("the witness found it before, elsewhere")


class ProcedureResult(models.TextChoices):
    """What came of it."""

    RECOGNISED = "recognised", _("recognised")
    UNSURE = "unsure", _("not sure")
    NOT_RECOGNISED = "not-recognised", _("recognised nobody")
    STOPPED = "stopped", _("broken off")


class Certainty(models.TextChoices):
    """How sure the witness said they were; their own words stand under seal."""

    CERTAIN = "certain", _("certain")
    PROBABLE = "probable", _("rather sure")
    POSSIBLE = "possible", _("perhaps")
    NONE = "none", _("not said")


class Instruction(models.TextChoices):
    """What the witness was told before the first picture (compare PACE 1984 Code D, annex E; US NIJ, 1999)."""

    MAY_NOT_BE_THERE = "may-not-be-there", _("that the person may not be among the pictures")
    NO_NEED_TO_CHOOSE = "no-need-to-choose", _("that nobody has to be chosen")
    MAY_STOP = "may-stop", _("that it can be stopped at any point")
    SUPPORT = "support", _("that somebody is there to help afterwards")


class RecognitionProcedure(Recorded):
    """Pictures shown to one witness. What the witness said is sealed to the key of the witness."""

    personal_data: ClassVar[tuple[str, ...]] = ()

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("custody.Case", on_delete=models.PROTECT, related_name="recognitions")
    witness = models.ForeignKey("testimony.Witness", on_delete=models.PROTECT, related_name="recognitions")
    code = models.CharField(_("code"), max_length=12)
    kind = models.CharField(_("how the pictures were shown"), max_length=10, choices=ProcedureKind)
    held_on = models.DateField(_("held on"))
    masked = models.BooleanField(_("injuries were covered"), default=True)
    blind = models.BooleanField(_("whoever showed them did not know whom the witness looks for"), default=False)
    instructions = models.JSONField(_("what the witness was told before"), default=list, blank=True)
    result = models.CharField(_("what came of it"), max_length=16, choices=ProcedureResult)
    certainty = models.CharField(_("how sure"), max_length=10, choices=Certainty, default=Certainty.NONE)
    sealed_sha256 = models.CharField(
        max_length=64, validators=[SHA256], help_text="the words of the witness, contrary indications, notes"
    )
    created = models.DateTimeField()

    history = recorded_history()

    class Meta:
        ordering = ("case", "code")
        constraints = (models.UniqueConstraint(fields=("case", "code"), name="testimony_recognition_one_code"),)

    def __str__(self) -> str:
        return self.code


class ShownPicture(Recorded):
    """One picture of a procedure, in the order in which it was shown."""

    personal_data: ClassVar[tuple[str, ...]] = ()

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    procedure = models.ForeignKey(RecognitionProcedure, on_delete=models.PROTECT, related_name="shown")
    item = models.ForeignKey("evidence.EvidenceItem", on_delete=models.PROTECT, related_name="shown")
    position = models.PositiveSmallIntegerField()
    chosen = models.BooleanField(_("chosen by the witness"), default=False)

    history = recorded_history()

    class Meta:
        ordering = ("procedure", "position")
        constraints = (
            models.UniqueConstraint(fields=("procedure", "position"), name="testimony_shown_one_place"),
            models.UniqueConstraint(fields=("procedure", "item"), name="testimony_shown_once"),
        )

    def __str__(self) -> str:
        return f"{self.procedure_id} {self.position}"


class BodyIdentification(Recorded):
    """Somebody says that the body of a set is the person of a victim file. How far it carries follows from grounds."""

    personal_data: ClassVar[tuple[str, ...]] = ()

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("custody.Case", on_delete=models.PROTECT, related_name="body_identifications")
    body = models.ForeignKey("testimony.BodySet", on_delete=models.PROTECT, related_name="identifications")
    victim = models.ForeignKey("testimony.Victim", on_delete=models.PROTECT, related_name="body_identifications")
    code = models.CharField(_("code"), max_length=12)
    created = models.DateTimeField()

    history = recorded_history()

    class Meta:
        ordering = ("case", "code")
        constraints = (
            models.UniqueConstraint(fields=("case", "code"), name="testimony_tie_one_code"),
            models.UniqueConstraint(fields=("body", "victim"), name="testimony_tie_once"),
        )

    def __str__(self) -> str:
        return self.code


class GroundMethod(models.TextChoices):
    """By what somebody ties a body to a person."""

    SIGHT = Method.SIGHT.value, _("recognised by sight")
    MARKS = Method.MARKS.value, _("scars, moles, tattoos, a prosthesis")
    CLOTHING = Method.CLOTHING.value, _("clothing or belongings")
    DOCUMENTS = Method.DOCUMENTS.value, _("a document")
    NUMBERS = Method.NUMBERS.value, _("the numbers on the picture")
    CIRCUMSTANCES = Method.CIRCUMSTANCES.value, _("time, place and circumstances")
    FINGERPRINTS = Method.FINGERPRINTS.value, _("fingerprints")
    DENTAL = Method.DENTAL.value, _("teeth")
    DNA = Method.DNA.value, _("DNA")


class GroundBearing(models.TextChoices):
    """Which way it points."""

    FOR = Bearing.FOR.value, _("speaks for it")
    AGAINST = Bearing.AGAINST.value, _("speaks against it")


class IdentificationGround(Recorded):
    """One ground for or against: from a witness, or from an item of evidence such as an expert's report.

    No free text: what a witness said stands under seal with the procedure or the statement.
    """

    personal_data: ClassVar[tuple[str, ...]] = ()

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tie = models.ForeignKey(BodyIdentification, on_delete=models.PROTECT, related_name="grounds")
    method = models.CharField(_("by what"), max_length=14, choices=GroundMethod)
    bearing = models.CharField(_("which way it points"), max_length=8, choices=GroundBearing, default=Bearing.FOR)
    witness = models.ForeignKey(
        "testimony.Witness", on_delete=models.PROTECT, null=True, blank=True, related_name="grounds"
    )
    procedure = models.ForeignKey(
        RecognitionProcedure, on_delete=models.PROTECT, null=True, blank=True, related_name="grounds"
    )
    statement = models.ForeignKey(
        "testimony.Statement", on_delete=models.PROTECT, null=True, blank=True, related_name="grounds"
    )
    item = models.ForeignKey(
        "evidence.EvidenceItem", on_delete=models.PROTECT, null=True, blank=True, related_name="grounds"
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created = models.DateTimeField()
    answered_on = models.DateField(_("answered on"), null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_item = models.ForeignKey(
        "evidence.EvidenceItem", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    history = recorded_history()

    class Meta:
        ordering = ("tie", "created")
        constraints = (
            models.CheckConstraint(
                condition=Q(witness__isnull=False) | Q(item__isnull=False), name="testimony_ground_has_source"
            ),
        )

    def __str__(self) -> str:
        return f"{self.tie_id} {self.method}"


class RulingKind(models.TextChoices):
    """What a second person decided."""

    CONFIRMED = Ruling.CONFIRMED.value, _("confirmed")
    EXCLUDED = Ruling.EXCLUDED.value, _("excluded")
    REOPENED = Ruling.REOPENED.value, _("opened again")


class IdentificationRuling(Recorded):
    """A decision about a tie by somebody who gave none of its grounds."""

    personal_data: ClassVar[tuple[str, ...]] = ("reason",)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tie = models.ForeignKey(BodyIdentification, on_delete=models.PROTECT, related_name="rulings")
    ruling = models.CharField(_("decision"), max_length=10, choices=RulingKind)
    reason = models.TextField(_("reason"), max_length=2000)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decided = models.DateTimeField()

    history = recorded_history()

    class Meta:
        ordering = ("tie", "decided")

    def __str__(self) -> str:
        return f"{self.tie_id} {self.ruling}"
