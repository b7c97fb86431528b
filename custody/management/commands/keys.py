"""``manage.py keys``: which keys there are, another in the place of one, the end of one, fingerprints for paper."""

from __future__ import annotations

import sys
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from custody import actors, clock, key_sheet, keyring
from custody.core.errors import CustodyError
from custody.keyring import Rotated
from custody.management.covering import covered
from custody.management.telling import ERROR, REFUSED, in_words
from custody.models import Approval, ApprovalKind
from custody.papers import compose
from custody.typesetting.errors import TypesettingError


class Command(BaseCommand):
    """Each step is an entry. Stop Amana before you change a key; a change that was stopped is completed by the next."""

    help = (
        "List the keys, put a new one in the place of the registrar's or the ledger's, retire one, write the paper. "
        "What an old key signed keeps its worth. Destroying a key file overwrites it, which a disk may evade. Two "
        "administrators ask for it and approve it in the browser (Approvals). Exit status: 0 done, 1 without the "
        "consent that it needs, 2 on an error."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        commands = parser.add_subparsers(dest="what", required=True, metavar="WHAT")
        commands.add_parser("list", help="every key on record, and whether it is in force")
        rotate = commands.add_parser("rotate", help="put a new key in the place of the one that signs")
        rotate.add_argument("kind", choices=("registrar", "ledger", "master"))
        retire = commands.add_parser("retire", help="take a key out of force that does not sign now, or the root")
        retire.add_argument("fingerprint", metavar="FINGERPRINT", help="or its first 8 signs or more")
        for command in (rotate, retire):
            command.add_argument("--approved", type=uuid.UUID, metavar="ID", help="the approval by a second person")
        commands.add_parser("list-withdrawn", help="sign a new list of our withdrawn certificates with the root")
        paper = commands.add_parser("paper", help="the fingerprints as a page to print, sign and keep (PDF)")
        paper.add_argument("file", type=Path, metavar="FILE")

    @covered()
    def handle(self, *args: Any, **options: Any) -> None:
        act: Callable[[dict[str, Any]], None] = getattr(self, f"_{options['what'].replace('-', '_')}")
        try:
            act(options)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages), returncode=REFUSED) from error
        except keyring.ConsentMissing as error:
            raise CommandError(str(error), returncode=REFUSED) from error
        except (CustodyError, TypesettingError, OSError) as error:
            raise CommandError(in_words(error), returncode=ERROR) from error

    def _list(self, _options: dict[str, Any]) -> None:
        for each in keyring.standings():
            state = "in force" if each.is_in_force else f"retired by entry {each.retired}, {each.retired_at}"
            self.stdout.write(f"{each.record.kind:<10} {each.record.fingerprint}")
            self.stdout.write(f"{'':<10} since {each.record.created:%Y-%m-%d %H:%M} UTC, {state}")
        self.stdout.write(_told_of_list())

    def _list_withdrawn(self, _options: dict[str, Any]) -> None:
        done = keyring.sign_list(actor=actors.for_command())
        self.stdout.write(f"A list of {done.withdrawn} withdrawn certificates was signed (SHA-256 {done.sha256}).")
        self.stdout.write(f"It counts until {done.until:%Y-%m-%d}; sign the next one before.")

    def _rotate(self, options: dict[str, Any]) -> None:
        if options["kind"] == "master":
            self._rotate_master(options)
            return
        approval = _approval(options["approved"])
        change = keyring.rotate_registrar if options["kind"] == "registrar" else keyring.rotate_ledger
        self._tell(options["kind"], change(actor=actors.for_command(), approval=approval))

    def _rotate_master(self, options: dict[str, Any]) -> None:
        if options["approved"]:
            words = "The master key ends nothing that others rely on: it is changed without an approval."
            raise CommandError(words, returncode=ERROR)
        with tqdm(unit="", file=sys.stderr, disable=not sys.stderr.isatty()) as bar:

            def show(done: int, total: int) -> None:
                bar.total = total
                bar.update(done - bar.n)

            done = keyring.rotate_master(actor=actors.for_command(), progress=show)
        if done.completed:
            self.stdout.write("A change that was stopped half-way is complete now.")
        self.stdout.write(f"destroyed {done.old}\nin force  {done.new}")
        self.stdout.write(f"{done.keys} keys of persons were wrapped anew.")
        if done.closed:
            self.stdout.write(f"{done.closed} opened under neither key and are as they were.")
        self.stdout.write("Make a backup of database and key files now: an older database does not open any more.")

    def _tell(self, kind: str, done: Rotated) -> None:
        if done.completed:
            self.stdout.write("A change that was stopped half-way is complete now.")
        self.stdout.write(f"retired  {done.old}\nin force {done.new}")
        self.stdout.write("Print the new paper: manage.py keys paper FILE")
        if kind == "ledger":
            self.stdout.write(
                "Hand the new key (proof/keys/ledger.vkey of a bundle) to every cosigner before they go on."
            )

    def _retire(self, options: dict[str, Any]) -> None:
        approval = _approval(options["approved"])
        done = keyring.retire(options["fingerprint"], actor=actors.for_command(), approval=approval)
        self.stdout.write(f"{done.record.kind} key {done.record.fingerprint} was retired by entry {done.retired}.")

    def _paper(self, options: dict[str, Any]) -> None:
        options["file"].write_bytes(compose(key_sheet.key_sheet()))
        self.stdout.write(
            f"{options['file']}: print it, compare it with `keys list`, sign, date and keep it elsewhere."
        )


def _told_of_list() -> str:
    found = keyring.list_in_force()
    if found is None:
        return "No list of withdrawn certificates counts today: documents reach B-T at most (keys list-withdrawn)."
    if count := keyring.unlisted():
        return f"The list lacks {count} certificates that were withdrawn since: sign a new one (keys list-withdrawn)."
    until = found.next_update_utc
    due = until is not None and until - clock.now() < keyring.DUE
    words = f"The list of withdrawn certificates counts until {until:%Y-%m-%d}"
    return f"{words}: it is time for the next one (keys list-withdrawn)." if due else f"{words}."


def _approval(key: uuid.UUID | None) -> Approval | None:
    if key is None:
        return None
    found = Approval.objects.filter(pk=key, kind=ApprovalKind.KEY_RETIREMENT).first()
    if found is None:
        raise CommandError(f"There is no approval {key} for the retirement of a key.", returncode=ERROR)
    return found
