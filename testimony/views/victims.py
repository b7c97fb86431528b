"""The victims of a case, and the page of one: pictures, statements, what consent lets in, the dossier."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from custody.parties import PartyKind, find_party, known_parties
from custody.typesetting.errors import TypesettingError
from evidence import access
from evidence.access import AccessRefused, Asker, Form
from evidence.views.opening import asker_for, not_found, not_here, record_page
from testimony import policies, victims, wording
from testimony.core.consent import Decision, Recipient
from testimony.core.errors import ConsentError, TestimonyError
from testimony.dossiers import building as dossiers
from testimony.dossiers.readiness import Readiness
from testimony.gate import COURTS, Addressee, addressee_of
from testimony.gathering import tray
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
        "rows": [_row(victim) for victim in page] if asker.purpose else [],
        "form": form if may_write(asker) else None,
    }
    return render(request, "testimony/victims.html", context, status=422 if form.errors else 200)


def _row(victim: Victim) -> dict[str, Any]:
    ready = dossiers.readiness(victim)
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
    to = _addressee(asker, request.GET.get("to", ""))
    ready = dossiers.readiness(found, to)
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
        "to": to.party,
        "addressees": known_parties().exclude(kind=PartyKind.PERSON),
        "statements": [_statement(row, decision) for row, decision in ready.statements],
        "may_build": asker.role in dossiers.BUILDERS,
        "blocked": _blocked(asker, ready),
        "built": dossiers.dossiers_of(found),
        "form": form,
        "may_write": may_write(asker),
        "may_hear": may_hear(asker),
    }
    return render(request, "testimony/victim.html", context, status=status)


def _addressee(asker: Asker, code: str) -> Addressee:
    """Whom a dossier would be for: a party by its code, or some court that is not chosen yet. 404 for anybody else."""
    if not code:
        return COURTS
    party = find_party(code)
    if party is None:
        not_here(asker)
    return addressee_of(asker.case, party) or Addressee(Recipient.PUBLIC, party)


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
    reasons = list(ready.reasons)
    if asker.role not in dossiers.BUILDERS:
        reasons = [policies.NOT_THIS_ROLE]
    elif asker.purpose is None:
        reasons = [access.Refusal.NO_PURPOSE.value, *reasons]
    return [wording.words_of(reason) for reason in reasons]


@require_POST
def dossier(request: HttpRequest, code: str, victim: str) -> HttpResponseBase:
    """Build the dossier and send it. Its entry is committed first; a refusal is on record and told on the page."""
    asker = asker_for(request, code)
    found = victim_in(asker, victim)
    addressee = _addressee(asker, request.POST.get("to", ""))
    with tray() as waiting:
        to = waiting.folder / "sent.pdf"
        try:
            built = dossiers.build_dossier(victim=found, asker=asker, to=to, addressee=addressee)
        except ConsentError as error:
            messages.error(request, _refusal(error), extra_tags="late")
            return redirect("testimony:victim", asker.case.code, found.code)
        except (TestimonyError, TypesettingError) as error:
            messages.error(request, _failure(error), extra_tags="unsound")
            return redirect("testimony:victim", asker.case.code, found.code)
        if built.anchored.failed:
            # The answer is the file itself, so this stands on the next page.
            messages.warning(request, _not_vouched(built), extra_tags="late")
        # The open file outlives its folder, and nothing of it stays on the disk.
        stream = to.open("rb")
    name = f"{asker.case.code}-{built.dossier.code}-{built.dossier.version}.pdf"
    response = FileResponse(stream, as_attachment=True, filename=name, content_type="application/pdf")
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _not_vouched(built: dossiers.Built) -> str:
    told = gettext(
        "%(dossier)s was built and handed to you. Outside parties that have not vouched for it yet: %(names)s."
    )
    named = f"{built.dossier.code}/{built.dossier.version}"
    return told % {"dossier": named, "names": ", ".join(sorted(built.anchored.failed))}


def _refusal(error: ConsentError) -> str:
    reasons = "; ".join(wording.words_of(reason) for reason in error.reasons)
    return gettext("No dossier was built, and that is recorded: %(why)s.") % {"why": reasons or str(error)}


def _failure(error: TestimonyError | TypesettingError) -> str:
    return gettext("The dossier could not be made: %(why)s") % {"why": error}
