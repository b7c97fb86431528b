"""Reading a file once, in pieces: SHA-256 and SHA-512 in one pass while the bytes are copied."""

import hashlib
import mmap
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from evidence.core.errors import ChangedWhileReadError, UnreadableSourceError
from evidence.core.reasons import Reason

CHUNK = 1 << 20
_TURN_SECONDS = 0.0005
_kept = threading.local()
Writer = Callable[[memoryview], object]


@dataclass(frozen=True)
class Digests:
    """What identifies bytes: their number and two digests in lower-case hex."""

    size: int
    sha256: str
    sha512: str


@dataclass(frozen=True)
class _Stamp:
    """What a file system tells about a file's content; any difference means somebody touched it."""

    device: int
    inode: int
    size: int
    modified: int
    changed: int

    @classmethod
    def of(cls, descriptor: int) -> "_Stamp":
        facts = os.fstat(descriptor)
        return cls(facts.st_dev, facts.st_ino, facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns)


def copy(source: int, write: Writer) -> Digests:
    """Read ``source`` (a descriptor) to its end, handing each piece to ``write``; return its digests.

    Memory is one piece of 1 MiB whatever the size. Hashing, reading and writing release the interpreter's lock,
    so threads overlap. Raises ChangedWhileReadError when the file differs before and after, UnreadableSourceError
    when it can't be read to its end, and OSError from ``write``.
    """
    before = _Stamp.of(source)
    digests = _pump(source, write)
    if _Stamp.of(source) != before or digests.size != before.size:
        raise ChangedWhileReadError("the file changed while it was being read")
    return digests


@contextmanager
def quick_turns() -> Iterator[None]:
    """Let threads that digest have the interpreter back soon while the block runs.

    Each lets go of it for every piece of 1 MiB (a few milliseconds of work) and, with the usual interval of five
    milliseconds, would then wait as long again for a thread that computes.
    """
    usual = sys.getswitchinterval()
    sys.setswitchinterval(_TURN_SECONDS)
    try:
        yield
    finally:
        sys.setswitchinterval(usual)


def forget_cached(descriptor: int) -> None:
    """Ask that what memory keeps of an open file be dropped: the disk is to be read, not an earlier state."""
    os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)


def of_descriptor(source: int) -> Digests:
    """Return the digests of what ``source`` holds from where it stands; raises as ``copy``."""
    return copy(source, _drop)


def of_bytes(content: bytes, write: Writer) -> Digests:
    """Return the digests of bytes already in memory, handing them to ``write``."""
    write(memoryview(content))
    return Digests(len(content), hashlib.sha256(content).hexdigest(), hashlib.sha512(content).hexdigest())


def _drop(_piece: memoryview) -> None:
    """Keep nothing: only the digests are wanted."""


def _pump(source: int, write: Writer) -> Digests:
    short, long, size = hashlib.sha256(), hashlib.sha512(), 0
    buffer = _buffer()
    while count := _fill(source, buffer):
        piece = buffer[:count]
        short.update(piece)
        long.update(piece)
        write(piece)
        size += count
    return Digests(size=size, sha256=short.hexdigest(), sha512=long.hexdigest())


def _buffer() -> memoryview:
    """This thread's own piece of memory, kept: making and clearing one for each file takes longer than reading it."""
    if not hasattr(_kept, "buffer"):
        # Pages of their own, not shared: direct writing wants its memory to begin at a block.
        _kept.buffer = memoryview(mmap.mmap(-1, CHUNK, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS))
    kept: memoryview = _kept.buffer
    return kept


def _fill(source: int, buffer: memoryview) -> int:
    try:
        return os.readv(source, [buffer])
    except OSError as error:
        # Told apart from errors of the place written to: those concern every file, this one only its own.
        raise UnreadableSourceError(Reason.READ_ERROR, error.strerror or "") from error


def write_all(descriptor: int, piece: memoryview) -> None:
    """Write the whole piece: one ``os.write`` may take only a part of it (a signal, a nearly full disk)."""
    done = 0
    while done < len(piece):
        done += os.write(descriptor, piece[done:])
