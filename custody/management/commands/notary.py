"""``manage.py notary``: the process that signs checkpoints, where it is one of its own."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from custody.core.errors import CustodyError
from custody.notary import process


class Command(BaseCommand):
    """Signs checkpoints and asks outside parties; holds the ledger's key and its own memory, no other key."""

    help = "Run the notary as a process of its own until told to stop (AMANA_NOTARY=own)."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tethered", action="store_true", help="end when standard input closes and nobody asks")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            ran = process.serve(tethered=options["tethered"])
        except CustodyError as error:
            raise CommandError(str(error)) from error
        if not ran and not options["tethered"]:
            raise CommandError("A notary of this installation is running already.")
