"""A bag as one ZIP64 file, written as a stream: to a file or a pipe, never a second copy on disk.

Stored as it is, in the order of writing, under fixed dates: the same files in the same order give the same bytes. The
records are those that `custody.core.zip_records` demands (PKWARE APPNOTE 6.3.10); a member's size and CRC stand behind
it, because what is not kept can't be measured first.
"""

from __future__ import annotations

import hashlib
import io
import os
import struct
import tempfile
import weakref
import zlib
from collections.abc import Iterable
from typing import Final, Protocol

from custody.core.zip_records import (
    CENTRAL,
    CENTRAL_MARK,
    DESCRIPTOR,
    END,
    END64,
    END_MARK,
    LOCAL,
    LOCAL_MARK,
    LOCATOR,
    STORED,
)
from evidence.core.errors import EvidenceError

# The first day that a ZIP file can name; a plain file that its owner may write and others read; made on Unix.
_DATE, _TIME, _MODE, _UNIX, _VERSION = 0x21, 0, 0o100644 << 16, 3 << 8, 45
_FULL_16, _FULL_32 = 0xFFFF, 0xFFFFFFFF
_WIDE: Final = 0x0001
_DESCRIPTOR: Final = struct.Struct("<4sL2Q")
_END64_LENGTH: Final = END64.size - 12


class Stream(Protocol):
    """What a ZIP is written to."""

    def write(self, data: bytes, /) -> object:
        """Take some bytes. Raises OSError."""

    def flush(self) -> None:
        """Pass on what waits."""

    def fileno(self) -> int:
        """The number of the open file. Raises OSError where there is none."""


class Pipe:
    """Bytes on their way out of this house: counted and digested, for none of them can be called back."""

    def __init__(self, pipe: Stream) -> None:
        self._pipe = pipe
        self._digest = hashlib.sha256()
        self.passed = 0

    @property
    def sha256(self) -> str:
        """Of everything that was passed on so far, in hex."""
        return self._digest.hexdigest()

    def write(self, data: bytes) -> None:
        """Pass some bytes on. Raises OSError."""
        self._pipe.write(data)
        self._digest.update(data)
        self.passed += len(data)

    def flush(self) -> None:
        """Pass on what waits."""
        self._pipe.flush()

    def fileno(self) -> int:
        """The number of the pipe."""
        return self._pipe.fileno()


class ZipSink:
    """Takes files one after the other. ``close`` writes the directory: without it the file is no ZIP at all."""

    def __init__(self, file: Stream, *, base: str) -> None:
        """``base`` is the one folder in which everything lies (RFC 8493 section 4), with its slash."""
        self._file = file
        self._base = base
        # Some hundred bytes a member: kept out of memory until the end.
        self._directory = tempfile.TemporaryFile()  # noqa: SIM115  it lives as long as this object
        weakref.finalize(self, self._directory.close)
        self._at = 0
        self._members = 0

    def put(self, path: str, blocks: Iterable[bytes]) -> None:
        """Write one member. Raises EvidenceError for a path that is not ASCII."""
        name = self._name(path)
        begin, crc, size = self._at, 0, 0
        # Where the sizes come later they are told in eight bytes, as this extra field announces.
        wide = struct.pack("<2H2Q", _WIDE, 16, 0, 0)
        told = (STORED, _TIME, _DATE, 0, _FULL_32, _FULL_32, len(name), len(wide))
        self._write(LOCAL.pack(LOCAL_MARK, _VERSION, DESCRIPTOR, *told) + name + wide)
        for block in blocks:
            crc = zlib.crc32(block, crc)
            size += len(block)
            self._write(block)
        self._write(_DESCRIPTOR.pack(b"PK\x07\x08", crc, size, size))
        self._list(name, crc, size, begin)

    def sync(self) -> None:
        """Make a file durable; a pipe takes what it takes."""
        self._file.flush()
        try:
            os.fsync(self._file.fileno())
        except io.UnsupportedOperation:
            return
        except OSError as error:
            if error.errno not in _NO_FILE:
                raise

    def close(self) -> None:
        """Write the directory and the end records."""
        at, size = self._at, self._directory.tell()
        self._directory.seek(0)
        while block := self._directory.read(1 << 20):
            self._write(block)
        count = self._members
        end = self._at
        self._write(END64.pack(b"PK\x06\x06", _END64_LENGTH, _VERSION, _VERSION, 0, 0, count, count, size, at))
        self._write(LOCATOR.pack(b"PK\x06\x07", 0, end, 1))
        self._write(END.pack(END_MARK, 0, 0, _FULL_16, _FULL_16, _FULL_32, _FULL_32, 0))
        self._directory.close()
        self.sync()

    def _name(self, path: str) -> bytes:
        full = self._base + path
        if not full.isascii():
            raise EvidenceError(f"{full!r} can't be the name of a member: it is not ASCII")
        return full.encode()

    def _list(self, name: bytes, crc: int, size: int, begin: int) -> None:
        # In the order that the standard gives: size, packed size, place; each only where four bytes are too few.
        large = [value for value in (size, size, begin) if value >= _FULL_32]
        extra = struct.pack(f"<2H{len(large)}Q", _WIDE, 8 * len(large), *large) if large else b""
        sizes = (min(size, _FULL_32), min(size, _FULL_32))
        lengths = (len(name), len(extra), 0, 0, 0, _MODE, min(begin, _FULL_32))
        head = (CENTRAL_MARK, _VERSION | _UNIX, _VERSION, DESCRIPTOR, STORED, _TIME, _DATE, crc)
        self._directory.write(CENTRAL.pack(*head, *sizes, *lengths) + name + extra)
        self._members += 1

    def _write(self, data: bytes) -> None:
        self._file.write(data)
        self._at += len(data)


# What fsync says of a pipe or a terminal.
_NO_FILE: Final = frozenset({22, 30, 95})
