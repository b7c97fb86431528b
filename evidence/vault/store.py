"""The store itself: each object once, under ``ab/cd/<sha256>``, opened only for reading."""

import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Standing:
    """One thing in the store's tree, by its path inside: an object in its place, or a stray.

    Of an object, the digest that names it and what the file system tells of the file; of a stray, neither.
    """

    path: str
    sha256: str = ""
    facts: os.stat_result | None = None


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
        return (standing.sha256 for standing in self.walk() if standing.sha256)

    def strays(self) -> Iterator[str]:
        """Yield the path, inside the store, of everything in the tree that is not an object in its place."""
        return (standing.path for standing in self.walk() if not standing.sha256)

    def walk(self) -> Iterator[Standing]:
        """Yield everything in the tree, in the order of names; what is taken away meanwhile is left out."""
        for upper in _entries(self.root):
            if upper.name in {INCOMING, QUARANTINE}:
                continue
            if not _is_folder(upper):
                yield Standing(upper.name)
                continue
            for lower in _entries(upper.path):
                place = f"{upper.name}/{lower.name}"
                if _is_folder(lower):
                    yield from _standing_in(lower.path, place)
                else:
                    yield Standing(place)

    def quarantined(self) -> list[str]:
        """Return the names of what was put aside, each the digest of its bytes, a dot and a random part."""
        return [entry.name for entry in _entries(self.root / QUARANTINE)]

    def path(self, sha256: str) -> Path:
        """Where the object stands or would stand; for messages and for tools that only read."""
        check_name(sha256)
        return self.root / sha256[:2] / sha256[2:4] / sha256


def check_name(sha256: str) -> str:
    """Return the digest; raises UnsafePathError unless it is 64 lower-case hex digits."""
    if not _SHA256.match(sha256):
        raise UnsafePathError("a vault object is named by 64 lower-case hex digits")
    return sha256


def _entries(folder: str | Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except FileNotFoundError:
        return []


def _is_folder(entry: os.DirEntry[str]) -> bool:
    return _FOLDER.match(entry.name) is not None and entry.is_dir(follow_symlinks=False)


def _standing_in(folder: str, place: str) -> Iterator[Standing]:
    digits = place.replace("/", "")
    for entry in _entries(folder):
        path = f"{place}/{entry.name}"
        fits = _SHA256.match(entry.name) and entry.name.startswith(digits) and entry.is_file(follow_symlinks=False)
        try:
            yield Standing(path, entry.name, entry.stat(follow_symlinks=False)) if fits else Standing(path)
        except FileNotFoundError:
            continue


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
