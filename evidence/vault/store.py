"""The store itself: each object once, under ``ab/cd/<sha256>``, opened only for reading."""

import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Protocol

from evidence.core.errors import DamagedObjectError, UnknownObjectError, UnsafePathError
from evidence.digesting import Digests, of_descriptor

INCOMING = ".incoming"
QUARANTINE = ".quarantine"
_SHA256 = re.compile(r"[0-9a-f]{64}\Z")
_FOLDER = re.compile(r"[0-9a-f]{2}\Z")
OPEN_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_OPEN_OBJECT = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class ObjectStore(Protocol):
    """What the rest of Amana may do with stored bytes; a store on a network offers the same."""

    def open(self, sha256: str) -> BinaryIO:
        """Open the object for reading; raises UnknownObjectError."""

    def contains(self, sha256: str) -> bool:
        """Whether an object of this name stands here; says nothing about its bytes."""

    def check(self, sha256: str) -> Digests:
        """Read the object whole; raises UnknownObjectError or DamagedObjectError."""

    def objects(self) -> Iterator[str]:
        """Yield the name of every object, in order."""

    def strays(self) -> Iterator[str]:
        """Yield what stands in the store and is not an object in its place."""


class Vault:
    """An ``ObjectStore`` in a folder of this machine."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def prepare(self) -> None:
        """Make the store's folders; safe to call at any time."""
        for folder in (self.root, self.root / INCOMING, self.root / QUARANTINE):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def open(self, sha256: str) -> BinaryIO:
        """Open the object for reading; the caller closes it.

        Every step of the path is opened without following links. Raises UnknownObjectError when there is none
        and UnsafePathError when something other than a plain file is in its place.
        """
        check_name(sha256)
        try:
            with _opened(self.root, sha256[:2], sha256[2:4]) as folder:
                descriptor = os.open(sha256, _OPEN_OBJECT, dir_fd=folder)
        except FileNotFoundError as error:
            raise UnknownObjectError(f"no object {sha256} in the vault") from error
        except OSError as error:
            raise UnsafePathError(f"vault object {sha256} cannot be opened: {error.strerror}") from error
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise UnsafePathError(f"vault object {sha256} is not a plain file")
        return os.fdopen(descriptor, "rb")

    def contains(self, sha256: str) -> bool:
        """Whether a plain file stands under this name."""
        try:
            self.open(sha256).close()
        except UnknownObjectError:
            return False
        return True

    def check(self, sha256: str) -> Digests:
        """Read the object whole and compare; raises UnknownObjectError or DamagedObjectError."""
        with self.open(sha256) as stored:
            found = of_descriptor(stored.fileno())
        if found.sha256 != sha256:
            raise DamagedObjectError(sha256, found.sha256)
        return found

    def objects(self) -> Iterator[str]:
        """Yield the name of every object that stands in its place, in order."""
        for upper in _folders(self.root):
            for lower in _folders(self.root / upper):
                names = _names(self.root / upper / lower)
                yield from (name for name in names if _SHA256.match(name) and name.startswith(upper + lower))

    def strays(self) -> Iterator[str]:
        """Yield the path, inside the store, of everything in the tree that is not an object in its place."""
        uppers = set(_folders(self.root))
        yield from sorted(set(_names(self.root)) - uppers - {INCOMING, QUARANTINE})
        for upper in sorted(uppers):
            lowers = set(_folders(self.root / upper))
            yield from sorted(f"{upper}/{name}" for name in set(_names(self.root / upper)) - lowers)
            for lower in sorted(lowers):
                yield from self._strays_in(upper, lower)

    def _strays_in(self, upper: str, lower: str) -> Iterator[str]:
        with os.scandir(self.root / upper / lower) as entries:
            for entry in sorted(entries, key=lambda found: found.name):
                fits = _SHA256.match(entry.name) and entry.name.startswith(upper + lower)
                if not fits or not entry.is_file(follow_symlinks=False):
                    yield f"{upper}/{lower}/{entry.name}"

    def quarantined(self) -> list[str]:
        """Return the names of what was put aside, each the digest of its bytes, a dot and a random part."""
        folder = self.root / QUARANTINE
        return _names(folder) if folder.is_dir() else []

    def path(self, sha256: str) -> Path:
        """Where the object stands or would stand; for messages and for tools that only read."""
        check_name(sha256)
        return self.root / sha256[:2] / sha256[2:4] / sha256


def check_name(sha256: str) -> str:
    """Return the digest; raises UnsafePathError unless it is 64 lower-case hex digits."""
    if not _SHA256.match(sha256):
        raise UnsafePathError("a vault object is named by 64 lower-case hex digits")
    return sha256


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def _folders(parent: Path) -> list[str]:
    if not parent.is_dir():
        return []
    with os.scandir(parent) as entries:
        return sorted(e.name for e in entries if _FOLDER.match(e.name) and e.is_dir(follow_symlinks=False))


@contextmanager
def _opened(root: Path, *steps: str) -> Iterator[int]:
    descriptor = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for step in steps:
            following = os.open(step, OPEN_FOLDER, dir_fd=descriptor)
            os.close(descriptor)
            descriptor = following
        yield descriptor
    finally:
        os.close(descriptor)
