"""A checkpoint that somebody kept outside, in the minutes of a court or on paper: does today's ledger contain it?"""

from __future__ import annotations

import base64
import binascii
import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext as _

from custody import checkpoint_sheet, ledger, ledger_keys
from custody.actions import Action
from custody.core import merkle, notes, tiles
from custody.core.checkpoints import Checkpoint
from custody.core.entries import Actor
from custody.core.errors import CheckpointError, CustodyError, MerkleError, TileError
from custody.core.verdicts import Finding, State, Verdict
from custody.notary import Mirror

LONGEST: Final = 20_000
_SIGNATURE: Final = "signature"
_TREE: Final = "tree"
# As typists, cameras and tables of signs render the long dash that begins a signature line.
_DASHES: Final = ("\N{EM DASH}", "\N{EN DASH}", "-", "\u00e2\u20ac\u201d", "\u00e2\u0080\u0094")
_BETWEEN_DIGITS: Final = re.compile(r"[\s.,'’٬٫]")
_HEX: Final = re.compile(r"[0-9a-fA-F]{64}")


class UnreadableCheckpoint(CustodyError):
    """The text is no checkpoint: nothing was compared."""


class Signature(StrEnum):
    """Whose signature stands under the text."""

    OURS = "ours"
    NONE = "none"
    NOT_OURS = "not-ours"


class Standing(StrEnum):
    """How the tree of the text stands to today's ledger."""

    CONTAINED = "contained"
    DIFFERENT = "different"
    BEYOND = "beyond"
    OTHER_LEDGER = "other-ledger"
    UNTOLD = "untold"


@dataclass(frozen=True)
class Kept:
    """What was kept: a checkpoint, and the note as it was signed, if there were signatures."""

    checkpoint: Checkpoint
    note: bytes | None


