"""The search box: evidence number, digest, case code or file name, inside one's own cases."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from custody import cases
from custody.views.viewer import viewer
from evidence import access
from evidence.access import Asker
from evidence.admissions import items_in
from evidence.models import EvidenceItem
from evidence.views.opening import record_pages

MOST = 50


@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """One exact hit leads straight there; otherwise a list in words, recorded in each case searched by name."""
    # PostgreSQL takes no NUL in a text, and no name or number has one.
    query = request.GET.get("q", "").replace("\0", "").strip()[:200]
    case = cases.cases_for(viewer(request)).filter(code__iexact=query).first() if query else None
    if case is not None:
        return redirect("evidence:case", case.code)
    askers = [access.asker_for_request(request, held) for held in cases.cases_for(viewer(request))] if query else []
    found = _found(askers, query)
    exact = [row for row in found if query.upper() == row["item"].ern or query.lower() == row["item"].sha256]
    if len(exact) == 1:
        return redirect("evidence:item", exact[0]["case"].code, exact[0]["item"].ern)
    record_pages([asker for asker in askers if asker.purpose], "search")
    context = {
        "query": query,
        "rows": found[:MOST],
        "more": len(found) > MOST,
        "without_purpose": [asker.case for asker in askers if not asker.purpose],
    }
    return render(request, "evidence/search.html", context)


def _found(askers: list[Asker], query: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for asker in askers:
        named = asker.purpose is not None
        rows.extend({"case": asker.case, "item": item, "named": named} for item in _in_case(asker, query))
        if len(rows) > MOST:
            break
    return rows


def _in_case(asker: Asker, query: str) -> list[EvidenceItem]:
    """What fits; file names count only where the person said what for."""
    fits = Q(ern__iendswith=query)
    if asker.purpose is not None:
        fits |= Q(name__display__icontains=query)
    if len(query) >= 8:
        fits |= Q(sha256__startswith=query.lower())
    found = list(items_in(asker.case).filter(fits).select_related("name", "collection")[: MOST + 1])
    wordless = access.wordless(asker, found)
    return [item for item in found if item.pk not in wordless]
