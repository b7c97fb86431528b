"""``manage.py verify``: prove the whole of it, or say exactly what is wrong."""

from __future__ import annotations

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from custody import cases
from custody.core.verdicts import State, Verdict
from custody.verification import Inspection, inspect
from evidence.verification import readers

_SHOWN, _COULD_NOT = 200, 2


class Command(BaseCommand):
    """Checks originals, receipts, ledger, tree, mirror, histories, fences; changes nothing.

    Exit status: 0 sound, 1 unsound, 2 could not tell.
    """

    help = "Verify originals, receipts and the ledger. Exit status: 0 sound, 1 unsound, 2 could not tell."
    # A check that refuses to start would keep the one command from running that could say why.
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--case", metavar="CODE", help="read the originals of this case only")
        parser.add_argument("--sample", type=int, metavar="N", help="read a random sample of N originals")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        case = cases.find_case(options["case"]) if options["case"] else None
        if options["case"] and case is None:
            raise CommandError(f"There is no case {options['case']}.", returncode=_COULD_NOT)
        if options["sample"] is not None and options["sample"] < 1:
            raise CommandError("--sample takes a number from 1.", returncode=_COULD_NOT)
        bars = _Bars(hidden=not sys.stderr.isatty())
        try:
            verdict = inspect(Inspection(case=case, sample=options["sample"], progress=bars))
        finally:
            bars.close()
            readers.end()
        if options["json"]:
            self.stdout.write(json.dumps(verdict.as_dict(), ensure_ascii=False))
        else:
            self._print(verdict)
        sys.exit(verdict.exit_code)

    def _print(self, verdict: Verdict) -> None:
        for name, number in sorted(verdict.counts.items()):
            self.stdout.write(f"{number:>15,}  {name.replace('_', ' ')}")
        wrong = [finding for finding in verdict.findings if finding.state is not State.OK]
        for finding in wrong[:_SHOWN]:
            sign = "BAD    " if finding.state is State.BAD else "UNKNOWN"
            self.stdout.write(f"{sign} {finding.fact:<12} {finding.subject}: {finding.message}")
        if len(wrong) > _SHOWN:
            self.stdout.write(f"... and {len(wrong) - _SHOWN:,} more (--json lists all)")
        for words in verdict.not_checked:
            self.stdout.write(f"not checked: {words}")
        self.stdout.write(f"Bottom line: {verdict.bottom_line}")


class _Bars:
    """A progress bar for each thing that is looked at: count, rate, time left."""

    def __init__(self, *, hidden: bool) -> None:
        self._hidden = hidden
        self._bars: dict[str, tqdm[Any]] = {}

    def __call__(self, what: str, done: int, total: int) -> None:
        """Show ``done`` of ``total`` on the bar of ``what``."""
        bar = self._bars.get(what)
        if bar is None:
            bar = tqdm(
                desc=what, total=total or None, unit="", file=sys.stderr, disable=self._hidden, position=len(self._bars)
            )
            self._bars[what] = bar
        bar.update(done - bar.n)

    def close(self) -> None:
        """End the bars."""
        for bar in self._bars.values():
            bar.close()
