"""What is told when the disk, or a service, fails while a bundle is written: what was kept, and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from custody import disclosures
from custody.disclosures import Disclosure, DisclosureKind
from evidence.bundles.folders import is_folder
from evidence.bundles.resuming import Memory
from evidence.core.errors import EvidenceError


class BundleInterrupted(EvidenceError):
    """Writing broke off; the words say what was kept, what is on record, and what to do."""


@contextmanager
def telling(to: Path, memory: Memory, folder: Path) -> Iterator[None]:
    """Turn an OSError of the block into BundleInterrupted. ``folder``: where the bundle lies until it is ``to``."""
    try:
        yield
    except OSError as error:
        why = error.strerror or str(error)
        row = _release(memory)
        if row is None:
            words = _before_entry(folder, why)
        elif is_folder(to) and (folder == to or not is_folder(folder)):
            words = _with_name(row, to, why)
        else:
            words = _after_entry(row, folder, why)
        raise BundleInterrupted(words) from error


def _release(memory: Memory) -> Disclosure | None:
    begun = memory.read()
    return disclosures.find_disclosure(begun.act, DisclosureKind.BUNDLE) if begun is not None else None


def _before_entry(folder: Path, why: str) -> str:
    return (
        f"writing broke off: {why}. Nobody was handed anything, and nothing is entered in the register of releases. "
        f"What was written is kept in {folder}. See to what failed, then give the same command again: what is whole "
        "there stays, the rest is written anew."
    )


def _after_entry(row: Disclosure, folder: Path, why: str) -> str:
    return (
        f"writing broke off: {why}. The release {row} is entered in the register, and is not finished: hand it to "
        f"nobody yet. It is kept in {folder}; remove nothing there. See to what failed, then give the same command "
        "again: it finishes this release and enters no second one, or it records that this one broke off."
    )


def _with_name(row: Disclosure, to: Path, why: str) -> str:
    return (
        f"the release {row} is whole and is {to}, but nothing confirms yet that the disk keeps it: {why}. Leave it "
        "where it is. See to what failed, then give the same command again: it looks at the folder, finishes this "
        "release and enters no second one."
    )
