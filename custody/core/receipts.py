"""The three signed records about evidence: what was received, how a batch ended, what an examination found.

Written as canonical JSON and signed as the bytes that stand on disk (see `cades`). A record names no person and no
file: names are bound through `name_digest`, whose salt is kept beside them, so that a name can be withheld or erased
while the record stands. Keys that have no value are absent. Unknown keys are refused, so a later field needs a new
number in `type`.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from custody.core import canonical
from custody.core.canonical import JsonValue
from custody.core.errors import CanonicalError, RecordError
from custody.core.fields import ID, LOG, SHA256, SHA512, TIME, Fields

MAX_RECORD_BYTES: Final = 8 * 1024 * 1024
MAX_PRIOR_CUSTODY: Final = 256
MAX_VOID_ERNS: Final = 250_000
MAX_CLAIMS: Final = 1024
MAX_DERIVED: Final = 64
SALT_BYTES: Final = 16

ERN: Final = re.compile(r"AMN-[A-Z0-9][A-Z0-9-]{0,38}-[0-9]{4}-[0-9]{4}")
SOURCE_DIGEST: Final = re.compile(r"md5:[0-9a-f]{32}|sha1:[0-9a-f]{40}|sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}")
_CHANNEL: Final = re.compile(r"cli|web|api|watch|import")
_WORD: Final = re.compile(r"[ -~]{0,64}")
_MEDIA_TYPE: Final = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,63}/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}")
_KIND: Final = re.compile(r"[a-z][a-z0-9_-]{0,31}")
_CLAIM: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._:/()#-]{0,127}")
_STATE: Final = re.compile(r"read|partial|unreadable|refused|empty")
_TEXT: Final = re.compile(r".{0,4096}", re.DOTALL)


class ExaminationState(StrEnum):
    """How far a tool came with the original's bytes."""

    READ = "read"
    PARTIAL = "partial"
    UNREADABLE = "unreadable"
    REFUSED = "refused"
    EMPTY = "empty"


@dataclass(frozen=True, kw_only=True)
class Software:
    """The program that made a record; `commit` may be empty when it is not known."""

    name: str
    version: str
    commit: str


@dataclass(frozen=True, kw_only=True)
class Original:
    """The bytes as received: size in bytes, digests in hex, and the salted digest of name and path."""

    bytes: int
    sha256: str
    sha512: str
    name: str


@dataclass(frozen=True, kw_only=True)
class Received:
    """When and how it came in; `source_digest` ("sha256:<hex>") is the source's own, `match` says if it agrees."""

    time: str
    channel: str
    account: str
    source_digest: str | None = None
    match: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where it came from: the collection, the party that gave it, the prior-custody records by id."""

    collection: str
    party: str | None = None
    prior_custody: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class IngestRecord:
    """The receipt of one original. `signer` is the SHA-256 of the signing certificate."""

    record: str
    item: str
    ern: str
    original: Original
    received: Received
    source: Source
    batch: str
    software: Software
    log: str
    signer: str
    duplicate_of: str | None = None


@dataclass(frozen=True, kw_only=True)
class BatchRecord:
    """How a batch ended: stored + duplicate + refused = seen. `items` is `items_digest` of what it stored."""

    record: str
    batch: str
    case: str
    collection: str
    seen: int
    stored: int
    duplicate: int
    refused: int
    items: str
    opened: str
    closed: str
    software: Software
    log: str
    signer: str
    first_ern: str | None = None
    last_ern: str | None = None
    void_erns: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Derived:
    """An object made from the original, such as a thumbnail."""

    kind: str
    sha256: str
    bytes: int
    media_type: str


@dataclass(frozen=True, kw_only=True)
class Tool:
    """The program that examined."""

    name: str
    version: str


@dataclass(frozen=True, kw_only=True)
class ExaminationRecord:
    """What one tool found in the original with digest `original`. `claims` are what the file says, not facts."""

    record: str
    item: str
    original: str
    examined: str
    tool: Tool
    state: ExaminationState
    claims: Mapping[str, str]
    derived: tuple[Derived, ...]
    software: Software
    log: str
    signer: str
    media_type: str | None = None
    note: str | None = None


type_names: Final[Mapping[type, str]] = {
    IngestRecord: "ingest-record/1",
    BatchRecord: "batch-record/1",
    ExaminationRecord: "examination-record/1",
}
Record = IngestRecord | BatchRecord | ExaminationRecord


def name_digest(salt: bytes, name: bytes, path: bytes) -> str:
    """SHA-256 in hex of 16 bytes of salt, the file's name, a zero byte, its path, both as the raw bytes received."""
    if len(salt) != SALT_BYTES:
        raise RecordError("a name's salt has 16 bytes")
    return hashlib.sha256(salt + name + b"\x00" + path).hexdigest()


def items_digest(items: Iterable[tuple[str, str]]) -> str:
    """SHA-256 in hex of the canonical JSON list of [item id, SHA-256 of the original], in the order given."""
    digest = hashlib.sha256(b"[")
    for index, (item, sha256) in enumerate(items):
        digest.update((b"," if index else b"") + canonical.dumps([item, sha256]))
    digest.update(b"]")
    return digest.hexdigest()


def encode(record: Record) -> bytes:
    """The record's bytes, to be signed and kept; raises RecordError for what `decode` would refuse."""
    value: JsonValue = {"type": type_names[type(record)], **_plain_fields(record)}
    try:
        data = canonical.dumps(value)
    except CanonicalError as error:
        raise RecordError("the record holds something that JSON cannot") from error
    if len(data) > MAX_RECORD_BYTES or _read(value) != record:
        raise RecordError("the record is not of its own form")
    return data


