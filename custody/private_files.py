"""Private files (0600) that are whole and durable, or not there at all: keys, memories, secrets.

The standard library alone: the cosigner, which runs without the rest of this room, and the settings use it too.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path


def replace(path: Path, content: bytes) -> None:
    """Put `content` in the place of the file, durably: after a stop at any moment the old or the new one is there."""
    with _written_aside(path, content) as aside:
        aside.replace(path)
    settle(path.parent)


def write_once(path: Path, content: bytes) -> None:
    """Create the file, whole and durable, or not at all. Raises FileExistsError when the name is taken, by a link too.

    What another writer made at the same moment is whole as soon as it is there.
    """
    with _written_aside(path, content) as aside:
        # A link, and not a rename, refuses when the name is taken.
        os.link(aside, path)
    settle(path.parent)


def read(path: Path, *, at_most: int) -> bytes:
    """The content of a file of a bounded size in bytes. Raises OSError, also for a file that is larger."""
    with path.open("rb") as file:
        content = file.read(at_most + 1)
    if len(content) > at_most:
        raise OSError(f"{path.name} is larger than {at_most} bytes")
    return content


def settle(folder: Path) -> None:
    """Make the names in a folder durable: without it a new name may be lost with the power, its content on disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextlib.contextmanager
def _written_aside(path: Path, content: bytes) -> Iterator[Path]:
    """The content on disk under a name beside that of the file, which is gone afterwards."""
    aside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        yield aside
    finally:
        aside.unlink(missing_ok=True)


__all__ = ["read", "replace", "settle", "write_once"]
