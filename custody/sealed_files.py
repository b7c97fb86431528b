"""Files sealed in pieces, so that one of many gigabytes is sealed and opened in a little memory.

The STREAM construction (Hoang, Reyhanitabar, Rogaway and Vizár, "Online Authenticated-Encryption and its Nonce-Reuse
Misuse-Resistance", 2015) over AES-256-GCM: the nonce of a piece is a random prefix (7 bytes), its place (4 bytes, big
endian) and whether it is the last one (1 byte), and the head of the file is the associated data of every piece. So a
piece that was altered, left out, put elsewhere or taken from another file does not open, and neither does the end of a
file that was cut or added to. The key is fresh for each file; what is done with it is not known here.

A file: the head (`Header`, 63 bytes), then the pieces, each `piece` bytes of content and 16 bytes of tag. Only the last
piece may be shorter, and only that of an empty file is empty.
"""

from __future__ import annotations

import secrets
import struct
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from custody.core.errors import CustodyError

KEY_BYTES: Final = 32
PIECE: Final = 1 << 20
_MAGIC: Final = b"amana-sealed-file/1\n"
_LAYOUT: Final = struct.Struct(">20s16s16sI7s")
HEADER_BYTES: Final = _LAYOUT.size
_TAG: Final = 16
_PREFIX: Final = 7
_LARGEST_PIECE: Final = 1 << 24
_MOST_PIECES: Final = 1 << 32


class SealedFileBroken(CustodyError):
    """These bytes are no sealed file, not the one that was meant, or were altered."""


@dataclass(frozen=True)
class Header:
    """What every piece is bound to: which file of which person, how long a piece is, and the nonces' prefix."""

    file: uuid.UUID
    person: uuid.UUID
    piece: int = PIECE
    prefix: bytes = field(default_factory=lambda: secrets.token_bytes(_PREFIX))

    def pack(self) -> bytes:
        """The head as bytes."""
        return _LAYOUT.pack(_MAGIC, self.file.bytes, self.person.bytes, self.piece, self.prefix)


def read_header(untrusted: bytes) -> Header:
    """The head of a sealed file from its first `HEADER_BYTES` bytes. Raises SealedFileBroken."""
    if len(untrusted) != HEADER_BYTES:
        raise SealedFileBroken("this file is too short to be a sealed one")
    magic, file, person, piece, prefix = _LAYOUT.unpack(untrusted)
    if magic != _MAGIC or not 0 < piece <= _LARGEST_PIECE:
        raise SealedFileBroken("this is no sealed file of a known kind")
    return Header(uuid.UUID(bytes=file), uuid.UUID(bytes=person), piece, prefix)


class Sealer:
    """Seals what comes in any portions, and hands the sealed bytes to ``write``. Memory is one piece.

    ``key``: 32 bytes that seal nothing else, ever.
    """

    def __init__(self, key: bytes, header: Header, write: Callable[[bytes], object]) -> None:
        self._cipher = AESGCM(key)
        self._header = header
        self._bound = header.pack()
        self._write = write
        self._held = bytearray()
        self._place = 0
        write(self._bound)

    def update(self, portion: bytes) -> None:
        """Take in what comes next."""
        self._held += portion
        # More than a piece: what is held back at the end is the last one, and is marked so.
        while len(self._held) > self._header.piece:
            self._emit(bytes(self._held[: self._header.piece]), last=False)
            del self._held[: self._header.piece]

    def finish(self) -> None:
        """Seal the last piece; nothing may come after it."""
        self._emit(bytes(self._held), last=True)
        self._held.clear()

    def _emit(self, content: bytes, *, last: bool) -> None:
        if self._place >= _MOST_PIECES:
            raise SealedFileBroken("the file has more pieces than can be counted")
        self._write(self._cipher.encrypt(_nonce(self._header, self._place, last=last), content, self._bound))
        self._place += 1


def _nonce(header: Header, place: int, *, last: bool) -> bytes:
    return header.prefix + place.to_bytes(4, "big") + (b"\x01" if last else b"\x00")


@dataclass(frozen=True)
class Extent:
    """How many pieces a sealed file of some length has, and how many bytes of content."""

    pieces: int
    size: int


def extent(sealed_size: int, piece: int) -> Extent:
    """The extent of a sealed file of so many bytes. Raises SealedFileBroken for a length that none has."""
    whole, rest = divmod(sealed_size - HEADER_BYTES, piece + _TAG)
    pieces = whole + (rest > 0)
    # A last piece without content belongs to an empty file alone.
    fits = rest == 0 or rest > _TAG or (rest == _TAG and pieces == 1)
    if sealed_size < HEADER_BYTES + _TAG or not fits or pieces > _MOST_PIECES:
        raise SealedFileBroken("this file was cut or added to")
    return Extent(pieces, sealed_size - HEADER_BYTES - pieces * _TAG)


class Opener:
    """Opens a sealed file of which the whole length is known, from any place on. Memory is one piece.

    ``stored`` is read and moved, and stays open. Raises SealedFileBroken when it is not the file ``file`` of
    ``person``, or has an impossible length.
    """

    def __init__(self, key: bytes, stored: BinaryIO, *, file: uuid.UUID, person: uuid.UUID) -> None:
        self._cipher = AESGCM(key)
        self._stored = stored
        stored.seek(0)
        self._bound = stored.read(HEADER_BYTES)
        self._header = read_header(self._bound)
        if (self._header.file, self._header.person) != (file, person):
            raise SealedFileBroken("this is another file than the one that was meant")
        self._extent = extent(stored.seek(0, 2), self._header.piece)

    @property
    def size(self) -> int:
        """Bytes of content."""
        return self._extent.size

    def read(self, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        """Yield the content from ``start`` up to ``stop`` (None: its end), piece by piece, each checked before it goes.

        Raises SealedFileBroken at the first piece that does not open. The end of the file is shown to be its end only
        when it is read.
        """
        wanted = self.size if stop is None else min(stop, self.size)
        piece = self._header.piece
        # An empty file has a piece too, which says that nothing was cut off.
        last = max(wanted - 1, 0) // piece
        for place in range(start // piece, last + 1):
            content = self._piece(place)
            begin = max(start - place * piece, 0)
            yield content[begin : wanted - place * piece]

    def _piece(self, place: int) -> bytes:
        stride = self._header.piece + _TAG
        self._stored.seek(HEADER_BYTES + place * stride)
        sealed = self._stored.read(stride)
        nonce = _nonce(self._header, place, last=place == self._extent.pieces - 1)
        try:
            return self._cipher.decrypt(nonce, sealed, self._bound)
        except (InvalidTag, ValueError) as error:
            raise SealedFileBroken("the sealed file does not open: wrong key, or altered") from error


__all__ = [
    "HEADER_BYTES",
    "KEY_BYTES",
    "PIECE",
    "Extent",
    "Header",
    "Opener",
    "SealedFileBroken",
    "Sealer",
    "extent",
    "read_header",
]
