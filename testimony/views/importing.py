"""Bringing people in from a table: the file is tried first and chosen again to be kept.

Between the two nothing of it stays here: a table of witnesses holds their names in clear.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from custody.actions import Action
from custody.closed_cases import demand_open
from custody.core.errors import CustodyError
from custody.ledger import CaseClosed
from evidence.access import Asker
from evidence.views.opening import asker_for, record_page
from testimony.core.errors import TestimonyError
from testimony.importing import ON_A_PAGE, Report, Table, bring_in, columns_of, digest_of, guess_mapping, heads_of
from testimony.models import TableKind
from testimony.views.writing import hearer_in, may_hear

_KEEP: Final = "keep"
_SHOWN_FAULTS: Final = 100
_LISTS: Final[Mapping[TableKind, str]] = {
    TableKind.VICTIM: "testimony:victims",
    TableKind.WITNESS: "testimony:witnesses",
    TableKind.BODY: "testimony:bodies",
}


class TableForm(forms.Form):
    """What the table lists, and the table."""

    kind = forms.ChoiceField(label=_("What the table lists"), choices=TableKind.choices)
    table = forms.FileField(
        label=_("Table"),
        help_text=_("CSV in UTF-8, or XLSX. The first row names the columns, in English or Arabic."),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
    )


@dataclass(frozen=True)
class _Tried:
    """A table with its columns as they are understood, and the token of exactly this file and these columns."""

    table: Table
    heads: tuple[str, ...]
    mapping: Mapping[str, int]
    token: str
    told: str


@require_http_methods(["GET", "POST"])
def importing_page(request: HttpRequest, code: str) -> HttpResponse:
    """Try a table, change what its columns hold, and keep it; for those who hear witnesses."""
    asker = hearer_in(asker_for(request, code))
    form = TableForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"faults": [], "more": 0}
    if request.method == "POST":
        demand_open(asker.case, Action.WITNESS_CREATED, asker.actor)
        if form.is_valid():
            report = _taken(form, request, asker, context)
            if report is not None and context["kept"] and (report.codes or report.new):
                return redirect(_LISTS[report.kind], code)
    record_page(asker, "import")
    context |= {
        "case": asker.case,
        "role": asker.role,
        "purpose": asker.purpose,
        "form": form,
        "open": may_hear(asker),
        "limits": ON_A_PAGE,
        "megabytes": ON_A_PAGE.size >> 20,
    }
    response = render(request, "testimony/importing.html", context, status=422 if form.errors else 200)
    response["Cache-Control"] = "no-store"
    return response


def _taken(form: TableForm, request: HttpRequest, asker: Asker, context: dict[str, Any]) -> Report | None:
    try:
        tried = _tried(form, request)
        context |= {"tried": tried, "columns": _columns(tried)}
        keep = request.POST.get("step") == _KEEP
        if keep and request.POST.get("tried") != tried.token:
            form.add_error(None, gettext("This is not what was tried: look at the result again before keeping it."))
            keep = False
        report = bring_in(case=asker.case, table=tried.table, actor=asker.actor, dry_run=not keep)
    except CaseClosed:
        raise
    except (TestimonyError, CustodyError) as error:
        form.add_error(None, str(error))
        return None
    context |= {
        "report": report,
        "kept": keep,
        "faults": report.faults[:_SHOWN_FAULTS],
        "more": max(0, len(report.faults) - _SHOWN_FAULTS),
    }
    if keep and (report.codes or report.new):
        _tell(request, report)
    return report


def _tell(request: HttpRequest, report: Report) -> None:
    if report.kind is TableKind.BODY:
        words = ngettext(
            "%(images)s image was placed; rows that stayed out: %(out)s.",
            "%(images)s images were placed; rows that stayed out: %(out)s.",
            report.new,
        )
        messages.success(request, words % {"images": report.new, "out": report.refused}, extra_tags="sound")
        return
    words = ngettext(
        "%(count)s person was brought in; rows that stayed out: %(out)s.",
        "%(count)s people were brought in; rows that stayed out: %(out)s.",
        len(report.codes),
    )
    messages.success(request, words % {"count": len(report.codes), "out": report.refused}, extra_tags="sound")


def _tried(form: TableForm, request: HttpRequest) -> _Tried:
    """The columns are as they were said on the page if the table has the heads that the page was about."""
    kind, stream = TableKind(form.cleaned_data["kind"]), form.cleaned_data["table"].file
    heads = heads_of(stream, ON_A_PAGE)
    told = _token(kind.value, *heads)
    mapping = _said(kind, request) if request.POST.get("told") == told else guess_mapping(kind, heads)
    table = Table(kind=kind, stream=stream, limits=ON_A_PAGE, mapping=mapping)
    token = _token(kind.value, digest_of(stream), json.dumps(sorted(mapping.items())))
    return _Tried(table, heads, mapping, token, told)


def _token(*parts: str) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _said(kind: TableKind, request: HttpRequest) -> dict[str, int]:
    said = {column.key: request.POST.get(f"column_{column.key}", "") for column in columns_of(kind)}
    # isdecimal() knows digits of other scripts and any length; a place has two digits at most.
    return {key: int(place) for key, place in said.items() if place.isdecimal() and len(place) <= len("99")}


def _columns(tried: _Tried) -> list[dict[str, Any]]:
    return [
        {
            "column": column,
            "choices": [
                (place, head, tried.mapping.get(column.key) == place) for place, head in enumerate(tried.heads)
            ],
        }
        for column in columns_of(tried.table.kind)
    ]
