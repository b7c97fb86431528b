"""``manage.py dossier CASE VICTIM --to FILE``: build the dossier of a victim."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from custody import accounts, cases
from custody.purposes import CHOSEN_BY_PEOPLE, Purpose
from custody.typesetting.errors import TypesettingError
from evidence.access import asker_for_command
from testimony import dossiers, victims
from testimony.core.errors import ConsentError, TestimonyError

_REFUSED = 1
_NOT_BUILT = 2


class Command(BaseCommand):
    """Exit 0 when the file is written, 1 when consent or a rule refuses it, 2 when it could not be made."""

    help = "Build a PDF dossier of a victim: exhibits, statements, custody. Refused without consent."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("case", help="code of the case")
        parser.add_argument("victim", help="code of the victim in that case, for example VF-0001")
        parser.add_argument("--to", required=True, type=Path, metavar="FILE", help="where the PDF goes")
        parser.add_argument("--account", metavar="EMAIL", help="on whose behalf; the rules of that membership hold")
        parser.add_argument(
            "--purpose",
            choices=[purpose.value for purpose in CHOSEN_BY_PEOPLE],
            default=Purpose.CASE_PREPARATION.value,
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *_: Any, **options: Any) -> None:
        case = cases.find_case(options["case"])
        if case is None:
            raise CommandError(f"There is no case {options['case']}.", returncode=_NOT_BUILT)
        victim = victims.find_victim(case, options["victim"])
        if victim is None:
            raise CommandError(f"There is no victim {options['victim']} in case {case.code}.", returncode=_NOT_BUILT)
        account = accounts.find_account(options["account"]) if options["account"] else None
        if options["account"] and account is None:
            raise CommandError(f"{options['account']} has no account.", returncode=_NOT_BUILT)
        to = options["to"].absolute()
        if not to.parent.is_dir():
            raise CommandError(f"There is no folder {to.parent}.", returncode=_NOT_BUILT)
        asker = asker_for_command(case=case, purpose=Purpose(options["purpose"]), account=account)
        try:
            built = dossiers.build_dossier(victim=victim, asker=asker, to=to)
        except ConsentError as error:
            raise CommandError(f"Refused, and the refusal is recorded: {error}", returncode=_REFUSED) from error
        except (TestimonyError, TypesettingError) as error:
            raise CommandError(f"Not built: {error}", returncode=_NOT_BUILT) from error
        self._tell(built, as_json=options["json"])

    def _tell(self, built: dossiers.Built, *, as_json: bool) -> None:
        dossier = built.dossier
        if as_json:
            self.stdout.write(
                json.dumps(
                    {
                        "dossier": dossier.code,
                        "version": dossier.version,
                        "path": str(built.path),
                        "sha256": dossier.sha256,
                        "bytes": dossier.size,
                        "exhibits": dossier.exhibits,
                        "statements": dossier.statements,
                        "withheld": [{"code": piece.code, "reason": piece.reason} for piece in built.withheld],
                        "vouched": list(built.anchored.vouched),
                        "not_vouched": built.anchored.failed,
                    }
                )
            )
            return
        self.stdout.write(f"{dossier.code}, version {dossier.version}: {built.path}")
        self.stdout.write(f"  {dossier.exhibits} exhibits, {dossier.statements} statements, {dossier.size:,} bytes")
        self.stdout.write(f"  SHA-256 {dossier.sha256}")
        for piece in built.withheld:
            self.stdout.write(f"  left out: {piece.code}, {piece.reason}")
        for name in built.anchored.vouched:
            self.stdout.write(f"  vouched for by {name}")
        for name, words in built.anchored.failed.items():
            self.stdout.write(f"  not vouched for by {name}: {words}")
