"""Images that look alike, for tests: pairs as a comparison leaves them, without its work."""

from __future__ import annotations

from custody import clock
from evidence.core.perceptual import ALGORITHM
from evidence.models import EvidenceItem, Likeness, PictureHash


def alike(first: EvidenceItem, second: EvidenceItem, distance: int = 3) -> Likeness:
    """Say that two images were found to look alike."""
    for item in (first, second):
        values = {"algorithm": ALGORITHM, "value": f"{7:016x}", "made": clock.now(), "compared": True}
        PictureHash.objects.get_or_create(item=item, defaults=values)
    return Likeness.objects.create(first=first, second=second, distance=distance)
