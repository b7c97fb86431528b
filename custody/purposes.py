"""Why somebody looks: chosen once per working session and case, then sent with every entry."""

from __future__ import annotations

from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from custody.models import Case

_SESSION_KEY = "purposes"


class Purpose(models.TextChoices):
    """The codes that entries hold. `INTAKE` is set by the software when files come in; nobody chooses it."""

    CASE_PREPARATION = "case-preparation", _("case preparation")
    IDENTIFICATION = "identification", _("identification")
    EXPERT_REVIEW = "expert-review", _("expert review")
    DISCLOSURE = "disclosure", _("disclosure")
    AUDIT = "audit", _("audit")
    INTAKE = "intake", _("intake")


CHOSEN_BY_PEOPLE = tuple(purpose for purpose in Purpose if purpose is not Purpose.INTAKE)

EXPLANATIONS = {
    Purpose.CASE_PREPARATION: _("You read and order evidence for this proceeding."),
    Purpose.IDENTIFICATION: _("You compare pictures to find out who a person is."),
    Purpose.EXPERT_REVIEW: _("You examine pictures as an expert, or prepare them for one."),
    Purpose.DISCLOSURE: _("You prepare what another party will be given."),
    Purpose.AUDIT: _("You check the record itself: digests, entries, who has seen what."),
}


def purpose_in_session(request: HttpRequest, case: Case) -> Purpose | None:
    """The purpose chosen in this session for this case, or None when none was chosen yet."""
    chosen = request.session.get(_SESSION_KEY, {}).get(str(case.pk))
    return Purpose(chosen) if chosen in CHOSEN_BY_PEOPLE else None


def choose_purpose(request: HttpRequest, case: Case, purpose: Purpose) -> None:
    """Keep the purpose for the rest of the session. Raises ValueError for one that people may not choose."""
    if purpose not in CHOSEN_BY_PEOPLE:
        message = f"{purpose} is not chosen by people"
        raise ValueError(message)
    request.session[_SESSION_KEY] = {**request.session.get(_SESSION_KEY, {}), str(case.pk): purpose.value}
