"""The figures of a case, for its members, and the records behind each number, for those who work with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from evidence.views.opening import asker_for, record_page
from testimony import figures
from testimony.exporting import may_export
from testimony.figures import Figure, Month
from testimony.views.writing import WRITERS

ROWS: Final = 50
WORDS: Final[Mapping[Figure, Promise]] = {
    Figure.IN_CONTACT: _("Relatives in contact"),
    Figure.GAVE: _("Relatives who gave information"),
    Figure.READY: _("Relatives ready to testify"),
    Figure.SEALED: _("Statements under seal"),
}
_SHARES: Final = (Figure.GAVE, Figure.READY)
# The plot's own units, as its viewBox has them.
_LEFT, _RIGHT, _TOP, _GROUND, _GAP = 44, 1180, 14, 190, 12


@dataclass(frozen=True)
class Bar:
    """One month's bar; ``middle`` is where its name stands."""

    month: Month
    x: float
    width: float
    y: float
    height: float

    @property
    def middle(self) -> float:
        return self.x + self.width / 2


def plot(months: Sequence[Month]) -> tuple[list[Bar], int]:
    """A bar for each month, oldest at the left, and what the top stands for."""
    highest = max([1, *(month.statements for month in months)])
    step = (_RIGHT - _LEFT) / len(months)
    bars = []
    for place, month in enumerate(months):
        height = round((_GROUND - _TOP) * month.statements / highest, 1)
        bars.append(Bar(month, round(_LEFT + place * step, 1), round(step - _GAP, 1), _GROUND - height, height))
    return bars, highest


@require_GET
def figures_page(request: HttpRequest, code: str) -> HttpResponse:
    """Numbers alone: they name nobody, so every member of the case sees them."""
    asker = asker_for(request, code)
    record_page(asker, "figures")
    found = figures.figures_of(asker.case)
    bars, highest = plot(found.months)
    context = {
        "case": asker.case,
        "role": asker.role,
        "purpose": asker.purpose,
        "rows": [
            {
                "key": figure.value,
                "words": WORDS[figure],
                "number": found.counts[figure],
                "share": found.share(figure) if figure in _SHARES else None,
            }
            for figure in Figure
        ],
        "may_list": asker.role in WRITERS,
        "may_export": may_export(asker),
        "bars": bars,
        "highest": highest,
        "shown": sum(month.statements for month in found.months),
        "earlier": found.earlier,
    }
    return render(request, "testimony/figures.html", context)


@require_GET
def figure_page(request: HttpRequest, code: str, figure: str) -> HttpResponse:
    """The codes behind one number; 404 for an auditor, who may be the other side's expert."""
    asker = asker_for(request, code)
    if asker.role not in WRITERS or figure not in set(Figure):
        raise Http404
    chosen = Figure(figure)
    record_page(asker, "figure")
    context: dict[str, Any] = {
        "case": asker.case,
        "role": asker.role,
        "purpose": asker.purpose,
        "words": WORDS[chosen],
        "statements": chosen is Figure.SEALED,
        "page": Paginator(figures.records_of(asker.case, chosen), ROWS).get_page(request.GET.get("page")),
    }
    return render(request, "testimony/figure.html", context)
