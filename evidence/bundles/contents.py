"""The payload of a bundle: originals, signed records, names, the exact entries of every history."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from custody import ledger
from custody.actions import Action
from custody.core.bundles import layout
from custody.core.checkpoints import Checkpoint
from evidence.access import Asker
from evidence.access.exporting import Export, open_exported
from evidence.admissions import items_in
from evidence.bundles.bag import BagWriter
from evidence.bundles.resuming import Kept
from evidence.models import EvidenceItem, Examination

Progress = Callable[[int, int], None]
_AT_ONCE: Final = 500


@dataclass(frozen=True)
class Streams:
    """What was written of histories: the heads file's bytes, and the lowest and highest number of their entries."""

    heads: bytes
    first: int
    last: int


def granted_items(asker: Asker, export: Export, *related: str) -> Iterator[EvidenceItem]:
    """The items that the export grants in the order of their numbers, some hundreds in memory at a time.

    Each page is a query of its own: one that stays open would hold an old view of the database (see `exporting`).
    """
    after = ""
    while page := list(items_in(asker.case).select_related(*related).filter(ern__gt=after)[:_AT_ONCE]):
        yield from (item for item in page if item.pk in export.granted)
        after = page[-1].ern


def write_originals(bag: BagWriter, asker: Asker, export: Export, kept: Kept, progress: Progress) -> int:
    """Write each original once, however many items have its bytes; returns how many there are.

    One that is there from a run that broke off, byte for byte, is not opened again.
    """
    written: set[bytes] = set()
    for done, item in enumerate(granted_items(asker, export, "name"), start=1):
        digest = bytes.fromhex(item.sha256)
        if digest not in written:
            _write_original(bag, asker, export, item, kept)
            written.add(digest)
        progress(done, len(export.granted))
    return len(written)


def _write_original(bag: BagWriter, asker: Asker, export: Export, item: EvidenceItem, kept: Kept) -> None:
    path = layout.original_path(item.sha256, _extension(item))
    found = kept(path, {"sha256": item.sha256, "sha512": item.sha512})
    if found is not None:
        bag.take_over(path, *found)
        return
    with closing(open_exported(asker, item, export)) as opened:
        bag.add(path, opened)


def original_paths(asker: Asker, export: Export) -> Iterator[str]:
    """Where each original that the export grants lies in the bag: once, as `write_originals` names it."""
    seen: set[bytes] = set()
    for item in granted_items(asker, export, "name"):
        digest = bytes.fromhex(item.sha256)
        if digest not in seen:
            seen.add(digest)
            yield layout.original_path(item.sha256, _extension(item))


def _extension(item: EvidenceItem) -> str:
    """Of the name as received, if it has one left; ``layout`` refuses what is no plain extension."""
    name = getattr(item, "name", None)
    return PurePosixPath(bytes(name.name).decode("ascii", errors="replace")).suffix if name else ""


def write_records(bag: BagWriter, items: Iterable[EvidenceItem], checkpoint: Checkpoint) -> None:
    """Write the receipt of each item and each examination that the checkpoint covers, with their signatures."""
    for item in items:
        path = layout.record_path(str(item.pk))
        bag.add_bytes(path, bytes(item.receipt.record))
        bag.add_bytes(layout.signature_path(path), bytes(item.receipt.signature))
        for number, found in enumerate(_examinations(item, checkpoint)):
            path = layout.examination_path(str(item.pk), number)
            bag.add_bytes(path, bytes(found.record))
            bag.add_bytes(layout.signature_path(path), bytes(found.signature))


def _examinations(item: EvidenceItem, checkpoint: Checkpoint) -> list[Examination]:
    """Those whose entry the checkpoint covers: the worker may add another one while the bundle is written."""
    entered: set[str] = set()
    for stored in ledger.entries_in_streams([f"item/{item.pk}"], Action.ITEM_EXAMINED):
        if stored.seq < checkpoint.size:
            entered.update(ledger.entry_of(stored).subject.values())
    rows = Examination.objects.filter(item=item).order_by("examined_at", "pk")
    return [row for row in rows if row.record_sha256 in entered]


def write_names(bag: BagWriter, items: Iterable[EvidenceItem]) -> None:
    """Write names and paths as received, with the salts of their digests."""

    def lines() -> Iterator[bytes]:
        for item in items:
            kept = getattr(item, "name", None)
            if kept is not None:
                name = layout.Name(str(item.pk), bytes(kept.salt), bytes(kept.name), bytes(kept.path))
                yield name.encode()

    bag.add(layout.NAMES, lines())


def write_streams(bag: BagWriter, streams: Iterable[str], checkpoint: Checkpoint) -> Streams:
    """Write the exact entries of each stream up to the checkpoint."""
    heads: dict[str, tuple[int, str]] = {}
    first, last = checkpoint.size, 0
    for stream in streams:

        def lines(stream: str = stream) -> Iterator[bytes]:
            nonlocal first, last
            for n, stored in enumerate(ledger.stream_entries(stream)):
                if stored.seq >= checkpoint.size:
                    return
                heads[stream] = (n, stored.leaf.hex())
                first, last = min(first, stored.seq), max(last, stored.seq)
                yield stored.body + b"\n"

        bag.add(layout.stream_path(stream), lines())
    return Streams(layout.Heads(checkpoint.origin, checkpoint.size, heads).encode(), first, last)
