"""Who keeps objects in the vault: items, what was made from them, and whatever other rooms keep there."""

from __future__ import annotations

from collections.abc import Callable, Collection

from evidence.models import Derivative, EvidenceItem, Redaction

Holder = Callable[[Collection[str]], set[str]]
_holders: dict[str, Holder] = {}


def register_holder(name: str, known: Holder) -> None:
    """Add somebody who keeps objects in the vault; ``known`` gives the digests among those asked that are theirs."""
    _holders[name] = known


def known_objects(digests: Collection[str]) -> set[str]:
    """Those digests that an item, a derived object, a redacted picture or another holder names."""
    known = set(EvidenceItem.objects.filter(sha256__in=digests).values_list("sha256", flat=True))
    known |= set(Derivative.objects.filter(sha256__in=digests).values_list("sha256", flat=True))
    known |= set(Redaction.objects.filter(sha256__in=digests).values_list("sha256", flat=True))
    return known.union(*(holder(digests) for holder in _holders.values()))
