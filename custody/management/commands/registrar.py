"""``manage.py registrar``: the process that holds the keys."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from custody.core.errors import CustodyError
from custody.registrar import process


class Command(BaseCommand):
    """Signs and opens for the other processes; the notary runs inside it."""

    help = "Run the registrar (and the notary inside it) until told to stop."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tethered", action="store_true", help="end when standard input closes and nobody asks")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            ran = process.serve(tethered=options["tethered"])
        except CustodyError as error:
            raise CommandError(str(error)) from error
        if not ran and not options["tethered"]:
            raise CommandError("A registrar of this installation is running already.")
