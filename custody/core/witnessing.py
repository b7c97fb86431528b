"""What a cosigner decides about a checkpoint, and how it is asked (c2sp.org/tlog-witness, `add-checkpoint`).

Pure: who calls must keep the new state durably before any cosignature of it leaves, and must not let two decisions
about one log overlap.
"""

import base64
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from custody.core import checkpoints, merkle
from custody.core.checkpoints import Checkpoint
from custody.core.errors import CheckpointError, MerkleError, NoteError, RequestError
from custody.core.merkle import EMPTY_ROOT, HASH_BYTES, MAX_SIZE
from custody.core.notes import VerifierKey, decode_base64, parse_line

MAX_REQUEST_BYTES: Final = 2**18
MAX_PROOF: Final = 63
SIZE_MEDIA_TYPE: Final = "text/x.tlog.size"

_NUMBER: Final = re.compile(r"0|[1-9][0-9]{0,18}")


@dataclass(frozen=True, slots=True)
class Request:
    """Asks for a cosignature on `note`, a signed checkpoint, given the proof that it follows the tree of `old_size`."""

    old_size: int
    proof: tuple[bytes, ...]
    note: bytes

    def __post_init__(self) -> None:
        """Raises RequestError for what cannot be written, or would not be read back as the same."""
        if not 0 <= self.old_size <= MAX_SIZE:
            raise RequestError("the old size is out of range")
        if len(self.proof) > MAX_PROOF:
            raise RequestError(f"a consistency proof has more than {MAX_PROOF} hashes")
        if any(len(item) != HASH_BYTES for item in self.proof):
            raise RequestError("a hash of the consistency proof is not 32 bytes long")
        if not self.note.endswith(b"\n"):
            raise RequestError("the checkpoint does not end in a line feed")
        if len(self.encode()) > MAX_REQUEST_BYTES:
            raise RequestError("the request is larger than 256 KiB")

    def encode(self) -> bytes:
        """The body that `parse_request` reads."""
        lines = [f"old {self.old_size}\n", *(f"{base64.b64encode(item).decode()}\n" for item in self.proof), "\n"]
        return "".join(lines).encode() + self.note


class Kind(Enum):
    """Why a cosigner refuses; the value is the HTTP status of the answer and a word for the log."""

    MALFORMED = (400, "malformed")
    UNTRUSTED = (403, "untrusted")
    UNKNOWN_ORIGIN = (404, "unknown origin")
    CONFLICT = (409, "conflict")
    FORK = (422, "fork")
    INCONSISTENT = (422, "inconsistent")

    @property
    def status(self) -> int:
        """The HTTP status of the answer."""
        return self.value[0]

    @property
    def word(self) -> str:
        """The kind in a word or two."""
        return self.value[1]


@dataclass(frozen=True, slots=True)
class Refusal:
    """No cosignature, and why. `size` is what the cosigner last signed, told on a conflict only."""

    kind: Kind
    words: str
    size: int | None = None

    @property
    def media_type(self) -> str:
        """Media type of the answer."""
        return "text/plain; charset=utf-8" if self.size is None else SIZE_MEDIA_TYPE

    def body(self) -> bytes:
        """The answer: on a conflict the size alone, so that the log can try again from there."""
        return f"{self.words if self.size is None else self.size}\n".encode()


def parse_request(untrusted_body: bytes) -> Request:
    """Read the body of a request. Looks at the form only; the note in it is not opened. Raises RequestError."""
    if len(untrusted_body) > MAX_REQUEST_BYTES:
        raise RequestError("the request is larger than 256 KiB")
    head, blank, note = untrusted_body.partition(b"\n\n")
    if not blank:
        raise RequestError("no empty line before the checkpoint")
    try:
        first, *lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError as error:
        raise RequestError("the lines before the checkpoint are not ASCII") from error
    if not first.startswith("old "):
        raise RequestError("the first line does not name the old size")
    if len(lines) > MAX_PROOF:
        raise RequestError(f"a consistency proof has more than {MAX_PROOF} hashes")
    try:
        proof = tuple(decode_base64(line) for line in lines)
    except NoteError as error:
        raise RequestError("a hash of the consistency proof is not canonical base64") from error
    return Request(_number(first[4:]), proof, note)


