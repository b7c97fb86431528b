"""One writer of the concurrency test: appends until told how often, and rolls every tenth act back."""

from __future__ import annotations

import random
import sys

import django


class RolledBack(Exception):
    """The act fails after its entry was written."""


def write(number: int, times: int) -> int:
    """Append `times` acts of one or two entries; returns how many entries were committed."""
    from django.db import transaction

    from custody import ledger
    from custody.actions import Action
    from custody.actors import for_command
    from custody.ledger import Draft

    choose = random.Random(number)
    committed = 0
    for _ in range(times):
        streams = tuple(sorted({f"case/{choose.randrange(3)}", f"item/{choose.randrange(20)}"}))
        drafts = [
            Draft(action=Action.ITEM_VIEWED, actor=for_command(), streams=streams, subject={}, detail={"n": number})
            for _ in range(choose.choice((1, 1, 2)))
        ]
        try:
            with transaction.atomic():
                ledger.append_many(drafts)
                if choose.random() < 0.1:
                    raise RolledBack
        except RolledBack:
            continue
        committed += len(drafts)
    return committed


if __name__ == "__main__":
    django.setup()
    sys.stdout.write(str(write(int(sys.argv[1]), int(sys.argv[2]))))
