"""``manage.py ingest``: take files and folders in as evidence."""

from __future__ import annotations

import contextlib
import gc
import json
import os
import sys
from collections.abc import Iterator
from typing import Any

from django.core.checks import Tags
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from custody import accounts, actors, cases
from custody.core.entries import Actor
from custody.core.errors import CustodyError
from custody.management.telling import in_words
from evidence import batches, collections, intake, listing, signing
from evidence.core import names
from evidence.core.errors import EvidenceError
from evidence.core.reasons import Reason
from evidence.intake import TakenIn
from evidence.models import Batch

_ERROR, _INTERRUPTED = 2, 130
_SWITCH_SECONDS = 0.0005


class Command(BaseCommand):
    """(1) Count what there is; (2) read, store, receipt and record each file; (3) close under a checkpoint."""

    help = (
        "Take files and folders in as evidence. Exit status: 0 when every file is accounted for (also when some were "
        "refused: each is listed with its reason), 2 when the intake could not finish, 130 when it was interrupted. "
        "The same command goes on where an unfinished one stopped."
    )

    # What a damaged page or address would report does not concern taking files in, and costs half a second.
    requires_system_checks = (Tags.security, Tags.database)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("paths", nargs="+", metavar="PATH", help="a file or a folder, taken in with all below it")
        parser.add_argument("--case", required=True, metavar="CODE")
        parser.add_argument("--source", metavar="NAME", help="code or title of the collection that it belongs to")
        parser.add_argument("--account", metavar="EMAIL", help="whose act this is; without it, the operator's")
        parser.add_argument("--json", action="store_true", help="print the result of each file as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        paths = [os.fsencode(path) for path in options["paths"]]
        # The reading threads need the interpreter for moments only: they must not wait 5 ms for each, nor for the
        # collector to look again and again at everything that start-up loaded.
        sys.setswitchinterval(_SWITCH_SECONDS)
        gc.freeze()
        signing.wake()
        try:
            taken = self._take_in(paths, options)
        except KeyboardInterrupt:
            raise CommandError(self._how_to_go_on(options["case"]), returncode=_INTERRUPTED) from None
        except ValidationError as error:
            raise CommandError(" ".join(error.messages), returncode=_ERROR) from error
        except (EvidenceError, CustodyError, OSError) as error:
            message = f"{in_words(error).rstrip('.')}. {self._how_to_go_on(options['case'])}"
            raise CommandError(message.strip(), returncode=_ERROR) from error
        places = listing.Places(paths)
        self._print_json(taken, places) if options["json"] else self._print_plainly(taken, places)

    def _take_in(self, paths: list[bytes], options: dict[str, Any]) -> TakenIn:
        case = cases.find_case(options["case"])
        if case is None:
            raise CommandError(f"There is no case {options['case']}.", returncode=_ERROR)
        # An intake killed between its closing entry and the signature is made good here too.
        batches.sign_all_closed()
        actor = self._actor(options["account"])
        collection = collections.collection_for(case=case, source=options["source"], actor=actor)
        with _bar() as bar:
            return intake.ingest_paths(
                case=case, collection=collection, actor=actor, paths=paths, progress=_Progress(bar)
            )

    def _actor(self, email: str | None) -> Actor:
        account = accounts.find_account(email) if email else None
        if email and account is None:
            raise CommandError(f"{email} has no account.", returncode=_ERROR)
        return actors.for_command(account)

    def _how_to_go_on(self, code: str) -> str:
        case = cases.find_case(code)
        standing = batches.open_batches(case) if case else []
        if not standing:
            return "Nothing was taken in."
        return f"{_told(standing[0])} Run the same command again to go on; what was counted is not counted twice."

    def _print_plainly(self, taken: TakenIn, places: listing.Places) -> None:
        batch = taken.batch
        for line in listing.results(batch, places):
            if line["status"] == "refused":
                self.stdout.write(f"refused   {names.display(os.fsencode(str(line['path'])))}")
                self.stdout.write(f"          {Reason(str(line['reason'])).words}")
        self.stdout.write(
            f"{batch.seen} seen: {batch.stored} stored, {batch.duplicate} duplicate, {batch.refused} refused."
        )
        self.stdout.write(f"Batch {batch.pk} closed under checkpoint {taken.checkpoint.size}.")

    def _print_json(self, taken: TakenIn, places: listing.Places) -> None:
        """Written line by line: the list of a large batch need not fit into memory."""
        batch = taken.batch
        totals = {name: getattr(batch, name) for name in ("seen", "stored", "duplicate", "refused")}
        extra = {
            "batch": str(batch.pk),
            "checkpoint": {"size": taken.checkpoint.size, "root": taken.checkpoint.root.hex()},
        }
        self.stdout.write(json.dumps(totals)[:-1] + ', "files": [')
        separator = ""
        for line in listing.results(batch, places):
            self.stdout.write(separator + json.dumps(line), ending="")
            separator = ",\n"
        self.stdout.write("\n], " + json.dumps(extra)[1:])


class _Progress:
    """Moves the bar: by files, with the rate in bytes beside."""

    def __init__(self, bar: Any) -> None:
        self._bar = bar
        self._bytes = 0

    def __call__(self, files: int, size: int) -> None:
        if files < 0:
            self._bar.reset(total=-files)
            return
        self._bytes += size
        self._bar.set_postfix_str(f"{self._bytes / 1e6:.0f} MB", refresh=False)
        self._bar.update(files)


@contextlib.contextmanager
def _bar() -> Iterator[Any]:
    with tqdm(total=0, unit="file", desc="Taking in", disable=None, dynamic_ncols=True) as bar:
        yield bar


def _told(batch: Batch) -> str:
    return f"Batch {batch.pk} is open: {batch.seen} of {batch.expected_files} files are recorded."
