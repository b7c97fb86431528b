"""Which objects come next, asked of the database."""

from __future__ import annotations

import datetime

from django.db.models import BigIntegerField, Exists, OuterRef, Q, Subquery

from evidence.core.pacing import Due, in_order
from evidence.fixity.coverage import checks, dated_ahead, kept
from evidence.models import EvidenceItem, FixityCheck, FixitySweep


def due(sweep: FixitySweep | None, *, now: datetime.datetime, before: datetime.datetime, at_most: int) -> list[Due]:
    """The next objects, oldest reading first: never read, or read before this moment; none that this sweep has read.

    What was read by a clock that was ahead of ``now`` comes again.
    """
    found = _never(at_most)
    if len(found) < at_most:
        found |= _read_before(sweep, Q(last_read__lt=before) | dated_ahead(now), at_most - len(found))
    return in_order(found.values())


def _never(at_most: int) -> dict[str, Due]:
    unread = kept().filter(~Exists(FixityCheck.objects.filter(sha256=OuterRef("sha256"))))
    rows = unread.order_by("sha256").values_list("sha256", "size").distinct()[:at_most]
    return {sha256: Due(sha256, size, None) for sha256, size in rows}


def _read_before(sweep: FixitySweep | None, wanted: Q, at_most: int) -> dict[str, Due]:
    sizes = kept().filter(sha256=OuterRef("sha256")).order_by().values("size")[:1]
    rows = (
        checks()
        .filter(wanted)
        .exclude(sweep=sweep)
        .annotate(size=Subquery(sizes, output_field=BigIntegerField()))
        .order_by("last_read", "sha256")
        .values_list("sha256", "size", "last_read")[:at_most]
    )
    return {sha256: Due(sha256, size, last_read) for sha256, size, last_read in rows}


def items_of(sha256: str) -> list[EvidenceItem]:
    """The items whose original this object is; disposed ones are left out."""
    return list(kept().filter(sha256=sha256).order_by("ern"))
