"""`manage.py serve`: the whole of Amana from one command, until Ctrl-C."""

from __future__ import annotations

import os
import socket
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.urls import reverse

from config.serving import processes
from config.serving.address import Address, answers, shown
from config.serving.children import run_to_end
from config.serving.supervisor import Supervisor
from custody import erasure, first_run, hosting, installation, ledger, recovery
from custody.management.telling import ERROR
from testimony.pictures import gathering

# What a shell shows for a command that Ctrl-C ended.
INTERRUPTED = 130


class Command(BaseCommand):
    """1. take the data folder and the address, 2. migrate and collect, 3. run the processes until a signal."""

    help = "Runs migrations, then web server, worker and registrar (with the notary) until Ctrl-C; none is left behind."
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One option."""
        words = "address of the web server (port 0: any free one)"
        parser.add_argument("--bind", default="127.0.0.1:8000", metavar="HOST:PORT", help=words)

    def handle(self, *_: Any, **options: Any) -> None:
        """Exit 0 after a stop signal, 1 when a process died or a preparation failed, 2 for what is no address."""
        root = Path(settings.AMANA_DATA_DIR)
        with alone(root), closing(self.bound(options["bind"])) as bound:
            manage = Path(settings.BASE_DIR) / "manage.py"
            if os.geteuid() == 0:
                self.stdout.write("Amana runs as root, which it does not need: an account of its own is safer.")
            self.prepare(manage)
            self.refuse_half_a_ledger()
            gathering.sweep()
            self.erase_again()
            self.tell_of_first_run(shown(bound))
            status = self.supervise(bound, manage)
        if status:
            raise SystemExit(status)

    def bound(self, text: str) -> socket.socket:
        """The web server's socket, or a plain word why not."""
        try:
            address = Address.parse(text)
        except ValueError as error:
            raise CommandError(str(error), returncode=ERROR) from error
        if not address.is_loopback and not (settings.AMANA_HTTPS or settings.DEBUG):
            message = f"{text} can be reached from outside, but cookies are not bound to HTTPS: set ALLOWED_HOSTS."
            raise CommandError(message)
        try:
            return address.bind()
        except OSError as error:
            reason = f"{text} cannot be used: {error.strerror}."
            message = f"{reason} Is another server running there? Try --bind 127.0.0.1:0"
            raise CommandError(message) from error

    def prepare(self, manage: Path) -> None:
        """Migrations, keys when there are none, static files."""
        for command in processes.preparations(manage, has_keys=installation.has_keys()):
            try:
                status = run_to_end(command)
            except KeyboardInterrupt:
                message = "Interrupted before anything was started; the next start goes on."
                raise CommandError(message, returncode=INTERRUPTED) from None
            if status != 0:
                message = f"The preparation `manage.py {command[2]}` failed; nothing was started."
                raise CommandError(message)

    def refuse_half_a_ledger(self) -> None:
        """Nothing could be entered, so nothing could be done."""
        if ledger.recovering_to() is not None:
            message = "A recovery of the ledger is not finished: run `manage.py ledger recover`, then start again."
            raise CommandError(message)
        if (signed := recovery.signed_beyond()) is not None:
            message = (
                f"The database is older than the mirror (tiles/), of which {signed} entries were signed. Run "
                "`manage.py ledger recover` before anything else is entered, or restore a database that fits."
            )
            raise CommandError(message)

    def erase_again(self) -> None:
        """Whoever was erased and came back with a backup is erased again before anybody can look."""
        for person in erasure.delete_again():
            self.stdout.write(f"Erased again, after a backup had brought it back: person {person}")

    def tell_of_first_run(self, address: str) -> None:
        """Where the first administrator is made, while there is none."""
        if first_run.is_open():
            self.stdout.write("There is no account yet. Make the first administrator in a browser on this machine, at")
            self.stdout.write(f"  {address}{reverse('custody:first-run')}")
            self.stdout.write(f"or, from another one, with this one-time token: {first_run.console_token()}")
            self.stdout.flush()
        connection.close()

    def notary_is_ours(self) -> bool:
        """Whether the notary is a process of its own that this user may start."""
        return bool(settings.AMANA_NOTARY == "own") and not installation.notary_is_closed()

    def supervise(self, bound: socket.socket, manage: Path) -> int:
        """Run notary (where it is one of ours), registrar, worker and web server; they end in the opposite order."""
        address = shown(bound)
        named = settings.ALLOWED_HOSTS[0] if settings.ALLOWED_HOSTS else "localhost"
        children = [
            *([processes.notary(manage)] if self.notary_is_ours() else []),
            processes.registrar(manage),
            processes.worker(),
            processes.web(socket=bound.fileno(), behind_proxy=settings.AMANA_BEHIND_PROXY),
        ]
        ready = lambda: address if answers(address, host_header=named) else None  # noqa: E731
        return Supervisor(children, ready=ready, out=sys.stdout).run()


@contextmanager
def alone(root: Path) -> Iterator[None]:
    """Hold the data folder; a second server on it would fight over its keys and its queue."""
    with hosting.only_one(hosting.SERVE) as ours:
        if not ours:
            message = f"Amana is already being served from {root}, or its keys or ledger are being worked on."
            raise CommandError(message)
        yield
