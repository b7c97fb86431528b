"""The only way out of the vault for good: objects that were disposed of, taken away while no run lives."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from custody import locks
from evidence.vault.leftovers import LOCK, digest_of
from evidence.vault.store import INCOMING, OPEN_FOLDER, QUARANTINE, Vault

_LOCK = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC


@contextmanager
def alone(vault: Vault) -> Iterator[bool]:
    """Whether no run lives; while the block lasts, none begins. Every living run holds the lock shared."""
    vault.prepare()
    lock = os.open(vault.root / INCOMING / LOCK, _LOCK, 0o600)
    try:
        yield locks.take(lock)
    finally:
        os.close(lock)


def remove(vault: Vault, sha256: str) -> None:
    """Take the object away, and copies of it that were put aside; gone for good when this returns.

    To be called alone in the vault. An object that is not there is no fault: an earlier try was cut off.
    """
    place = vault.path(sha256)
    place.unlink(missing_ok=True)
    _make_durable(place.parent)
    for copy in _put_aside(vault, sha256):
        copy.unlink(missing_ok=True)
    _make_durable(vault.root / QUARANTINE)


def _put_aside(vault: Vault, sha256: str) -> list[Path]:
    with os.scandir(vault.root / QUARANTINE) as entries:
        return [Path(entry.path) for entry in entries if digest_of(entry) == sha256]


def _make_durable(folder: Path) -> None:
    if not folder.is_dir():
        return
    descriptor = os.open(folder, OPEN_FOLDER)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
