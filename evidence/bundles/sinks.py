"""Where the files of a bag go, behind one face: a folder here, a ZIP written as a stream in `zipping`.

Nothing that was written counts before `sync` has returned: a file alone is never waited for.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final, Protocol

from evidence.digesting import forget_cached

SYNC_EVERY_BYTES: Final = 1 << 30
SYNC_EVERY_FILES: Final = 8192
# Whoever it is handed to, nobody else on this machine reads it.
FOLDER_MODE: Final = 0o700
FILE_MODE: Final = 0o600


class Sink(Protocol):
    """Takes files one after the other, each once and for good."""

    def put(self, path: str, blocks: Iterable[bytes]) -> None:
        """Write one file. ``path`` was checked."""

    def sync(self) -> None:
        """Return when everything written so far would survive a loss of power. Raises OSError."""


class FolderSink:
    """Files in a folder, for its owner alone; made durable in groups, all of a group by one call to the system."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._made: set[Path] = set()
        self._bytes = 0
        self._files = 0

    def put(self, path: str, blocks: Iterable[bytes]) -> None:
        target = self._root / path
        self._make(target.parent)
        with open(target, "xb", opener=_private) as file:
            for block in blocks:
                file.write(block)
                self._bytes += len(block)
        self._files += 1
        if self._bytes >= SYNC_EVERY_BYTES or self._files >= SYNC_EVERY_FILES:
            self.sync()

    def _make(self, folder: Path) -> None:
        if folder in self._made:
            return
        if folder != self._root:
            self._make(folder.parent)
        folder.mkdir(mode=FOLDER_MODE, exist_ok=True)
        self._made.add(folder)

    def sync(self) -> None:
        descriptor = os.open(self._root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            sync_file_system(descriptor)
        finally:
            os.close(descriptor)
        self._bytes = self._files = 0


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, FILE_MODE)


def drop_cached(folder: Path) -> None:
    """Ask that what memory keeps of the files in a folder be dropped: it is the disk that is to be read.

    What failed to reach the disk can still be read from memory, and the failure is told once, to the run that saw it.
    """
    for root, _, names in os.walk(folder):
        for name in names:
            # Whoever reads it next says what is wrong with one that can't be opened.
            with contextlib.suppress(OSError):
                _drop(Path(root, name))


def _drop(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    try:
        forget_cached(descriptor)
    finally:
        os.close(descriptor)


def _system_call() -> Callable[[int], int] | None:
    """syncfs(2), which Python does not offer; None where the system lacks it."""
    try:
        call = ctypes.CDLL(None, use_errno=True).syncfs
    except (AttributeError, OSError):
        return None
    call.argtypes, call.restype = [ctypes.c_int], ctypes.c_int
    return call


_syncfs: Final = _system_call()


def sync_file_system(descriptor: int) -> None:
    """Make everything on the file system of an open file durable. Raises OSError, also for earlier failed writes.

    sync(2), where the system has no better, says nothing of failures; whoever reads back finds them.
    """
    if _syncfs is None:
        os.sync()
    elif _syncfs(descriptor) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
