"""``manage.py import_people CASE FILE --kind witness --dry-run``: people, or images of bodies, from a table."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from custody import cases, notary
from custody.actors import for_command
from custody.core.errors import CustodyError
from custody.management.telling import ERROR, REFUSED, in_words
from custody.models import Case
from testimony.core.errors import TestimonyError
from testimony.importing import AT_THE_CONSOLE, Report, Table, bring_in, guess_mapping, heads_of
from testimony.models import TableKind


class Command(BaseCommand):
    """Exit 0 when every row is in the case, 1 when some rows stay out, 2 when the table could not be taken."""

    help = (
        "Bring victims, witnesses, or images and the bodies that they show from a CSV or XLSX table into a case; "
        "names of witnesses go under seal."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("case", help="code of the case")
        parser.add_argument("file", type=Path, help="the table; its first row names the columns")
        parser.add_argument("--kind", required=True, choices=TableKind.values, help="what the table lists")
        parser.add_argument(
            "--column",
            action="append",
            default=[],
            metavar="WHAT=NUMBER",
            help="which column (from 1) holds what, where the heads do not say; 0 leaves it out",
        )
        parser.add_argument("--dry-run", action="store_true", help="read and report, keep nothing")

    def handle(self, *_: Any, **options: Any) -> None:
        case = cases.find_case(options["case"])
        if case is None:
            raise CommandError(f"There is no case {options['case']}.", returncode=ERROR)
        kind = TableKind(options["kind"])
        try:
            with options["file"].open("rb") as stream:
                mapping = _mapping(kind, stream, options["column"])
                table = Table(kind=kind, stream=stream, limits=AT_THE_CONSOLE, mapping=mapping)
                report = self._bring_in(case, table, dry_run=options["dry_run"])
            if not options["dry_run"]:
                notary.ensure_checkpoint()
        except (TestimonyError, CustodyError, OSError) as error:
            raise CommandError(f"Not brought in: {in_words(error)}", returncode=ERROR) from error
        self._tell(report, dry_run=options["dry_run"])
        if report.faults:
            raise CommandError(f"{report.refused} rows stay out.", returncode=REFUSED)

    def _bring_in(self, case: Case, table: Table, *, dry_run: bool) -> Report:
        with tqdm(unit="", file=sys.stderr, disable=not sys.stderr.isatty()) as bar:

            def show(done: int, total: int) -> None:
                bar.total = total or None
                bar.update(done - bar.n)

            return bring_in(case=case, table=table, actor=for_command(), dry_run=dry_run, progress=show)

    def _tell(self, report: Report, *, dry_run: bool) -> None:
        for fault in report.faults:
            where = f"line {fault.line}" + (f", {fault.column}" if fault.column else "")
            self.stdout.write(f"  {where}: {fault.reason}")
        self.stdout.write(f"{report.rows} rows: {report.new} new, {report.known} in the case before.")
        if report.kind is TableKind.BODY:
            self.stdout.write(f"  {report.sets} new sets.")
        if report.unsealed:
            self.stdout.write(f"  {report.unsealed} of an earlier run were still to be sealed.")
        if dry_run:
            self.stdout.write("Tried only: nothing was kept.")
        elif report.codes:
            self.stdout.write(f"  {report.codes[0]} to {report.codes[-1]}")


def _mapping(kind: TableKind, stream: BinaryIO, told: list[str]) -> dict[str, int] | None:
    """The guess, with what was said on the command line over it."""
    if not told:
        return None
    mapping = guess_mapping(kind, heads_of(stream, AT_THE_CONSOLE))
    for each in told:
        what, _, number = each.partition("=")
        if not number.isdecimal():
            raise CommandError(f"--column takes WHAT=NUMBER, not {each}", returncode=ERROR)
        if int(number):
            mapping[what] = int(number) - 1
        else:
            mapping.pop(what, None)
    return mapping
