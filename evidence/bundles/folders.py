"""Where a bundle is written until it is whole: locked while somebody writes, taken over when they are gone."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from custody import locks
from custody.core import bagging
from evidence.bundles.sinks import FILE_MODE, FOLDER_MODE, sync_file_system
from evidence.core.errors import EvidenceError

_OPEN: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_OPEN_OLD: Final = os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
_MAKE: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
# What link(2) says where the file system has no hard links: a memory stick, some shares.
_NO_LINKS: Final = frozenset({errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS})
_OURS: Final = frozenset(
    {
        bagging.BAGIT,
        bagging.BAG_INFO,
        *bagging.MANIFESTS.values(),
        *bagging.TAG_MANIFESTS.values(),
        *("data", "proof", "seal", "verify"),
    }
)


class BundleRefused(EvidenceError):
    """The bundle can't be written; what there is says why."""


@contextmanager
def unfinished_folder(to: Path) -> Iterator[Path]:
    """A folder beside ``to``, with the ending ``.unfinished``, for its owner alone, held while the block runs.

    What a dead run left is still there: the lock on the folder ends with the process that took it. Nothing in it may
    be a link. What says how far that run came is to be read inside the block: before, another one may be at it.
    Raises BundleRefused when ``to`` is there, when another run writes, or when the folder holds what no bundle has.
    """
    _refuse_taken(to)
    folder = to.with_name(f"{to.name}.unfinished")
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=FOLDER_MODE)
        descriptor = os.open(folder, _OPEN)
    except OSError as error:
        raise BundleRefused(f"{folder} can't be made: {error.strerror}") from error
    try:
        _hold(descriptor, folder)
        _refuse_finished(to, folder)
        _refuse_foreign(folder)
        # One that somebody else made may be open to all; a file system without modes has its own rules.
        with contextlib.suppress(PermissionError):
            os.fchmod(descriptor, FOLDER_MODE)
        yield folder
    finally:
        os.close(descriptor)


@contextmanager
def unfinished_file(to: Path) -> Iterator[tuple[BinaryIO, Path]]:
    """A new file beside ``to``, with the ending ``.unfinished``, for its owner alone, held while the block runs.

    What a dead run left under that name is removed, never written over: it may be a second name of a finished one.
    Raises BundleRefused when ``to`` is there, or when another run writes.
    """
    _refuse_taken(to)
    part = to.with_name(f"{to.name}.unfinished")
    part.parent.mkdir(parents=True, exist_ok=True)
    _remove_dead(part)
    try:
        descriptor = os.open(part, _MAKE, FILE_MODE)
    except FileExistsError as error:
        raise BundleRefused(f"another run is writing {part} now") from error
    with os.fdopen(descriptor, "wb") as file:
        _hold(descriptor, part)
        if _is_taken(to):
            part.unlink()
            _refuse_taken(to)
        yield file, part


@contextmanager
def finished_folder(to: Path) -> Iterator[None]:
    """A folder that has its own name, held while the block runs: the lock of a run that writes goes with the name.

    Raises BundleRefused when another run holds it, or when it is no folder.
    """
    try:
        descriptor = os.open(to, _OPEN)
    except OSError as error:
        raise BundleRefused(f"{to} can't be looked at: {error.strerror}") from error
    try:
        _hold(descriptor, to)
        yield
    finally:
        os.close(descriptor)


def _remove_dead(part: Path) -> None:
    try:
        descriptor = os.open(part, _OPEN_OLD)
    except FileNotFoundError:
        return
    except OSError as error:
        raise BundleRefused(f"{part} can't be taken over: {error.strerror}") from error
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise BundleRefused(f"{part} is no plain file; nothing was removed")
        _hold(descriptor, part)
        part.unlink()
    finally:
        os.close(descriptor)


def publish_folder(unfinished: Path, to: Path) -> None:
    """Give a whole folder its own name, durably. Raises OSError."""
    unfinished.rename(to)
    settle_folder(to)


def settle_folder(to: Path) -> None:
    """Return when a folder and its name would survive a loss of power. Raises OSError."""
    _sync_around(to)


def is_folder(to: Path) -> bool:
    """Whether this is a folder, and no link to one."""
    return to.is_dir() and not to.is_symlink()


def publish_file(part: Path, to: Path) -> None:
    """Give a whole file its own name, durably, and never that of another one.

    Raises BundleRefused when the name was taken meanwhile, and OSError; the file then stays under its first name.
    """
    try:
        _move(part, to)
    except FileExistsError as error:
        raise BundleRefused(f"{to} was made meanwhile; the finished bundle is {part}") from error
    _sync_around(to)


def _move(part: Path, to: Path) -> None:
    try:
        os.link(part, to, follow_symlinks=False)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        # Whoever makes the name has it; then only our own empty file is replaced.
        os.close(os.open(to, _MAKE, FILE_MODE))
        part.replace(to)
    else:
        part.unlink()


def _sync_around(path: Path) -> None:
    descriptor = os.open(path.absolute().parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        sync_file_system(descriptor)
    finally:
        os.close(descriptor)


def _is_taken(to: Path) -> bool:
    return to.exists() or to.is_symlink()


def _refuse_taken(to: Path) -> None:
    if _is_taken(to):
        raise BundleRefused(f"{to} is there already; nothing was written. Give another name.")


def _refuse_finished(to: Path, folder: Path) -> None:
    """Another run may have come to its end between the first look and the lock; what is here is then empty and new."""
    if _is_taken(to):
        with contextlib.suppress(OSError):
            folder.rmdir()
        _refuse_taken(to)


def _hold(descriptor: int, path: Path) -> None:
    if not locks.take(descriptor):
        raise BundleRefused(f"another run is writing {path} now")
    # Between opening and locking, the run that held it may have finished and moved it to its own name.
    try:
        there = path.lstat()
    except FileNotFoundError:
        there = None
    if there is None or not os.path.samestat(os.fstat(descriptor), there):
        raise BundleRefused(f"another run has just written {path}")


def _refuse_foreign(folder: Path) -> None:
    foreign = sorted(path.name for path in folder.iterdir() if path.name not in _OURS or path.is_symlink())
    if foreign:
        raise BundleRefused(f"{folder} holds what no bundle has ({foreign[0]}); nothing was removed")


def clear(folder: Path, kept: frozenset[str] = frozenset()) -> None:
    """Remove everything but the files and folders that ``kept`` names. Raises BundleRefused."""
    try:
        for path in sorted(folder.iterdir()):
            _remove(path, path.name, kept)
    except OSError as error:
        raise BundleRefused(f"{folder} can't be cleared: {error.strerror}") from error


def _remove(path: Path, name: str, kept: frozenset[str]) -> None:
    if name in kept and not path.is_symlink():
        return
    if path.is_symlink() or not path.is_dir():
        path.unlink()
    elif any(each.startswith(f"{name}/") for each in kept):
        for inner in sorted(path.iterdir()):
            _remove(inner, f"{name}/{inner.name}", kept)
    else:
        shutil.rmtree(path)
