"""Documents made to lead a reader astray: each is small, and none is what it says."""

from __future__ import annotations

import zlib
from typing import Final

_HEAD: Final = b"%PDF-1.7\n"
_ENTRY_BYTES: Final = 4


def _with_table(dictionary: bytes, stream: bytes) -> bytes:
    """A file that is one cross-reference stream."""
    words = b"1 0 obj\n<< /Type /XRef %s /Length %d >>\nstream\n" % (dictionary, len(stream))
    return _HEAD + words + stream + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % len(_HEAD)


def _of_zeros(count: int) -> bytes:
    """A packed table of so many bytes, all alike."""
    packer = zlib.compressobj(9)
    piece = bytes(1 << 20)
    packed = [packer.compress(piece) for _ in range(count >> 20)]
    packed += [packer.compress(bytes(count & 0xFFFFF)), packer.flush()]
    dictionary = b"/Filter /FlateDecode /W [1 2 1] /Size %d /Root 2 0 R" % (count // _ENTRY_BYTES)
    return _with_table(dictionary, b"".join(packed))


def unpacks_without_end() -> bytes:
    """A table larger than the library itself unpacks."""
    return _of_zeros(300 << 20)


def eats_memory() -> bytes:
    """A table that the library would unpack, but that takes more memory than the child has."""
    return _of_zeros(250 << 20)


def takes_for_ever() -> bytes:
    """A table whose entries are read one by one."""
    return _of_zeros(16_000_000)


def nests_deeply() -> bytes:
    """Lists in lists in lists."""
    return _with_table(b"/W [1 2 1] /Size 1 /Root " + b"[" * 200_000, bytes(_ENTRY_BYTES))
