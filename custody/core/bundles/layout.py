"""The files of a bundle by name, and the small formats that only bundles have."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from custody.core import canonical, tiles
from custody.core.canonical import JsonValue
from custody.core.errors import BundleError, CanonicalError
from custody.core.fields import ID, LOG, SHA256, Fields
from custody.core.receipts import name_digest

PHOTOS: Final = "data/photos/"
RECORDS: Final = "data/records/"
STREAMS: Final = "data/streams/"
NAMES: Final = "data/names.jsonl"
PROOF: Final = "proof/"
TILES: Final = "proof/tile/"
CHECKPOINT: Final = "proof/checkpoint"
HEADS: Final = "proof/heads.json"
ROOT_CERTIFICATE: Final = "proof/keys/ca.pem"
SIGNER_CERTIFICATES: Final = "proof/keys/registrar.pem"
LEDGER_KEY: Final = "proof/keys/ledger.vkey"
POLICY: Final = "proof/policy"
STAMPS: Final = "proof/tsa/"
CONSISTENCY: Final = "proof/consistency/"
SEAL_ENTRY: Final = "seal/export.json"
SEAL_PROOF: Final = "seal/export.proof.json"
SEAL_CHECKPOINT: Final = "seal/checkpoint"
SEAL_SIGNATURE: Final = "seal/tagmanifest-sha256.txt.p7s"
SEAL_STAMP: Final = "seal/tagmanifest-sha256.txt.tsr"
SEAL: Final = frozenset({SEAL_ENTRY, SEAL_PROOF, SEAL_CHECKPOINT, SEAL_SIGNATURE})
FREE: Final = SEAL | {SEAL_STAMP}
"""What no manifest covers: the seal, and the time-stamp where an authority gave one."""

MAX_PROOF_HASHES: Final = 128
MAX_NAME_LINE_BYTES: Final = 64 * 1024

_EXTENSION: Final = re.compile(r"[a-z0-9]{1,8}")
_PHOTO: Final = re.compile(r"data/photos/([0-9a-f]{64})\.[a-z0-9]{1,8}")
_RECORD: Final = re.compile(r"data/records/([A-Za-z0-9-]{1,64})(?:\.examination-(0|[1-9][0-9]{0,5}))?\.json")
_STREAM_FILE: Final = re.compile(r"data/streams/([a-z]+)(?:_([A-Za-z0-9-]{1,64}))?\.jsonl")
_STREAM: Final = re.compile(r"[a-z]+(?:/[A-Za-z0-9-]{1,64})?")
_STAMP: Final = re.compile(r"proof/tsa/(0|[1-9][0-9]{0,15})-([A-Za-z0-9][A-Za-z0-9._-]{0,59})\.tsr")
_STAMPED: Final = re.compile(r"proof/tsa/(0|[1-9][0-9]{0,15})\.note")
_AUTHORITY: Final = re.compile(r"proof/tsa/([A-Za-z0-9][A-Za-z0-9._-]{0,59})\.pem")
_CONSISTENCY: Final = re.compile(r"proof/consistency/(0|[1-9][0-9]{0,15})-([1-9][0-9]{0,15})\.txt")
_PREVIOUS: Final = re.compile(r"proof/consistency/(0|[1-9][0-9]{0,15})\.note")
_SALT: Final = re.compile(r"[0-9a-f]{32}")
_HEX: Final = re.compile(r"(?:[0-9a-f]{2}){0,16384}")
_TEXT: Final = re.compile(r".{0,32768}", re.DOTALL)

_FACTS: Final = (
    (PHOTOS, "original"),
    (STREAMS, "stream"),
    (NAMES, "name"),
    (TILES, "tile"),
    (CHECKPOINT, "checkpoint"),
    (HEADS, "head"),
    ("proof/keys/", "key"),
)


def fact_of(path: str) -> str:
    """The fact that a file's bytes stand for: "original", "receipt", "stream" ...; "file" when none in particular."""
    if path.startswith(RECORDS):
        return "examination" if ".examination-" in path else "receipt"
    return next((fact for prefix, fact in _FACTS if path.startswith(prefix)), "file")


