"""``manage.py document``: what the signatures in a PDF file are worth, and whether it keeps to PDF/A-3u."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

from cryptography import x509
from django.core.management.base import BaseCommand, CommandError, CommandParser

from custody.core import authority
from custody.core.errors import CustodyError
from custody.core.verdicts import State
from custody.management.telling import ERROR, in_words
from custody.pades import house, inspecting
from custody.pades.allowances import AT_LEISURE
from custody.pades.errors import DocumentError
from custody.pades.validating import DocumentFacts, SignatureFacts
from custody.typesetting import conformity
from custody.typesetting.errors import ForeignFileError

_SIGNS = {State.OK: "OK     ", State.BAD: "BAD    ", State.UNKNOWN: "UNKNOWN"}
_LINES = {"sound": "OK: every signature holds", "unsound": "BAD: not to be relied on", "unknown": "CANNOT TELL"}


class Command(BaseCommand):
    """Exit status: 0 sound, 1 unsound, 2 could not tell. Nothing is kept and nothing is asked over a network."""

    help = "Check a PDF file: its signatures, or its form. Exit status: 0 sound, 1 unsound, 2 could not tell."

    def add_arguments(self, parser: CommandParser) -> None:
        commands = parser.add_subparsers(dest="what", required=True, metavar="WHAT")
        verify = commands.add_parser("verify", help="check the signatures in a file")
        verify.add_argument("file", type=Path, metavar="FILE")
        verify.add_argument("--json", action="store_true", help="print one JSON object")
        for name, whose in (("--trust", "signers"), ("--trust-stamps", "time authorities")):
            words = f"roots of {whose} besides ours"
            verify.add_argument(name, type=Path, action="append", default=[], metavar="PEM", help=words)
        form = commands.add_parser("conformity", help="check a file against PDF/A-3u and the tagging of PDF/UA")
        form.add_argument("file", type=Path, metavar="FILE")
        form.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["what"] == "conformity":
            self._check(options["file"], as_json=options["json"])
        else:
            self._verify(options)

    def _check(self, path: Path, *, as_json: bool) -> NoReturn:
        try:
            with path.open("rb") as file:
                found = conformity.check(file)
        except ForeignFileError as error:
            self.stderr.write(f"CANNOT TELL: {error}")
            sys.exit(2)
        except OSError as error:
            raise CommandError(in_words(error), returncode=ERROR) from error
        if as_json:
            self.stdout.write(json.dumps(found.as_dict(), ensure_ascii=False))
        else:
            for finding in found.findings:
                self.stdout.write(f"{finding.clause}: {finding.where}: {finding.message}")
            for words in found.not_checked:
                self.stdout.write(f"not checked: {words}")
            self.stdout.write("OK: no fault found" if found.conforms else f"BAD: {len(found.findings)} faults")
        sys.exit(0 if found.conforms else 1)

    def _verify(self, options: dict[str, Any]) -> NoReturn:
        try:
            ours = house.roots()
            trust = replace(
                ours,
                signers=[*ours.signers, *_certificates(options["trust"])],
                stamps=[*ours.stamps, *_certificates(options["trust_stamps"])],
            )
            with options["file"].open("rb") as file:
                facts = inspecting.inspect(file.fileno(), trust=trust, allowance=AT_LEISURE)
        except DocumentError as error:
            self.stderr.write(f"CANNOT TELL: {error}")
            sys.exit(2)
        except (CustodyError, OSError) as error:
            raise CommandError(in_words(error), returncode=ERROR) from error
        if options["json"]:
            self.stdout.write(json.dumps(facts.as_dict(), ensure_ascii=False))
        else:
            self._print(facts)
        sys.exit(facts.verdict.exit_code)

    def _print(self, facts: DocumentFacts) -> None:
        for each in facts.signatures:
            self._print_signature(each)
        for finding in facts.verdict.findings:
            self.stdout.write(
                f"{_SIGNS[finding.state]} {finding.fact:<13} {_shown(finding.subject)}: {finding.message}"
            )
        for words in facts.verdict.not_checked:
            self.stdout.write(f"not checked: {words}")
        self.stdout.write(_LINES[facts.verdict.bottom_line])

    def _print_signature(self, facts: SignatureFacts) -> None:
        self.stdout.write(f"{facts.kind} in field {_shown(facts.field)} by {_shown(facts.signer)}")
        self.stdout.write(f"  certificate (SHA-256)  {facts.certificate}")
        if facts.kind == "signature":
            self.stdout.write(f"  level                  {facts.level_claimed}, found {facts.level_found}")
        self.stdout.write(f"  time as claimed        {facts.claimed or 'none'}")
        self.stdout.write(f"  time proved            {facts.proved or 'none'}")


def _certificates(paths: list[Path]) -> list[x509.Certificate]:
    return [root for path in paths for root in authority.load_chain(path.read_bytes())]


def _shown(untrusted: str) -> str:
    """Names in a foreign file as one short line."""
    return "".join(letter if letter.isprintable() else " " for letter in untrusted[:200])
