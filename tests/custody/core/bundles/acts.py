"""What somebody might do to a bundle: each act takes the bundle's folder and changes it."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from custody.core import cades, checkpoints, merkle, receipts, tiles
from custody.core.bundles import layout
from custody.core.bundles.layout import ExportProof, Heads, Name
from custody.core.checkpoints import Checkpoint
from custody.core.notes import VerifierKey
from tests.custody.core.bundles import samples
from tests.custody.core.bundles.samples import (
    CASE,
    CONTENTS,
    ITEMS,
    LEDGER_PRIVATE_KEY,
    put,
    rebag,
    seal,
    write_record,
)
from tests.custody.core.signers import ORIGIN, OTHER_SIGNER, OTHER_SIGNER_KEY, SECOND_SIGNER

Act = Callable[[Path], object]

PHOTO = layout.original_path(hashlib.sha256(CONTENTS[1]).hexdigest(), "jpg")
OTHER_PHOTO = layout.original_path(hashlib.sha256(CONTENTS[0]).hexdigest(), "jpg")
RECEIPT, OTHER_RECEIPT = layout.record_path(ITEMS[1]), layout.record_path(ITEMS[2])
EXAMINATION = layout.examination_path(ITEMS[1], 0)
STREAM = layout.stream_path(f"item/{ITEMS[0]}")
CASE_STREAM = layout.stream_path(CASE)
FIRST_TILE, UPPER_TILE, LAST_TILE = (layout.tile_path(*tile) for tile in ((0, 0, 256), (1, 0, 2), (0, 2, 98)))
OTHER_LEDGER_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))


def each_line(path: str, change: Callable[[list[bytes]], list[bytes]]) -> Act:
    return lambda root: put(root, path, b"".join(change((root / path).read_bytes().splitlines(keepends=True))))


def content(path: str, change: Callable[[bytes], bytes]) -> Act:
    return lambda root: put(root, path, change((root / path).read_bytes()))


def delete(*paths: str) -> Act:
    def act(root: Path) -> None:
        for path in paths:
            (root / path).unlink()

    return act


def link(path: str, target: str) -> Act:
    def act(root: Path) -> None:
        (root / path).unlink()
        (root / path).symlink_to(root / target)

    return act


def swap(first: str, second: str) -> Act:
    def act(root: Path) -> None:
        one, two = (root / first).read_bytes(), (root / second).read_bytes()
        put(root, first, two)
        put(root, second, one)

    return act


def exchange_receipts(root: Path) -> None:
    for suffix in ("", ".p7s"):
        swap(RECEIPT + suffix, OTHER_RECEIPT + suffix)(root)


def newly_signed(path: str, **changes: Any) -> Act:
    """Another record that the registrar's key really signed: what a key in the wrong hands could make."""

    def act(root: Path) -> None:
        record = receipts.decode((root / path).read_bytes())
        assert not isinstance(record, receipts.BatchRecord)
        write_record(root, path, receipts.encode(replace(record, **changes)))

    return act


def signed_by_another(root: Path) -> None:
    data = (root / RECEIPT).read_bytes()
    assembler = cades.Assembler(OTHER_SIGNER)
    put(root, layout.signature_path(RECEIPT), cades.sign(data, assembler=assembler, private_key=OTHER_SIGNER_KEY))


def signed_by_a_second(root: Path) -> None:
    data = (root / RECEIPT).read_bytes()
    assembler = cades.Assembler(SECOND_SIGNER)
    put(root, layout.signature_path(RECEIPT), cades.sign(data, assembler=assembler, private_key=OTHER_SIGNER_KEY))


def change_head(
    change: Callable[[int, str], tuple[int, str]], stream: str = f"item/{ITEMS[0]}"
) -> Callable[[bytes], bytes]:
    def act(data: bytes) -> bytes:
        heads = Heads.decode(data)
        return replace(heads, streams={**heads.streams, stream: change(*heads.streams[stream])}).encode()

    return act


