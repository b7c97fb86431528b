"""``manage.py demo``: the whole main job on generated pictures and invented people, in a folder of its own."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections

from custody.management.telling import ERROR, REFUSED
from testimony.demonstration import folder, story
from testimony.demonstration.outline import RELATIVES
from testimony.demonstration.people import PEOPLE
from testimony.demonstration.pictures import PHOTOS, SET_SIZE, SETS
from testimony.demonstration.show import Show
from testimony.demonstration.telling import Teller

_DEFAULT_PHOTOS = 120
# A set for each person of the story.
_FEWEST = SET_SIZE * len(PEOPLE)


class Command(BaseCommand):
    """Fills its own data folder and shows each result; a second run only prints the sign-ins again."""

    help = "Show the whole main job on generated pictures and invented people, in a data folder of its own."
    requires_system_checks = ()
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        words = f"how many pictures to generate (default {_DEFAULT_PHOTOS}; 53275 is the size of the real set)"
        parser.add_argument("--photos", type=int, default=_DEFAULT_PHOTOS, metavar="N", help=words)
        parser.add_argument(
            "--bodies", type=int, default=SETS, metavar="N", help="body sets in outline (default %(default)s)"
        )
        parser.add_argument(
            "--relatives", type=int, default=RELATIVES, metavar="N", help="relatives in contact (default %(default)s)"
        )
        parser.add_argument("--again", action="store_true", help="remove the demonstration that is there first")
        parser.add_argument("--serve", action="store_true", help="then serve it")
        parser.add_argument("--bind", default="127.0.0.1:8000", metavar="HOST:PORT", help="where --serve answers")

    def handle(self, *_: Any, **options: Any) -> None:
        if not _FEWEST <= options["photos"] <= PHOTOS:
            raise CommandError(f"A demonstration takes {_FEWEST} to {PHOTOS} pictures.", returncode=ERROR)
        if options["bodies"] < 0 or options["relatives"] < 0:
            raise CommandError("--bodies and --relatives take a number from 0.", returncode=ERROR)
        root = Path(settings.AMANA_DATA_DIR)
        if not settings.AMANA_DEMONSTRATION:
            self._in_own_folder(root / folder.NAME)
        standing = folder.finished(root)
        if folder.is_marked(root) and (options["again"] or standing is None):
            # What is there is removed, and a fresh process begins with fresh settings and no open file.
            connections.close_all()
            folder.clear(root)
            self._in_own_folder(root, without="--again")
        sign_ins = standing if standing is not None else self._show(root, options)
        self._tell_sign_ins(root, sign_ins, fresh=standing is None)
        if not options["serve"]:
            self.stdout.write(f"To look at it: manage.py demo --serve, and http://{options['bind']} in a browser.")
        else:
            connections.close_all()
            command = [sys.executable, sys.argv[0], "serve", "--bind", options["bind"]]
            os.execve(sys.executable, command, folder.environment(root))  # noqa: S606

    def _in_own_folder(self, root: Path, without: str = "") -> None:
        """Begin again in the demonstration's own folder and under its own ledger; does not come back."""
        arguments = [argument for argument in sys.argv if argument != without]
        self.stdout.flush()
        os.execve(sys.executable, [sys.executable, *arguments], folder.environment(root))  # noqa: S606

    def _show(self, root: Path, options: dict[str, Any]) -> list[story.SignIn]:
        try:
            folder.begin(root)
        except folder.NotADemonstrationError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Demonstration in {root}: invented people, generated pictures, a ledger of its own.")
        call_command("migrate", verbosity=0, interactive=False)
        show = Show(Teller(self.stdout), options["photos"], options["bodies"], options["relatives"])
        show.run()
        if not show.sound:
            raise CommandError("The demonstration did not come out as it should; see above.", returncode=REFUSED)
        folder.complete(root, show.sign_ins)
        return show.sign_ins

    def _tell_sign_ins(self, root: Path, sign_ins: list[story.SignIn], *, fresh: bool) -> None:
        if not fresh:
            self.stdout.write(f"The demonstration in {root} is ready (--again makes a new one).")
        self.stdout.write("\nSign-ins (address, password, who):")
        for line in story.words_for(sign_ins):
            self.stdout.write(f"  {line}")
        self.stdout.write("\nStart in the case DEMO-01: choose a purpose, look at the contact sheet, open VF-0001.")
        self.stdout.write(f"Other commands find it by its folder: AMANA_DATA_DIR={root} python manage.py verify")
