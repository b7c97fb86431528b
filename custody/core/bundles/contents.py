"""The contents of a bundle whose bag is valid, in the order in which each step leans on those before it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from custody.core.bags import Bag
from custody.core.bundles import cosigners, evidence, histories, keys, layout, previous, seal, stamps, tree
from custody.core.reports import Report


@dataclass(frozen=True)
class Held:
    """What the recipient holds besides the bundle; see `verify_bundle`."""

    fingerprints: Sequence[str] = ()
    untrusted_policy: bytes | None = None
    untrusted_since: bytes | None = None
    now: datetime | None = None


@dataclass(frozen=True)
class Shown:
    """What outside parties showed: that others see the same ledger, and by when the entries stood in it."""

    to_others: bool
    dated: bool


def check(bag: Bag, report: Report, held: Held) -> Shown:
    """Steps 2 to 9 of `verify_bundle`."""
    circle = cosigners.load(bag, report, held.untrusted_policy)
    authorities = stamps.load(bag, report)
    outside = circle.fingerprints | {
        each.fingerprint: f"the certificate of the time authority {each.name}" for each in authorities.values()
    }
    trusted = keys.load(bag, report, held.fingerprints, outside)
    checkpoint = tree.open_checkpoint(bag, report, trusted.ledger, layout.CHECKPOINT)
    last = previous.load_held(report, trusted, held.untrusted_since)
    heads = histories.load_heads(bag, report, checkpoint)
    histories.check(bag, report, checkpoint, heads)
    roots = tree.check(bag, report, checkpoint, stamps.sizes(bag) | previous.sizes(bag, last))
    evidence.check(bag, report, trusted, checkpoint)
    sealed = seal.check(bag, report, trusted, checkpoint, heads)
    if report.failed("checkpoint") or report.failed("export"):
        # The seal's tree holds this one only if that was shown.
        sealed = None
    grown = previous.Grown(checkpoint, roots, sealed) if checkpoint else None
    previous.check(bag, report, trusted, grown, last)
    dated = stamps.check(bag, report, trusted, authorities, roots, held.now)
    signed = [] if checkpoint is None else [(layout.CHECKPOINT, checkpoint)]
    signed += [] if sealed is None else [(layout.SEAL_CHECKPOINT, sealed)]
    return Shown(cosigners.check(bag, report, circle, trusted, signed), dated)
