"""``manage.py ledger recover``: put back what the database lost and the mirror has."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from custody import actors, recovery
from custody.core.errors import CustodyError
from custody.core.notes import VerifierKey
from custody.recovery import Recovery

_MOST_ACTIONS = 12


class Command(BaseCommand):
    """Appends entries that were signed; what contradicts them is told and left as it is."""

    help = (
        "recover: put the entries back into the database that tiles/ holds and the database lost. For a database that "
        "is gone run `migrate` first, never `setup`. Stop Amana before."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        commands = parser.add_subparsers(dest="what", required=True, metavar="WHAT")
        recover = commands.add_parser("recover", help="from the mirror into the database")
        recover.add_argument("--key", metavar="KEY", help="the ledger's verifier key from paper, name+id+key")

    def handle(self, *args: Any, **options: Any) -> None:
        bar = _Bar()
        try:
            key = VerifierKey.parse(options["key"].strip()) if options["key"] else None
            done = recovery.recover(actor=actors.for_command(), key=key, progress=bar)
        except (CustodyError, OSError) as error:
            raise CommandError(str(error)) from error
        finally:
            bar.close()
        self._tell(done)
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
