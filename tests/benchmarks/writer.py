"""One process that writes: python -m tests.benchmarks.writer bare|entries COUNT; says "ready", waits, says how long.

Both kinds have written before they are ready: a writer of the house stays connected, and the server plans a statement
anew the first times that a connection sends it.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import django

_BEFORE = 20


def main() -> None:
    """Connect, wait for a line, write, print the seconds."""
    django.setup()
    kind, count = sys.argv[1], int(sys.argv[2])
    make = _bare if kind == "bare" else _entries
    make(_BEFORE)()
    job = make(count)
    print("ready", flush=True)
    sys.stdin.readline()
    start = time.perf_counter()
    job()
    print(time.perf_counter() - start, flush=True)


def _bare(count: int) -> Callable[[], None]:
    """A row about as long as an entry, in a transaction of its own, each."""
    from django.db import connection, transaction

    connection.ensure_connection()

    def write() -> None:
        for _ in range(count):
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("INSERT INTO bench (body, leaf) VALUES (%s, %s)", [b"x" * 700, b"y" * 32])

    return write


def _entries(count: int) -> Callable[[], None]:
    """One entry in two streams, in a transaction of its own, each."""
    import os

    from django.db import connection

    from custody import ledger
    from custody.actions import Action
    from custody.actors import for_command

    connection.ensure_connection()
    actor, name = for_command(), f"{os.getpid()}-{time.time_ns()}"
    drafts = [
        ledger.Draft(
            action=Action.ITEM_VIEWED,
            actor=actor,
            streams=(f"item/{name}-{number}", "case/bench"),
            subject={"item": f"{name}-{number}"},
        )
        for number in range(count)
    ]

    def write() -> None:
        for draft in drafts:
            ledger.append_alone(draft)

    return write


if __name__ == "__main__":
    main()
