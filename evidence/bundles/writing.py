"""Making a bundle of one case, in the order that its proof needs."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from custody import clock, installation, ledger, notary, registrar
from custody.actions import Action
from custody.core import notes
from custody.core.checkpoints import Checkpoint
from custody.core.entries import Outcome
from custody.ledger import Draft
from evidence.access import Asker
from evidence.access.exporting import Export, grant_export
from evidence.admissions import items_in
from evidence.bundles import contents, proofs
from evidence.bundles.bag import BagWriter
from evidence.bundles.folders import BundleRefused, unfinished_folder
from evidence.bundles.verifier import write_verifier
from evidence.models import EvidenceItem

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Written:
    """A finished bundle: where it lies, what it holds, and the entry that says it was made."""

    path: Path
    items: int
    originals: int
    bytes: int
    withheld: dict[str, str]
    checkpoint: int
    entry: int
    tagmanifest: str


def write_bundle(*, asker: Asker, to: Path, recipient: str, names: bool, progress: Progress) -> Written:
    """Write the case's bundle into the new folder ``to``.

    (1) Record the act and each original that will leave; have a checkpoint cover it.
    (2) Write payload and proof as of that checkpoint, then the manifests.
    (3) Enter `export.created` with the digests of the tag manifest and of the heads.
    (4) Sign the tag manifest on the strength of that entry; have a checkpoint cover it; write the seal.
    A folder that broke off keeps the ending ``.unfinished`` and is no bundle; the next run clears it.
    Raises BundleRefused, AccessRefused, and what the registrar and notary raise.
    """
    with unfinished_folder(to) as folder:
        written = _write(folder, to, asker, recipient, names=names, progress=progress)
        folder.rename(to)
    return written


def _write(folder: Path, to: Path, asker: Asker, recipient: str, *, names: bool, progress: Progress) -> Written:
    act = str(uuid.uuid4())
    _enter_opening(asker, act, recipient)
    export = grant_export(asker, act=act)
    checkpoint, note = _covering_checkpoint()
    bag = BagWriter(folder)
    held = list(_items(asker, export))
    originals = contents.write_originals(bag, asker, export, held, progress)
    contents.write_records(bag, held, checkpoint)
    if names:
        contents.write_names(bag, held)
    streams = [f"item/{item.pk}" for item in held] + [f"case/{asker.case.pk}"]
    heads = contents.write_streams(bag, streams, checkpoint)
    proofs.write_proofs(bag, checkpoint, note, heads)
    write_verifier(bag)
    tagmanifest = bag.finish(_info(asker, checkpoint))
    entry = _enter_created(asker, act, tagmanifest, heads, count=len(held))
    proofs.write_seal(bag, entry, tagmanifest, checkpoint)
    return Written(
        path=to,
        items=len(held),
        originals=originals,
        bytes=bag.payload_bytes,
        withheld={str(item): reason for item, reason in export.withheld.items()},
        checkpoint=checkpoint.size,
        entry=entry,
        tagmanifest=hashlib.sha256(tagmanifest).hexdigest(),
    )


def _items(asker: Asker, export: Export) -> Iterator[EvidenceItem]:
    chosen = items_in(asker.case).select_related("receipt", "name")
    return (item for item in chosen.iterator(chunk_size=500) if item.pk in export.granted)


def _covering_checkpoint() -> tuple[Checkpoint, bytes]:
    notary.ensure_checkpoint()
    newest = notary.latest()
    if newest is None:
        raise BundleRefused("no checkpoint is on record")
    return newest


def _enter_opening(asker: Asker, act: str, recipient: str) -> None:
    ledger.append_alone(
        Draft(
            action=Action.EXPORT_OPENED,
            actor=asker.actor,
            streams=(f"case/{asker.case.pk}",),
            subject={"case": str(asker.case.pk)},
            purpose=asker.purpose_code,
            detail={"recipient": recipient},
            act=act,
        )
    )


def _enter_created(asker: Asker, act: str, tagmanifest: bytes, heads: bytes, *, count: int) -> int:
    appended = ledger.append_alone(
        Draft(
            action=Action.EXPORT_CREATED,
            actor=asker.actor,
            streams=(f"case/{asker.case.pk}",),
            subject={
                "case": str(asker.case.pk),
                "tagmanifest": hashlib.sha256(tagmanifest).hexdigest(),
                "heads": hashlib.sha256(heads).hexdigest(),
                "items": str(count),
            },
            outcome=Outcome.DONE,
            purpose=asker.purpose_code,
            act=act,
        )
    )
    return appended.seq


def _info(asker: Asker, checkpoint: Checkpoint) -> list[tuple[str, str]]:
    return [
        ("Source-Organization", ledger.origin()),
        ("External-Identifier", f"{asker.case.code}-{checkpoint.size}"),
        ("Bagging-Date", clock.now().date().isoformat()),
        ("Ledger-Key-Fingerprint", notes.fingerprint(installation.verifier_key().encode())),
        ("Authority-Fingerprint", installation.root_fingerprint()),
        ("Registrar-Fingerprint", registrar.connect().signer_fingerprint()),
    ]
