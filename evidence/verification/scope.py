"""Which items a run looks at."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from custody.cases import Case
from custody.verification import Inspection
from evidence.models import Admission, EvidenceItem


def items_of(case: Case) -> QuerySet[EvidenceItem]:
    """The items that a case has admitted, singly or with their collection."""
    admitted = Admission.objects.filter(case=case, ended=None)
    return EvidenceItem.objects.filter(
        Q(collection__in=admitted.filter(item=None).values("collection"))
        | Q(pk__in=admitted.filter(collection=None).values("item"))
    )


def items_in_scope(inspection: Inspection) -> QuerySet[EvidenceItem]:
    """All items, or those of one case, or a random sample of them."""
    items = EvidenceItem.objects.all() if inspection.case is None else items_of(inspection.case)
    if inspection.sample is None:
        return items.order_by("ern")
    chosen = items.order_by("?").values_list("pk", flat=True)[: inspection.sample]
    return EvidenceItem.objects.filter(pk__in=list(chosen)).order_by("ern")
