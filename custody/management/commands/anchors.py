"""``manage.py anchors``: the outside parties that date and cosign the ledger's checkpoints."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from custody import actors, anchoring, notary
from custody.anchoring import asking, cosigning
from custody.core.errors import CustodyError
from custody.management.covering import covered
from custody.management.telling import ERROR, in_words
from custody.models import AnchorKind, AnchorParty, Cosignature, SignedCheckpoint, TimeStamp


class Command(BaseCommand):
    """Each trust is an act of its own: it is entered, and what was vouched for keeps its worth when trust ends."""

    help = (
        "Outside parties that vouch for the ledger. Compare fingerprints with paper before you trust anybody. "
        "`carry` and `bring` serve a cosigner that no network reaches. Exit status: 0 done, 1 when somebody did not "
        "vouch, 2 on an error."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        commands = parser.add_subparsers(dest="what", required=True, metavar="WHAT")
        commands.add_parser("list", help="who is asked, and what each vouched for last")
        authority = commands.add_parser("authority", help="trust a time authority (RFC 3161)")
        authority.add_argument("name", metavar="NAME")
        authority.add_argument("url", metavar="URL")
        authority.add_argument(
            "--certificate", type=Path, required=True, metavar="FILE", help="PEM: the pinned one first"
        )
        cosigner = commands.add_parser("cosigner", help="trust a cosigner (C2SP tlog-witness)")
        cosigner.add_argument("name", metavar="NAME")
        cosigner.add_argument("key", metavar="KEY", help="its verifier key, name+id+key")
        cosigner.add_argument("--url", default="", metavar="URL", help="its address; without one, lines are carried")
        end = commands.add_parser("end", help="ask a party no more")
        end.add_argument("name", metavar="NAME")
        commands.add_parser("now", help="have the newest checkpoint vouched for at once")
        commands.add_parser("policy", help="print the cosigning policy (C2SP tlog-policy)")
        carry = commands.add_parser("carry", help="write what is carried to a cosigner by hand")
        carry.add_argument("name", metavar="NAME")
        carry.add_argument("file", type=Path, metavar="FILE")
        bring = commands.add_parser("bring", help="take the signature line that was carried back")
        bring.add_argument("name", metavar="NAME")
        bring.add_argument("file", type=Path, metavar="FILE")

    @covered()
    def handle(self, *args: Any, **options: Any) -> None:
        act: Callable[[dict[str, Any]], None] = getattr(self, f"_{options['what']}")
        try:
            act(options)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages), returncode=ERROR) from error
        except (CustodyError, OSError) as error:
            raise CommandError(in_words(error), returncode=ERROR) from error

    def _list(self, _options: dict[str, Any]) -> None:
        known = anchoring.parties()
        for party in known:
            state = "ended" if party.ended else "asked" if party.url else "asked by hand"
            self.stdout.write(f"{party.name:<20} {party.kind:<15} {state:<14} {party.fingerprint}")
            self.stdout.write(f"{'':<20} {_last(party)}")
        if not known:
            self.stdout.write("Nobody outside vouches for this ledger: the operator could rewrite history.")

    def _authority(self, options: dict[str, Any]) -> None:
        party = anchoring.trust_authority(
            name=options["name"],
            url=options["url"],
            certificates=options["certificate"].read_bytes(),
            actor=actors.for_command(),
        )
        self.stdout.write(f"{party.name} is asked from now on. Certificate (SHA-256): {party.fingerprint}")

    def _cosigner(self, options: dict[str, Any]) -> None:
        party = anchoring.trust_cosigner(
            name=options["name"], url=options["url"], key=options["key"], actor=actors.for_command()
        )
        self.stdout.write(f"{party.name} counts from now on. Key (SHA-256): {party.fingerprint}")

    def _end(self, options: dict[str, Any]) -> None:
        party = anchoring.end_trust(_named(options["name"]), actor=actors.for_command())
        self.stdout.write(f"{party.name} is asked no more. What it vouched for stays.")

    def _now(self, _options: dict[str, Any]) -> None:
        checkpoint = notary.ensure_checkpoint()
        done = asking.anchor_now(checkpoint.size)
        for name in done.vouched:
            self.stdout.write(f"{name} vouched for checkpoint {done.size}.")
        for name, words in done.failed.items():
            self.stderr.write(f"{name}: {words}")
        if not done.vouched and not done.failed:
            self.stdout.write(f"Nobody had to be asked about checkpoint {done.size}.")
        if done.failed:
            sys.exit(1)

    def _policy(self, _options: dict[str, Any]) -> None:
        self.stdout.write(anchoring.policy().encode().decode(), ending="")

    def _carry(self, options: dict[str, Any]) -> None:
        notary.ensure_checkpoint()
        row = _newest()
        options["file"].write_bytes(cosigning.request_for(row, _named(options["name"], AnchorKind.COSIGNER)))
        self.stdout.write(f"Carry {options['file']} to the cosigner; it covers {row.size} entries. There:")
        self.stdout.write("  python -m custody.cosigner sign --folder FOLDER FILE")

    def _bring(self, options: dict[str, Any]) -> None:
        party = _named(options["name"], AnchorKind.COSIGNER)
        lines = [line for line in options["file"].read_text("utf-8").splitlines() if line.startswith("\N{EM DASH} ")]
        for row in SignedCheckpoint.objects.filter(size__gt=cosigning.last_size(party)).order_by("-size"):
            try:
                kept = cosigning.take(row, party, lines)
            except anchoring.AnchoringError:
                continue
            self.stdout.write(f"{party.name} cosigned checkpoint {kept.checkpoint}.")
            return
        words = f"No line of this file is a cosignature of {party.name} under a checkpoint that lacks one."
        raise CommandError(words, returncode=ERROR)


def _named(name: str, kind: AnchorKind | None = None) -> AnchorParty:
    party = anchoring.find_party(name)
    if party is None or (kind is not None and party.kind != kind):
        words = f"Nobody of the name {name} is on record{f' as a {kind}' if kind else ''}."
        raise CommandError(words, returncode=ERROR)
    return party


def _newest() -> SignedCheckpoint:
    row = SignedCheckpoint.objects.order_by("-size").first()
    if row is None:
        raise CommandError("There is no signed checkpoint yet.", returncode=ERROR)
    return row


def _last(party: AnchorParty) -> str:
    kept = (
        TimeStamp.objects.filter(party=party).order_by("-pk").first()
        or Cosignature.objects.filter(party=party).order_by("-pk").first()
    )
    return f"last: checkpoint {kept.checkpoint}, {kept.received:%Y-%m-%d %H:%M} UTC" if kept else "nothing yet"
