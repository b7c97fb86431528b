"""What was made from originals."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import F

from custody.models import Case
from evidence.models import Derivative, DerivativeKind, EvidenceItem, Redaction


def pictures_of(items: Iterable[EvidenceItem], kind: DerivativeKind) -> dict[Any, Derivative]:
    """By item id, the newest picture of this kind. Items of which none was made are left out.

    A picture counts only where its examination, whose record is signed, speaks of the same item.
    """
    made = Derivative.objects.filter(item__in=list(items), examination__item=F("item"), kind=kind)
    made = made.order_by("examination__examined_at")
    return {picture.item_id: picture for picture in made}


def redacted_of(items: Iterable[EvidenceItem], case: Case) -> dict[Any, Redaction]:
    """By item id, the newest redacted picture that was made in this case. Items without one are left out."""
    made = Redaction.objects.filter(item__in=list(items), case=case).order_by("version")
    return {redaction.item_id: redaction for redaction in made}
