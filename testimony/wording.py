"""What the codes of testimony mean, in the reader's language."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from custody.wording import words_of_reason
from evidence.access import Refusal
from testimony.core.consent import Answer, Why
from testimony.policies import FAMILY_OBJECTS, NO_STATEMENT, NOT_THIS_RECIPIENT, NOT_THIS_ROLE

REASONS: Final[dict[str, Promise]] = {
    Why.AGREED.value: _("agreed"),
    Why.NEVER_ASKED.value: _("the witness was never asked about use in court dossiers"),
    Why.NOT_YET.value: _("the consent of the witness begins later"),
    Why.EXPIRED.value: _("the consent of the witness has expired"),
    Why.REFUSED.value: _("the witness refused use in court dossiers"),
    Why.WITHDRAWN.value: _("the witness withdrew the consent"),
    NO_STATEMENT: _("no statement speaks of this victim, so there is no consent to rest on"),
    NOT_THIS_ROLE: _("dossiers are built by the lead or a lawyer of the case"),
    FAMILY_OBJECTS: _("the family objects to showing it outside the case"),
    Refusal.NO_PURPOSE.value: _("no purpose was chosen for this session"),
    NOT_THIS_RECIPIENT: _("consent to court dossiers covers a court or an authority, for disclosure, and nobody else"),
}

# What would let a piece in.
REMEDIES: Final[dict[str, Promise]] = {
    Why.NEVER_ASKED.value: _("would change when the witness is asked and agrees"),
    Why.NOT_YET.value: _("would change on the day on which the consent begins"),
    Why.EXPIRED.value: _("would change when the witness agrees again"),
    Why.REFUSED.value: _("stays here unless the witness changes the answer"),
    Why.WITHDRAWN.value: _("stays here unless the witness agrees anew"),
}

STATES: Final[dict[Answer, str]] = {Answer.ALLOWED: "sound", Answer.ASK: "late", Answer.WITHHELD: "sealed"}
ANSWERS: Final[dict[Answer, Promise]] = {
    Answer.ALLOWED: _("goes in"),
    Answer.ASK: _("to be asked"),
    Answer.WITHHELD: _("stays here"),
}


def words_of(reason: str) -> str:
    """The sentence for a reason of testimony, or of the rooms below."""
    return str(REASONS[reason]) if reason in REASONS else words_of_reason(reason)


def remedy_for(reason: str) -> str:
    """What would change the decision; empty where nothing would."""
    return str(REMEDIES.get(reason, ""))
