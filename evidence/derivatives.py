"""What was made from originals."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import F

from evidence.models import Derivative, DerivativeKind, EvidenceItem


def pictures_of(items: Iterable[EvidenceItem], kind: DerivativeKind) -> dict[Any, Derivative]:
    """By item id, the newest picture of this kind. Items of which none was made are left out.

    A picture counts only where its examination, whose record is signed, speaks of the same item.
    """
    made = Derivative.objects.filter(item__in=list(items), examination__item=F("item"), kind=kind)
    made = made.order_by("examination__examined_at")
    return {picture.item_id: picture for picture in made}
