"""Dossiers: what one is to hold, its builds, the sealed files of each version, and the shares of their keys."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from custody.models.history import Recorded, recorded_history
from testimony.models.consents import ConsentDisclosure
from testimony.models.declarations import DeclarationJurisdiction
from testimony.models.witnesses import SHA256

MOST_MEGABYTES = 2000


class EditionChoice(models.TextChoices):
    """In which languages; the values are those of `testimony.core.dossier.Edition`."""

    ENGLISH = "en", _("English")
    ARABIC = "ar", _("Arabic")
    SIDE_BY_SIDE = "side-by-side", _("both, side by side")
    FOLLOWING = "following", _("both, the translation after the original")


class PictureChoice(models.TextChoices):
    """Which pictures; the values are those of `testimony.core.dossier.PictureForm`."""

    WORKING_COPIES = "working-copies", _("working copies")
    ORIGINALS = "originals", _("the originals, byte for byte, where a PDF can hold them")


class DossierPlan(Recorded):
    """What a dossier is to hold, chosen by people; every version is built from it as it stood then.

    `victims` and `items` are ids in the order in which they stand; no items means all pictures of the victims.
    `left_out` are codes of statements that were taken out by hand. `recipient` is None for a court that is not chosen.
    """

    personal_data: ClassVar[tuple[str, ...]] = ("remarks_en", "remarks_ar", "contested_en", "contested_ar")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("custody.Case", on_delete=models.PROTECT, related_name="dossier_plans")
    code = models.CharField(_("code"), max_length=12)
    victims = models.JSONField(_("persons concerned"), default=list)
    items = models.JSONField(_("exhibits"), default=list, blank=True)
    left_out = models.JSONField(_("statements left out"), default=list, blank=True)
    recipient = models.ForeignKey(
        "custody.Party", on_delete=models.PROTECT, null=True, blank=True, related_name="dossier_plans"
    )
    edition = models.CharField(_("language"), max_length=12, choices=EditionChoice, default=EditionChoice.SIDE_BY_SIDE)
    pictures = models.CharField(
        _("pictures"), max_length=14, choices=PictureChoice, default=PictureChoice.WORKING_COPIES
    )
    disclosure = models.CharField(
        _("witnesses appear"), max_length=10, choices=ConsentDisclosure, default=ConsentDisclosure.PSEUDONYM
    )
    redacted = models.BooleanField(_("redacted edition"), default=False)
    law = models.CharField(
        _("certificates under"),
        max_length=20,
        choices=DeclarationJurisdiction,
        default=DeclarationJurisdiction.AFFIRMATION,
    )
    volume_megabytes = models.PositiveIntegerField(
        _("largest volume, in megabytes (0: one volume)"), default=0, validators=[MaxValueValidator(MOST_MEGABYTES)]
    )
    remarks_en = models.TextField(_("scope and method, in English"), blank=True, max_length=8000)
    remarks_ar = models.TextField(_("scope and method, in Arabic"), blank=True, max_length=8000)
    contested_en = models.TextField(_("what speaks against it, in English"), blank=True, max_length=8000)
    contested_ar = models.TextField(_("what speaks against it, in Arabic"), blank=True, max_length=8000)
    created = models.DateTimeField()
    created_by = models.ForeignKey("custody.Account", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    history = recorded_history()

    class Meta:
        ordering = ("case", "code")
        constraints = (models.UniqueConstraint(fields=("case", "code"), name="testimony_plan_one_code"),)

    def __str__(self) -> str:
        return self.code


class Dossier(models.Model):
    """One version of a dossier: frozen, built, signed. Written once; a new build is a new version.

    `sha256` is that of the first volume as it was signed, `unsigned_sha256` that of all volumes before (one digest
    over theirs, in order), which the same content gives again. `entries` is the size of the ledger whose state it
    shows. `plan` is None for a version built before dossiers were planned.
    """

    personal_data: ClassVar[tuple[str, ...]] = ()
    written_once: ClassVar[bool] = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("custody.Case", on_delete=models.PROTECT, related_name="dossiers")
    plan = models.ForeignKey(DossierPlan, on_delete=models.PROTECT, null=True, related_name="versions")
    code = models.CharField(max_length=12)
    version = models.PositiveIntegerField()
    edition = models.CharField(max_length=12, choices=EditionChoice, default=EditionChoice.SIDE_BY_SIDE)
    disclosure = models.CharField(max_length=10, choices=ConsentDisclosure, default=ConsentDisclosure.PSEUDONYM)
    redacted = models.BooleanField(default=False)
    recipient = models.ForeignKey(
        "custody.Party", on_delete=models.PROTECT, null=True, blank=True, related_name="dossier_versions"
    )
    sha256 = models.CharField(max_length=64, validators=[SHA256])
    unsigned_sha256 = models.CharField(max_length=64, validators=[SHA256], blank=True)
    size = models.BigIntegerField()
    pages = models.PositiveIntegerField(default=0)
    volumes = models.PositiveIntegerField(default=1)
    level = models.CharField(max_length=10, blank=True, help_text="PAdES level of the signature")
    content_sha256 = models.CharField(max_length=64, validators=[SHA256])
    exhibits = models.PositiveIntegerField()
    statements = models.PositiveIntegerField()
    withheld = models.PositiveIntegerField()
    entries = models.BigIntegerField(help_text="size of the ledger whose state it shows")
    purpose = models.CharField(max_length=30)
    built = models.DateTimeField()
    built_by = models.ForeignKey("custody.Account", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ("case", "code", "version")
        constraints = (
            models.UniqueConstraint(fields=("case", "code", "version"), name="testimony_dossier_one_version"),
        )

    def __str__(self) -> str:
        return f"{self.code}/{self.version}"


class DossierPart(models.Model):
    """What a version holds or rests on, by id: a victim, statement, item, consent, or a witness in whatever way."""

    personal_data: ClassVar[tuple[str, ...]] = ()
    written_once: ClassVar[bool] = True

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="parts")
    kind = models.CharField(max_length=12)
    subject = models.UUIDField()

    class Meta:
        ordering = ("kind", "subject")
        constraints = (
            models.UniqueConstraint(fields=("dossier", "kind", "subject"), name="testimony_dossier_part_once"),
        )
        indexes = (models.Index(fields=("kind", "subject"), name="testimony_dossier_part"),)


class DossierFileKind(models.TextChoices):
    """What a file of a version is."""

    CONTENT = "content", _("content, as data")
    SIGNED = "signed", _("signed by the archive")
    COUNTERSIGNED = "countersigned", _("signed by others too")
    RENEWED = "renewed", _("time-stamped anew")


class DossierFile(models.Model):
    """One file of a version, sealed where it lies; a later one of the same volume stands in for the earlier one.

    `sha256` and `size` are those of the file in clear, the others those of the sealed one. Bound by the entry of the
    act that made it.
    """

    personal_data: ClassVar[tuple[str, ...]] = ("name",)  # codes alone: a file's name reaches the recipient
    written_once: ClassVar[bool] = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="files")
    kind = models.CharField(max_length=14, choices=DossierFileKind)
    volume = models.PositiveIntegerField(help_text="from 1; 0 for the content")
    revision = models.PositiveIntegerField(default=1)
    name = models.CharField(max_length=80)
    sha256 = models.CharField(max_length=64, validators=[SHA256])
    size = models.BigIntegerField()
    stored_sha256 = models.CharField(max_length=64, validators=[SHA256])
    stored_size = models.BigIntegerField()
    pages = models.PositiveIntegerField(default=0)
    level = models.CharField(max_length=10, blank=True)
    made = models.DateTimeField()

    class Meta:
        ordering = ("dossier", "volume", "revision")
        constraints = (
            models.UniqueConstraint(fields=("dossier", "volume", "revision"), name="testimony_dossier_file_once"),
        )

    def __str__(self) -> str:
        return self.name


class DossierShare(models.Model):
    """A share of the key of a version, sealed to one witness whose words it holds. All shares together are the key.

    Erasing any of these witnesses so makes the whole version unreadable here, and nothing else does.
    """

    personal_data: ClassVar[tuple[str, ...]] = ()
    written_once: ClassVar[bool] = True

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="shares")
    witness = models.ForeignKey("testimony.Witness", on_delete=models.PROTECT, related_name="+")
    sealed_sha256 = models.CharField(max_length=64, validators=[SHA256])

    class Meta:
        constraints = (models.UniqueConstraint(fields=("dossier", "witness"), name="testimony_dossier_share_once"),)


class DossierRenewal(models.Model):
    """By when the time-stamps in a version are to be renewed, and how the last try ended.

    No record: it can be made again from the files. `why` are codes of reasons, or the words of an error; `failed` is
    false where the rules forbid it.
    """

    personal_data: ClassVar[tuple[str, ...]] = ()

    dossier = models.OneToOneField(Dossier, on_delete=models.PROTECT, primary_key=True, related_name="renewal")
    due = models.DateTimeField()
    tried = models.DateTimeField(null=True)
    failed = models.BooleanField(default=False)
    why = models.JSONField(default=list, blank=True)

    def __str__(self) -> str:
        return f"{self.dossier_id} {self.due:%Y-%m-%d}"


class BuildState(models.TextChoices):
    """Where a build stands. The first two can still change."""

    WAITING = "waiting", _("waits")
    RUNNING = "running", _("runs")
    BUILT = "built", _("built")
    REFUSED = "refused", _("refused")
    FAILED = "failed", _("failed")
    STOPPED = "stopped", _("stopped")


class BuildStep(models.TextChoices):
    """What a build is doing."""

    STATEMENTS = "statements", _("opening statements")
    PICTURES = "pictures", _("fetching pictures")
    PAGES = "pages", _("setting pages")
    SIGNING = "signing", _("signing")
    KEEPING = "keeping", _("sealing and recording")


class DossierBuild(models.Model):
    """A build that somebody asked for: the row is the job, and its numbers are what the page shows.

    `why` are codes of reasons where it was refused, or the words of an error; `heartbeat` is when it was last seen.
    """

    personal_data: ClassVar[tuple[str, ...]] = ()

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    plan = models.ForeignKey(DossierPlan, on_delete=models.PROTECT, related_name="builds")
    state = models.CharField(max_length=8, choices=BuildState, default=BuildState.WAITING)
    step = models.CharField(max_length=12, choices=BuildStep, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    bytes = models.BigIntegerField(default=0)
    purpose = models.CharField(max_length=30)
    asked = models.DateTimeField()
    asked_by = models.ForeignKey("custody.Account", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    started = models.DateTimeField(null=True)
    step_started = models.DateTimeField(null=True)
    heartbeat = models.DateTimeField(null=True)
    ended = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    why = models.JSONField(default=list, blank=True)
    dossier = models.OneToOneField(Dossier, on_delete=models.PROTECT, null=True, related_name="build")

    class Meta:
        ordering = ("-asked",)
        constraints = (
            models.UniqueConstraint(
                fields=("plan",),
                condition=models.Q(state__in=("waiting", "running")),
                name="testimony_build_one_at_a_time",
            ),
        )

    def __str__(self) -> str:
        return f"{self.plan_id} {self.state}"
