"""``manage.py case``: open a case."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from custody import accounts, actors, cases
from custody.core.errors import CustodyError
from custody.management.covering import covered


class Command(BaseCommand):
    """Creates a case, with its lead when one is named."""

    help = "Create a case."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", help="capital letters, digits and hyphens, for example RWB-04")
        parser.add_argument("--title", required=True)
        parser.add_argument("--title-ar", default="", help="the title in Arabic")
        parser.add_argument("--lead", metavar="EMAIL", help="account that leads the case")

    @covered()
    def handle(self, *args: Any, **options: Any) -> None:
        lead = accounts.find_account(options["lead"]) if options["lead"] else None
        if options["lead"] and lead is None:
            raise CommandError(f"{options['lead']} has no account.")
        try:
            case = cases.create_case(
                code=options["code"],
                title=options["title"],
                title_ar=options["title_ar"],
                actor=actors.for_command(),
                lead=lead,
            )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except CustodyError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Case {case.code} created.")
