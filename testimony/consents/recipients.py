"""What parties are to the witnesses of a case, and which of their conditions each is known to meet."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import QuerySet

from custody import acts
from custody.actions import Action
from custody.core.entries import Actor
from custody.models import Case, Party
from testimony.core.consent import Condition, Recipient
from testimony.models import RecipientTerms

__all__ = ["RecipientTerms", "record_terms", "terms_in"]


def record_terms(
    *, case: Case, party: Party, kind: Recipient, met: Mapping[Condition, bool], basis: str, actor: Actor
) -> RecipientTerms:
    """Record what a party is and assures, anew or instead of what was recorded. Raises ValidationError."""
    with acts.act(actor=actor) as act:
        terms = RecipientTerms.objects.filter(case=case, party=party).first() or RecipientTerms(case=case, party=party)
        terms.kind = kind.value
        terms.met = {condition.value: said for condition, said in sorted(met.items())}
        terms.basis = basis
        act.save(terms)
        act.record(
            Action.RECIPIENT_TERMS,
            streams=(f"case/{case.pk}",),
            subject={"case": str(case.pk), "party": str(party.pk), "kind": terms.kind},
            snapshots=[terms],
        )
    return terms


def terms_in(case: Case) -> QuerySet[RecipientTerms]:
    """What is on record about recipients in a case."""
    return RecipientTerms.objects.filter(case=case).select_related("party").order_by("party__code")
