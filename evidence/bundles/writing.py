"""Writing a bundle that has begun: payload, proof, manifests, the entry, the seal."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from custody import disclosures
from custody.core import bagging
from custody.core.entries import Entry
from custody.disclosures import Disclosure, DisclosureKind
from evidence.access import Asker
from evidence.access.exporting import Export
from evidence.bundles import contents, proofs
from evidence.bundles.bag import BagWriter
from evidence.bundles.beginning import Started, checkpoint_at
from evidence.bundles.contents import Progress
from evidence.bundles.entering import Digests, enter_created, info
from evidence.bundles.folders import BundleRefused
from evidence.bundles.proofs import Outside
from evidence.bundles.resuming import Begun, Kept
from evidence.bundles.sinks import FolderSink
from evidence.bundles.verifier import write_verifier


@dataclass(frozen=True)
class Written:
    """A finished bundle: where it lies, what it holds, the entry that says it was made, and who outside vouched."""

    path: str
    items: int
    originals: int
    bytes: int
    withheld: dict[str, str]
    checkpoint: int
    entry: int
    tagmanifest: str
    disclosure: str
    version: int
    since: int | None
    vouched: list[str]
    not_vouched: dict[str, str]
    stamped: bool
    resumed: bool


@dataclass(frozen=True)
class Filled:
    """A bag whose manifests are written."""

    tagmanifest: bytes
    heads: bytes
    originals: int
    bytes: int
    since: int | None


def write(started: Started, bag: BagWriter, kept: Kept, progress: Progress, *, resumed: bool) -> Written:
    """Payload, proof, manifests, entry, seal. Raises RulesChanged, and what the registrar and notary raise."""
    filled = _fill(started, bag, kept, progress)
    told = Digests(hashlib.sha256(filled.tagmanifest).hexdigest(), hashlib.sha256(filled.heads).hexdigest())
    if started.order.main is not None:
        started.order.main.complete(told.tagmanifest)
    row, entry = enter_created(started.order, started.export, started.begun, told)
    stamped = proofs.write_seal(bag, entry, filled.tagmanifest, started.checkpoint, started.outside)
    bag.sync()
    return Written(
        path="",
        items=len(started.export.granted),
        originals=filled.originals,
        bytes=filled.bytes,
        withheld={str(item): reason for item, reason in started.export.withheld.items()} | started.offered.withheld,
        checkpoint=started.checkpoint.size,
        entry=entry,
        tagmanifest=row.manifest,
        disclosure=str(row.pk),
        version=row.version,
        since=filled.since,
        vouched=sorted(started.outside.vouched),
        not_vouched=started.outside.failed,
        stamped=stamped,
        resumed=resumed,
    )


def _fill(started: Started, bag: BagWriter, kept: Kept, progress: Progress) -> Filled:
    order, export, checkpoint = started.order, started.export, started.checkpoint
    asker = order.asker
    originals = contents.write_originals(bag, asker, export, kept, progress)
    contents.write_records(bag, contents.granted_items(asker, export, "receipt"), checkpoint)
    if order.names:
        contents.write_names(bag, contents.granted_items(asker, export, "name"))
    streams = contents.write_streams(bag, _streams(asker, export), checkpoint)
    since = proofs.write_proofs(bag, checkpoint, streams, order)
    write_verifier(bag)
    tagmanifest = bag.finish(info(started.order, started.begun, started.outside))
    return Filled(tagmanifest, streams.heads, originals, bag.payload_bytes, since)


def _streams(asker: Asker, export: Export) -> Iterator[str]:
    yield from (f"item/{item.pk}" for item in contents.granted_items(asker, export))
    yield f"case/{asker.case.pk}"


def seal_again(begun: Begun, created: Entry, folder: Path) -> Written:
    """Everything was written and entered; only the seal is made anew."""
    bag, outside = BagWriter(FolderSink(folder)), Outside()
    row = disclosures.find_disclosure(created.act, DisclosureKind.BUNDLE)
    checkpoint = checkpoint_at(begun.size)
    if row is None or checkpoint is None:
        raise BundleRefused("the release that this folder belongs to is not on record")
    tagmanifest = (folder / bagging.TAG_MANIFESTS["sha256"]).read_bytes()
    stamped = proofs.write_seal(bag, created.seq, tagmanifest, checkpoint, outside)
    bag.sync()
    return told_of(row, begun, created, folder, outside, stamped=stamped)


def told_of(row: Disclosure, begun: Begun, created: Entry, folder: Path, outside: Outside, *, stamped: bool) -> Written:
    """What there is to tell of a bundle that an earlier run wrote, from the register and the folder."""
    payload = [path for path in (folder / "data").rglob("*") if path.is_file()]
    return Written(
        path="",
        items=row.items,
        originals=sum(path.parent.name == "photos" for path in payload),
        bytes=sum(path.stat().st_size for path in payload),
        withheld={},
        checkpoint=begun.size,
        entry=created.seq,
        tagmanifest=row.manifest,
        disclosure=str(row.pk),
        version=row.version,
        since=None,
        vouched=sorted(outside.vouched),
        not_vouched=outside.failed,
        stamped=stamped,
        resumed=True,
    )
