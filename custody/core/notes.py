"""C2SP signed notes with Ed25519 keys (c2sp.org/signed-note): a text, a blank line, signature lines."""

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from custody.core.errors import NoteError

MAX_NOTE_BYTES = 2**20
MAX_SIGNATURES = 100

_ED25519 = b"\x01"
KEY_ID_BYTES = 4
_PUBLIC_BYTES = 32
DASH = "\N{EM DASH} "
_CLEAN = re.compile(r"[^\x00-\x1f\ud800-\udfff]*")

_FIELD = 2**255 - 19
# The y coordinates of the eight points whose order divides 8. Under such a key one signature fits many texts, so
# whoever published it could later claim to have signed something else.
_LOW_ORDER_Y = frozenset(
    {
        0,
        1,
        _FIELD - 1,
        2707385501144840649318225287225658788936804267575313519463743609750303402022,
        55188659117513257062467267217118295137698188065244968500265048394206261417927,
    }
)


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """The public half of a note key: its name, its 4-byte id and 32 bytes of Ed25519 public key."""

    name: str
    key_id: bytes
    public: bytes

    def __post_init__(self) -> None:
        """Raises NoteError for a malformed name, a wrong id, or a key that is weak or not canonically written."""
        _check_name(self.name)
        _check_public(self.public)
        if self.key_id != _key_id(self.name, self.public):
            raise NoteError("a verifier key's id does not belong to its name and key")

    @classmethod
    def of(cls, name: str, public_key: Ed25519PublicKey) -> Self:
        """The verifier key for this name and public key."""
        public = public_key.public_bytes_raw()
        return cls(name, _key_id(name, public), public)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `name+hash8+base64(0x01 || public)`, the form kept on paper and in `ledger.vkey`; no newline."""
        # The base64 part may hold a plus of its own.
        parts = text.split("+", 2)
        if len(parts) != 3:
            raise NoteError("a verifier key is not of the form name+id+key")
        name, key_id, encoded = parts
        key = decode_base64(encoded)
        if key[:1] != _ED25519:
            raise NoteError("a verifier key is not an Ed25519 key")
        parsed = cls(name, _key_id(name, key[1:]), key[1:])
        if key_id != parsed.key_id.hex():
            raise NoteError("a verifier key's id does not belong to its name and key")
        return parsed

    def encode(self) -> str:
        """The text form that `parse` reads."""
        return f"{self.name}+{self.key_id.hex()}+{base64.b64encode(_ED25519 + self.public).decode()}"


@dataclass(frozen=True, slots=True)
class OpenedNote:
    """A note that at least one trusted key vouches for.

    `verified` names the keys whose signatures were checked, in the order of their lines; `unknown` counts signature
    lines of other keys, of which nothing is known.
    """

    text: str
    verified: tuple[str, ...]
    unknown: int


def sign(text: str, *, name: str, private_key: Ed25519PrivateKey) -> str:
    """Sign `text`, which must end in a newline, and return the whole note. Raises NoteError for a malformed text."""
    _check_name(name)
    _check_text(text)
    key_id = _key_id(name, private_key.public_key().public_bytes_raw())
    signature = base64.b64encode(key_id + private_key.sign(text.encode())).decode()
    return f"{text}\n{DASH}{name} {signature}\n"


def fingerprint(verifier_key: str) -> str:
    r"""SHA-256 in hex of a verifier key's line without its line feed: `tr -d '\n' < ledger.vkey | sha256sum`."""
    return sha256(verifier_key.strip().encode()).hexdigest()


def open_note(note: bytes, keys: Sequence[VerifierKey]) -> OpenedNote:
    """Check a note against the trusted `keys`.

    Proves that the holder of each key named in `verified` signed exactly this text. Does not prove when, nor that the
    text means anything, nor that the key names belong to anyone: that is for whoever chose `keys`. Raises NoteError
    when the note is malformed, when a trusted key's signature is wrong, or when no trusted key signed.
    """
    text, parsed = _parted(note)
    # 4. A signature by a trusted key must verify; one by any other key is counted and otherwise ignored.
    trusted = _by_identity(keys)
    verified: dict[str, None] = {}
    unknown = 0
    for name, key_id, signature in parsed:
        key = trusted.get((name, key_id))
        if key is None:
            unknown += 1
            continue
        _verify(key, signature, text)
        verified[name] = None
    # 5. At least one trusted key signed.
    if not verified:
        raise NoteError("no trusted key signed the note")
    return OpenedNote(text, tuple(verified), unknown)


