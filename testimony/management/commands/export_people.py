"""``manage.py export_people CASE --to FOLDER --recipient CODE``: the structured data of a case for one party."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from custody import accounts, cases, parties
from custody.management.covering import covered
from custody.management.telling import ERROR, REFUSED, in_words
from custody.purposes import Purpose
from evidence.access import asker_for_command
from testimony.core.errors import ConsentError, TestimonyError
from testimony.exporting import Exported, export_people
from testimony.wording import words_of


class Command(BaseCommand):
    """Exit 0 when the folder is written, 1 when a rule refuses it, 2 when it could not be made."""

    help = "Write victims, witnesses by code, consents and identifications, as far as consent lets them go."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("case", help="code of the case")
        parser.add_argument("--to", required=True, type=Path, metavar="FOLDER", help="a folder that does not exist yet")
        parser.add_argument("--recipient", required=True, metavar="CODE", help="code of the party that receives it")
        parser.add_argument("--account", metavar="EMAIL", help="on whose behalf; the rules of that membership hold")

    @covered()
    def handle(self, *_: Any, **options: Any) -> None:
        case, party = cases.find_case(options["case"]), parties.find_party(options["recipient"])
        if case is None:
            raise CommandError(f"There is no case {options['case']}.", returncode=ERROR)
        if party is None:
            raise CommandError(f"There is no party {options['recipient']}.", returncode=ERROR)
        account = accounts.find_account(options["account"]) if options["account"] else None
        if options["account"] and account is None:
            raise CommandError(f"{options['account']} has no account.", returncode=ERROR)
        asker = asker_for_command(case=case, purpose=Purpose.DISCLOSURE, account=account)
        try:
            exported = export_people(asker=asker, party=party, to=options["to"].absolute())
        except ConsentError as error:
            raise CommandError(f"Refused, and the refusal is recorded: {error}", returncode=REFUSED) from error
        except (TestimonyError, OSError) as error:
            raise CommandError(f"Not written: {in_words(error)}", returncode=ERROR) from error
        self._tell(exported)

    def _tell(self, exported: Exported) -> None:
        self.stdout.write(f"Release {exported.release} of {exported.release.get_kind_display()}: {exported.folder}")
        for name, rows in exported.rows.items():
            self.stdout.write(f"  {name}: {rows}")
            for reason, number in exported.left_out.get(name, {}).items():
                with translation.override("en"):
                    self.stdout.write(f"    left out: {number}, {words_of(reason)}")
        self.stdout.write(f"  SHA-256 of the manifest {exported.release.manifest}")