def another_stream_for_the_cases(root: Path, ledger: samples.Ledger) -> None:
    """The history of somebody's log-ins where that of the case should be, its head committed."""
    delete(CASE_STREAM)(root)
    put(root, layout.stream_path("user/1"), b"".join(body + b"\n" for body in ledger.streams["user/1"]))
    heads = Heads.decode((root / layout.HEADS).read_bytes())
    streams = {stream: head for stream, head in heads.streams.items() if stream != CASE}
    put(root, layout.HEADS, replace(heads, streams={**streams, "user/1": ledger.heads["user/1"]}).encode())


def truncated_stream_with_its_head(root: Path) -> None:
    """The last entry of a stream cut off, and the head set back to the one before."""
    lines = (root / STREAM).read_bytes().splitlines()
    put(root, STREAM, b"\n".join(lines[:-1]) + b"\n")
    head = len(lines) - 2, merkle.leaf_hash(lines[-2]).hex()
    content(layout.HEADS, change_head(lambda *_: head))(root)


def without_item(root: Path) -> None:
    """Everything about one item removed, as if it had never been."""
    stream = f"item/{ITEMS[1]}"
    delete(PHOTO, RECEIPT, RECEIPT + ".p7s", EXAMINATION, EXAMINATION + ".p7s", layout.stream_path(stream))(root)
    heads = Heads.decode((root / layout.HEADS).read_bytes())
    put(root, layout.HEADS, replace(heads, streams={k: v for k, v in heads.streams.items() if k != stream}).encode())
    names = [line for line in (root / layout.NAMES).read_bytes().splitlines(True) if ITEMS[1].encode() not in line]
    put(root, layout.NAMES, b"".join(names))


def renamed(root: Path) -> None:
    lines = (root / layout.NAMES).read_bytes().splitlines(keepends=True)
    lines[0] = replace(Name.decode(lines[0]), name=b"harmless.jpg").encode()
    put(root, layout.NAMES, b"".join(lines))


def other_checkpoint(root: Path) -> None:
    """A checkpoint of the same size and another root, signed by another key of the same name."""
    note = checkpoints.sign(Checkpoint(ORIGIN, 610, bytes(32)), private_key=OTHER_LEDGER_KEY)
    put(root, layout.CHECKPOINT, note.encode())


def other_ledger(root: Path) -> None:
    """All proofs of another ledger, with its own key, over the same files."""
    key = VerifierKey.of(ORIGIN, OTHER_LEDGER_KEY.public_key())
    put(root, layout.LEDGER_KEY, key.encode().encode() + b"\n")
    other_checkpoint(root)


def forked_checkpoint(root: Path) -> None:
    """The ledger's own key signed another root of the same size: the operator shows two histories."""
    note = checkpoints.sign(Checkpoint(ORIGIN, 610, bytes(32)), private_key=LEDGER_PRIVATE_KEY)
    put(root, layout.CHECKPOINT, note.encode())


def rewritten_tiles(root: Path) -> None:
    """A leaf changed, and the tile above made to fit."""
    path = layout.tile_path(0, 0, 256)
    data = bytes(32) + (root / path).read_bytes()[32:]
    put(root, path, data)
    above = layout.tile_path(1, 0, 2)
    put(root, above, merkle.root(tiles.decode_tile(data, 256)) + (root / above).read_bytes()[32:])


def other_seal(root: Path) -> None:
    """The seal of another bundle of the same ledger."""
    other = root.parent / "other"
    ledger = samples.write(other)
    put(other, "extra.txt", b"x")
    rebag(other)
    seal(other, ledger)
    for path in layout.SEAL:
        put(root, path, (other / path).read_bytes())


def other_proof(**changes: Any) -> Act:
    return content(layout.SEAL_PROOF, lambda data: replace(ExportProof.decode(data), **changes).encode())
