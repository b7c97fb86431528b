"""The folder of sealed files: one folder for each person, so that erasing a person removes it.

A file is written under its own id and is not finished before its row is committed. Until then it is writable and its
writer holds a lock on it; what is writable and locked by nobody was left by a crash, and is cleared when the next file
comes. Nothing here knows a key: what is written is sealed already.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import stat
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

from django.db import DatabaseError

from custody import data, locks
from custody.private_files import settle
from testimony.core.errors import SealedFileError
from testimony.models import WitnessFile

_log = logging.getLogger(__name__)
_READ: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_BLOCK: Final = 1 << 20


class Slot:
    """A file under way. End it with `keep`, once its row is committed, or with `discard`."""

    def __init__(self, person: uuid.UUID, file: uuid.UUID) -> None:
        """Begin the file. Raises OSError."""
        self._path = _path(person, file)
        self._path.parent.mkdir(mode=0o700, exist_ok=True)
        self._descriptor = locks.create_held(self._path)
        self._digest = hashlib.sha256()
        self.size = 0

    def write(self, piece: bytes) -> None:
        """Write sealed bytes after those before. Raises OSError, for a full disk too."""
        left = memoryview(piece)
        while left:
            left = left[os.write(self._descriptor, left) :]
        self._digest.update(piece)
        self.size += len(piece)

    def settle(self) -> str:
        """Make the file durable before any row names it; gives the SHA-256 (hex) of what was written."""
        os.fsync(self._descriptor)
        settle(self._path.parent)
        settle(self._path.parent.parent)
        return self._digest.hexdigest()

    def keep(self) -> None:
        """The row that names it is committed."""
        os.fchmod(self._descriptor, 0o400)
        os.close(self._descriptor)

    def discard(self) -> None:
        """Nothing will name it; a file that a committed row names all the same stays, and is finished."""
        try:
            _settle_leftover(self._path)
        except DatabaseError as error:
            _log.warning("a sealed file was left, and is looked at when the next one comes: %s", error)
        finally:
            os.close(self._descriptor)


def _path(person: uuid.UUID, file: uuid.UUID) -> Path:
    return data.sealed() / str(person) / str(file)


def open_stored(person: uuid.UUID, file: uuid.UUID) -> BinaryIO:
    """Open a stored file for reading; the caller closes it. Raises SealedFileError when it is not there."""
    try:
        descriptor = os.open(_path(person, file), _READ)
    except OSError as error:
        raise SealedFileError("the sealed file is not there, or can't be read") from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise SealedFileError("what stands in the place of the sealed file is no plain file")
    return os.fdopen(descriptor, "rb")


def digest_stored(person: uuid.UUID, file: uuid.UUID) -> tuple[str, int]:
    """SHA-256 (hex) and length of a stored file, read whole. Raises SealedFileError."""
    digest, size = hashlib.sha256(), 0
    with open_stored(person, file) as stored:
        try:
            while block := stored.read(_BLOCK):
                digest.update(block)
                size += len(block)
        except OSError as error:
            raise SealedFileError(f"the sealed file can't be read: {error.strerror}") from error
    return digest.hexdigest(), size


def is_stored(person: uuid.UUID, file: uuid.UUID) -> bool:
    """Whether something stands in the place of a file."""
    return os.path.lexists(_path(person, file))


def standing() -> Iterator[Path]:
    """Everything in the folders of persons, and whatever else stands beside them."""
    for folder in sorted(data.sealed().iterdir()):
        if folder.is_dir() and not folder.is_symlink():
            yield from sorted(folder.iterdir())
        else:
            yield folder


def is_under_way(path: Path) -> bool:
    """Whether somebody is still writing this file, or has not said yet that it is kept."""
    with locks.left_alone(path) as found:
        return found is None and path.is_file()


def is_unfinished(path: Path) -> bool:
    """Whether its writer never said that it is kept: it may be under way, or left by a crash."""
    try:
        return bool(path.lstat().st_mode & stat.S_IWUSR)
    except FileNotFoundError:
        return False


def clear_leftovers() -> int:
    """Remove what crashes left, and finish what a crash kept from being finished; gives how many were removed."""
    removed = 0
    for path in standing():
        if is_unfinished(path) and path.is_file() and not path.is_symlink():
            with locks.left_alone(path) as found:
                removed += found is not None and _settle_leftover(path)
    return removed


def _settle_leftover(path: Path) -> bool:
    # Only now: its writer committed the row before it let go of the lock.
    if row_of(path) is not None:
        path.chmod(0o400)
        return False
    path.unlink(missing_ok=True)
    return True


def row_of(path: Path) -> WitnessFile | None:
    """The row that names what stands at this path."""
    with contextlib.suppress(ValueError):
        person, file = uuid.UUID(path.parent.name), uuid.UUID(path.name)
        return WitnessFile.objects.filter(pk=file, witness__person=person).first()
    return None


def remove_person(person: uuid.UUID) -> int:
    """Remove every file of a person; gives how many there were. Called when an erasure stands (`custody.erasure`)."""
    folder = data.sealed() / str(person)
    try:
        found = sorted(folder.iterdir())
    except FileNotFoundError:
        return 0
    for path in found:
        path.unlink(missing_ok=True)
    settle(folder)
    folder.rmdir()
    settle(folder.parent)
    return len(found)
