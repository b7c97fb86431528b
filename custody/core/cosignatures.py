"""C2SP tlog-cosignatures (c2sp.org/tlog-cosignature), Ed25519: an outside party's dated word on a checkpoint.

A signature line that nobody here has the key for is left alone, so a note may carry other kinds (ML-DSA-44) as well.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from custody.core import checkpoints
from custody.core.checkpoints import Checkpoint
from custody.core.errors import NoteError
from custody.core.notes import DASH, KEY_ID_BYTES, MAX_SIGNATURES, VerifierKey, decode_base64, parse_line

MAX_TIME: Final = 2**63 - 1

_TYPE: Final = b"\x04"
_TIME_BYTES: Final = 8
_SIGNATURE_BYTES: Final = 64


@dataclass(frozen=True, slots=True)
class CosignerKey:
    """The public half of a cosigner's key: its name and 32 bytes of Ed25519 public key."""

    name: str
    public: bytes

    def __post_init__(self) -> None:
        """Raises NoteError for a malformed name, or a key that is weak or not canonically written."""
        try:
            key = Ed25519PublicKey.from_public_bytes(self.public)
        except ValueError as error:
            raise NoteError("an Ed25519 public key is not 32 bytes long") from error
        # A note's key under the same name obeys the same rules, so it is made to look.
        VerifierKey.of(self.name, key)

    @classmethod
    def of(cls, name: str, public_key: Ed25519PublicKey) -> Self:
        """The key of the cosigner with this name and public key."""
        return cls(name, public_key.public_bytes_raw())

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `name+hash8+base64(0x04 || public)`, the form kept in a policy and on paper; no newline."""
        # The base64 part may hold a plus of its own.
        parts = text.split("+", 2)
        if len(parts) != 3:
            raise NoteError("a cosigner's key is not of the form name+id+key")
        name, key_id, encoded = parts
        key = decode_base64(encoded)
        if key[:1] != _TYPE:
            raise NoteError("a cosigner's key is not a key for Ed25519 cosignatures")
        parsed = cls(name, key[1:])
        if key_id != parsed.key_id.hex():
            raise NoteError("a cosigner's key id does not belong to its name and key")
        return parsed

    @property
    def key_id(self) -> bytes:
        """The 4 bytes that point at this key in a signature line; another id than the same key's for plain notes."""
        return sha256(self.name.encode() + b"\n" + _TYPE + self.public).digest()[:KEY_ID_BYTES]

    def encode(self) -> str:
        """The text form that `parse` reads."""
        return f"{self.name}+{self.key_id.hex()}+{base64.b64encode(_TYPE + self.public).decode()}"


@dataclass(frozen=True, slots=True)
class Cosignature:
    """A cosignature that was verified: whose it is, and the POSIX time (seconds) that the cosigner claims."""

    key: CosignerKey
    time: int

    @property
    def cosigner(self) -> str:
        """Name of the cosigner's key."""
        return self.key.name


def sign_cosignature(text: str, *, name: str, private_key: Ed25519PrivateKey, time: int) -> str:
    """The signature line, without a line feed, over a checkpoint's text as of `time` (POSIX seconds).

    It says: as of this time, this is the largest consistent tree of that log that I have seen. Whether that is true
    is the caller's to make sure (`witnessing.decide`). Raises CheckpointError when the text is no checkpoint, NoteError
    for a malformed name or a time out of range.
    """
    key = CosignerKey.of(name, private_key.public_key())
    signature = private_key.sign(_message(text, time))
    return f"{DASH}{name} {base64.b64encode(key.key_id + _time_bytes(time) + signature).decode()}"


def verify(line: str, *, text: str, key: CosignerKey) -> Cosignature:
    """Check one signature line, without its line feed, against a checkpoint's text and a cosigner's key.

    Proves that the key's holder put this time to exactly this checkpoint. Does not prove that the time is right: a
    cosigner may claim any, so compare with a clock or with others. Raises NoteError, or CheckpointError when the text
    is no checkpoint.
    """
    # 1. The line names this key.
    name, key_id, data = parse_line(line)
    if (name, key_id) != (key.name, key.key_id):
        raise NoteError("the cosignature is by another key")
    # 2. The claimed time stands before the signature, and is part of what was signed.
    return _verify(data, text, key)


def verify_all(note: bytes, *, checkpoint: Checkpoint, keys: Sequence[CosignerKey]) -> tuple[Cosignature, ...]:
    """The cosignatures of known cosigners on the note that `checkpoints.open_checkpoint` opened as `checkpoint`.

    Lines of other keys are passed over; a wrong signature under a known key spoils the note, as signed notes want it.
    The order is that of the lines. Proves what `verify` proves, for each. Raises NoteError.
    """
    # 1. These are the lines under this checkpoint and no other.
    text = checkpoint.body()
    try:
        whole = note.decode()
    except UnicodeDecodeError as error:
        raise NoteError("the note is not valid UTF-8") from error
    if not whole.startswith(f"{text}\n") or not whole.endswith("\n"):
        raise NoteError("the note is not of this checkpoint")
    # 2. Every line is well formed, and those of known keys verify.
    known = {(key.name, key.key_id): key for key in keys}
    if len(known) != len(set(keys)):
        raise NoteError("two cosigners share a name and a key id")
    lines = whole[len(text) + 1 : -1].split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise NoteError(f"the note has more than {MAX_SIGNATURES} signatures")
    found = []
    for line in lines:
        name, key_id, data = parse_line(line)
        if key := known.get((name, key_id)):
            found.append(_verify(data, text, key))
    return tuple(found)


def _verify(data: bytes, text: str, key: CosignerKey) -> Cosignature:
    if len(data) != _TIME_BYTES + _SIGNATURE_BYTES:
        raise NoteError("a cosignature is not a time and an Ed25519 signature")
    time = int.from_bytes(data[:_TIME_BYTES], "big")
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(data[_TIME_BYTES:], _message(text, time))
    except (InvalidSignature, ValueError) as error:
        raise NoteError("the cosignature is wrong") from error
    return Cosignature(key, time)


def _message(text: str, time: int) -> bytes:
    # The header keeps a cosignature from passing as a signature over the note itself, and the other way round.
    _time_bytes(time)
    return f"cosignature/v1\ntime {time}\n{checkpoints.parse(text).body()}".encode()


def _time_bytes(time: int) -> bytes:
    if not 0 <= time <= MAX_TIME:
        raise NoteError("a cosignature's time is out of range")
    return time.to_bytes(_TIME_BYTES, "big")
