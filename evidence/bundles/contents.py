"""The payload of a bundle: originals, signed records, names, the exact entries of every history."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import PurePosixPath

from custody import ledger
from custody.actions import Action
from custody.core.bundles import layout
from custody.core.checkpoints import Checkpoint
from evidence.access import Asker
from evidence.access.exporting import Export, open_exported
from evidence.bundles.bag import BagWriter
from evidence.models import EvidenceItem, Examination

Progress = Callable[[int, int], None]


def write_originals(
    bag: BagWriter, asker: Asker, export: Export, items: Sequence[EvidenceItem], progress: Progress
) -> int:
    """Write each original once, however many items have its bytes; returns how many were written."""
    written: set[str] = set()
    for done, item in enumerate(items, start=1):
        if item.sha256 not in written:
            with closing(open_exported(asker, item, export)) as opened:
                bag.add(layout.original_path(item.sha256, _extension(item)), opened)
            written.add(item.sha256)
        progress(done, len(items))
    return len(written)


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


def write_streams(bag: BagWriter, streams: Iterable[str], checkpoint: Checkpoint) -> bytes:
    """Write the exact entries of each stream up to the checkpoint; returns the heads file's bytes."""
    heads: dict[str, tuple[int, str]] = {}
    for stream in streams:

        def lines(stream: str = stream) -> Iterator[bytes]:
            for n, stored in enumerate(ledger.stream_entries(stream)):
                if stored.seq >= checkpoint.size:
                    return
                heads[stream] = (n, stored.leaf.hex())
                yield stored.body + b"\n"

        bag.add(layout.stream_path(stream), lines())
    return layout.Heads(checkpoint.origin, checkpoint.size, heads).encode()
