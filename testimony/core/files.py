"""What belongs to a sealed file of a witness and must not stand in clear, and the record that is signed about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeVar

from custody.core import canonical
from custody.core.errors import CanonicalError
from testimony.core import codec
from testimony.core.errors import DossierError, SealedFileError

PARTICULARS: Final = "sealed-file/1"
RECORD: Final = "sealed-file-record/1"
MAX_BYTES: Final = 64 * 1024
LONGEST_NAME: Final = 255

T = TypeVar("T")


@dataclass(frozen=True)
class Particulars:
    """What is sealed to the person's key, and opens the file: the key of its content and what it was called.

    ``file`` is its id, ``key`` and ``salt`` are hex (32 and 16 bytes), ``name`` as it came, ``size`` in bytes of
    content. ``sha256`` is the digest of the content; ``content`` that of salt and content, which alone stands in clear:
    a digest of the content itself would tell whoever holds a copy of the paper whose it is.
    """

    file: str
    key: str
    name: str
    media_type: str
    size: int
    salt: str
    sha256: str
    content: str


@dataclass(frozen=True)
class FileRecord:
    """What the registrar signs when a file is sealed: ids and digests only.

    ``content`` is the SHA-256 of salt and content before sealing, ``sealed`` that of the sealed particulars, ``stored``
    and ``bytes`` digest and length of the sealed file; ``signer`` the SHA-256 of the signing certificate; ``log`` the
    origin of the ledger.
    """

    file: str
    person: str
    case: str
    kind: str
    content: str
    sealed: str
    stored: str
    bytes: int
    time: str
    log: str
    signer: str


def dumps(particulars: Particulars) -> bytes:
    """Canonical JSON of particulars, to be sealed."""
    return _dumps(PARTICULARS, particulars)


def loads(data: bytes) -> Particulars:
    """The particulars of canonical JSON. Raises SealedFileError for anything else."""
    return _loads(Particulars, PARTICULARS, data)


def dumps_record(record: FileRecord) -> bytes:
    """The bytes that are signed and kept."""
    return _dumps(RECORD, record)


def loads_record(data: bytes) -> FileRecord:
    """The record of stored bytes. Raises SealedFileError."""
    return _loads(FileRecord, RECORD, data)


def _dumps(format_: str, value: object) -> bytes:
    try:
        return canonical.dumps({"type": format_, **codec.encode(value)})
    except CanonicalError as error:
        raise SealedFileError(f"this cannot be kept: {error}") from error


def _loads(kind: type[T], format_: str, data: bytes) -> T:
    if len(data) > MAX_BYTES:
        raise SealedFileError("this is too large for the particulars of a file")
    try:
        value = canonical.loads(data)
    except CanonicalError as error:
        raise SealedFileError(f"not the canonical form of a file's particulars: {error}") from error
    if not isinstance(value, dict) or value.get("type") != format_:
        raise SealedFileError(f"not a {format_}")
    try:
        return codec.decode(kind, {name: one for name, one in value.items() if name != "type"})
    except DossierError as error:
        raise SealedFileError(str(error)) from error


def plain_name(untrusted: str) -> str:
    """A file's name without its folders and without signs that control a screen, 255 signs at most."""
    name = untrusted.replace("\\", "/").rpartition("/")[2]
    return "".join(sign for sign in name if sign.isprintable())[:LONGEST_NAME]
