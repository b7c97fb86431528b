"""What stands under ``.incoming`` and ``.quarantine``, told apart without touching it."""

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from custody import locks
from evidence.vault.store import INCOMING, QUARANTINE, Vault

LOCK = "lock"
_RUN = re.compile(r"[0-9a-f]{32}\Z")
_PART = re.compile(r"[0-9a-f]{32}\.part\Z")
_WAITING = re.compile(r"(?P<digest>[0-9a-f]{64})\.[0-9a-f]{32}\Z")


@dataclass
class Leftovers:
    """What runs have under way or left: ``twins`` are digests of objects whose second name lies here (same inode).

    ``loose`` are paths of files that a run would have here but that are no object's second name; ``strays`` are
    paths of what no run ever makes. Paths are inside the vault.
    """

    twins: set[str] = field(default_factory=set)
    loose: list[str] = field(default_factory=list)
    strays: list[str] = field(default_factory=list)


def leftovers(vault: Vault) -> Leftovers:
    """Look at all run folders; what a living run removes meanwhile is not reported."""
    found = Leftovers()
    for entry in _entries(vault.root / INCOMING):
        if _RUN.match(entry.name) and entry.is_dir(follow_symlinks=False):
            for inner in _entries(Path(entry.path)):
                _sort(vault, inner, found)
        elif entry.name != LOCK or not entry.is_file(follow_symlinks=False):
            found.strays.append(f"{INCOMING}/{entry.name}")
    found.strays.extend(
        f"{QUARANTINE}/{entry.name}" for entry in _entries(vault.root / QUARANTINE) if digest_of(entry) is None
    )
    return found


def digest_of(entry: "os.DirEntry[str]") -> str | None:
    """The digest that a received file is named by, or None when it is not a plain file named so."""
    matched = _WAITING.match(entry.name)
    return matched["digest"] if matched and entry.is_file(follow_symlinks=False) else None


def is_of_a_run(entry: "os.DirEntry[str]") -> bool:
    """Whether a run would make such a file in its folder."""
    part = _PART.match(entry.name) is not None and entry.is_file(follow_symlinks=False)
    return part or digest_of(entry) is not None


def same_file(one: Path, other: Path) -> bool:
    """Whether both names are of one file."""
    try:
        return os.path.samestat(one.lstat(), other.lstat())
    except FileNotFoundError:
        return False


def at_work(vault: Vault) -> bool:
    """Whether a living run holds the vault's lock."""
    try:
        descriptor = os.open(vault.root / INCOMING / LOCK, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        return not locks.take(descriptor)
    finally:
        os.close(descriptor)


def wrong_with(facts: os.stat_result, *, owner: int) -> str:
    """What is wrong with the owner or the permissions of an object, or nothing.

    ``owner`` is the user of the vault's folder, who alone may have write permission.
    """
    if facts.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        return f"others may write to it (mode {stat.S_IMODE(facts.st_mode):03o})"
    if facts.st_uid != owner:
        return f"it belongs to user {facts.st_uid}, the vault does not"
    return ""


def names_of(vault: Vault, sha256: str) -> int:
    """How many names (hard links) the object's file has; 0 when there is none."""
    try:
        return vault.path(sha256).lstat().st_nlink
    except FileNotFoundError:
        return 0


def _sort(vault: Vault, entry: "os.DirEntry[str]", found: Leftovers) -> None:
    path = Path(entry.path)
    digest = digest_of(entry)
    shown = str(path.relative_to(vault.root))
    if digest is not None and same_file(path, vault.path(digest)):
        found.twins.add(digest)
    elif is_of_a_run(entry):
        found.loose.append(shown)
    elif path.is_symlink() or path.exists():
        found.strays.append(shown)


def _entries(folder: Path) -> "Iterator[os.DirEntry[str]]":
    try:
        with os.scandir(folder) as entries:
            yield from sorted(entries, key=lambda entry: entry.name)
    except (FileNotFoundError, NotADirectoryError):
        return
