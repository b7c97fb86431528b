"""Parties: who gave, held or received something."""

from __future__ import annotations

from django.db.models import QuerySet

from custody import acts
from custody.actions import Action
from custody.core.entries import Actor
from custody.models import Party, PartyKind

__all__ = ["Party", "PartyKind", "create_party", "find_party", "known_parties"]


def create_party(*, code: str, name: str, kind: PartyKind, actor: Actor) -> Party:
    """Note down a party. Raises ValidationError (code taken or malformed)."""
    party = Party(code=code, name=name, kind=kind)
    with acts.act(actor=actor) as act:
        act.save(party)
        act.record(
            Action.PARTY_CREATED,
            streams=(f"party/{party.pk}",),
            subject={"party": str(party.pk), "kind": str(kind)},
            snapshots=[party],
        )
    return party


def find_party(code: str) -> Party | None:
    """The party with this code."""
    return Party.objects.filter(code=code).first()


def known_parties() -> QuerySet[Party]:
    """Every party on record, by code; for those who may hand something to one of them."""
    return Party.objects.order_by("code")
