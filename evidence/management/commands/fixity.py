"""``manage.py fixity``: read stored originals back now, oldest reading first, and report under a signature."""

from __future__ import annotations

import json
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from custody import actors, notary
from custody.core.errors import CustodyError
from custody.management.telling import in_words
from evidence import fixity
from evidence.core.errors import EvidenceError
from evidence.fixity import Turn

_UNSOUND, _ERROR, _INTERRUPTED = 1, 2, 130


class Command(BaseCommand):
    """Reads, compares with the signed receipts, closes a report; ends under a checkpoint."""

    help = (
        "Read stored originals back and compare them with their signed receipts, oldest reading first. Exit status: 0 "
        "when all that was read is sound and no alarm stands, 1 when something failed or an alarm stands, 2 when it "
        "could not be done, 130 when interrupted."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--bytes", type=int, metavar="N", help="read at most this many; without it, what the budget gives an hour"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        at_most = settings.AMANA_FIXITY_BYTES_PER_HOUR if options["bytes"] is None else options["bytes"]
        if options["bytes"] is not None and at_most < 1:
            raise CommandError("--bytes takes a number from 1.", returncode=_ERROR)
        if at_most < 1:
            raise CommandError("Say how many bytes to read (--bytes N): the budget is 0.", returncode=_ERROR)
        try:
            with tqdm(unit="B", unit_scale=True, desc="Reading back", disable=None, dynamic_ncols=True) as bar:
                turn = fixity.sweep_now(
                    actor=actors.for_command(), at_most=at_most, progress=lambda _objects, size: _moved(bar, size)
                )
            notary.ensure_checkpoint()
        except KeyboardInterrupt:
            raise CommandError("Interrupted; what was read is on record.", returncode=_INTERRUPTED) from None
        except (EvidenceError, CustodyError, OSError) as error:
            raise CommandError(in_words(error), returncode=_ERROR) from error
        standing = fixity.standing().count()
        self._print(turn, standing, as_json=options["json"])
        if turn.failed or standing:
            sys.exit(_UNSOUND)

    def _print(self, turn: Turn, standing: int, *, as_json: bool) -> None:
        whole = fixity.coverage()
        wrong = [{"sha256": read.sha256, "condition": read.condition.value, "wrong": read.wrong} for read in turn.wrong]
        if as_json:
            counts = {"read": turn.read, "bytes": turn.bytes, "failed": turn.failed, "alarms": standing}
            rest = {"objects": whole.objects, "never": whole.never, "overdue": whole.overdue, "wrong": wrong}
            sweep = str(turn.sweep.pk) if turn.sweep else ""
            self.stdout.write(json.dumps({"sweep": sweep, **counts, **rest}))
            return
        self.stdout.write(f"{turn.read:,} objects read back, {turn.bytes:,} bytes, {turn.failed} not as recorded.")
        for one in wrong:
            self.stdout.write(f"BAD {one['condition']:<10} {one['sha256']}: {one['wrong']}")
        self.stdout.write(
            f"Of {whole.objects:,} objects {whole.never:,} were never read back, {whole.overdue:,} not within "
            f"{whole.policy_days} days."
        )
        if standing:
            self.stdout.write(f"ALARM: {standing} stand until somebody acknowledges them on the page of stored bytes.")
        if turn.halted:
            self.stdout.write("Stopped early: with so many alarms, somebody has to look first.")


def _moved(bar: Any, size: int) -> None:
    bar.update(size - bar.n)
