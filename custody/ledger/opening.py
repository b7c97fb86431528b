"""Opening the ledger of an installation, once."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction

from custody.actions import Action
from custody.core.entries import Actor
from custody.ledger import appending
from custody.models import LedgerHead


def origin() -> str:
    """The name of this installation's ledger (the origin line of its checkpoints)."""
    head = LedgerHead.objects.filter(pk=1).first()
    return head.origin if head else str(settings.AMANA_ORIGIN)


def open_ledger(*, actor: Actor) -> bool:
    """Make the head row and write entry 0. Returns False when the ledger was open already."""
    with transaction.atomic():
        _head, made = LedgerHead.objects.get_or_create(pk=1, defaults={"origin": settings.AMANA_ORIGIN})
        if not made:
            return False
        appending.append(
            appending.Draft(
                action=Action.LEDGER_OPENED, actor=actor, streams=("ledger",), subject={"format": "amana-entry/1"}
            )
        )
    return True
