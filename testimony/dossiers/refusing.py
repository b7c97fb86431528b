"""Refusals around dossiers, on record before they are told."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import translation

from custody import ledger
from custody.actions import Action
from custody.core.entries import Outcome
from custody.ledger import Draft
from evidence.access import Asker
from testimony.core.errors import ConsentError
from testimony.models import DossierPlan
from testimony.wording import words_of


def refuse(plan: DossierPlan, asker: Asker, reasons: Sequence[str]) -> ConsentError:
    """Record that something about a dossier was refused, and return what the caller raises."""
    ledger.append_alone(
        Draft(
            action=Action.DOSSIER_REFUSED,
            actor=asker.actor,
            streams=streams_of(plan, asker),
            subject={"dossier": str(plan.pk), "case": str(plan.case_id), "reason": " ".join(reasons)},
            outcome=Outcome.DENIED,
            purpose=asker.purpose_code,
        )
    )
    words = "; ".join(in_english(reason) for reason in reasons)
    return ConsentError(f"no dossier {plan.code}: {words}", tuple(reasons))


def streams_of(plan: DossierPlan, asker: Asker) -> tuple[str, ...]:
    """The histories in which acts on a dossier stand."""
    streams = (f"dossier/{plan.pk}", f"case/{plan.case_id}")
    return (*streams, f"user/{asker.account.pk}") if asker.account else streams


def in_english(reason: str) -> str:
    """The words of a reason for the console and for papers, whoever acts."""
    with translation.override("en"):
        return words_of(reason)
