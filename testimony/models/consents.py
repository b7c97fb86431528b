"""What witnesses have agreed to, one answer for each use."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from custody.models.history import Recorded, recorded_history
from testimony.core.consent import Scope, State


class ConsentState(models.TextChoices):
    """The answer, as it stands now."""

    YES = State.YES.value, _("yes")
    NO = State.NO.value, _("no")
    WITHDRAWN = State.WITHDRAWN.value, _("withdrawn")


class ConsentScope(models.TextChoices):
    """The use that was asked about."""

    COURT_DOSSIER = Scope.COURT_DOSSIER.value, _("use in court dossiers")


class ConsentForm(models.TextChoices):
    """How the answer was given."""

    SIGNATURE = "signature", _("signature")
    THUMBPRINT = "thumbprint", _("thumbprint")
    AUDIO = "audio", _("recorded aloud")


class Consent(Recorded):
    """One witness's answer about one use. It changes by a new version of the row, never by overwriting history."""

    personal_data: ClassVar[tuple[str, ...]] = ()

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("custody.Case", on_delete=models.PROTECT, related_name="consents")
    witness = models.ForeignKey("testimony.Witness", on_delete=models.PROTECT, related_name="consents")
    code = models.CharField(_("code"), max_length=12)
    scope = models.CharField(_("use"), max_length=30, choices=ConsentScope)
    state = models.CharField(_("answer"), max_length=10, choices=ConsentState)
    given_on = models.DateField(_("given on"))
    how = models.CharField(_("how"), max_length=12, choices=ConsentForm)
    form_version = models.CharField(_("version of the form"), max_length=20)
    expires_on = models.DateField(_("expires on"), null=True, blank=True)
    withdrawn_on = models.DateField(_("withdrawn on"), null=True, blank=True)

    history = recorded_history()

    class Meta:
        ordering = ("case", "code")
        constraints = (
            models.UniqueConstraint(fields=("case", "code"), name="testimony_consent_one_code"),
            models.UniqueConstraint(fields=("witness", "scope"), name="testimony_consent_one_answer"),
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