def decode(untrusted_data: bytes) -> Record:
    """The record behind the bytes; anything unknown, missing or out of form raises RecordError.

    It does not look at the signature: that is `cades.verify`, over the same bytes.
    """
    if len(untrusted_data) > MAX_RECORD_BYTES:
        raise RecordError("the record is too large")
    try:
        value = canonical.loads(untrusted_data)
    except CanonicalError as error:
        raise RecordError(f"the record is not canonical JSON: {error}") from error
    return _read(value)


def _plain_fields(value: object) -> dict[str, JsonValue]:
    return {name: _plain(inner) for name, inner in vars(value).items() if inner is not None}


def _plain(value: object) -> JsonValue:
    if isinstance(value, tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, Mapping):
        return {str(name): _plain(inner) for name, inner in value.items()}
    if isinstance(value, str):
        return str(value)
    if isinstance(value, int):
        return value
    return _plain_fields(value)


def _read(value: JsonValue) -> Record:
    fields = Fields(value, what="record", error=RecordError)
    kind = fields.take("type")
    readers = {"ingest-record/1": _ingest, "batch-record/1": _batch, "examination-record/1": _examination}
    if not isinstance(kind, str) or kind not in readers:
        fields.refuse("has a type that is not known")
    record = readers[kind](fields)
    fields.end()
    return record


def _ingest(fields: Fields) -> Record:
    return IngestRecord(
        record=fields.text("record", ID),
        item=fields.text("item", ID),
        ern=fields.text("ern", ERN),
        original=_original(fields.inner("original")),
        received=_received(fields.inner("received")),
        source=_source(fields.inner("source")),
        duplicate_of=fields.optional_text("duplicate_of", ID),
        batch=fields.text("batch", ID),
        software=read_software(fields.inner("software")),
        log=fields.text("log", LOG),
        signer=fields.text("signer", SHA256),
    )


def _original(fields: Fields) -> Original:
    original = Original(
        bytes=fields.number("bytes"),
        sha256=fields.text("sha256", SHA256),
        sha512=fields.text("sha512", SHA512),
        name=fields.text("name", SHA256),
    )
    fields.end()
    return original


def _received(fields: Fields) -> Received:
    if fields.has("match") != fields.has("source_digest"):
        fields.refuse("has a source digest without saying whether it matches, or the reverse")
    received = Received(
        time=fields.text("time", TIME),
        channel=fields.text("channel", _CHANNEL),
        account=fields.text("account", ID),
        source_digest=fields.optional_text("source_digest", SOURCE_DIGEST),
        match=fields.truth("match") if fields.has("match") else None,
    )
    fields.end()
    return received


def _source(fields: Fields) -> Source:
    source = Source(
        collection=fields.text("collection", ID),
        party=fields.optional_text("party", ID),
        prior_custody=fields.texts("prior_custody", ID, at_most=MAX_PRIOR_CUSTODY),
    )
    fields.end()
    return source


def read_software(fields: Fields) -> Software:
    """The program that a record names."""
    software = Software(
        name=fields.text("name", _WORD), version=fields.text("version", _WORD), commit=fields.text("commit", _WORD)
    )
    fields.end()
    return software


def _batch(fields: Fields) -> Record:
    record = BatchRecord(
        record=fields.text("record", ID),
        batch=fields.text("batch", ID),
        case=fields.text("case", ID),
        collection=fields.text("collection", ID),
        seen=fields.number("seen"),
        stored=fields.number("stored"),
        duplicate=fields.number("duplicate"),
        refused=fields.number("refused"),
        items=fields.text("items", SHA256),
        opened=fields.text("opened", TIME),
        closed=fields.text("closed", TIME),
        software=read_software(fields.inner("software")),
        log=fields.text("log", LOG),
        signer=fields.text("signer", SHA256),
        first_ern=fields.optional_text("first_ern", ERN),
        last_ern=fields.optional_text("last_ern", ERN),
        void_erns=fields.texts("void_erns", ERN, at_most=MAX_VOID_ERNS),
    )
    if record.stored + record.duplicate + record.refused != record.seen:
        fields.refuse("has totals that do not add up")
    if (record.first_ern is None) != (record.last_ern is None):
        fields.refuse("has one end of its number range without the other")
    return record


def _examination(fields: Fields) -> Record:
    return ExaminationRecord(
        record=fields.text("record", ID),
        item=fields.text("item", ID),
        original=fields.text("original", SHA256),
        examined=fields.text("examined", TIME),
        tool=_tool(fields.inner("tool")),
        state=ExaminationState(fields.text("state", _STATE)),
        claims=fields.mapping("claims", _CLAIM, _TEXT, at_most=MAX_CLAIMS),
        derived=tuple(_derived(each) for each in fields.objects("derived", at_most=MAX_DERIVED)),
        software=read_software(fields.inner("software")),
        log=fields.text("log", LOG),
        signer=fields.text("signer", SHA256),
        media_type=fields.optional_text("media_type", _MEDIA_TYPE),
        note=fields.optional_text("note", _TEXT),
    )


def _tool(fields: Fields) -> Tool:
    tool = Tool(name=fields.text("name", _WORD), version=fields.text("version", _WORD))
    fields.end()
    return tool


def _derived(fields: Fields) -> Derived:
    derived = Derived(
        kind=fields.text("kind", _KIND),
        sha256=fields.text("sha256", SHA256),
        bytes=fields.number("bytes"),
        media_type=fields.text("media_type", _MEDIA_TYPE),
    )
    fields.end()
    return derived
