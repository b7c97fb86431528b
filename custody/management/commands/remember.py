"""``manage.py remember``: make a lost memory of the notary anew from a checkpoint that was signed before."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from custody import actors, hosting
from custody.core.errors import CustodyError
from custody.management.telling import ERROR, REFUSED, in_words
from custody.notary import Notary, NotaryRefused


class Command(BaseCommand):
    """Where keys/notary-state.json was lost: only a checkpoint under the ledger's own key can take its place."""

    help = (
        "Make the notary's lost memory anew from the newest signed checkpoint that anybody holds (tiles/checkpoint, "
        "or proof/checkpoint of a bundle). Stop Amana first, and compare with checkpoints kept elsewhere: a memory "
        "does not get lost by itself. Exit status: 0 when it is made, 1 when the notary refuses the checkpoint, 2 on "
        "an error."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("checkpoint", metavar="FILE", help="the signed checkpoint")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with hosting.only_one("notary") as alone:
                if not alone:
                    raise CommandError("the notary is running; stop Amana first", returncode=ERROR)
                note = Path(options["checkpoint"]).read_bytes()
                size = Notary().remember(note, actor=actors.for_command())
        except NotaryRefused as error:
            raise CommandError(str(error), returncode=REFUSED) from error
        except (CustodyError, OSError) as error:
            raise CommandError(in_words(error), returncode=ERROR) from error
        self.stdout.write(f"The notary remembers {size} entries.")
