"""``manage.py bundle``: what is handed to court or defence, checkable without us."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from custody import cases
from custody.core.errors import CustodyError
from custody.purposes import Purpose
from evidence.access import asker_for_command
from evidence.bundles import Written, write_bundle
from evidence.core.errors import EvidenceError


class Command(BaseCommand):
    """Writes a BagIt bundle of one case into a new folder."""

    help = "Write a bundle of a case: originals, receipts, histories, proofs."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("case", metavar="CASE")
        parser.add_argument("--to", required=True, metavar="DIR", help="a folder that does not exist yet")
        parser.add_argument("--recipient", default="not named", help="who will receive it; kept private in the ledger")
        parser.add_argument("--with-names", action="store_true", help="also hand over file names and paths as received")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        case = cases.find_case(options["case"])
        if case is None:
            raise CommandError(f"There is no case {options['case']}.")
        with tqdm(desc="originals", unit="", file=sys.stderr, disable=not sys.stderr.isatty()) as bar:

            def progress(done: int, total: int) -> None:
                bar.total = total
                bar.update(done - bar.n)

            try:
                written = write_bundle(
                    asker=asker_for_command(case=case, purpose=Purpose.DISCLOSURE),
                    to=Path(options["to"]),
                    recipient=options["recipient"],
                    names=options["with_names"],
                    progress=progress,
                )
            except (EvidenceError, CustodyError) as error:
                raise CommandError(str(error)) from error
        self._print(written, as_json=options["json"])

    def _print(self, written: Written, *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps({**vars(written), "path": str(written.path)}))
            return
        self.stdout.write(f"{written.path}: {written.items:,} items, {written.bytes:,} bytes of payload")
        for item, reason in sorted(written.withheld.items()):
            self.stdout.write(f"  stays here: item {item} ({reason})")
        self.stdout.write(f"Entered as entry {written.entry}; tag manifest SHA-256 {written.tagmanifest}")
