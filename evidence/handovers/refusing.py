"""Saying no to a step of a hand-over: recorded in a transaction of its own, after the rollback."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from enum import StrEnum
from typing import Final

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from custody import ledger
from custody.actions import Action
from custody.core.entries import Outcome
from custody.ledger import Draft
from evidence.access import Asker
from evidence.models import Handover


class Refused(StrEnum):
    """Why not. Codes stand in entries for good."""

    ALREADY_DECIDED = "already-decided"
    FORM_IS_HANDED_OVER = "form-is-handed-over"
    MIXED_HOLDERS = "mixed-holders"
    MAY_NOT_PROPOSE = "may-not-propose"
    NO_FORM = "no-form"
    NOT_HANDED_OVER = "not-handed-over"
    NOT_IN_CASE = "not-in-case"
    NOT_THE_HOLDER = "not-the-holder"
    NOT_THE_OTHER_SIDE = "not-the-other-side"
    NOT_THE_PROPOSER = "not-the-proposer"
    OWN_PROPOSAL = "own-proposal"
    SAME_HOLDER = "same-holder"
    UNDER_WAY = "under-way"


WORDS: Final[dict[Refused, Promise]] = {
    Refused.ALREADY_DECIDED: _("This hand-over was decided before. Nothing was changed."),
    Refused.FORM_IS_HANDED_OVER: _("The signed form cannot be one of the items that it is about."),
    Refused.MIXED_HOLDERS: _("Not all of this is in the same hands. Propose one hand-over for each holder."),
    Refused.MAY_NOT_PROPOSE: _("Hand-overs are proposed by the lead or an investigator of the case."),
    Refused.NO_FORM: _("One side is outside: take in the scan of the form it signed, and give its evidence number."),
    Refused.NOT_HANDED_OVER: _("Only an accepted hand-over that was not returned can be returned."),
    Refused.NOT_IN_CASE: _("Something named here does not belong to this case."),
    Refused.NOT_THE_HOLDER: _("Somebody else holds this. Only they, or the lead of the case, can hand it over."),
    Refused.NOT_THE_OTHER_SIDE: _("Only the receiving side accepts or declines."),
    Refused.NOT_THE_PROPOSER: _("Only whoever proposed it, or the lead of the case, withdraws a hand-over."),
    Refused.OWN_PROPOSAL: _("Nobody decides on their own proposal: the other side does, or another member for it."),
    Refused.SAME_HOLDER: _("The receiver holds this already."),
    Refused.UNDER_WAY: _("Part of this waits in another hand-over. Decide or withdraw that one first."),
}


class HandoverRefused(ValidationError):
    """A step that is not this person's to take, or not now; recorded. `code` says why."""

    def __init__(self, why: Refused) -> None:
        super().__init__(str(WORDS[why]), code=why.value)


@contextlib.contextmanager
def refusals(asker: Asker, handover: Handover | None = None) -> Iterator[None]:
    """Record whatever refusal leaves the block; around the act, never inside of it."""
    try:
        yield
    except HandoverRefused as refusal:
        ledger.append_alone(_draft(asker, handover, str(refusal.code)))
        raise


def _draft(asker: Asker, handover: Handover | None, reason: str) -> Draft:
    streams = [f"case/{asker.case.pk}"]
    if asker.account:
        streams.append(f"user/{asker.account.pk}")
    about = {"handover": str(handover.pk)} if handover else {}
    return Draft(
        action=Action.HANDOVER_REFUSED,
        actor=asker.actor,
        streams=tuple(streams),
        subject={"case": str(asker.case.pk), **about, "reason": reason},
        outcome=Outcome.DENIED,
        purpose=asker.purpose_code,
    )
