"""``manage.py bundle``: what is handed to court or defence, checkable without us."""

from __future__ import annotations

import json
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from custody import approvals, cases, ledger, parties
from custody.core.errors import CustodyError
from custody.management.covering import covered
from custody.management.telling import ERROR, REFUSED, in_words
from custody.models import Case, Party
from custody.models.cases import CODE
from custody.purposes import CHOSEN_BY_PEOPLE, Purpose
from evidence import releases
from evidence.access import AccessRefused, asker_for_command
from evidence.bundles import Order, Selection, Written, hand_out, hand_out_zip
from evidence.bundles.consent import ConsentMissing
from evidence.bundles.entering import RulesChanged
from evidence.bundles.orders import OrderError
from evidence.core.errors import EvidenceError

_BY_RULE = (AccessRefused, ConsentMissing, RulesChanged, ledger.CaseClosed)
NOBODY = "not named"
_SAID_BY_APPROVAL = ("recipient", "purpose", "authority", "victim", "item", "with_names")
PIPE = "-"
AUTHORITY_IS_READ = (
    "Whoever is handed a bundle of this case later reads the words of --authority in its history. If they name a "
    "person, stop now."
)


class Command(BaseCommand):
    """(1) Read the order; (2) have it written, with progress on the terminal; (3) say what came of it."""

    help = (
        "Write a bundle of a case: originals, receipts, histories, proofs. Exit status: 0 when it is written, 1 when a "
        "rule or an approval refuses it, 2 when it could not be written."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("case", metavar="CASE")
        parser.add_argument(
            "--to", required=True, metavar="DIR", help="a folder (with --zip: a file) that does not exist yet; - a pipe"
        )
        parser.add_argument(
            "--approval",
            metavar="ID",
            type=uuid.UUID,
            help="of the release that one person asked for and another approved, in the browser; it says all the rest",
        )
        parser.add_argument("--recipient", help="the code of a party; or words, which the ledger does not hold")
        parser.add_argument(
            "--purpose",
            choices=[purpose.value for purpose in CHOSEN_BY_PEOPLE],
            help=f"{Purpose.DISCLOSURE.value} where nothing is said",
        )
        parser.add_argument(
            "--authority",
            default="",
            metavar="TEXT",
            help="the order or request that it follows, by court, number and date; no names of persons: it stands in "
            "the ledger, and whoever is handed a bundle of this case later reads it",
        )
        chosen = parser.add_mutually_exclusive_group()
        chosen.add_argument("--victim", action="append", metavar="CODE", help="what belongs to this victim; repeatable")
        chosen.add_argument("--item", action="append", metavar="ERN", help="this item; repeatable")
        parser.add_argument("--with-names", action="store_true", help="also hand over file names and paths as received")
        parser.add_argument("--zip", action="store_true", help="as one ZIP, written as a stream")
        parser.add_argument("--resume", action="store_true", help="go on with a run that broke off, or do nothing")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    @covered()
    def handle(self, *args: Any, **options: Any) -> None:
        case = cases.find_case(options["case"])
        if case is None:
            raise CommandError(f"There is no case {options['case']}.", returncode=ERROR)
        if options["zip"] and options["resume"]:
            raise CommandError("A ZIP is a stream: it is begun anew, never gone on with.", returncode=ERROR)
        if options["to"] == PIPE and not options["zip"]:
            raise CommandError("Only a ZIP goes into a pipe.", returncode=ERROR)
        try:
            order = self._order(case, options)
        except OrderError as error:
            raise CommandError(str(error), returncode=ERROR) from error
        except ValidationError as error:
            raise CommandError(" ".join(error.messages), returncode=REFUSED) from error
        if order.authority:
            self.stderr.write(AUTHORITY_IS_READ)
        with self._progress() as progress:
            try:
                written = self._hand_out(order, options, progress)
            except _BY_RULE as error:
                raise CommandError(str(error), returncode=REFUSED) from error
            except (EvidenceError, CustodyError, OSError) as error:
                raise CommandError(in_words(error), returncode=ERROR) from error
            except ValidationError as error:
                raise CommandError(" ".join(error.messages), returncode=REFUSED) from error
        self._print(written, as_json=options["json"])

    def _order(self, case: Case, options: dict[str, Any]) -> Order:
        if options["approval"]:
            return self._approved(case, options)
        recipient = options["recipient"] or NOBODY
        party = self._party(recipient)
        kind, names = next(
            ((kind, options[kind]) for kind in ("victim", "item") if options[kind]),
            ("case", []),
        )
        return Order(
            asker=asker_for_command(case=case, purpose=Purpose(options["purpose"] or Purpose.DISCLOSURE)),
            party=party,
            words="" if party else recipient,
            authority=options["authority"],
            names=options["with_names"],
            selection=Selection(kind, tuple(names)),
        )

    def _approved(self, case: Case, options: dict[str, Any]) -> Order:
        """Word for word what two people agreed on; nobody changes it here."""
        said = [f"--{name.replace('_', '-')}" for name in _SAID_BY_APPROVAL if options[name]]
        if said:
            words = f"The approval says what leaves and to whom; leave out {', '.join(said)}."
            raise CommandError(words, returncode=ERROR)
        approval = approvals.approvals_in(case).filter(pk=options["approval"]).first()
        if approval is None:
            words = f"There is no request {options['approval']} in case {case.code}."
            raise CommandError(words, returncode=ERROR)
        return releases.order_for(approval, asker_for_command(case=case, purpose=None))

    def _party(self, recipient: str) -> Party | None:
        """The party of this code. Words are no code; what looks like one must be on record."""
        party = parties.find_party(recipient)
        if party is None and _is_code(recipient):
            words = f"There is no party {recipient}. Words for a recipient have a blank or a small letter."
            raise CommandError(words, returncode=ERROR)
        return party

    def _hand_out(self, order: Order, options: dict[str, Any], progress: Callable[[int, int], None]) -> Written:
        if not options["zip"]:
            return hand_out(order, to=Path(options["to"]), progress=progress, must_resume=options["resume"])
        to = sys.stdout.buffer if options["to"] == PIPE else Path(options["to"])
        return hand_out_zip(order, to=to, progress=progress)

    @contextmanager
    def _progress(self) -> Iterator[Callable[[int, int], None]]:
        with tqdm(desc="originals", unit="", file=sys.stderr, disable=not sys.stderr.isatty()) as bar:

            def progress(done: int, total: int) -> None:
                bar.total = total
                bar.update(done - bar.n)

            yield progress

    def _print(self, written: Written, *, as_json: bool) -> None:
        # Into a pipe goes the ZIP and nothing else.
        out = self.stderr if written.path == PIPE else self.stdout
        out.style_func = None
        if as_json:
            out.write(json.dumps(vars(written)))
            return
        out.write(f"{written.path}: {written.items:,} items, {written.bytes:,} bytes of payload")
        for item, reason in sorted(written.withheld.items()):
            out.write(f"  stays here: {item} ({reason})")
        out.write(f"Entered as entry {written.entry}; tag manifest SHA-256 {written.tagmanifest}")
        for name, words in sorted(written.not_vouched.items()):
            out.write(f"  did not vouch: {name}: {words}")


def _is_code(text: str) -> bool:
    try:
        CODE(text)
    except ValidationError:
        return False
    return True
