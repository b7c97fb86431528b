"""The folder that a bundle is written in: locked while somebody writes, taken over when they are gone."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from custody.core import bagging
from evidence.core.errors import EvidenceError

_OPEN: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
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


def _nothing(_folder: Path) -> frozenset[str]:
    return frozenset()


@contextmanager
def unfinished_folder(to: Path, kept: Callable[[Path], frozenset[str]] = _nothing) -> Iterator[Path]:
    """A folder beside ``to``, with the ending ``.unfinished``, held while the block runs.

    What a dead run left there is cleared, but for the top names and folders that ``kept`` names (none without it): the
    lock on the folder ends with the process that took it. Nothing that is there may be a link.
    Raises BundleRefused when ``to`` is there, when another run writes, or when the folder holds what no bundle has.
    """
    if to.exists() or to.is_symlink():
        raise BundleRefused(f"{to} is there already; nothing was written. Name a new folder.")
    folder = to.with_name(f"{to.name}.unfinished")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(folder, _OPEN)
    except OSError as error:
        raise BundleRefused(f"{folder} can't be made: {error.strerror}") from error
    try:
        _hold(descriptor, folder)
        _refuse_foreign(folder)
        clear(folder, kept(folder))
        yield folder
    finally:
        os.close(descriptor)


def _hold(descriptor: int, folder: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise BundleRefused(f"another run is writing {folder} now") from error
    # Between opening and locking, the run that held it may have finished and moved it to its own name.
    if not folder.exists() or not os.path.samestat(os.fstat(descriptor), folder.lstat()):
        raise BundleRefused(f"another run has just written {folder}")


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
