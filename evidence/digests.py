"""Which digests the database speaks of: what stands in the vault without being spoken of is no evidence."""

from __future__ import annotations

from collections.abc import Callable, Collection

from evidence.models import Derivative, EvidenceItem

Speaker = Callable[[Collection[str]], set[str]]
_AT_ONCE = 500
_speakers: dict[str, Speaker] = {}


def register(name: str, speaker: Speaker) -> None:
    """Let another kind of row speak for vault objects; ``speaker`` returns those of the given digests it knows."""
    _speakers[name] = speaker


def known(digests: Collection[str]) -> set[str]:
    """Return those of the digests that some row speaks of."""
    ordered = sorted(digests)
    found: set[str] = set()
    for start in range(0, len(ordered), _AT_ONCE):
        group = ordered[start : start + _AT_ONCE]
        for speaker in _speakers.values():
            found |= speaker(group)
    return found


def _originals(digests: Collection[str]) -> set[str]:
    return set(EvidenceItem.objects.filter(sha256__in=digests).values_list("sha256", flat=True))


def _derivatives(digests: Collection[str]) -> set[str]:
    return set(Derivative.objects.filter(sha256__in=digests).values_list("sha256", flat=True))


register("original", _originals)
register("derivative", _derivatives)
