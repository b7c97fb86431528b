"""What the recipient was shown before: this bundle's tree must extend the tree of an earlier checkpoint."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from custody.core import checkpoints, merkle, notes
from custody.core.bags import Bag
from custody.core.bundles import layout
from custody.core.bundles.keys import Keys
from custody.core.bundles.tree import MAX_NOTE_BYTES
from custody.core.checkpoints import Checkpoint
from custody.core.errors import BundleError, CheckpointError, MerkleError, NoteError
from custody.core.merkle import HASH_BYTES
from custody.core.notes import decode_base64
from custody.core.reports import Report

MAX_PROOFS = 64
MAX_PROOF_BYTES = 64 * 64
GIVEN = "checkpoint given"
ANOTHER_KEY = (
    "whose key signed the checkpoint given: it is not today's key of this ledger, which may have been changed since; "
    "compare the fingerprints of both on paper"
)
REWRITTEN = "this tree does not extend it: history was rewritten, or shown in two ways"


def encode_proof(proof: Sequence[bytes]) -> bytes:
    """A consistency proof as C2SP tlog-witness writes it: one hash a line, in base64."""
    return "".join(f"{base64.b64encode(each).decode()}\n" for each in proof).encode()


def decode_proof(untrusted_data: bytes) -> list[bytes]:
    """Read a consistency proof; raises BundleError."""
    if untrusted_data and not untrusted_data.endswith(b"\n"):
        raise BundleError("the proof does not end in a line feed")
    try:
        proof = [decode_base64(line) for line in untrusted_data.decode("ascii").split("\n")[:-1]]
    except (NoteError, UnicodeDecodeError) as error:
        raise BundleError(f"the proof is not hashes in base64, one a line: {error}") from error
    if any(len(each) != HASH_BYTES for each in proof):
        raise BundleError("a hash of the proof is not 32 bytes long")
    return proof


def load_held(report: Report, keys: Keys, untrusted_note: bytes | None) -> Checkpoint | None:
    """The checkpoint that the recipient holds, None with a finding where it is not one of this ledger.

    The ledger's key may have been changed since: then what the note says is compared all the same, for a tree that was
    rewritten does not come to its root, and whose the earlier key was is left to paper.
    """
    if untrusted_note is None:
        return None
    earlier = _by_an_earlier_key(keys, untrusted_note)
    if earlier is None:
        return _open(report, keys, untrusted_note, GIVEN)
    report.not_checked.append(ANOTHER_KEY)
    return earlier


def _by_an_earlier_key(keys: Keys, untrusted_note: bytes) -> Checkpoint | None:
    """What a note says that another key of the ledger's name signed, and today's did not."""
    if keys.ledger is None:
        return None
    try:
        text, signers = notes.read_unchecked(untrusted_note)
        told = checkpoints.parse(text)
    except (NoteError, CheckpointError):
        return None
    ids = {key_id for name, key_id in signers if name == keys.ledger.name}
    return told if told.origin == keys.ledger.name and ids and keys.ledger.key_id not in ids else None


def sizes(bag: Bag, held: Checkpoint | None) -> set[int]:
    """Sizes of the trees that were shown before, so that their roots can be computed."""
    found = (layout.read_consistency_path(path) for path in bag.files(layout.CONSISTENCY))
    old = [named[0] for named in found if named is not None][:MAX_PROOFS]
    return {*old, *([held.size] if held else [])}


@dataclass(frozen=True)
class Grown:
    """The bundle's checkpoint, the roots of smaller trees that follow from the same tiles, and the seal's checkpoint.

    None where it was not shown that the seal's tree extends the bundle's.
    """

    checkpoint: Checkpoint
    roots: Mapping[int, bytes]
    sealed: Checkpoint | None


def check(bag: Bag, report: Report, keys: Keys, grown: Grown | None, held: Checkpoint | None) -> None:
    """Check that nothing shown before was rewritten.

    (1) Each enclosed proof leads from its note, signed by the ledger's key, to the bundle's checkpoint, and the old
    root follows from the tiles. (2) So does the root of the checkpoint that the recipient gave, or it is that of this
    bundle's own seal.

    The enclosed note is the operator's word for what was shown before: only one that the recipient kept shows a fork.
    """
    _check_names(bag, report)
    if grown is None:
        return
    for number, path in enumerate(bag.files(layout.CONSISTENCY)):
        named = layout.read_consistency_path(path)
        if number >= 2 * MAX_PROOFS:
            report.unknown("consistency", path, "there are more proofs than are looked at")
            break
        if named is not None and _check_proof(bag, report, keys, path, named, grown) and held is None:
            report.not_checked.append(
                f"whether the checkpoint of {named[0]} entries enclosed is the one that you were given with your last "
                "bundle: give yours with --since"
            )
    if held is not None:
        _check_held(report, held, grown)


def _check_names(bag: Bag, report: Report) -> None:
    for path in bag.files(layout.CONSISTENCY):
        if layout.read_consistency_path(path) is None and layout.read_previous_note_path(path) is None:
            report.bad("consistency", path, "its name is not that of a note or a proof")


def _check_proof(bag: Bag, report: Report, keys: Keys, path: str, named: tuple[int, int], grown: Grown) -> bool:
    note_path, new = layout.previous_note_path(named[0]), grown.checkpoint
    try:
        note = bag.read(note_path, limit=MAX_NOTE_BYTES)
        proof = decode_proof(bag.read(path, limit=MAX_PROOF_BYTES))
    except BundleError as error:
        report.bad("consistency", path, f"it or its note cannot be read: {error}")
        return False
    old = _open(report, keys, note, note_path)
    if old is None:
        return False
    if (old.size, new.size) != named:
        report.bad("consistency", path, "it is about other trees than its name says")
        return False
    try:
        merkle.verify_consistency(old_size=old.size, old_root=old.root, size=new.size, root=new.root, proof=proof)
    except MerkleError as error:
        report.bad("consistency", path, f"the tree does not extend the one of your last bundle: {error}")
        return False
    if not _follows(report, note_path, old, grown.roots):
        return False
    report.ok("consistency", path, f"the tree extends the one of {old.size} entries that was shown before")
    return True


def _open(report: Report, keys: Keys, note: bytes, subject: str) -> Checkpoint | None:
    if keys.ledger is None:
        report.unknown("consistency", subject, "there is no key to check its signature with")
        return None
    try:
        return checkpoints.open_checkpoint(note, origin=keys.ledger.name, keys=[keys.ledger])
    except (NoteError, CheckpointError) as error:
        report.bad("consistency", subject, f"it is not a checkpoint signed with this ledger's key: {error}")
        return None


def _check_held(report: Report, held: Checkpoint, grown: Grown) -> None:
    if grown.sealed is not None and held.size == grown.sealed.size:
        if held.root == grown.sealed.root:
            report.ok("consistency", GIVEN, f"it is that of this bundle's own seal, over {held.size} entries")
        else:
            report.bad("consistency", GIVEN, REWRITTEN)
    elif held.size > grown.checkpoint.size:
        words = f"it covers {held.size} entries, this bundle {grown.checkpoint.size}: check the newer one against this"
        report.unknown("consistency", GIVEN, words)
    elif _follows(report, GIVEN, held, grown.roots):
        report.ok("consistency", GIVEN, f"the tree extends the one of {held.size} entries that you hold")


def _follows(report: Report, subject: str, old: Checkpoint, roots: Mapping[int, bytes]) -> bool:
    if not roots:
        report.unknown("consistency", subject, "the tree cannot be computed, so nothing tells whether it extends this")
    elif roots.get(old.size) != old.root:
        report.bad("consistency", subject, REWRITTEN)
    else:
        return True
    return False
