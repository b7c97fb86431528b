"""The search box: evidence number, digest, case code or file name, inside one's own cases."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from custody import cases
from custody.models import Case
from custody.views.viewer import viewer
from evidence import access
from evidence.admissions import items_in
from evidence.models import EvidenceItem

MOST = 50


@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """One exact hit leads straight there; otherwise a list in words, without pictures."""
    # PostgreSQL takes no NUL in a text, and no name or number has one.
    query = request.GET.get("q", "").replace("\0", "").strip()[:200]
    case = cases.cases_for(viewer(request)).filter(code__iexact=query).first() if query else None
    if case is not None:
        return redirect("evidence:case", case.code)
    found = _found(request, query) if query else []
    exact = [row for row in found if query.upper() == row["item"].ern or query.lower() == row["item"].sha256]
    if len(exact) == 1:
        return redirect("evidence:item", exact[0]["case"].code, exact[0]["item"].ern)
    return render(request, "evidence/search.html", {"query": query, "rows": found[:MOST], "more": len(found) > MOST})


def _found(request: HttpRequest, query: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for case in cases.cases_for(viewer(request)):
        rows.extend({"case": case, "item": item} for item in _in_case(request, case, query))
        if len(rows) > MOST:
            break
    return rows


def _in_case(request: HttpRequest, case: Case, query: str) -> list[EvidenceItem]:
    fits = Q(ern__iendswith=query) | Q(name__display__icontains=query)
    if len(query) >= 8:
        fits |= Q(sha256__startswith=query.lower())
    found = list(items_in(case).filter(fits).select_related("name", "collection")[: MOST + 1])
    wordless = access.wordless(access.asker_for_request(request, case), found)
    return [item for item in found if item.pk not in wordless]
