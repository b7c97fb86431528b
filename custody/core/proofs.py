"""The proof of one entry, in one text file (C2SP tlog-proof): a stranger needs it, the ledger's key, and nothing else.

The entry's own bytes travel as the file's extra data, so that what is proved lies beside its proof.
"""

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

from custody.core import checkpoints, merkle, notes
from custody.core.checkpoints import Checkpoint
from custody.core.entries import MAX_ENTRY_BYTES, Entry, decode
from custody.core.errors import EntryError, MerkleError, NoteError, ProofError
from custody.core.notes import VerifierKey

MAX_BYTES: Final = 2**18

_HEADER: Final = "c2sp.org/tlog-proof@v1"
_INDEX: Final = re.compile(r"index (0|[1-9][0-9]{0,18})")
_MOST_HASHES: Final = 63


@dataclass(frozen=True, slots=True)
class EntryProof:
    """An entry's stored bytes, its place, the hashes from there to the root, and the signed note with that root."""

    body: bytes
    index: int
    hashes: tuple[bytes, ...]
    note: bytes

    def encode(self) -> bytes:
        """The file that `parse` reads."""
        lines = [_HEADER, f"extra {base64.b64encode(self.body).decode()}", f"index {self.index}"]
        lines += [base64.b64encode(item).decode() for item in self.hashes]
        return "\n".join([*lines, "", ""]).encode() + self.note

    @classmethod
    def parse(cls, untrusted_data: bytes) -> Self:
        """Read a proof; looks at the form only. Raises ProofError."""
        if len(untrusted_data) > MAX_BYTES:
            raise ProofError("the proof is larger than 256 KiB")
        head, blank, note = untrusted_data.partition(b"\n\n")
        try:
            lines = head.decode("ascii").split("\n")
        except UnicodeDecodeError as error:
            raise ProofError("the lines before the checkpoint are not ASCII") from error
        if not blank or len(lines) < 3 or lines[0] != _HEADER or not lines[1].startswith("extra "):
            raise ProofError("this is no proof of an entry")
        matched = _INDEX.fullmatch(lines[2])
        if matched is None or len(lines) > 3 + _MOST_HASHES:
            raise ProofError("the proof names no place, or has too many hashes")
        try:
            body, *hashes = (notes.decode_base64(text) for text in (lines[1].removeprefix("extra "), *lines[3:]))
        except NoteError as error:
            raise ProofError("the proof holds something that is not canonical base64") from error
        if len(body) > MAX_ENTRY_BYTES or any(len(item) != merkle.HASH_BYTES for item in hashes):
            raise ProofError("the entry or a hash has an impossible length")
        return cls(body, int(matched[1]), tuple(hashes), note)


def verify(proof: EntryProof, *, origin: str, keys: Sequence[VerifierKey]) -> tuple[Entry, Checkpoint]:
    """The entry, and the signed checkpoint whose tree holds it.

    (1) The ledger's key signed the checkpoint. (2) The hashes lead from the entry's bytes, at its place, to that root.
    (3) The entry says that it stands at this place of this ledger. Does not prove that the ledger was shown alike to
    everybody: look for cosigners' lines in the note. Raises NoteError, CheckpointError, ProofError.
    """
    checkpoint = checkpoints.open_checkpoint(proof.note, origin=origin, keys=keys)
    try:
        merkle.verify_inclusion(
            leaf=merkle.leaf_hash(proof.body),
            index=proof.index,
            size=checkpoint.size,
            proof=proof.hashes,
            root=checkpoint.root,
        )
        entry = decode(proof.body)
    except (MerkleError, EntryError) as error:
        raise ProofError(f"the proof does not hold: {error}") from error
    if (entry.seq, entry.log) != (proof.index, origin):
        raise ProofError("the entry says that it stands elsewhere")
    return entry, checkpoint
