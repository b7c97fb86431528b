"""How fast the ledger takes entries, beside a bare insert and commit into the same database."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

SINGLES, BATCH = 500, 10_000


def measure(data: Path) -> None:
    """Append to the ledger of this data folder; prints entries a second."""
    os.environ["AMANA_DATA_DIR"] = str(data)
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    import django

    django.setup()
    from django.db import connection, transaction

    from custody import ledger
    from custody.actions import Action
    from custody.actors import for_command

    def draft(number: int) -> ledger.Draft:
        return ledger.Draft(
            action=Action.ITEM_VIEWED,
            actor=for_command(),
            streams=(f"item/bench-{number}", "case/bench"),
            subject={"item": f"bench-{number}"},
        )

    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench (id INTEGER PRIMARY KEY, body BLOB, leaf BLOB)")

    def bare(number: int) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("INSERT INTO bench VALUES (%s, %s, %s)", [number, b"x" * 700, b"y" * 32])

    def batch() -> None:
        with transaction.atomic():
            ledger.append_many([draft(number) for number in range(BATCH)])

    def bare_ones() -> None:
        for number in range(SINGLES):
            bare(number)

    def single_ones() -> None:
        for number in range(SINGLES):
            ledger.append_alone(draft(number))

    plain, single, many = _rate(SINGLES, bare_ones), _rate(SINGLES, single_ones), _rate(BATCH, batch)
    print("entries a second, one writer, committed durably")
    print(f"  bare insert and commit             {plain:9,.0f}")
    print(f"  one entry a transaction            {single:9,.0f}   ratio {single / plain:.2f}")
    print(f"  {BATCH:,} entries in one transaction  {many:9,.0f}", flush=True)


def _rate(count: int, job: Callable[[], object]) -> float:
    start = time.perf_counter()
    job()
    return count / (time.perf_counter() - start)
