"""Opening a foreign PDF with pyHanko so that nothing but DocumentError comes out of it."""

from __future__ import annotations

import contextlib
import hashlib
import io
import logging
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO, Final

from cryptography.exceptions import UnsupportedAlgorithm
from pyhanko.pdf_utils.decode_limits import DecodePurpose
from pyhanko.pdf_utils.generic import IndirectObject, Reference, StreamObject, read_object
from pyhanko.pdf_utils.misc import PdfError, PdfReadError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.general import SigningError

from custody.core.errors import SignatureError
from custody.pades.errors import DocumentError, EncryptedError, NoPdfError

# What it would log are its own reasons with whole tracebacks, for every unknown signer; the facts tell of them.
for _name in ("pyhanko", "pyhanko_certvalidator"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)

# A parser led astray by foreign bytes stumbles over its own types as often as over its declared errors; RecursionError
# and MemoryError come of files made for it.
_STUMBLES: Final = (
    PdfError,
    SigningError,
    SignatureError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    MemoryError,
    NotImplementedError,
    OSError,
    RecursionError,
    TypeError,
    UnsupportedAlgorithm,
    ValueError,
    zlib.error,
)


# Smaller ones are not worth a second object.
_LARGE: Final = 1 << 16
_HEAVY: Final = (("/Subtype", "/Image"), ("/Type", "/EmbeddedFile"))


class _Lean(PdfFileReader):
    """Holds of a large picture or enclosed file the digest alone.

    What changed between two signatures is found by looking at every object of the file, and all of them are kept
    meanwhile. Two of them are the same when their bytes are, and so when their digests are; nothing else is asked of
    pictures. Signatures are checked against the file itself. Where the objects in a packed stream lie is read once for
    all of them, which the library does for each: that was most of the time that a document of many pages took.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._packed: dict[int, dict[int, tuple[int, int]]] = {}
        super().__init__(*args, **kwargs)

    def _get_object_from_stream(self, idnum: int, stmnum: int, idx: int) -> Any:
        stream: Any = Reference(stmnum, 0, self).get_object()
        data, first = stream.read_data(DecodePurpose.OBJECT_STREAM), stream["/First"]
        if stmnum not in self._packed:
            self._packed[stmnum] = _places(data[:first].split()[: 2 * stream["/N"]])
        index, offset = self._packed[stmnum][idnum]
        found = io.BytesIO(data)
        found.seek(first + offset)
        read = read_object(found, Reference(idnum, 0, self))
        if stream["/Type"] != "/ObjStm" or index != idx or isinstance(read, StreamObject | IndirectObject):
            raise PdfReadError("what is packed in a stream is not where the table says")
        return read

    def get_object(self, *args: Any, **kwargs: Any) -> Any:
        return _lean(super().get_object(*args, **kwargs))  # type: ignore[no-untyped-call]

    def cache_indirect_object(self, generation: int, idnum: int, obj: Any) -> Any:
        return super().cache_indirect_object(generation, idnum, _lean(obj))  # type: ignore[no-untyped-call]


def _places(words: list[bytes]) -> dict[int, tuple[int, int]]:
    """By number of an object: its index in the stream and where it begins there; the first one where two claim one."""
    found: dict[int, tuple[int, int]] = {}
    for index, (number, offset) in enumerate(zip(words[::2], words[1::2], strict=True)):
        found.setdefault(int(number), (index, int(offset)))
    return found


def _lean(found: Any) -> Any:
    if not isinstance(found, StreamObject) or len(found.encoded_data) < _LARGE:
        return found
    entries = {name: found.raw_get(name) for name in found}
    if not any(entries.get(name) == kind for name, kind in _HEAVY):
        return found
    lean = StreamObject(entries, encoded_data=hashlib.sha256(found.encoded_data).digest())
    lean.container_ref = found.container_ref
    return lean


@contextlib.contextmanager
def guarded(doing: str, kind: type[DocumentError] = DocumentError) -> Iterator[None]:
    """Turn what a parser stumbles over into a DocumentError that says what could not be done."""
    try:
        yield
    except _STUMBLES as error:
        raise kind(f"{doing} ({type(error).__name__})") from error


def open_reader(untrusted: BinaryIO) -> PdfFileReader:
    """A reader over an untrusted PDF. Raises NoPdfError, EncryptedError."""
    with guarded("the file is no PDF that can be read", NoPdfError):
        reader = _Lean(untrusted)
        if reader.encrypted:
            raise EncryptedError("the file is encrypted; only open documents are signed and checked")
        return reader


def signatures(reader: PdfFileReader) -> list[Any]:
    """All signatures and document time-stamps, oldest first. Raises DocumentError."""
    with guarded("the signatures in the file can't be read"):
        return list(reader.embedded_signatures)
