"""``manage.py ledger``: put back what the database lost, or compare a checkpoint that somebody kept outside."""

from __future__ import annotations

import base64
import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from custody import actors, erasure, outside_checkpoints, recovery
from custody.core.errors import CustodyError
from custody.core.notes import VerifierKey
from custody.management.covering import covered
from custody.management.telling import ERROR, in_words
from custody.recovery import Recovery

_MOST_ACTIONS = 12


class Command(BaseCommand):
    """Recovery appends entries that were signed; what contradicts them is told and left as it is.

    It exits with 0 (done), 1 (the notary does not sign what is there now) or 2 (not done).

    A comparison exits with 0 (contained), 1 (contradicted) or 2 (could not tell).
    """

    help = (
        "recover: put the entries back into the database that tiles/ holds and the database lost. For a database that "
        "is gone run `migrate` first, never `setup`. Stop Amana before. compare: whether today's ledger contains a "
        "checkpoint out of the minutes of a court."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        commands = parser.add_subparsers(dest="what", required=True, metavar="WHAT")
        recover = commands.add_parser("recover", help="from the mirror into the database")
        compare = commands.add_parser("compare", help="a checkpoint that somebody kept outside with today's ledger")
        compare.add_argument("file", metavar="FILE", help="its text, as scanned or typed; - reads what is piped in")
        compare.add_argument("--json", action="store_true", help="one JSON object, with the consistency proof")
        recover.add_argument("--key", metavar="KEY", help="the ledger's verifier key from paper, name+id+key")

    def handle(self, *args: Any, **options: Any) -> None:
        self._compare(options) if options["what"] == "compare" else self._recover(options)

    @covered()
    def _compare(self, options: dict[str, Any]) -> None:
        try:
            raw = sys.stdin.buffer.read() if options["file"] == "-" else Path(options["file"]).read_bytes()
            found = outside_checkpoints.compare(raw.decode("utf-8", "replace"), actor=actors.for_command())
        except (CustodyError, OSError) as error:
            raise CommandError(in_words(error), returncode=ERROR) from error
        verdict = found.verdict
        if options["json"]:
            facts = [finding.as_dict() for finding in verdict.findings]
            proof = [base64.b64encode(node).decode() for node in found.proof]
            told = {"bottom_line": verdict.bottom_line, "facts": facts, "newest": found.here, "proof": proof}
            self.stdout.write(json.dumps(told, ensure_ascii=False))
        else:
            for finding in verdict.findings:
                self.stdout.write(f"{finding.state.value.upper():<8} {finding.message}")
            for words in verdict.not_checked:
                self.stdout.write(f"Not checked: {words}")
        if verdict.exit_code:
            sys.exit(verdict.exit_code)

    def _recover(self, options: dict[str, Any]) -> None:
        bar = _Bar()
        try:
            key = VerifierKey.parse(options["key"].strip()) if options["key"] else None
            done = recovery.recover(actor=actors.for_command(), key=key, progress=bar)
        except (CustodyError, OSError) as error:
            raise CommandError(in_words(error), returncode=ERROR) from error
        finally:
            bar.close()
        self._tell(done)
        for person in erasure.replay():
            self.stdout.write(f"Erased again, after a backup had brought it back: person {person}")
        if done.refused:
            raise CommandError(f"The notary does not sign this ledger: {done.refused}")

    def _tell(self, done: Recovery) -> None:
        if not done.restored:
            what = "Nothing to put back" if done.refused else "Nothing to do"
            self.stdout.write(f"{what}: the mirror's {done.size} entries are in the database ({done.before}).")
            return
        self.stdout.write(f"{done.restored} entries were put back, {done.before} to {done.size}; entry {done.entry}.")
        self.stdout.write("What they tell of did not come back with them:")
        self.stdout.write(f"{done.details:>9}  private details")
        self.stdout.write(f"{done.acts:>9}  acts without their history rows")
        if done.checkpoints is not None:
            self.stdout.write(f"{done.checkpoints:>9}  checkpoints before the newest")
        for action, count in done.actions.most_common(_MOST_ACTIONS):
            self.stdout.write(f"{count:>9}  {action}")
        for fingerprint in done.keys:
            self.stdout.write(f"key {fingerprint}: its public form is in nobody's hands here")
        if not done.signed and not done.refused:
            self.stdout.write("No checkpoint covers this yet: start the notary.")
        self.stdout.write(
            "`manage.py verify` names each gap. Restore rows and histories from a backup where there is one."
        )


class _Bar:
    """A progress bar for each step."""

    def __init__(self) -> None:
        self._bars: dict[str, tqdm[Any]] = {}

    def __call__(self, what: str, done: int, total: int) -> None:
        """Show ``done`` of ``total``."""
        if what not in self._bars:
            self._bars[what] = tqdm(desc=what, total=total, file=sys.stderr, disable=not sys.stderr.isatty())
        self._bars[what].update(done - self._bars[what].n)

    def close(self) -> None:
        """End the bars."""
        for bar in self._bars.values():
            bar.close()
