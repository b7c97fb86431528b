"""``manage.py case``: open a case."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from custody import accounts, actors, cases
from custody.core.errors import CustodyError
from custody.management.covering import covered
from custody.management.telling import ERROR

_TYPED = {"code": "CODE", "title_en": "--title", "title_ar": "--title-ar"}


class Command(BaseCommand):
    """Creates a case, with its lead when one is named."""

    help = "Create a case. Exit status: 0 when it is there, 2 when it could not be done."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", help="capital letters, digits and hyphens, for example RWB-04")
        parser.add_argument("--title", required=True)
        parser.add_argument("--title-ar", default="", help="the title in Arabic")
        parser.add_argument("--lead", metavar="EMAIL", help="account that leads the case")

    @covered()
    def handle(self, *args: Any, **options: Any) -> None:
        lead = accounts.find_account(options["lead"]) if options["lead"] else None
        if options["lead"] and lead is None:
            raise CommandError(f"{options['lead']} has no account.", returncode=ERROR)
        try:
            case = cases.create_case(
                code=options["code"],
                title=options["title"],
                title_ar=options["title_ar"],
                actor=actors.for_command(),
                lead=lead,
            )
        except ValidationError as error:
            raise CommandError(_told(error), returncode=ERROR) from error
        except CustodyError as error:
            raise CommandError(str(error), returncode=ERROR) from error
        self.stdout.write(f"Case {case.code} created.")


def _told(error: ValidationError) -> str:
    """Each message after what it is about, by the name under which that was typed."""
    named = error.message_dict.items() if hasattr(error, "error_dict") else [("", error.messages)]
    return " ".join(f"{_TYPED[name]}: {text}" if name in _TYPED else text for name, texts in named for text in texts)
