"""A ledger of many entries: how long it takes to verify, and to prove that one entry is in it.

Run as a program of its own (``python -m tests.benchmarks.long_ledger FOLDER COUNT``) it grows the ledger of a data
folder, has it signed, and prints what one proof costs; ``make bench`` calls it for a short and a long ledger.
"""

from __future__ import annotations

import json
import os
import random
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.benchmarks.processes import manage, run

SHORT, LONG = 10_000, 1_000_000
_PROOFS, _BATCH = 300, 10_000


def measure(folder: Path, *, long: int = LONG) -> None:
    """Print both ledgers side by side."""
    costs = []
    for count in (SHORT, long):
        data = folder / f"ledger-{count}"
        manage(data, "setup")
        grown = json.loads(
            run([sys.executable, "-m", __spec__.name if __spec__ else __name__, str(data), str(count)]).output
        )
        checked = manage(data, "verify", "--json")
        costs.append(grown["proof"])
        print(f"ledger of {count:,} entries")
        print(f"  grown, {_BATCH:,} entries a transaction      {count / grown['grow']:9,.0f} entries a second")
        print(f"  verified whole                        {checked.seconds:9.1f} s   peak {checked.peak:6.0f} MiB")
        print(f"  one proof of an entry (median)        {grown['proof'] * 1e6:9.0f} µs\n", flush=True)
    print(
        f"  a proof in the long ledger costs {costs[1] / costs[0]:.2f} of one in the short (aim: at most 1.5)\n",
        flush=True,
    )


def _grow(count: int) -> float:
    from django.db import transaction

    from custody import ledger
    from custody.actions import Action
    from custody.actors import for_command

    actor, start = for_command(), time.perf_counter()
    while (size := ledger.size()) < count:
        drafts = [
            ledger.Draft(
                action=Action.ITEM_VIEWED,
                actor=actor,
                streams=(f"item/bench-{number % 50_021}", "case/bench"),
                subject={"item": f"bench-{number % 50_021}"},
                purpose="case-preparation",
            )
            for number in range(size, min(size + _BATCH, count))
        ]
        with transaction.atomic():
            ledger.append_many(drafts)
    return time.perf_counter() - start


def _proofs(size: int) -> float:
    from custody import proofs

    def prove(index: int) -> None:
        proofs.prove(index).encode()

    chosen = random.Random(7)
    return statistics.median(_timed(prove, chosen.randrange(size)) for _ in range(_PROOFS))


def _timed(job: Callable[[int], None], index: int) -> float:
    start = time.perf_counter()
    job(index)
    return time.perf_counter() - start


def main() -> None:
    """Grow, sign, prove; the figures in seconds, as JSON."""
    os.environ["AMANA_DATA_DIR"] = sys.argv[1]
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    import django

    django.setup()
    from custody import notary

    grow = _grow(int(sys.argv[2]))
    checkpoint = notary.ensure_checkpoint()
    print(json.dumps({"grow": grow, "proof": _proofs(checkpoint.size)}))


if __name__ == "__main__":
    main()
