"""``manage.py examine``: examine what waits, here and now, without a worker."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from custody import actors, notary
from custody.core.errors import CustodyError
from custody.management.telling import in_words
from evidence import batches, examining, picture_hashes, similarity
from evidence.core.errors import EvidenceError

_ERROR, _INTERRUPTED = 2, 130


class Command(BaseCommand):
    """Examines every item that waits; ends under a checkpoint."""

    help = (
        "Examine items that wait: type by content, embedded claims, thumbnail and preview; then find look-alikes. "
        "Exit status: 0 when nothing waits any more, 2 on an error, 130 when interrupted."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--limit", type=int, metavar="N", help="examine at most this many")
        parser.add_argument(
            "--compare-again", action="store_true", help="forget which pictures look alike, and find it anew"
        )
        parser.add_argument("--json", action="store_true", help="print the count as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        taken_up = examining.take_up_dead()
        total = examining.waiting() if options["limit"] is None else min(options["limit"], examining.waiting())
        try:
            with tqdm(total=total, unit="file", desc="Examining", disable=None, dynamic_ncols=True) as bar:
                batches.sign_all_closed()
                if options["compare_again"]:
                    picture_hashes.forget_all()
                done = examining.examine_waiting(
                    actor=actors.for_command(), limit=options["limit"], progress=lambda count: _moved(bar, count)
                )
            checkpoint = notary.ensure_checkpoint()
        except KeyboardInterrupt:
            raise CommandError("Interrupted; what is left waits for the next run.", returncode=_INTERRUPTED) from None
        except (EvidenceError, CustodyError, OSError) as error:
            raise CommandError(in_words(error), returncode=_ERROR) from error
        self._print(done, taken_up, checkpoint.size, as_json=options["json"])
        if options["compare_again"] and not options["json"]:
            self.stdout.write(f"{similarity.compared()} pictures compared.")

    def _print(self, done: int, taken_up: int, checkpoint: int, *, as_json: bool) -> None:
        left, failed = examining.waiting(), examining.failed()
        if as_json:
            counts = {"examined": done, "waiting": left, "failed": failed, "taken_up": taken_up}
            self.stdout.write(json.dumps({**counts, "checkpoint": checkpoint}))
            return
        if taken_up:
            self.stdout.write(f"{taken_up} were in the hands of a run that broke off, and were taken up again.")
        if failed:
            self.stdout.write(f"{failed} could not be examined.")
        self.stdout.write(f"{done} examined, {left} waiting, under checkpoint {checkpoint}.")


def _moved(bar: Any, count: int) -> None:
    bar.update(count)
