"""manage.py export: one item's bytes into a new file, through the one door."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from custody import accounts, cases
from custody.management.covering import covered
from custody.management.telling import ERROR, REFUSED
from custody.models import Account, Case
from custody.purposes import CHOSEN_BY_PEOPLE, Purpose
from evidence import access
from evidence.access import AccessRefused, Form, Opened
from evidence.admissions import items_in

_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class Command(BaseCommand):
    """(1) Find case and item; (2) ask the door; (3) write into a new file. Exit 0 done, 1 refused, 2 could not."""

    help = "Writes one item of a case into a new file. Recorded like any other access, before the first byte."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("number", help="evidence number")
        parser.add_argument("--case", required=True, help="code of the case through which it is taken out")
        parser.add_argument("--purpose", required=True, choices=[purpose.value for purpose in CHOSEN_BY_PEOPLE])
        parser.add_argument("--to", required=True, type=Path, help="file to make; an existing one is never overwritten")
        parser.add_argument("--form", default=Form.ORIGINAL.value, choices=[form.value for form in Form])
        parser.add_argument("--account", help="e-mail address of the member on whose behalf it is taken out")

    @covered()
    def handle(self, *args: Any, **options: Any) -> None:
        case = cases.find_case(options["case"])
        item = items_in(case).filter(ern=options["number"]).first() if case else None
        if case is None or item is None:
            message = "there is no such item in such a case"
            raise CommandError(message, returncode=ERROR)
        asker = access.asker_for_command(
            case=case, purpose=Purpose(options["purpose"]), account=self._account(options["account"], case)
        )
        try:
            opened = access.open_one(asker, item, Form(options["form"]))
            self._write(opened, options["to"])
        except AccessRefused as refusal:
            message = f"not opened, and recorded: {refusal.reason}"
            raise CommandError(message, returncode=REFUSED) from refusal
        self.stdout.write(f"{item.ern} {opened.sha256} {opened.size} bytes, recorded")

    def _account(self, email: str | None, case: Case) -> Account | None:
        if email is None:
            return None
        account = accounts.find_account(email)
        if account is None:
            message = f"there is no account {email} to open {case.code} for"
            raise CommandError(message, returncode=ERROR)
        return account

    def _write(self, opened: Opened, to: Path) -> None:
        """Write and flush to the disk. A file that was begun and not finished is removed again."""
        try:
            with os.fdopen(os.open(to, _NEW_FILE, 0o600), "wb") as file:
                for block in opened:
                    file.write(block)
                file.flush()
                os.fsync(file.fileno())
        except FileExistsError as error:
            message = f"{to} exists already and was left as it is"
            raise CommandError(message, returncode=ERROR) from error
        except BaseException:
            to.unlink(missing_ok=True)
            raise
        finally:
            opened.close()
