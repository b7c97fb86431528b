"""``manage.py setup``: make an installation ready for its first sign-in."""

from __future__ import annotations

import contextlib
import getpass
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email

from custody import accounts, actors, data, installation, keyring, notary
from custody.core.errors import CustodyError
from custody.management.telling import ERROR, in_words


@contextlib.contextmanager
def _for_the_owner_alone() -> Iterator[None]:
    """What is made meanwhile (the database and its log) is readable by its owner alone."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


class Command(BaseCommand):
    """Migrates, makes keys and the first administrator. Running it again completes what is missing."""

    help = (
        "Set up the database, the keys and the first administrator. Exit status: 0 when it is set up, 2 when it could "
        "not be done."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--admin", metavar="EMAIL", help="address of the first administrator")
        parser.add_argument("--name", default="", help="the administrator's name (default: the address)")
        parser.add_argument("--password-file", metavar="FILE", help="read the password from this file's first line")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["admin"]:
                # Before anything is made, and before somebody thinks of a password and types it.
                validate_email(options["admin"])
            self._set_up(options)
        except ValidationError as error:
            raise CommandError(f"{options['admin']}: {' '.join(error.messages)}", returncode=ERROR) from error
        except (CustodyError, OSError, UnicodeDecodeError) as error:
            raise CommandError(in_words(error), returncode=ERROR) from error

    def _set_up(self, options: dict[str, Any]) -> None:
        self._close_folder()
        with _for_the_owner_alone():
            call_command("migrate", verbosity=0, interactive=False)
        actor = actors.for_command()
        keys = installation.set_up_keys(actor=actor)
        keyring.ensure_list(actor=actor)
        self.stdout.write("Keys. Copy these fingerprints on paper; trust in later years comes from them:")
        for key in keys:
            self.stdout.write(f"  {key.kind:<10} {key.fingerprint}")
        if options["admin"]:
            self._administrator(options)
        notary.ensure_checkpoint()

    def _close_folder(self) -> None:
        """Take the data folder away from other accounts of the machine: later commands refuse a loose one."""
        root = data.root()
        if stat.S_IMODE(root.stat().st_mode) & 0o007:
            root.chmod(0o700)
            self.stdout.write(f"Others could enter the data folder {root}; it is now open to its owner alone (700).")

    def _administrator(self, options: dict[str, Any]) -> None:
        email = str(options["admin"])
        if accounts.find_account(email):
            self.stdout.write(f"{email} has an account already; its password was not changed.")
            return
        accounts.create_account(
            email=email,
            name=options["name"] or email,
            password=self._password(options["password_file"]),
            actor=actors.for_command(),
            administrator=True,
        )
        self.stdout.write(f"{email} may now sign in as administrator.")

    def _password(self, file: str | None) -> str:
        if file:
            lines = Path(file).read_text(encoding="utf-8").splitlines()
            return lines[0].strip() if lines else ""
        if os.isatty(0):
            return getpass.getpass("Password for the administrator: ")
        raise CommandError(
            "Give --password-file FILE, or run this at a terminal to be asked for the password.", returncode=ERROR
        )
