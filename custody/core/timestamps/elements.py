"""Elements that time-stamps use beyond those of `der`: any element, long numbers, names of algorithms, fractions."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from custody.core import der
from custody.core.errors import SignatureError

BOOLEAN: Final = 0x01
BIT_STRING: Final = 0x03
NULL: Final = b"\x05\x00"
UTF8_STRING: Final = 0x0C

SHA1: Final = "1.3.14.3.2.26"
SHA256: Final = "2.16.840.1.101.3.4.2.1"
SHA384: Final = "2.16.840.1.101.3.4.2.2"
SHA512: Final = "2.16.840.1.101.3.4.2.3"
DIGESTS: Final = {SHA256: "sha256", SHA384: "sha384", SHA512: "sha512"}
"""Digests that we rely on, by object identifier (RFC 5754 section 2), as `hashlib` names them."""

MAX_NUMBER_BYTES: Final = 64
_MAX_IDENTIFIER_BYTES: Final = 64
_WRITTEN: Final = re.compile(rb"([0-9]{14})(?:\.([0-9]{1,18}))?Z")


@dataclass(frozen=True, slots=True)
class Algorithm:
    """An AlgorithmIdentifier (RFC 5280, 4.1.1.2): dotted identifier, and parameters as encoded (empty if absent)."""

    identifier: str
    parameters: bytes

    def digest(self) -> str:
        """Its name in `hashlib`, for a digest that we rely on and that has no parameters (absent or NULL)."""
        if self.identifier not in DIGESTS or self.parameters not in {b"", NULL}:
            raise SignatureError(f"the time-stamp uses a digest that is not relied on: {self.identifier}")
        return DIGESTS[self.identifier]


@dataclass(frozen=True, slots=True)
class Name:
    """How a certificate is referred to: its issuer as encoded, and its serial number."""

    issuer: bytes
    serial: int


def anything(reader: der.Reader) -> bytes:
    """The next element, whatever its tag, with tag and length."""
    tag = reader.peek()
    if tag is None or tag & 0x1F == 0x1F:
        raise SignatureError("the signature file is not built as expected")
    return reader.whole(tag)


def alone(encoded: bytes, tag: int = der.SEQUENCE) -> der.Reader:
    """A reader over the content of `encoded`, which must be one element with this tag and nothing else."""
    outer = der.Reader(encoded)
    content = outer.enter(tag)
    outer.end()
    return content


def number(reader: der.Reader, tag: int = der.INTEGER) -> int:
    """The next element as an INTEGER of at most 64 bytes, in its shortest form.

    Longer than `der.Reader.integer` takes, because serial numbers of time-stamps may have 160 bits and a sign
    (RFC 3161 section 2.4.2), and a nonce any size.
    """
    content = reader.read(tag)
    if not 1 <= len(content) <= MAX_NUMBER_BYTES:
        raise SignatureError("the signature file has a number that is empty or too long")
    if len(content) > 1 and (content[0], content[1] >> 7) in ((0x00, 0), (0xFF, 1)):
        raise SignatureError("the signature file has a number that is not in its shortest form")
    return int.from_bytes(content, "big", signed=True)


def truth(reader: der.Reader) -> bool:
    """The next element as a BOOLEAN (X.690 11.1: true is written FF)."""
    content = reader.read(BOOLEAN)
    if content not in {b"\x00", b"\xff"}:
        raise SignatureError("the signature file has a truth value in another form")
    return content == b"\xff"


def identifier(reader: der.Reader) -> str:
    """The next element as an OBJECT IDENTIFIER in its dotted form (X.690 8.19)."""
    content = reader.read(der.OBJECT_IDENTIFIER)
    if not 1 <= len(content) <= _MAX_IDENTIFIER_BYTES or content[-1] & 0x80:
        raise SignatureError("the signature file has an object identifier in another form")
    arcs, value = [], 0
    for position, byte in enumerate(content):
        if byte == 0x80 and (position == 0 or not content[position - 1] & 0x80):
            raise SignatureError("the signature file has an object identifier that is padded")
        value = value << 7 | byte & 0x7F
        if not byte & 0x80:
            arcs.append(value)
            value = 0
    first = min(arcs[0] // 40, 2)
    return ".".join(str(arc) for arc in (first, arcs[0] - first * 40, *arcs[1:]))


def algorithm(reader: der.Reader) -> Algorithm:
    """The next element as an AlgorithmIdentifier."""
    inner = reader.enter(der.SEQUENCE)
    name = identifier(inner)
    parameters = b"" if inner.at_end() else anything(inner)
    inner.end()
    return Algorithm(name, parameters)


def moment(reader: der.Reader) -> tuple[datetime, str]:
    """The next element as a GeneralizedTime in UTC, which may have fractions of a second (RFC 3161 section 2.4.2).

    As a time to the microsecond, what is finer cut off, and as written. Zeros at the end of the fraction, which DER
    forbids and authorities write, are let pass: the text is what was signed.
    """
    content = reader.read(der.GENERALIZED_TIME)
    match = _WRITTEN.fullmatch(content)
    if match is None:
        raise SignatureError("the time-stamp has a time that is not written as the standard asks")
    try:
        whole = datetime.strptime(match[1].decode("ascii"), "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError as error:
        raise SignatureError("the time-stamp has a time that does not exist") from error
    fraction = (match[2] or b"").ljust(6, b"0")[:6]
    return whole.replace(microsecond=int(fraction)), content.decode("ascii")
