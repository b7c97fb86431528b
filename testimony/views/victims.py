"""The victims of a case, and the page of one: pictures, statements, what consent lets in, the dossier."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from custody.models import Party
from custody.parties import PartyKind, find_party, known_parties
from evidence import access
from evidence.access import AccessRefused, Asker, Form
from evidence.views.opening import asker_for, not_found, not_here, record_page
from testimony import victims, wording
from testimony.core.consent import Decision
from testimony.dossiers import plans, versions
from testimony.dossiers.readiness import Readiness, not_for, readiness_about
from testimony.models import Statement, Victim
from testimony.views.writing import items_typed, may_hear, may_write, victim_in, writer_in

MOST_FRAMES: Final = 48
ROWS: Final = 50


class VictimForm(forms.Form):
    """A new victim file: the names as somebody gave them, or none."""

    name_ar = forms.CharField(
        label=_("Name in Arabic, as alleged"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"dir": "rtl", "lang": "ar", "autocomplete": "off"}),
    )
    name_latin = forms.CharField(
        label=_("Name in Latin letters, as alleged"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off"}),
    )
    notes = forms.CharField(
        label=_("Notes"),
        max_length=4000,
        required=False,
        help_text=_("Nothing here that tells who a witness is: notes are not sealed."),
        widget=forms.Textarea(attrs={"dir": "auto", "rows": 3}),
    )


class LinkForm(forms.Form):
    """Pictures, by their evidence numbers."""

    numbers = forms.CharField(
        label=_("Evidence numbers"),
        max_length=20_000,
        help_text=_("One or more, parted by spaces, commas or lines, such as AMN-RWB-0000-0001."),
        widget=forms.Textarea(attrs={"dir": "ltr", "rows": 3}),
    )


@require_http_methods(["GET", "POST"])
def victims_page(request: HttpRequest, code: str) -> HttpResponse:
    """All victims of a case, for a purpose and on record, and a form for one more. A stranger gets 404 and an entry."""
    asker = asker_for(request, code)
    form = VictimForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = victims.create_victim(case=writer_in(asker).case, actor=asker.actor, **form.cleaned_data)
        return redirect("testimony:victim", asker.case.code, made.code)
    page = Paginator(victims.victims_of(asker.case), ROWS).get_page(request.GET.get("page"))
    record_page(asker, "victims")
    context = {
        "case": asker.case,
        "role": asker.role,
        "purpose": asker.purpose,
        "page": page,
        "rows": [_row(victim, asker) for victim in page] if asker.purpose else [],
        "form": form if may_write(asker) else None,
    }
    return render(request, "testimony/victims.html", context, status=422 if form.errors else 200)


def _row(victim: Victim, asker: Asker) -> dict[str, Any]:
    ready = readiness_about(victim, asker)
    return {
        "victim": victim,
        "pictures": len(ready.pictures),
        "statements": len(ready.statements),
        "allowed": len(ready.allowed),
        "state": "sound" if not ready.reasons else "late",
    }


@require_GET
def victim_page(request: HttpRequest, code: str, victim: str) -> HttpResponse:
    """One victim. Its veiled pictures are recorded as seen before the page is sent."""
    asker = asker_for(request, code)
    found = victim_in(asker, victim)
    return _page(request, asker, found, LinkForm(), status=200)


@require_POST
def link(request: HttpRequest, code: str, victim: str) -> HttpResponse:
    """Say that items show this victim."""
    asker = writer_in(asker_for(request, code))
    found = victim_in(asker, victim)
    form = LinkForm(request.POST)
    if form.is_valid():
        try:
            items = items_typed(asker, form.cleaned_data["numbers"])
        except ValidationError as error:
            form.add_error("numbers", error)
        else:
            victims.link_pictures(victim=found, items=items, actor=asker.actor)
            return redirect("testimony:victim", asker.case.code, found.code)
    return _page(request, asker, found, form, status=422)


def _page(request: HttpRequest, asker: Asker, found: Victim, form: LinkForm, *, status: int) -> HttpResponse:
    to = _recipient(asker, request.GET.get("to", ""))
    ready = readiness_about(found, asker, to)
    try:
        sheet = access.open_sheet(asker, list(ready.pictures[:MOST_FRAMES]), Form.VEILED, whole_page=False)
    except AccessRefused as refusal:
        not_found(refusal)
    record_page(asker, "victim", stream=f"person/{found.pk}", act=sheet.act, victim=str(found.pk))
    context = {
        "case": asker.case,
        "role": asker.role,
        "purpose": asker.purpose,
        "victim": found,
        "frames": [{"item": item, "picture": sheet.pictures[item.pk]} for item in ready.pictures[:MOST_FRAMES]],
        "more": max(len(ready.pictures) - MOST_FRAMES, 0),
        "pictures": "veiled",
        "ready": ready,
        "to": to,
        "addressees": known_parties().exclude(kind=PartyKind.PERSON),
        "statements": [_statement(row, decision) for row, decision in ready.statements],
        "may_build": plans.may_build(asker),
        "blocked": _blocked(asker, ready),
        "plans": plans.plans_about(found),
        "built": versions.versions_about(found),
        "form": form,
        "may_write": may_write(asker),
        "may_hear": may_hear(asker),
    }
    return render(request, "testimony/victim.html", context, status=status)


def _recipient(asker: Asker, code: str) -> Party | None:
    """Whom a dossier would be for: a party by its code, or some court that is not chosen yet. 404 for anybody else."""
    if not code:
        return None
    return find_party(code) or not_here(asker)


def _statement(row: Statement, decision: Decision) -> dict[str, Any]:
    reasons = [reason.value for reason in decision.reasons]
    return {
        "row": row,
        "allowed": decision.allowed,
        "state": wording.STATES[decision.answer],
        "answer": wording.ANSWERS[decision.answer],
        "consents": decision.codes,
        "reasons": [wording.words_of(reason) for reason in reasons],
        "remedies": [remedy for remedy in map(wording.remedy_for, reasons) if remedy],
    }


def _blocked(asker: Asker, ready: Readiness) -> list[str]:
    """Why the button is off, in words; empty when it works."""
    return [wording.words_of(reason) for reason in not_for(asker) or ready.reasons]
