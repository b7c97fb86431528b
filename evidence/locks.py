"""Locks between the processes of this machine, as files in the data folder; a process that dies lets go."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from custody import data


@contextmanager
def alone(name: str) -> Iterator[bool]:
    """Whether no other process of this machine holds the lock of this name while the block runs."""
    descriptor = os.open(data.work() / f"{name}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        yield locked(descriptor)
    finally:
        os.close(descriptor)


def locked(descriptor: int) -> bool:
    """Take the lock on an open file if nobody has it. Returns whether it was taken."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
