"""How much was entered day by day, and how much of it was refused: where an unusual burst shows.

Counted from the indexing columns of the newest rows, for a look; the proof is `manage.py verify`.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db.models import Count, Q
from django.db.models.functions import Substr

from custody.core.entries import Outcome
from custody.models import Entry

DAYS = 30
_DATE_LENGTH = len("2026-01-31")


@dataclass(frozen=True)
class Day:
    """One day in UTC: how many entries were made, and how many of them record a refusal."""

    date: datetime.date
    entered: int
    refused: int


def daily(*, until: datetime.datetime, days: int = DAYS) -> list[Day]:
    """The last so many days up to ``until``, oldest first, quiet ones too."""
    last = until.astimezone(datetime.UTC).date()
    dates = [last - datetime.timedelta(days=back) for back in reversed(range(days))]
    midnight = f"{dates[0].isoformat()}T00:00:00.000Z"
    refused = Count("seq", filter=Q(outcome=Outcome.DENIED.value))
    counted = (
        Entry.objects.filter(seq__gte=_first_since(midnight))
        .order_by()
        .annotate(date=Substr("time", 1, _DATE_LENGTH))
        .values("date")
        .annotate(entered=Count("seq"), refused=refused)
    )
    found = {row["date"]: row for row in counted}
    nothing = {"entered": 0, "refused": 0}
    rows = [(date, found.get(date.isoformat(), nothing)) for date in dates]
    return [Day(date, row["entered"], row["refused"]) for date, row in rows]


def _first_since(time: str) -> int:
    """The number of the first entry at or after this time, by halving: times never go back along the ledger."""
    newest = Entry.objects.order_by("-seq").values_list("seq", flat=True).first()
    low, high = 0, 0 if newest is None else newest + 1
    while low < high:
        middle = (low + high) // 2
        stands = Entry.objects.filter(seq=middle).values_list("time", flat=True).first()
        # A missing row is for `verify` to report; here it only must not end the page.
        if stands is not None and stands < time:
            low = middle + 1
        else:
            high = middle
    return low