def read_unchecked(note: bytes) -> tuple[str, list[tuple[str, bytes]]]:
    """The text, and the name and id of each key that is said to have signed it; no signature is checked.

    Raises NoteError when the note is malformed.
    """
    text, parsed = _parted(note)
    return text, [(name, key_id) for name, key_id, _ in parsed]


def _parted(note: bytes) -> tuple[str, list[tuple[str, bytes, bytes]]]:
    """The text and the signature lines of a well-formed note."""
    # 1. Bounded UTF-8 text without control characters.
    if len(note) > MAX_NOTE_BYTES:
        raise NoteError("the note is larger than 1 MiB")
    try:
        whole = note.decode()
    except UnicodeDecodeError as error:
        raise NoteError("the note is not valid UTF-8") from error
    # 2. The last blank line parts the text from the signatures.
    text, blank, signatures = whole.rpartition("\n\n")
    text += "\n"
    if not blank or not signatures.endswith("\n"):
        raise NoteError("the note has no complete signature block")
    _check_text(text)
    # 3. Every signature line is well formed, whether or not its key is known.
    lines = signatures[:-1].split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise NoteError(f"the note has more than {MAX_SIGNATURES} signatures")
    return text, [parse_line(line) for line in lines]


def _by_identity(keys: Sequence[VerifierKey]) -> dict[tuple[str, bytes], VerifierKey]:
    trusted: dict[tuple[str, bytes], VerifierKey] = {}
    for key in keys:
        # Ids are short: with two keys under one id a line could be checked against the wrong one.
        if trusted.setdefault((key.name, key.key_id), key) != key:
            raise NoteError("two trusted keys share a name and an id")
    return trusted


def _verify(key: VerifierKey, signature: bytes, text: str) -> None:
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(signature, text.encode())
    except (InvalidSignature, ValueError) as error:
        raise NoteError("the signature of a trusted key is wrong") from error


def parse_line(line: str) -> tuple[str, bytes, bytes]:
    """A signature line's key name, key id and the bytes behind it, whatever kind of signature. Raises NoteError."""
    """Name, key id and signature of one signature line."""
    name, space, encoded = line.removeprefix(DASH).partition(" ")
    if not line.startswith(DASH) or not space:
        raise NoteError("a signature line is malformed")
    _check_name(name)
    data = decode_base64(encoded)
    if len(data) <= KEY_ID_BYTES:
        raise NoteError("a signature line holds no signature")
    return name, data[:KEY_ID_BYTES], data[KEY_ID_BYTES:]


def _key_id(name: str, public: bytes) -> bytes:
    return sha256(name.encode(errors="surrogatepass") + b"\n" + _ED25519 + public).digest()[:KEY_ID_BYTES]


def decode_base64(text: str) -> bytes:
    """Standard base64 with its padding, in the one canonical way. Raises NoteError."""
    """Strict RFC 4648 section 4: one spelling for each value, so that changing any bit of a note is noticed."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise NoteError("a key or signature is not base64") from error
    if base64.b64encode(data).decode() != text:
        raise NoteError("a key or signature is not canonical base64")
    return data


def _check_text(text: str) -> None:
    if len(text) < 2 or not text.endswith("\n"):
        raise NoteError("a note's text must not be empty and must end in a newline")
    if not _is_clean(text.replace("\n", "")):
        raise NoteError("a note's text holds a control character")


def _check_name(name: str) -> None:
    if not name or "+" in name or any(character.isspace() for character in name) or not _is_clean(name):
        raise NoteError("a key name must not be empty nor hold spaces, plus signs or control characters")


def _is_clean(text: str) -> bool:
    """No ASCII control character and no half character."""
    return _CLEAN.fullmatch(text) is not None


def _check_public(public: bytes) -> None:
    if len(public) != _PUBLIC_BYTES:
        raise NoteError("an Ed25519 public key is not 32 bytes long")
    # The top bit is the sign of x (RFC 8032 section 5.1.2).
    y = int.from_bytes(public, "little") & (2**255 - 1)
    if y >= _FIELD or y in _LOW_ORDER_Y:
        raise NoteError("an Ed25519 public key is weak or not canonical")
