"""Ledgers for the notary to look at."""

from __future__ import annotations

from django.db import connection, transaction

from custody import fences, ledger
from custody.actions import Action
from custody.actors import for_command
from custody.core import canonical, merkle
from custody.core.canonical import JsonValue
from custody.ledger import Draft
from custody.notary import Notary, NotaryRefused
from custody.notary.mirror import Mirror
from custody.notary.state import NotaryStateError


def grow_to(size: int) -> None:
    """Append until the ledger has `size` entries."""
    drafts = [
        Draft(action=Action.ITEM_VIEWED, actor=for_command(), streams=(f"item/{number % 7}",), subject={})
        for number in range(size - ledger.size())
    ]
    with transaction.atomic():
        ledger.append_many(drafts)


def tamper(statement: str, *parameters: int | str | bytes) -> None:
    """Change rows as somebody who can take the fences down."""
    fences.remove()
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


def rewrite(place: int, **changes: JsonValue) -> None:
    """Alter an entry and mend its hash."""
    value = canonical.loads(ledger.body_of(place) or b"")
    assert isinstance(value, dict)
    body = canonical.dumps({**value, **changes})
    tamper("UPDATE custody_entry SET body = %s, leaf = %s WHERE seq = %s", body, merkle.leaf_hash(body), place)


def refuses(notary: Notary) -> bool:
    """Whether the notary signs nothing, and the mirror's checkpoint stays."""
    before = Mirror().read("checkpoint")
    try:
        notary.publish()
    except (NotaryRefused, NotaryStateError):
        return Mirror().read("checkpoint") == before
    return False
