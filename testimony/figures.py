"""How far the work with relatives has come: numbers counted from the records, and the records behind each."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import TruncMonth

from custody import clock
from custody.models import Case
from testimony.models import Readiness, Statement, Witness, WitnessRole

MONTHS: Final = 12
_GAVE: Final = Q(gave=True)
_READY: Final = Q(ready=Readiness.YES)


class Figure(StrEnum):
    """What is counted."""

    IN_CONTACT = "in-contact"
    GAVE = "gave"
    READY = "ready"
    SEALED = "sealed"


@dataclass(frozen=True)
class Month:
    """A month in UTC, by its first day: statements that were sealed, relatives who got their code."""

    first: datetime.date
    statements: int
    relatives: int


@dataclass(frozen=True)
class Figures:
    """The numbers of one case. ``earlier`` are the statements sealed before the first of the months."""

    counts: Mapping[Figure, int]
    months: Sequence[Month]
    earlier: int

    def share(self, figure: Figure) -> int | None:
        """Of the relatives in contact, in whole percent, rounded down; None where there is nobody."""
        everybody = self.counts[Figure.IN_CONTACT]
        return self.counts[figure] * 100 // everybody if everybody else None


def figures_of(case: Case) -> Figures:
    """Count, in three queries. In contact is every relative with a code in this case."""
    counted = _relatives(case).aggregate(
        contact=Count("pk"), gave_any=Count("pk", filter=_GAVE), are_ready=Count("pk", filter=_READY)
    )
    statements = _by_month(Statement.objects.filter(case=case))
    relatives = _by_month(Witness.objects.filter(case=case, role=WitnessRole.RELATIVE))
    months = [Month(first, statements.get(first, 0), relatives.get(first, 0)) for first in _months()]
    sealed = sum(statements.values())
    counts = {
        Figure.IN_CONTACT: counted["contact"],
        Figure.GAVE: counted["gave_any"],
        Figure.READY: counted["are_ready"],
        Figure.SEALED: sealed,
    }
    # A clock that was set back may leave later months, which belong to no column either.
    earlier = sum(number for first, number in statements.items() if first < months[0].first)
    return Figures(counts, months, earlier)


def records_of(case: Case, figure: Figure) -> QuerySet[Witness] | QuerySet[Statement]:
    """The records that a number counts, in order of their codes."""
    if figure is Figure.SEALED:
        return Statement.objects.filter(case=case).select_related("witness").order_by("code")
    narrowed = {Figure.GAVE: _GAVE, Figure.READY: _READY}.get(figure, Q())
    return _relatives(case).filter(narrowed).order_by("code")


def _relatives(case: Case) -> QuerySet[Witness]:
    gave = Exists(Statement.objects.filter(witness=OuterRef("pk")))
    return Witness.objects.filter(case=case, role=WitnessRole.RELATIVE).annotate(gave=gave)


def _by_month(rows: QuerySet[Any]) -> dict[datetime.date, int]:
    month = TruncMonth("created", tzinfo=datetime.UTC)
    counted = rows.order_by().annotate(month=month).values("month").annotate(number=Count("pk"))
    return {row["month"].date(): row["number"] for row in counted}


def _months() -> list[datetime.date]:
    """The first days of the last months, oldest first, this month's last."""
    today = clock.now().date()
    newest = today.year * 12 + today.month - 1
    return [datetime.date(each // 12, each % 12 + 1, 1) for each in range(newest - MONTHS + 1, newest + 1)]
