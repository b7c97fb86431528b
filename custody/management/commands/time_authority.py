"""``manage.py time_authority``: a time-stamp authority of our own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from custody import data, hosting
from custody.core.errors import CustodyError
from custody.management.telling import ERROR
from custody.stamping import local, serving


class Command(BaseCommand):
    """For tests, and for places that reach no other authority."""

    help = (
        "Run a time-stamp authority of our own until told to stop. It proves no outside time: whoever runs it can "
        "stamp any time. Where any other authority can be reached, use that one."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--bind", default="127.0.0.1:3180", metavar="HOST:PORT", help="a loopback address")
        parser.add_argument(
            "--folder", metavar="DIR", help="its keys and numbers (default: keys/time-authority in the data folder)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        stopping = hosting.told_by_signals()
        folder = Path(options["folder"]) if options["folder"] else data.keys() / "time-authority"
        try:
            host, port = serving.read_bind(options["bind"])
            authority = local.open_authority(folder)
            with serving.serving(authority, host=host, port=port) as server:
                self._tell(server)
                stopping.wait()
        except CustodyError as error:
            raise CommandError(str(error), returncode=ERROR) from error

    def _tell(self, server: serving.Server) -> None:
        self.stdout.write(f"Time-stamp authority of our own: {server.url}")
        self.stdout.write(f"Certificate to pin: {server.authority.root_path}")
        self.stdout.write(f"Its SHA-256 fingerprint: {server.authority.fingerprint()}")
        self.stdout.write(
            "An authority of one's own proves no outside time: whoever runs it, or sets this machine's clock, can "
            "stamp any time. Do not tell a court otherwise."
        )
        self.stdout.flush()