def original_path(sha256: str, extension: str = "") -> str:
    """Where an original lies. `extension` comes from a hostile file name: what does not fit becomes `bin`."""
    lowered = extension.lower().removeprefix(".")
    return f"{PHOTOS}{sha256}.{lowered if _EXTENSION.fullmatch(lowered) else 'bin'}"


def record_path(item: str) -> str:
    """Where an item's receipt lies."""
    return f"{RECORDS}{item}.json"


def examination_path(item: str, number: int) -> str:
    """Where an item's examination `number` lies, counting from 0."""
    return f"{RECORDS}{item}.examination-{number}.json"


def signature_path(record: str) -> str:
    """Where the signature over the file at `record` lies."""
    return f"{record}.p7s"


def stream_path(stream: str) -> str:
    """Where the entries of a stream lie."""
    return f"{STREAMS}{stream.replace('/', '_')}.jsonl"


def tile_path(level: int, index: int, width: int) -> str:
    """Where a hash tile lies."""
    return PROOF + tiles.hash_tile_path(level, index, width)


def stamped_note_path(size: int) -> str:
    """Where the signed note lies that authorities dated: the checkpoint of `size` entries, without cosigners' lines."""
    return f"{STAMPS}{size}.note"


def stamp_path(size: int, authority: str) -> str:
    """Where the raw response of one time authority about that note lies."""
    return f"{STAMPS}{size}-{authority}.tsr"


def authority_path(authority: str) -> str:
    """Where the certificates of a time authority lie: the pinned one first, then the rest of its chain."""
    return f"{STAMPS}{authority}.pem"


def consistency_path(old: int, new: int) -> str:
    """Where the proof lies that the tree of `new` entries extends the recipient's last one, of `old`."""
    return f"{CONSISTENCY}{old}-{new}.txt"


def previous_note_path(old: int) -> str:
    """Where the signed note of the recipient's last bundle lies."""
    return f"{CONSISTENCY}{old}.note"


def read_stamp_path(untrusted_path: str) -> tuple[int, str] | None:
    """Size of the tree and name of the authority, None when it is not the path of a time-stamp."""
    match = _STAMP.fullmatch(untrusted_path)
    return (int(match[1]), match[2]) if match else None


def read_stamped_note_path(untrusted_path: str) -> int | None:
    """The size of the tree, None when it is not the path of a note that was dated."""
    match = _STAMPED.fullmatch(untrusted_path)
    return int(match[1]) if match else None


def read_authority_path(untrusted_path: str) -> str | None:
    """The name of the authority, None when it is not the path of an authority's certificates."""
    match = _AUTHORITY.fullmatch(untrusted_path)
    return match[1] if match else None


def read_consistency_path(untrusted_path: str) -> tuple[int, int] | None:
    """The sizes of both trees, None when it is not the path of a consistency proof."""
    match = _CONSISTENCY.fullmatch(untrusted_path)
    return (int(match[1]), int(match[2])) if match else None


def read_previous_note_path(untrusted_path: str) -> int | None:
    """The size of the tree, None when it is not the path of an earlier bundle's note."""
    match = _PREVIOUS.fullmatch(untrusted_path)
    return int(match[1]) if match else None


def read_original_path(untrusted_path: str) -> str | None:
    """The SHA-256 that an original's path promises, None when it is no such path."""
    match = _PHOTO.fullmatch(untrusted_path)
    return match[1] if match else None


def read_record_path(untrusted_path: str) -> tuple[str, int | None] | None:
    """Item, and number if it is an examination; None when it is the path of neither."""
    match = _RECORD.fullmatch(untrusted_path)
    return (match[1], None if match[2] is None else int(match[2])) if match else None


def read_stream_path(untrusted_path: str) -> str | None:
    """The stream's id, None when it is no such path."""
    match = _STREAM_FILE.fullmatch(untrusted_path)
    return "/".join(part for part in match.groups() if part is not None) if match else None


