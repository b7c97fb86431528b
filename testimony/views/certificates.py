"""The texts of certificates in a case: what is in force, what was, and a newer version by its lead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from custody import clock
from custody.cases import Role
from custody.models import Case
from custody.views.faults import add_faults
from evidence.access import Asker
from evidence.views.opening import asker_for, record_page
from testimony import certificates, wording
from testimony.certificates import StartsTooEarly, Version, Which
from testimony.core.certificates import (
    LANGUAGES,
    PLACES,
    REQUIRED,
    CertificateError,
    Facts,
    Piece,
    Text,
    faults_of,
    paragraphs_of,
    pieces,
)
from testimony.models import CertificateKind
from testimony.views.certificate_forms import LANGUAGE_NAMES, HouseForm, TextForm, WhichForm, typed

_NO_FACTS: Final = ("blank", "digests")
_TOO_EARLY: Final = _("A version begins today at the earliest.")


@dataclass(frozen=True)
class Shown:
    """A text with invented facts in its places."""

    title: Sequence[Piece]
    paragraphs: Sequence[Sequence[Piece]]


@require_http_methods(["GET", "POST"])
def certificates_page(request: HttpRequest, code: str) -> HttpResponse:
    """One text for every member; the lead tries and records a newer one, or goes back to the house's."""
    asker = asker_for(request, code)
    chosen = WhichForm(request.GET or WhichForm.start(), auto_id="which_%s")
    if not chosen.is_valid():
        raise Http404
    which, step = chosen.which(), request.POST.get("step", "")
    today = clock.now().date()
    start = typed(certificates.text_in_force(asker.case, which, today))
    form = TextForm(request.POST if step in {"preview", "record"} else None, initial={**start, "since": today})
    house = HouseForm(request.POST if step == "house" else None, initial={"day": today})
    preview = None
    if request.method == "POST":
        if asker.role != Role.LEAD:
            raise Http404
        if _is_done(step, form, house, asker, which):
            query = urlencode({"text": chosen.cleaned_data["text"], "language": which.language})
            return redirect(f"{reverse('testimony:certificates', args=[asker.case.code])}?{query}#versions")
        preview = _preview(form, asker.case, which) if step == "preview" else None
    record_page(asker, "certificates")
    context = {
        **_standing(asker.case, which),
        "case": asker.case,
        "role": asker.role,
        "purpose": asker.purpose,
        "chosen": chosen,
        "preview": preview,
        "form": form.written_in(which.language) if _may_write(asker) or form.errors else None,
        "house": house,
        "places": _places(asker.case, which),
    }
    status = 422 if form.errors or house.errors else 200
    return render(request, "testimony/certificates.html", context, status=status)


def _may_write(asker: Asker) -> bool:
    return asker.role == Role.LEAD and asker.case.closed is None


def _is_done(step: str, form: TextForm, house: HouseForm, asker: Asker, which: Which) -> bool:
    """Record what was asked for; a refusal goes to the field that it is about."""
    if step == "record" and form.is_valid():
        return _write(form, asker, which)
    return step == "house" and house.is_valid() and _return(house, asker, which)


def _write(form: TextForm, asker: Asker, which: Which) -> bool:
    words = {"title": form.cleaned_data["title"], "typed": form.cleaned_data["text"]}
    try:
        certificates.write_text(
            case=asker.case, which=which, **words, since=form.cleaned_data["since"], actor=asker.actor
        )
    except StartsTooEarly:
        form.add_error("since", _TOO_EARLY)
    except CertificateError as error:
        form.add_certificate_faults(error.faults)
    except ValidationError as error:
        add_faults(form, error)
    return not form.errors


def _return(house: HouseForm, asker: Asker, which: Which) -> bool:
    try:
        certificates.return_to_house(case=asker.case, which=which, since=house.cleaned_data["day"], actor=asker.actor)
    except StartsTooEarly:
        house.add_error("day", _TOO_EARLY)
    except CertificateError:
        house.add_error(None, _("Amana's own text is in force already, or will be."))
    except ValidationError as error:
        add_faults(house, error)
    return not house.errors


def _preview(form: TextForm, case: Case, which: Which) -> Shown | None:
    """What was typed, filled; nothing where it has faults, which then stand in the form."""
    if not form.is_valid():
        return None
    text = Text(" ".join(form.cleaned_data["title"].split()), paragraphs_of(form.cleaned_data["text"]))
    faults = faults_of(text, which.kind)
    form.add_certificate_faults(faults)
    return None if faults else _shown(text, case, which.language)


def _standing(case: Case, which: Which) -> dict[str, Any]:
    """What is in force today, and beside it the text of the other language; every version of the case."""
    today = clock.now().date()
    version = certificates.text_in_force(case, which, today)
    other = next(each for each in LANGUAGES if each != which.language)
    beside = certificates.text_in_force(case, Which(which.jurisdiction, which.kind, other), today)
    rows = certificates.versions(case, which)
    never = certificates.replaced_before_they_began(rows)
    return {
        "which": which,
        "language": LANGUAGE_NAMES[which.language],
        "law": wording.JURISDICTIONS[which.jurisdiction],
        "kind": CertificateKind(which.kind.value).label,
        "version": version,
        "shown": _shown(version.text, case, which.language),
        "versions": [
            {
                "row": row,
                "shown": _shown(certificates.text_of(row), case, which.language) if row.own else None,
                "never": row in never,
            }
            for row in rows
        ],
        "may_return": certificates.can_return(rows[0] if rows else None, today),
        "alone": _alone(version, beside, which.language, other),
        "uneven": version.own and beside.own and len(version.text.paragraphs) != len(beside.text.paragraphs),
    }


def _alone(version: Version, beside: Version, language: str, other: str) -> dict[str, object] | None:
    """In which language alone the certificate stands, because the case wrote it in no other."""
    if version.own == beside.own:
        return None
    only, missing = (language, other) if version.own else (other, language)
    return {"only": LANGUAGE_NAMES[only], "missing": LANGUAGE_NAMES[missing]}


def _shown(text: Text, case: Case, language: str) -> Shown:
    words = _example(case).words(language)
    return Shown(_marked(text.title, words), [_marked(each, words) for each in text.paragraphs])


def _marked(text: str, words: Mapping[str, str]) -> list[Piece]:
    """The runs of a text; lines to fill and the names of digests are words of every certificate, and no facts."""
    return [replace(each, place="") if each.place in _NO_FACTS else each for each in pieces(text, words)]


def _places(case: Case, which: Which) -> list[dict[str, object]]:
    words = _example(case).words(which.language)
    required = REQUIRED[which.kind]
    return [
        {
            "name": name,
            "meaning": wording.CERTIFICATE_PLACES[name],
            "example": words[name],
            "required": name in required,
        }
        for name in PLACES
    ]


def _example(case: Case) -> Facts:
    """Invented facts, of no dossier."""
    return Facts(
        dossier="D-0001/1",
        case=case.code,
        exhibits=12,
        originals=4,
        copies=7,
        bytes=48_210_377,
        first="AMN-0000-0001",
        last="AMN-0000-0012",
        sources=("SRC-01",),
        earliest="2024-03-09 10:14:31",
        latest="2024-03-09 11:02:07",
        as_of="2024-05-20 16:40:12 UTC",
        origin="example.org/ledger",
        entries=1_204,
        root="5f70bf18a0860070" * 4,
        software=f"Amana {settings.AMANA_VERSION}",
        gaps=2,
        not_shown=1,
    )