@dataclass(frozen=True)
class Comparison:
    """The answer: two separate facts, how large the ledger is now, and the proof that one tree continues the other."""

    kept: Checkpoint
    signature: Signature
    standing: Standing
    here: int
    proof: tuple[bytes, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """Both facts in words, with the bottom line. Says nothing of the entries themselves: `verify` reads those."""
        subject = f"checkpoint {self.kept.size}"
        facts = [_signature_fact(self, subject), _tree_fact(self, subject)]
        left_out = (_("Whether the entries themselves are sound: manage.py verify reads them."),)
        return Verdict(tuple(facts), not_checked=left_out)


def read(text: str) -> Kept:
    """A checkpoint as a camera or a typist gives it back: three lines, and signature lines where there are any.

    Blanks and the kind of dash do not matter, nor how the number is grouped; the root is base64 or hex. A signature
    is over the exact text, so nothing that is put right here can make a wrong one hold. Raises UnreadableCheckpoint.
    """
    if len(text) > LONGEST:
        raise UnreadableCheckpoint(_("This is too long for a checkpoint."))
    lines = [line.strip() for line in _visible(text).splitlines() if line.strip()]
    if len(lines) < 3:
        raise UnreadableCheckpoint(
            _("A checkpoint has three lines: the ledger's name, the number of entries, the root.")
        )
    checkpoint = _checkpoint(*lines[:3])
    signed = [notes.DASH + line.removeprefix(dash).strip() for line in lines[3:] for dash in _dash_of(line)]
    if len(signed) != len(lines) - 3:
        raise UnreadableCheckpoint(_("Below the root there is a line that is no signature."))
    note = f"{checkpoint.body()}\n" + "".join(f"{line}\n" for line in signed)
    return Kept(checkpoint, note.encode() if signed else None)


def _visible(text: str) -> str:
    """Without the signs that nobody sees, such as those that keep Latin letters in order within an Arabic page."""
    return "".join(sign for sign in text if unicodedata.category(sign) != "Cf")


def _dash_of(line: str) -> list[str]:
    return [dash for dash in _DASHES if line.startswith(dash)][:1]


def _checkpoint(origin: str, count: str, root: str) -> Checkpoint:
    digits = _BETWEEN_DIGITS.sub("", count)
    if not digits.isdecimal() or len(digits) > 19 or int(digits) == 0:
        raise UnreadableCheckpoint(_("The second line is the number of entries, and nothing else."))
    try:
        return Checkpoint(origin, int(digits), _root(root))
    except CheckpointError as error:
        raise UnreadableCheckpoint(_("The third line is no root of a tree: %(why)s.") % {"why": error}) from error


def _root(text: str) -> bytes:
    joined = "".join(text.split())
    if _HEX.fullmatch(joined):
        return bytes.fromhex(joined)
    try:
        root = base64.b64decode(joined, validate=True)
    except (binascii.Error, ValueError) as error:
        raise UnreadableCheckpoint(_("The third line is neither base64 nor 64 signs of hex.")) from error
    # The last sign holds two bits that decode to nothing: read loosely, four spellings would be one root.
    if base64.b64encode(root).decode() != joined:
        raise UnreadableCheckpoint(_("The third line is neither base64 nor 64 signs of hex."))
    return root


def compare(text: str, *, actor: Actor) -> Comparison:
    """Compare a kept checkpoint with today's ledger, on record.

    (1) Read it. (2) Whose signature it bears. (3) Its ledger is this one. (4) It covers no more than our newest
    checkpoint. (5) A consistency proof leads from its root to that checkpoint's. Raises UnreadableCheckpoint, and
    NoCheckpoint when there is nothing here to compare with.
    """
    kept = read(text)
    _row, newest, _key = checkpoint_sheet.newest()
    standing, proof = _stand(kept.checkpoint, newest)
    found = Comparison(kept.checkpoint, _signed_by(kept), standing, newest.size, proof)
    _record(found, actor)
    return found


def _signed_by(kept: Kept) -> Signature:
    if kept.note is None:
        return Signature.NONE
    try:
        ledger_keys.open_signed(kept.note)
    except CustodyError:
        return Signature.NOT_OURS
    return Signature.OURS


def _stand(kept: Checkpoint, newest: Checkpoint) -> tuple[Standing, tuple[bytes, ...]]:
    if kept.origin != newest.origin:
        return Standing.OTHER_LEDGER, ()
    if kept.size > newest.size:
        return Standing.BEYOND, ()
    try:
        proof, root = _proof(kept.size, newest), _root_here(kept.size, newest.size)
    except (TileError, OSError):
        return Standing.UNTOLD, ()
    if _leads(kept.root, kept.size, newest, proof):
        return Standing.CONTAINED, proof
    # Only when our own root of that size passes where this one does not is it the text that differs, not the mirror.
    return (Standing.DIFFERENT if _leads(root, kept.size, newest, proof) else Standing.UNTOLD), ()


def _proof(size: int, newest: Checkpoint) -> tuple[bytes, ...]:
    if size == newest.size:
        return ()
    return tuple(tiles.consistency_proof_from_tiles(size, newest.size, Mirror().read_tile))


def _root_here(size: int, newest: int) -> bytes:
    """Our own root of the tree of this size, out of the tiles of the newest one: narrow tiles were tidied away."""
    mirror = Mirror()

    def cut(level: int, index: int, width: int) -> bytes:
        whole = mirror.read_tile(level, index, tiles.tile_width(level, index, newest))
        return whole[: width * merkle.HASH_BYTES]

    return tiles.root_from_tiles(size, cut)


def _leads(root: bytes, size: int, newest: Checkpoint, proof: tuple[bytes, ...]) -> bool:
    try:
        merkle.verify_consistency(old_size=size, old_root=root, size=newest.size, root=newest.root, proof=proof)
    except MerkleError:
        return False
    return True


def _record(found: Comparison, actor: Actor) -> None:
    ledger.append_alone(
        ledger.Draft(
            action=Action.VERIFY_RUN,
            actor=actor,
            streams=(f"user/{actor.id}",),
            subject={
                "checkpoint": str(found.kept.size),
                "root": found.kept.root.hex(),
                "standing": str(found.standing),
                "signature": str(found.signature),
            },
        )
    )


def _signature_fact(found: Comparison, subject: str) -> Finding:
    match found.signature:
        case Signature.OURS:
            words = _("This ledger's key signed exactly this.")
            return Finding(_SIGNATURE, subject, words, State.OK)
        case Signature.NONE:
            words = _("No signature stands with it: the numbers alone are compared.")
            return Finding(_SIGNATURE, subject, words, State.OK)
    words = _("The signature below it is not this ledger's over exactly this text: mistyped, altered or forged.")
    return Finding(_SIGNATURE, subject, words, State.BAD)


def _tree_fact(found: Comparison, subject: str) -> Finding:
    words, state = _tree_words(found)
    return Finding(_TREE, subject, words % {"size": found.kept.size, "here": found.here}, state)


def _tree_words(found: Comparison) -> tuple[str, State]:
    match found.standing:
        case Standing.CONTAINED if found.kept.size == found.here:
            return _("Today's ledger is exactly this one: %(size)s entries, the same root."), State.OK
        case Standing.CONTAINED:
            words = _("Today's ledger, %(here)s entries, contains these %(size)s unchanged, in the same order.")
            return words, State.OK
        case Standing.UNTOLD:
            words = _("It can't be told: the mirror does not hold the tree. manage.py verify says what is wrong.")
            return words, State.UNKNOWN
    return _contradiction(found.standing, signed=found.signature is Signature.OURS), State.BAD


def _contradiction(standing: Standing, *, signed: bool) -> str:
    """What it means that the ledger of today does not contain the tree, with and without our own signature on it."""
    match standing, signed:
        case Standing.OTHER_LEDGER, _signed:
            return _("It belongs to another ledger than this one; its name is in the first line.")
        case Standing.BEYOND, True:
            return _(
                "Entries are missing: the ledger's key signed %(size)s, and today there are %(here)s under a "
                "checkpoint. Something was taken away, or an old copy was put back."
            )
        case Standing.BEYOND, False:
            return _(
                "Today's ledger has %(here)s entries under a checkpoint, fewer than these %(size)s: mistyped, or "
                "entries are missing."
            )
        case _standing, True:
            return _(
                "Another history: the ledger's key signed this root of %(size)s entries, and today's ledger has "
                "another one at that size. One of the two was rewritten. Change nothing, and ask for help from outside."
            )
    return _(
        "Today's ledger has another root at %(size)s entries. Compare what was typed with the paper, sign by sign; if "
        "it is right, a history was rewritten, or the paper is not ours."
    )
