"""Opening a foreign PDF with pyHanko so that nothing but DocumentError comes out of it."""

from __future__ import annotations

import contextlib
import logging
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO, Final

from cryptography.exceptions import UnsupportedAlgorithm
from pyhanko.pdf_utils.misc import PdfError
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
        reader = PdfFileReader(untrusted)
        if reader.encrypted:
            raise EncryptedError("the file is encrypted; only open documents are signed and checked")
        return reader


def signatures(reader: PdfFileReader) -> list[Any]:
    """All signatures and document time-stamps, oldest first. Raises DocumentError."""
    with guarded("the signatures in the file can't be read"):
        return list(reader.embedded_signatures)