@dataclass(frozen=True)
class Heads:
    """proof/heads.json: the last entry of each exported stream as of the tree of `size`: number and hex leaf hash."""

    log: str
    size: int
    streams: Mapping[str, tuple[int, str]]

    def encode(self) -> bytes:
        """The file's bytes."""
        streams: dict[str, JsonValue] = {name: {"n": n, "hash": leaf} for name, (n, leaf) in self.streams.items()}
        return canonical.dumps({"type": "heads/1", "log": self.log, "size": self.size, "streams": streams})

    @classmethod
    def decode(cls, untrusted_data: bytes) -> "Heads":
        """Read the file; raises BundleError."""
        fields = Fields(_json(untrusted_data, "heads file"), what="heads file", error=BundleError)
        fields.constant("type", "heads/1")
        log, size, streams = fields.text("log", LOG), fields.number("size"), fields.take("streams")
        fields.end()
        if not isinstance(streams, dict) or not all(_STREAM.fullmatch(name) for name in streams):
            fields.refuse("has streams that are not of their form")
        return cls(log, size, {name: _read_head(value) for name, value in streams.items()})


def _read_head(value: JsonValue) -> tuple[int, str]:
    fields = Fields(value, what="head of a stream", error=BundleError)
    head = fields.number("n"), fields.text("hash", SHA256)
    fields.end()
    return head


@dataclass(frozen=True)
class ExportProof:
    """seal/export.proof.json: entry `index` is in the tree of `size`, which extends that of `old_size`.

    `inclusion` and `consistency` are RFC 6962 proofs: 32-byte hashes, in the order of the standard.
    """

    index: int
    size: int
    inclusion: tuple[bytes, ...]
    old_size: int
    consistency: tuple[bytes, ...]

    def encode(self) -> bytes:
        """The file's bytes."""
        inclusion: list[JsonValue] = [part.hex() for part in self.inclusion]
        consistency: list[JsonValue] = [part.hex() for part in self.consistency]
        numbers: dict[str, JsonValue] = {"index": self.index, "size": self.size, "old_size": self.old_size}
        return canonical.dumps(
            {"type": "export-proof/1", **numbers, "inclusion": inclusion, "consistency": consistency}
        )

    @classmethod
    def decode(cls, untrusted_data: bytes) -> "ExportProof":
        """Read the file; raises BundleError."""
        fields = Fields(_json(untrusted_data, "export proof"), what="export proof", error=BundleError)
        fields.constant("type", "export-proof/1")
        proof = cls(
            index=fields.number("index"),
            size=fields.number("size"),
            inclusion=_hashes(fields, "inclusion"),
            old_size=fields.number("old_size"),
            consistency=_hashes(fields, "consistency"),
        )
        fields.end()
        return proof


def _hashes(fields: Fields, key: str) -> tuple[bytes, ...]:
    return tuple(bytes.fromhex(text) for text in fields.texts(key, SHA256, at_most=MAX_PROOF_HASHES))


@dataclass(frozen=True)
class Name:
    """One line of data/names.jsonl: the name and path under which an item came, as raw bytes, and their salt.

    Written in hex, because file names are bytes; beside it `shown`, the path (or name) as far as it is UTF-8.
    """

    item: str
    salt: bytes
    name: bytes
    path: bytes

    @property
    def digest(self) -> str:
        """What the receipt holds in `original.name`."""
        return name_digest(self.salt, self.name, self.path)

    @property
    def shown(self) -> str:
        """The path for human eyes; wrong bytes become replacement characters."""
        return (self.path or self.name).decode(errors="replace")

    def encode(self) -> bytes:
        """The line with its line feed."""
        value: JsonValue = {
            "item": self.item,
            "salt": self.salt.hex(),
            "name": self.name.hex(),
            "path": self.path.hex(),
            "shown": self.shown,
        }
        return canonical.dumps(value) + b"\n"

    @classmethod
    def decode(cls, untrusted_line: bytes) -> "Name":
        """Read a line with its line feed; raises BundleError."""
        fields = Fields(_json(untrusted_line.removesuffix(b"\n"), "name"), what="name", error=BundleError)
        name = cls(
            item=fields.text("item", ID),
            salt=bytes.fromhex(fields.text("salt", _SALT)),
            name=bytes.fromhex(fields.text("name", _HEX)),
            path=bytes.fromhex(fields.text("path", _HEX)),
        )
        if fields.text("shown", _TEXT) != name.shown:
            fields.refuse("shows another name than it holds")
        fields.end()
        return name


def _json(untrusted_data: bytes, what: str) -> JsonValue:
    try:
        return canonical.loads(untrusted_data)
    except CanonicalError as error:
        raise BundleError(f"the {what} is not canonical JSON: {error}") from error
