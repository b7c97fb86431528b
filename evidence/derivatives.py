"""What was made from originals."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from evidence.models import Derivative, DerivativeKind, EvidenceItem


def pictures_of(items: Iterable[EvidenceItem], kind: DerivativeKind) -> dict[Any, Derivative]:
    """By item id, the newest picture of this kind. Items of which none was made are left out."""
    made = Derivative.objects.filter(item__in=list(items), kind=kind).order_by("examination__examined_at")
    return {picture.item_id: picture for picture in made}
