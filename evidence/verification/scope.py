"""Which items a run looks at."""

from __future__ import annotations

from django.db.models import QuerySet

from custody.verification import Inspection
from evidence.admissions import items_in
from evidence.models import EvidenceItem


def items_in_scope(inspection: Inspection) -> QuerySet[EvidenceItem]:
    """All items, or those of one case, or a random sample of them."""
    items = EvidenceItem.objects.all() if inspection.case is None else items_in(inspection.case)
    if inspection.sample is None:
        return items.order_by("ern")
    chosen = items.order_by("?").values_list("pk", flat=True)[: inspection.sample]
    return EvidenceItem.objects.filter(pk__in=list(chosen)).order_by("ern")
