"""A bundle that got its own name while nothing said that the disk keeps it: the next run of the order confirms it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from custody import disclosures
from custody.actions import Action
from custody.core.bundles import layout
from custody.core.entries import Entry
from custody.disclosures import Disclosure, DisclosureKind
from evidence.bundles import resuming
from evidence.bundles.folders import BundleRefused, finished_folder, is_folder, settle_folder
from evidence.bundles.interruptions import telling
from evidence.bundles.orders import Order
from evidence.bundles.proofs import Outside
from evidence.bundles.resuming import Begun, Memory
from evidence.bundles.sinks import drop_cached
from evidence.bundles.writing import Written, told_of


@dataclass(frozen=True)
class _Sealed:
    """What is on record of a bundle that was written to its end."""

    begun: Begun
    created: Entry
    row: Disclosure


@contextmanager
def confirmed(order: Order, to: Path, memory: Memory) -> Iterator[Written | None]:
    """Whether ``to`` is the bundle of an earlier run of this very order, whole, and durable now; None where it is not.

    The folder is held while the block runs: what the caller records there, no other run records. No rule is asked
    again, for nothing leaves: it was sealed and has its name, so somebody may have it. Raises BundleRefused when the
    folder is not, or not whole any more, what the order's entry says, and when another run is at it.
    """
    # Only a look: what counts is read again once the folder is held.
    if not is_folder(to) or _sealed(order, memory) is None:
        yield None
        return
    with finished_folder(to):
        sealed = _sealed(order, memory)
        yield _confirm(sealed, to, memory) if sealed is not None else None


def _sealed(order: Order, memory: Memory) -> _Sealed | None:
    begun = memory.read()
    if begun is None or not begun.sealed or begun.order != order.digest:
        return None
    created = resuming.entry_of_act(order, begun.act, Action.EXPORT_CREATED)
    row = disclosures.find_disclosure(begun.act, DisclosureKind.BUNDLE)
    if created is None or row is None or row.broken_off is not None:
        return None
    return _Sealed(begun, created, row)


def _confirm(sealed: _Sealed, to: Path, memory: Memory) -> Written:
    with telling(to, memory, to):
        drop_cached(to)
        if not _has_seal(to) or not resuming.is_whole(to, sealed.created):
            raise BundleRefused(
                f"{to} is there already, and is not, or not whole any more, the bundle of the release {sealed.row} "
                f"(entry {sealed.created.seq}); nothing was written. Move it aside, then give the same command again."
            )
        settle_folder(to)
    stamped = (to / layout.SEAL_STAMP).is_file()
    return told_of(sealed.row, sealed.begun, sealed.created, to, Outside(), stamped=stamped)


def _has_seal(to: Path) -> bool:
    return all((to / path).is_file() for path in layout.SEAL)
