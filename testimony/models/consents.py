"""What witnesses have agreed to: the conversations, the answers that came of them, and what recipients assure."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from custody.models.history import Recorded, recorded_history
from testimony.core.consent import Capacity, Condition, Disclosure, Recipient, Scope, State
from testimony.models.witnesses import LANGUAGES


class ConsentState(models.TextChoices):
    """The answer, as it stands now."""

    YES = State.YES.value, _("yes")
    NO = State.NO.value, _("no")
    ASK_FIRST = State.ASK_FIRST.value, _("ask me first")
    WITHDRAWN = State.WITHDRAWN.value, _("withdrawn")


class ConsentScope(models.TextChoices):
    """The use that was asked about."""

    KEEP = Scope.KEEP.value, _("to be kept here")
    ANALYSE = Scope.ANALYSE.value, _("to be read and compared by our analysts and lawyers")
    COURT_DOSSIER = Scope.COURT_DOSSIER.value, _("use in court dossiers")
    DEFENCE = Scope.DEFENCE.value, _("disclosure to the defence")
    SHARE = Scope.SHARE.value, _("sharing with other organisations")
    REPORT = Scope.REPORT.value, _("public reports")
    MEDIA = Scope.MEDIA.value, _("the press and broadcasting")
    RESEARCH = Scope.RESEARCH.value, _("research")
    FACE = Scope.FACE.value, _("showing the face of the witness")
    RECONTACT = Scope.RECONTACT.value, _("being contacted again")
    TRANSFER = Scope.TRANSFER.value, _("handing everything to a successor if we close")


class ConsentRecipient(models.TextChoices):
    """Who would see it."""

    HOUSE = Recipient.HOUSE.value, _("we ourselves")
    COURT = Recipient.COURT.value, _("any court or authority of a fair trial")
    INTERNATIONAL_COURT = Recipient.INTERNATIONAL_COURT.value, _("the ICC or another international court")
    IIIM = Recipient.IIIM.value, _("the IIIM of the United Nations")
    NATIONAL_AUTHORITY = Recipient.NATIONAL_AUTHORITY.value, _("national prosecutors and courts")
    DEFENCE = Recipient.DEFENCE.value, _("the defence")
    UN_BODY = Recipient.UN_BODY.value, _("other bodies of the United Nations")
    NGO = Recipient.NGO.value, _("other organisations")
    PUBLIC = Recipient.PUBLIC.value, _("everybody")
    MEDIA = Recipient.MEDIA.value, _("the press")
    RESEARCHERS = Recipient.RESEARCHERS.value, _("researchers")
    SUCCESSOR = Recipient.SUCCESSOR.value, _("the successor named in the form")


class ConsentDisclosure(models.TextChoices):
    """How the witness appears."""

    ANONYMOUS = Disclosure.ANONYMOUS.value, _("unnamed, without a code")
    PSEUDONYM = Disclosure.PSEUDONYM.value, _("under the code")
    NAMED = Disclosure.NAMED.value, _("by name")


class ConsentCondition(models.TextChoices):
    """What the witness demands of whoever receives it."""

    NO_DEATH_PENALTY = Condition.NO_DEATH_PENALTY.value, _("no death penalty")
    FAIR_TRIAL = Condition.FAIR_TRIAL.value, _("a fair trial")
    NOT_IN_ABSENTIA = Condition.NOT_IN_ABSENTIA.value, _("no trial in absence")
    NO_IMMIGRATION_OR_INTELLIGENCE = (
        Condition.NO_IMMIGRATION_OR_INTELLIGENCE.value,
        _("no immigration or intelligence service"),
    )


class ConsentCapacity(models.TextChoices):
    """Whether the witness can decide alone."""

    FULL = Capacity.FULL.value, _("decides alone")
    MINOR = Capacity.MINOR.value, _("under age: a guardian decides, with the child's assent")
    SUPPORTED = Capacity.SUPPORTED.value, _("decides with a supporter or guardian")
    UNCLEAR = Capacity.UNCLEAR.value, _("not clear")


class ConsentForm(models.TextChoices):
    """How the answer was given."""

    SIGNATURE = "signature", _("signature")
    THUMBPRINT = "thumbprint", _("thumbprint")
    AUDIO = "audio", _("recorded aloud")
    ON_SCREEN = "on-screen", _("signed on the screen")


class ConsentPlace(models.TextChoices):
    """Where it was given, without telling where the witness is."""

    OFFICE = "office", _("at our office")
    PARTNER = "partner", _("at a partner's office")
    HOME = "home", _("where the witness lives")
    REMOTE = "remote", _("by telephone or video")
    OTHER = "other", _("elsewhere")


class Information(models.TextChoices):
    """What was explained before the witness answered."""

    WHO_WE_ARE = "who-we-are", _("who we are")
    PURPOSE = "purpose", _("what it is for")
    OPTIONS = "options", _("what can be chosen, use by use")
    RISKS = "risks", _("the risks")
    CONFIDENTIALITY = "confidentiality", _("the limits of confidentiality")
    DEFENCE = "defence", _("that the defence may have to be shown it")
    NO_PROMISES = "no-promises", _("that nothing is promised in return")
    REFUSE = "refuse", _("the right to refuse, at any point")
    WITHDRAW = "withdraw", _("the right to withdraw, and what a withdrawal cannot undo")
    COMPLAINT = "complaint", _("where to complain")


def _known(values: Iterable[object], choices: type[models.TextChoices]) -> None:
    odd = sorted(str(value) for value in values if value not in choices.values)
    if odd:
        raise ValidationError(_("Not known: %(odd)s"), params={"odd": ", ".join(odd)})


def known_conditions(value: object) -> None:
    """Validate a list of conditions."""
    _known(value if isinstance(value, list) else [value], ConsentCondition)


def known_information(value: object) -> None:
    """Validate a list of what was explained."""
    _known(value if isinstance(value, list) else [value], Information)


def known_assurances(value: object) -> None:
    """Validate what a recipient is known to meet: conditions to true or false."""
    if not isinstance(value, dict) or not all(isinstance(met, bool) for met in value.values()):
        raise ValidationError(_("An assurance is a yes or a no to a condition."))
    _known(value, ConsentCondition)


class ConsentConversation(Recorded):
    """One conversation in which a witness was told what may happen to what they give, and answered.

    What was said, and where the witness is, stand in no column: notes are sealed with the statement or not kept.
    """

    personal_data: ClassVar[tuple[str, ...]] = ("place",)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("custody.Case", on_delete=models.PROTECT, related_name="consent_conversations")
    witness = models.ForeignKey("testimony.Witness", on_delete=models.PROTECT, related_name="consent_conversations")
    held_on = models.DateField(_("held on"))
    place = models.CharField(_("where"), max_length=10, choices=ConsentPlace, default=ConsentPlace.OFFICE)
    language = models.CharField(_("language"), max_length=3, validators=[LANGUAGES], default="ar")
    form_version = models.CharField(_("version of the form"), max_length=20)
    interpreter = models.CharField(_("interpreter, by code"), max_length=12, blank=True)
    information = models.JSONField(_("what was explained"), default=list, blank=True, validators=[known_information])
    capacity = models.CharField(_("capacity"), max_length=10, choices=ConsentCapacity, default=ConsentCapacity.FULL)
    guardian = models.BooleanField(_("the guardian or supporter agrees"), default=False)
    assent = models.BooleanField(_("the witness assents"), default=False)
    of_age_on = models.DateField(_("comes of age on"), null=True, blank=True)
    how = models.CharField(_("how the answers were given"), max_length=12, choices=ConsentForm)
    evidence = models.ForeignKey(
        "evidence.EvidenceItem", on_delete=models.PROTECT, null=True, blank=True, related_name="consent_conversations"
    )
    file = models.ForeignKey(
        "testimony.WitnessFile", on_delete=models.PROTECT, null=True, blank=True, related_name="consent_conversations"
    )
    seconded = models.CharField(_("witness to the consent, by code"), max_length=12, blank=True)

    history = recorded_history()

    class Meta:
        ordering = ("case", "held_on")

    def __str__(self) -> str:
        return f"{self.witness_id} {self.held_on}"


class Consent(Recorded):
    """One witness's answer about one use by one kind of recipient, or one party of it, in one case or every case.

    It changes by a new version of the row, never by overwriting history.
    """

    personal_data: ClassVar[tuple[str, ...]] = ()

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("custody.Case", on_delete=models.PROTECT, related_name="consents")
    witness = models.ForeignKey("testimony.Witness", on_delete=models.PROTECT, related_name="consents")
    code = models.CharField(_("code"), max_length=12)
    version = models.PositiveSmallIntegerField(_("version"), default=1, validators=[MinValueValidator(1)])
    conversation = models.ForeignKey(
        ConsentConversation, on_delete=models.PROTECT, null=True, blank=True, related_name="consents"
    )
    scope = models.CharField(_("use"), max_length=30, choices=ConsentScope)
    recipient = models.CharField(_("recipient"), max_length=30, choices=ConsentRecipient, default=Recipient.COURT)
    party = models.ForeignKey("custody.Party", on_delete=models.PROTECT, null=True, blank=True, related_name="consents")
    only_this_case = models.BooleanField(_("for this case alone"), default=True)
    state = models.CharField(_("answer"), max_length=10, choices=ConsentState)
    disclosure = models.CharField(
        _("how the witness appears"), max_length=10, choices=ConsentDisclosure, default=ConsentDisclosure.PSEUDONYM
    )
    conditions = models.JSONField(_("conditions"), default=list, blank=True, validators=[known_conditions])
    given_on = models.DateField(_("given on"))
    how = models.CharField(_("how"), max_length=12, choices=ConsentForm)
    form_version = models.CharField(_("version of the form"), max_length=20)
    expires_on = models.DateField(_("expires on"), null=True, blank=True)
    review_on = models.DateField(_("to be gone over again on"), null=True, blank=True)
    withdrawn_on = models.DateField(_("withdrawn on"), null=True, blank=True)

    history = recorded_history()

    class Meta:
        ordering = ("case", "code")
        constraints = (
            models.UniqueConstraint(fields=("case", "code"), name="testimony_consent_one_code"),
            models.UniqueConstraint(
                fields=("witness", "scope", "recipient", "party"), name="testimony_consent_one_answer"
            ),
            # No party is no value to the database, and two of those are never the same.
            models.UniqueConstraint(
                fields=("witness", "scope", "recipient"),
                condition=Q(party=None),
                name="testimony_consent_one_answer_a_kind",
            ),
            models.CheckConstraint(
                condition=Q(state=State.WITHDRAWN.value, withdrawn_on__isnull=False)
                | (~Q(state=State.WITHDRAWN.value) & Q(withdrawn_on=None)),
                name="testimony_consent_withdrawn_has_day",
            ),
            models.CheckConstraint(
                condition=Q(expires_on=None) | Q(expires_on__gte=F("given_on")), name="testimony_consent_expires_later"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_on=None) | Q(withdrawn_on__gte=F("given_on")),
                name="testimony_consent_withdrawn_later",
            ),
        )

    def __str__(self) -> str:
        return self.code


class RecipientTerms(Recorded):
    """What kind of recipient a party is in a case, and which conditions of witnesses it is known to meet or not."""

    personal_data: ClassVar[tuple[str, ...]] = ()

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("custody.Case", on_delete=models.PROTECT, related_name="recipient_terms")
    party = models.ForeignKey("custody.Party", on_delete=models.PROTECT, related_name="recipient_terms")
    kind = models.CharField(_("what it is"), max_length=30, choices=ConsentRecipient)
    met = models.JSONField(_("conditions it meets or not"), default=dict, blank=True, validators=[known_assurances])
    basis = models.CharField(
        _("how that is known"), max_length=200, blank=True, help_text=_("a letter, a law, its date")
    )

    history = recorded_history()

    class Meta:
        verbose_name_plural = "recipient terms"
        constraints = (models.UniqueConstraint(fields=("case", "party"), name="testimony_terms_once"),)

    def __str__(self) -> str:
        return f"{self.party_id} {self.kind}"
