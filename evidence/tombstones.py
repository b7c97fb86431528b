"""What was disposed of, for whoever must know it: the door, the checks, the pages."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from uuid import UUID

from evidence import holdings
from evidence.models import Derivative, EvidenceItem, Redaction, Tombstone

DISPOSED = "disposed"


def disposed_among(items: Iterable[UUID]) -> set[UUID]:
    """Those of these items that were disposed of."""
    return set(Tombstone.objects.filter(item__in=list(items)).values_list("item", flat=True))


def objects_of(item: EvidenceItem) -> set[str]:
    """The digests of an item's original and of everything made from it."""
    return {item.sha256, *made_of(item)}


def made_of(item: EvidenceItem) -> set[str]:
    """The digests of everything made from an item's original."""
    made = set(Derivative.objects.filter(item=item).values_list("sha256", flat=True))
    return made | set(Redaction.objects.filter(item=item).values_list("sha256", flat=True))


def still_needed(digests: Collection[str]) -> set[str]:
    """Those objects that somebody else than a disposed item still keeps: their bytes stay."""
    needed = set(EvidenceItem.objects.filter(sha256__in=digests, tombstone=None).values_list("sha256", flat=True))
    made = Derivative.objects.filter(sha256__in=digests, item__tombstone=None)
    needed |= set(made.values_list("sha256", flat=True))
    redacted = Redaction.objects.filter(sha256__in=digests, item__tombstone=None)
    needed |= set(redacted.values_list("sha256", flat=True))
    # All holders but the three above, which would name disposed items too.
    others = [holder(digests) for holder in holdings._holders.values()]  # noqa: SLF001
    return needed.union(*others)
