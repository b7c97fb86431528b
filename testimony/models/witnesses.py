"""Witnesses under their codes. Who they are stands in sealed bytes alone."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from custody.models.history import Recorded, recorded_history

SHA256 = RegexValidator(r"^[0-9a-f]{64}\Z")
LANGUAGES = RegexValidator(r"^[a-z]{2,3}( [a-z]{2,3})*\Z", _("Language codes with spaces between, such as: ar en"))


class WitnessRole(models.TextChoices):
    """In what capacity somebody testifies."""

    RELATIVE = "relative", _("relative")
    FORMER_DETAINEE = "former-detainee", _("former detainee")
    DEFECTOR = "defector", _("former member of the services")
    EXPERT = "expert", _("expert")
    INTERMEDIARY = "intermediary", _("intermediary")
    OTHER = "other", _("other")


class Literacy(models.TextChoices):
    """Whether the witness reads what is signed."""

    UNKNOWN = "unknown", _("not asked yet")
    READS = "reads", _("reads and writes")
    READS_WITH_HELP = "with-help", _("with help")
    NOT = "not", _("does not read: it is read aloud")


class Relation(models.TextChoices):
    """What the witness is to the victims of whom they speak."""

    UNKNOWN = "unknown", _("not asked yet")
    PARENT = "parent", _("mother or father")
    SPOUSE = "spouse", _("wife or husband")
    CHILD = "child", _("daughter or son")
    SIBLING = "sibling", _("sister or brother")
    OTHER_KIN = "other-kin", _("other kin")
    FELLOW_DETAINEE = "fellow-detainee", _("held together")
    ACQUAINTANCE = "acquaintance", _("friend, neighbour or colleague")
    NONE = "none", _("none")


class Readiness(models.TextChoices):
    """Whether the witness would testify."""

    UNKNOWN = "unknown", _("not asked yet")
    YES = "yes", _("ready to testify")
    LATER = "later", _("perhaps later")
    NO = "no", _("not ready to testify")


class PriorAccounts(models.TextChoices):
    """Whether others have asked already: nobody is to be questioned twice for the same (CSO guidelines, 2022)."""

    UNKNOWN = "unknown", _("not asked yet")
    NONE = "none", _("to nobody before")
    SOME = "some", _("to others before; to whom is sealed")


class Measure(models.TextChoices):
    """What protects the witness."""

    PSEUDONYM = "pseudonym", _("pseudonym")
    DISTORTION = "distortion", _("voice and face distorted")
    CLOSED_SESSION = "closed-session", _("closed session")
    NO_ADDRESS = "no-address", _("address kept out")
    REMOTE = "remote", _("heard from a distance")


def known_measures(value: object) -> None:
    """Validate a list of protective measures."""
    odd = sorted({str(each) for each in value if each not in Measure.values}) if isinstance(value, list) else [value]
    if odd:
        raise ValidationError(_("Not known: %(odd)s"), params={"odd": ", ".join(map(str, odd))})


class Witness(Recorded):
    """A person who testifies, by code. `person` names the key to which everything of theirs is sealed."""

    personal_data: ClassVar[tuple[str, ...]] = ()

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("custody.Case", on_delete=models.PROTECT, related_name="witnesses")
    person = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.CharField(_("code"), max_length=12)
    role = models.CharField(_("role"), max_length=20, choices=WitnessRole)
    languages = models.CharField(_("languages"), max_length=40, default="ar", validators=[LANGUAGES])
    literacy = models.CharField(_("reading"), max_length=10, choices=Literacy, default=Literacy.UNKNOWN)
    relation = models.CharField(_("relation to the victims"), max_length=16, choices=Relation, default=Relation.UNKNOWN)
    ready = models.CharField(_("readiness"), max_length=10, choices=Readiness, default=Readiness.UNKNOWN)
    prior_accounts = models.CharField(
        _("accounts given before"), max_length=10, choices=PriorAccounts, default=PriorAccounts.UNKNOWN
    )
    measures = models.JSONField(_("protective measures"), default=list, blank=True, validators=[known_measures])
    risk_assessed_on = models.DateField(_("risk assessed on"), null=True, blank=True)
    risk_review_on = models.DateField(_("risk to be assessed again on"), null=True, blank=True)
    created = models.DateTimeField()

    history = recorded_history()

    class Meta:
        ordering = ("case", "code")
        verbose_name_plural = "witnesses"
        constraints = (models.UniqueConstraint(fields=("case", "code"), name="testimony_witness_one_code"),)

    def __str__(self) -> str:
        return self.code


class SealedIdentity(Recorded):
    """Who a witness is: sealed to the key of the person, opened by the registrar alone, each time with an entry."""

    personal_data: ClassVar[tuple[str, ...]] = ()

    witness = models.OneToOneField(Witness, on_delete=models.PROTECT, primary_key=True, related_name="identity")
    sealed_sha256 = models.CharField(max_length=64, validators=[SHA256])

    history = recorded_history()

    class Meta:
        verbose_name_plural = "sealed identities"

    def __str__(self) -> str:
        return self.sealed_sha256
