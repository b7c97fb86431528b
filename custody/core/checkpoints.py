"""C2SP tlog-checkpoints (c2sp.org/tlog-checkpoint): the signed statement of a ledger's size and root."""

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from custody.core import notes
from custody.core.errors import CheckpointError
from custody.core.merkle import EMPTY_ROOT, HASH_BYTES, MAX_SIZE

MAX_ORIGIN = 255

_ORIGIN = re.compile(rf"[^\x00-\x1f\x7f\ud800-\udfff]{{1,{MAX_ORIGIN}}}")
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """One state of the log named `origin`: how many entries, and the 32-byte root of their tree."""

    origin: str
    size: int
    root: bytes

    def __post_init__(self) -> None:
        """Raises CheckpointError for an impossible origin, size or root."""
        if _ORIGIN.fullmatch(self.origin) is None:
            raise CheckpointError("a checkpoint's origin must be one short line without control characters")
        if not 0 <= self.size <= MAX_SIZE:
            raise CheckpointError("a checkpoint's size is out of range")
        if len(self.root) != HASH_BYTES:
            raise CheckpointError("a checkpoint's root is not 32 bytes long")
        if not self.size and self.root != EMPTY_ROOT:
            raise CheckpointError("a checkpoint of an empty log has another root than the empty tree's")

    def body(self) -> str:
        """The text to sign: origin, size and base64 root, a line each."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def parse(text: str) -> Checkpoint:
    """Read the text of an opened note. Proves nothing by itself: see `open_checkpoint`.

    Extension lines are refused: ours never have them, and nobody could audit them. Raises CheckpointError.
    """
    lines = text.split("\n")
    if len(lines) != 4 or lines[3]:
        raise CheckpointError("a checkpoint has exactly three lines")
    origin, size, encoded, _ = lines
    if _SIZE.fullmatch(size) is None:
        raise CheckpointError("a checkpoint's size is not a plain number")
    try:
        root = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise CheckpointError("a checkpoint's root is not base64") from error
    checkpoint = Checkpoint(origin, int(size), root)
    if checkpoint.body() != text:
        raise CheckpointError("a checkpoint's root is not canonical base64")
    return checkpoint


def sign(checkpoint: Checkpoint, *, private_key: Ed25519PrivateKey) -> str:
    """The checkpoint as a note signed under the log's own name."""
    return notes.sign(checkpoint.body(), name=checkpoint.origin, private_key=private_key)


def open_checkpoint(note: bytes, *, origin: str, keys: Sequence[notes.VerifierKey]) -> Checkpoint:
    """Read a signed checkpoint of the log `origin`; the key of that name must be among those that signed.

    Proves that the log's key signed this size and root. Does not prove that the log never signed a different history
    (compare with other checkpoints by consistency proofs, or ask for cosignatures), nor when it was signed. Raises
    NoteError or CheckpointError.
    """
    # 1. A trusted key signed the text.
    opened = notes.open_note(note, keys)
    # 2. The text is a checkpoint of the log that was asked for, not of another log whose key is also trusted.
    checkpoint = parse(opened.text)
    if checkpoint.origin != origin:
        raise CheckpointError("the checkpoint belongs to another log")
    # 3. The log itself signed, not only a cosigner.
    if origin not in opened.verified:
        raise CheckpointError("the checkpoint is not signed by the log's own key")
    return checkpoint
