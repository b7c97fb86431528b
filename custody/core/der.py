"""Distinguished Encoding Rules, as far as signatures need them: a writer of tag-length-value and a strict reader.

Source: ITU-T X.690 (02/2021), sections 8, 10 and 11. Only definite lengths in their shortest form, only single-byte
tags. What BER would allow beyond that is refused: a second encoding of the same value is a way to smuggle bytes past
a signature.
"""

from datetime import UTC, datetime
from typing import Final

from custody.core.errors import SignatureError

INTEGER: Final = 0x02
OCTET_STRING: Final = 0x04
OBJECT_IDENTIFIER: Final = 0x06
UTC_TIME: Final = 0x17
GENERALIZED_TIME: Final = 0x18
SEQUENCE: Final = 0x30
SET: Final = 0x31

MAX_LENGTH_BYTES: Final = 3
"""Lengths up to 16 MiB: far above any signature or certificate, far below what would exhaust memory."""


def context(number: int) -> int:
    """The tag of a constructed, context-specific element such as `[0]` (X.690 8.1.2)."""
    return 0xA0 | number


def encode(tag: int, content: bytes) -> bytes:
    """One element: tag, shortest definite length (X.690 10.1), content."""
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + content


def sequence(*parts: bytes) -> bytes:
    """A SEQUENCE of elements that are already encoded."""
    return encode(SEQUENCE, b"".join(parts))


def set_of(*parts: bytes) -> bytes:
    """A SET OF, its members sorted by their encodings (X.690 11.6)."""
    return encode(SET, b"".join(sorted(parts)))


def integer(value: int) -> bytes:
    """An INTEGER in two's complement, as short as it can be (X.690 8.3)."""
    magnitude = value if value >= 0 else ~value
    return encode(INTEGER, value.to_bytes(magnitude.bit_length() // 8 + 1, "big", signed=True))


def octet_string(content: bytes) -> bytes:
    """An OCTET STRING."""
    return encode(OCTET_STRING, content)


def object_identifier(dotted: str) -> bytes:
    """An OBJECT IDENTIFIER from its dotted form, such as `1.2.840.113549.1.7.2` (X.690 8.19)."""
    first, second, *rest = (int(arc) for arc in dotted.split("."))
    return encode(OBJECT_IDENTIFIER, b"".join(_arc(value) for value in (first * 40 + second, *rest)))


def _arc(value: int) -> bytes:
    groups = [value & 0x7F]
    while value := value >> 7:
        groups.append(0x80 | value & 0x7F)
    return bytes(reversed(groups))


def signing_time(moment: datetime) -> bytes:
    """A CMS Time: UTCTime from 1950 to 2049, GeneralizedTime otherwise, whole seconds (RFC 5652 section 11.3)."""
    utc = moment.astimezone(UTC)
    if 1950 <= utc.year < 2050:
        return encode(UTC_TIME, utc.strftime("%y%m%d%H%M%SZ").encode("ascii"))
    return encode(GENERALIZED_TIME, f"{utc.year:04d}{utc:%m%d%H%M%SZ}".encode("ascii"))


class Reader:
    """Reads elements one after another from untrusted bytes; every departure from DER raises SignatureError."""

    __slots__ = ("_at", "_data", "_end")

    def __init__(self, untrusted_data: bytes) -> None:
        self._data = untrusted_data
        self._at = 0
        self._end = len(untrusted_data)

    def at_end(self) -> bool:
        """Whether nothing is left."""
        return self._at == self._end

    def end(self) -> None:
        """Refuse bytes after the last element."""
        if self._at != self._end:
            raise SignatureError("the signature file has bytes where none may follow")

    def peek(self) -> int | None:
        """The tag of the next element, or None at the end."""
        return self._data[self._at] if self._at < self._end else None

    def read(self, tag: int) -> bytes:
        """The content of the next element, which must carry `tag`."""
        start, stop = self._bounds(tag)
        self._at = stop
        return self._data[start:stop]

    def whole(self, tag: int) -> bytes:
        """The next element with its tag and length, which must carry `tag`."""
        begin = self._at
        _, self._at = self._bounds(tag)
        return self._data[begin : self._at]

    def enter(self, tag: int) -> "Reader":
        """A reader over the content of the next element, which must carry `tag`."""
        return Reader(self.read(tag))

    def constant(self, encoded: bytes, meaning: str) -> None:
        """The next bytes must be exactly `encoded`; `meaning` says what they stand for."""
        if not self._data.startswith(encoded, self._at):
            raise SignatureError(f"the signature file does not have the expected {meaning}")
        self._at += len(encoded)

    def integer(self) -> int:
        """The next element as an INTEGER of at most 20 bytes, the limit for serial numbers (RFC 5280, 4.1.2.2)."""
        content = self.read(INTEGER)
        if not 1 <= len(content) <= 20:
            raise SignatureError("the signature file has a number that is empty or too long")
        if len(content) > 1 and (content[0], content[1] >> 7) in ((0x00, 0), (0xFF, 1)):
            raise SignatureError("the signature file has a number that is not in its shortest form")
        return int.from_bytes(content, "big", signed=True)

    def time(self) -> datetime:
        """The next element as a CMS Time, in UTC (RFC 5652 section 11.3)."""
        tag = self.peek()
        text = self.read(UTC_TIME if tag == UTC_TIME else GENERALIZED_TIME)
        digits = text[:-1]
        if len(text) != (13 if tag == UTC_TIME else 15) or not digits.isdigit() or text[-1:] != b"Z":
            raise SignatureError("the signature file has a signing time that is not written as the standard asks")
        if tag == UTC_TIME:
            digits = (b"19" if digits[:2] >= b"50" else b"20") + digits
        try:
            if digits[8:10] == b"24":
                raise ValueError("a day has no hour 24, whatever ISO 8601 makes of it")
            # Five times as fast as strptime; every receipt has one.
            moment = datetime.fromisoformat(f"{digits[:8].decode('ascii')}T{digits[8:].decode('ascii')}Z")
        except ValueError as error:
            raise SignatureError("the signature file has a signing time that does not exist") from error
        if (tag == UTC_TIME) != (1950 <= moment.year < 2050):
            raise SignatureError("the signature file has a signing time in the wrong form for its year")
        return moment

    def _bounds(self, tag: int) -> tuple[int, int]:
        at, end = self._at, self._end
        if at + 2 > end:
            raise SignatureError("the signature file ends too early")
        if self._data[at] != tag:
            raise SignatureError("the signature file is not built as expected")
        size = self._data[at + 1]
        start = at + 2
        if size >= 0x80:
            count = size & 0x7F
            if not 1 <= count <= MAX_LENGTH_BYTES or start + count > end:
                raise SignatureError("the signature file has a length that is not allowed")
            size = int.from_bytes(self._data[start : start + count], "big")
            if size < 0x80 or size < 1 << 8 * (count - 1):
                raise SignatureError("the signature file has a length that is not in its shortest form")
            start += count
        if start + size > end:
            raise SignatureError("the signature file ends too early")
        return start, start + size