def parse_size(untrusted_body: bytes) -> int:
    """Read the answer of a cosigner that knows another tree: the size it last signed. Raises RequestError."""
    try:
        text = untrusted_body[:32].decode("ascii")
    except UnicodeDecodeError as error:
        raise RequestError("the cosigner's size is not ASCII") from error
    if len(untrusted_body) > 32 or not text.endswith("\n"):
        raise RequestError("the cosigner's size is not one line")
    return _number(text[:-1])


def decide(
    request: Request, *, trusted: Sequence[VerifierKey], known: Mapping[str, Checkpoint]
) -> Checkpoint | Refusal:
    """The checkpoint to remember and then to cosign, or why not.

    `trusted` are the keys of the logs that this cosigner watches, each named by its log's origin; `known` is the last
    checkpoint cosigned for each origin. Raises nothing: what is wrong with the request is the answer.

    Proves that the log signed this checkpoint and that it extends the known one. About a log never seen before it
    proves only the signature: the first tree is taken as it is. The entries themselves are not looked at.
    """
    new = _opened(request.note, trusted)
    if isinstance(new, Refusal):
        return new
    old = known.get(new.origin, Checkpoint(new.origin, 0, EMPTY_ROOT))
    return _objection(request, old, new) or new


def _opened(note: bytes, trusted: Sequence[VerifierKey]) -> Checkpoint | Refusal:
    # 1. The note is well formed, and its text is a checkpoint.
    try:
        untrusted = _read_note(note)
    except (CheckpointError, NoteError) as error:
        return Refusal(Kind.MALFORMED, str(error))
    # 2. Its log is one that is watched.
    keys = [key for key in trusted if key.name == untrusted.origin]
    if not keys:
        return Refusal(Kind.UNKNOWN_ORIGIN, "this log is not watched here")
    # 3. That log's key signed it.
    try:
        return checkpoints.open_checkpoint(note, origin=untrusted.origin, keys=keys)
    except (CheckpointError, NoteError) as error:
        return Refusal(Kind.UNTRUSTED, str(error))


def _objection(request: Request, old: Checkpoint, new: Checkpoint) -> Refusal | None:
    # 4. The asker and this cosigner start from the same size.
    if request.old_size > new.size:
        return Refusal(Kind.MALFORMED, "the old size is larger than the checkpoint's")
    if request.old_size != old.size:
        return Refusal(Kind.CONFLICT, f"the last checkpoint cosigned here has size {old.size}", old.size)
    # 5. Never another tree of the size that was cosigned; the same one is cosigned again. (The specification's first
    # version answered a fork with 409; since 1.1 409 is only for what can be tried again.)
    if new.size == old.size and new.root != old.root:
        return Refusal(Kind.FORK, f"another tree of size {old.size} was cosigned here")
    # 6. The new tree extends the old one.
    try:
        merkle.verify_consistency(
            old_size=old.size, old_root=old.root, size=new.size, root=new.root, proof=request.proof
        )
    except MerkleError as error:
        return Refusal(Kind.INCONSISTENT, str(error))
    return None


def _read_note(note: bytes) -> Checkpoint:
    """What a note claims, before any signature is checked, if its form is right."""
    try:
        text, blank, signatures = note.decode().rpartition("\n\n")
    except UnicodeDecodeError as error:
        raise NoteError("the note is not valid UTF-8") from error
    if not blank:
        raise NoteError("the note has no signatures")
    for line in signatures.removesuffix("\n").split("\n"):
        parse_line(line)
    return checkpoints.parse(f"{text}\n")


def _number(text: str) -> int:
    if _NUMBER.fullmatch(text) is None or int(text) > MAX_SIZE:
        raise RequestError("a size is not a plain number in range")
    return int(text)
