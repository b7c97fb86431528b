"""Going on with a bundle whose writing broke off: what was granted then, and what of it is whole on the disk.

What is remembered lies in the data folder, not in the bundle's: whoever holds the disk that a bundle is written to
could otherwise say what belongs into it.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final
from uuid import UUID

from custody import data, ledger
from custody.actions import Action
from custody.core import bagging, bags, canonical
from custody.core.bags import Bag
from custody.core.bundles import layout
from custody.core.canonical import JsonValue
from custody.core.entries import Entry, Outcome
from custody.core.errors import CustodyError, EntryError
from custody.core.reports import Report
from evidence.access.exporting import Export, still_granted
from evidence.bundles.orders import Order
from evidence.bundles.parts import Offered

_TYPE: Final = "unfinished-bundle/1"


@dataclass(frozen=True)
class Begun:
    """A bundle under way: the act and its grants, the tree as of which it is written, and what other rooms gave.

    ``sealed`` is noted before it gets its own name: from then on somebody may have it.
    """

    act: str
    size: int
    order: str
    parts: dict[str, str] = field(default_factory=dict)
    touches: tuple[tuple[str, str], ...] = ()
    sealed: bool = False

    def encode(self) -> bytes:
        """The bytes that `decode` reads."""
        parts: dict[str, JsonValue] = dict(self.parts)
        touches: list[JsonValue] = [list(each) for each in self.touches]
        return canonical.dumps(
            {
                "type": _TYPE,
                "act": self.act,
                "size": self.size,
                "order": self.order,
                "parts": parts,
                "touches": touches,
                "sealed": self.sealed,
            }
        )

    @classmethod
    def decode(cls, stored: bytes) -> Begun | None:
        """What was written, None for anything else."""
        try:
            value = canonical.loads(stored)
        except CustodyError:
            return None
        match value:
            case {
                "type": "unfinished-bundle/1",
                "act": str(act),
                "size": int(size),
                "order": str(order),
                "parts": dict(parts),
                "touches": list(touches),
                "sealed": bool(sealed),
            }:
                pairs = tuple((str(each[0]), str(each[1])) for each in touches if isinstance(each, list))
                return cls(act, size, order, {path: str(digest) for path, digest in parts.items()}, pairs, sealed)
        return None


class Memory:
    """What is remembered of the bundle for one place on the disk."""

    def __init__(self, to: Path) -> None:
        name = hashlib.sha256(os.fsencode(to.absolute())).hexdigest()
        self._path = data.work() / f"bundle-{name}.json"

    def read(self) -> Begun | None:
        """What a run that broke off left, None for nothing."""
        try:
            return Begun.decode(self._path.read_bytes())
        except FileNotFoundError:
            return None

    def write(self, begun: Begun) -> None:
        """Remember, durably."""
        part = self._path.with_suffix(".part")
        with part.open("wb") as file:
            file.write(begun.encode())
            file.flush()
            os.fsync(file.fileno())
        part.replace(self._path)

    def note_sealed(self) -> None:
        """Remember that the seal is written: from now on somebody may have it."""
        begun = self.read()
        if begun is not None:
            self.write(replace(begun, sealed=True))

    def forget(self) -> None:
        """Nothing to go on with any more."""
        with contextlib.suppress(FileNotFoundError):
            self._path.unlink()


def entry_of_act(order: Order, act: str, action: Action) -> Entry | None:
    """The entry with this verb in the case's history that the act left."""
    return next(_entries(order, action, act), None)


def granted_before(order: Order, begun: Begun, offered: Offered, only: Collection[UUID] | None) -> Export | None:
    """The grants of a run that broke off, if it was the same order and the rules would grant exactly that today."""
    if begun.order != order.digest or frozenset(begun.touches) != offered.touches:
        return None
    opened = entry_of_act(order, begun.act, Action.EXPORT_OPENED)
    if opened is None or opened.actor.id != order.asker.actor.id:
        return None
    granted = {
        UUID(entry.subject["item"])
        for entry in _entries(order, Action.ITEM_DOWNLOADED, begun.act)
        if entry.outcome is Outcome.GRANTED and entry.seq < begun.size
    }
    export = Export(act=begun.act, granted=granted)
    return export if still_granted(order.asker, export, only=only) else None


def _entries(order: Order, action: Action, act: str) -> Iterator[Entry]:
    """One at a time: a case of many years has many entries with one verb, and few of one act."""
    for stored in ledger.entries_in_streams([f"case/{order.asker.case.pk}"], action):
        # The walk of `verify` reports an entry that can't be read.
        with contextlib.suppress(EntryError):
            entry = ledger.entry_of(stored)
            if entry.act == act:
                yield entry


def is_whole(folder: Path, created: Entry) -> bool:
    """Whether everything under the manifests is on the disk, and these are the manifests that the entry names."""
    report = Report()
    with Bag(folder) as bag:
        if not bags.check(bag, report, fact_of=layout.fact_of, free=layout.FREE) or report.failed():
            return False
        digests = {"tagmanifest": bag.sha256(bagging.TAG_MANIFESTS["sha256"]), "heads": bag.sha256(layout.HEADS)}
    return all(digest is not None and created.subject.get(name) == digest.hex() for name, digest in digests.items())


def measured(folder: Path, path: str, wanted: dict[str, str]) -> tuple[int, dict[str, bytes]] | None:
    """Size and digests of a file that is there already and has the digests wanted; None, and removed, otherwise."""
    target = folder / path
    try:
        descriptor = os.open(target, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    except FileNotFoundError:
        return None
    except OSError:
        target.unlink()
        return None
    with os.fdopen(descriptor, "rb", buffering=0) as file:
        size, *both = bagging.digests(file, memoryview(bytearray(bagging.BLOCK_BYTES)))
    digests = dict(zip(bagging.ALGORITHMS, both, strict=True))
    if all(digests[name].hex() == digest for name, digest in wanted.items()):
        return size, digests
    target.unlink()
    return None


def drop_strangers(folder: Path, expected: Iterable[str]) -> None:
    """Remove whatever lies under data/ that this bundle does not hold; nothing there was listed by anybody yet."""
    wanted = set(expected)
    for path in sorted((folder / "data").rglob("*"), reverse=True):
        if path.is_dir() and not path.is_symlink():
            continue
        if path.relative_to(folder).as_posix() not in wanted:
            path.unlink()


Kept = Callable[[str, dict[str, str]], tuple[int, dict[str, bytes]] | None]
"""Looks whether a file of this path, with these digests, is there from before."""


def nothing_kept(_path: str, _wanted: dict[str, str]) -> None:
    """A first run."""
    return
