"""Locks between the processes of this machine, on files and folders: each ends with the process that took it.

So what stands there unfinished and is held by nobody was left by a process that died.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from custody import data

_CREATE: Final = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
# Not to wait for ever on a pipe that somebody put there.
_LOOK: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


def take(descriptor: int) -> bool:
    """Take the lock on an open file or folder if nobody has it. Returns whether it was taken."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def alone(name: str) -> Iterator[bool]:
    """Whether no other process of this machine holds the lock of this name while the block runs."""
    descriptor = os.open(data.work() / f"{name}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        yield take(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def in_turn(name: str) -> Iterator[None]:
    """Wait until nobody else on this machine is in a block of this name; also for threads of one process."""
    descriptor = os.open(data.work() / f"{name}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def left_alone(path: Path) -> Iterator[int | None]:
    """The open file or folder if it is there and nobody holds it, else None; while the block runs nobody begins to.

    What can't be opened, and a link, count as held: whoever clears away leaves them.
    """
    try:
        descriptor = os.open(path, _LOOK)
    except OSError:
        yield None
        return
    try:
        yield descriptor if take(descriptor) else None
    finally:
        os.close(descriptor)


def create_held(path: Path) -> int:
    """A new private file that is held: nobody took it for a leftover between making and locking it. Raises OSError."""
    while True:
        descriptor = os.open(path, _CREATE, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        if os.fstat(descriptor).st_nlink:
            return descriptor
        os.close(descriptor)
