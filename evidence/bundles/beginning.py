"""How a bundle begins: recorded, covered, vouched for; or gone on with where an earlier run broke off."""

from __future__ import annotations

import itertools
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from custody import installation, notary
from custody.anchoring import enclosing
from custody.core import checkpoints
from custody.core.checkpoints import Checkpoint
from evidence.access.exporting import Export, grant_export
from evidence.bundles import contents, parts, resuming
from evidence.bundles.bag import BagWriter
from evidence.bundles.entering import enter_opening
from evidence.bundles.folders import BundleRefused
from evidence.bundles.orders import Order
from evidence.bundles.proofs import Outside
from evidence.bundles.resuming import Begun


@dataclass(frozen=True)
class Started:
    """Everything that is recorded before the first byte of an original leaves."""

    order: Order
    export: Export
    offered: parts.Offered
    checkpoint: Checkpoint
    begun: Begun
    outside: Outside


def start(
    order: Order,
    only: Collection[UUID] | None,
    bag: BagWriter,
    offered: parts.Offered,
    *,
    act: str,
    leaves_at_once: bool = False,
) -> Started:
    """Record the grants, open what other rooms give, and have a checkpoint cover it."""
    outside = Outside()
    enter_opening(order, act, leaves_at_once=leaves_at_once)
    export = grant_export(order.asker, act=act, only=only)
    given = parts.write_parts(bag, offered)
    checkpoint = notary.ensure_checkpoint()
    outside.ask(checkpoint.size)
    begun = Begun(act, checkpoint.size, order.digest, given, tuple(sorted(offered.touches)))
    return Started(order, export, offered, checkpoint, begun, outside)


def resumed_run(
    order: Order, begun: Begun, offered: parts.Offered, export: Export | None, folder: Path
) -> Started | None:
    """The run that broke off, as far as it can be gone on with under the grants that stand today."""
    checkpoint = checkpoint_at(begun.size)
    if export is None or checkpoint is None:
        return None
    if any(resuming.measured(folder, path, {"sha256": digest}) is None for path, digest in begun.parts.items()):
        return None
    outside = Outside()
    outside.ask(begun.size)
    return Started(order, export, offered, checkpoint, begun, outside)


def take_parts_over(bag: BagWriter, folder: Path, started: Started) -> None:
    """List the parts that are there from before; remove what is not of this bundle. Raises BundleRefused."""
    given = started.begun.parts
    originals = contents.original_paths(started.order.asker, started.export)
    resuming.drop_strangers(folder, itertools.chain(originals, given))
    for path, digest in given.items():
        found = resuming.measured(folder, path, {"sha256": digest})
        if found is None:
            raise BundleRefused(f"{path} changed while it was looked at; run the command again")
        bag.take_over(path, *found)


def checkpoint_at(size: int) -> Checkpoint | None:
    """The checkpoint of this size, if the present ledger key signed it."""
    note = enclosing.note_at(size)
    key = installation.verifier_key()
    return checkpoints.open_checkpoint(note, origin=key.name, keys=[key]) if note else None
