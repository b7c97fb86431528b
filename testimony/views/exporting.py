"""Handing out data of people: for whom and what for, then what would go and what stays, then one ZIP."""

from __future__ import annotations

import dataclasses
from typing import Any, Final

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from custody.core.errors import CustodyError
from custody.models import Case, Party
from custody.parties import find_party, known_parties
from custody.purposes import CHOSEN_BY_PEOPLE, Purpose
from evidence.access import Asker
from evidence.views.opening import SEALED_OFF, asker_for, record_page
from testimony import exporting
from testimony.consents import recipients
from testimony.core.errors import ConsentError, TestimonyError
from testimony.exporting import Foreseen, Packed
from testimony.models import ConsentRecipient, ConsentScope
from testimony.views.recipients import words_of_terms
from testimony.wording import words_of

HAND_OUT: Final = "hand-out"
TABLES: Final[dict[str, Promise]] = {
    "victims": _("Victims"),
    "witnesses": _("Witnesses, by code"),
    "consents": _("What they agreed to"),
    "identifications": _("Of whom statements speak"),
    "ties": _("Identifications"),
    "grounds": _("What identifications rest on"),
}


class ExportForm(forms.Form):
    """For whom, and what for."""

    party = forms.ModelChoiceField(label=_("Recipient"), queryset=known_parties().none(), to_field_name="code")
    purpose = forms.ChoiceField(
        label=_("Purpose"),
        choices=[(purpose.value, purpose.label) for purpose in CHOSEN_BY_PEOPLE],
        initial=Purpose.DISCLOSURE.value,
    )

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        party: Any = self.fields["party"]
        party.queryset = known_parties()


@require_http_methods(["GET", "POST"])
def exporting_page(request: HttpRequest, code: str) -> HttpResponse:
    """The form, then what would go and what stays and why, and only then the file, entered before its first byte.

    404 and an entry for whoever is no member; others than lead and lawyers see why there is no form, and an attempt of
    theirs is on record.
    """
    asker = asker_for(request, code)
    if not exporting.may_export(asker):
        return _not_for(request, asker)
    form = ExportForm(request.POST or None)
    shown: dict[str, Any] = {}
    if form.is_bound and form.is_valid():
        packed = _answer(request, asker, form, shown)
        if packed is not None:
            return _sent(packed)
    record_page(asker, "exporting")
    context = {**_told(asker), "form": form, "parties": known_parties().exists(), **shown}
    return render(request, "testimony/exporting.html", context, status=422 if form.errors else 200)


def _not_for(request: HttpRequest, asker: Asker) -> HttpResponse:
    if request.method == "POST":
        exporting.refuse_role(asker, find_party(request.POST.get("party", "")))
    record_page(asker, "exporting")
    return render(request, "testimony/exporting.html", {**_told(asker), "form": None}, status=403)


def _told(asker: Asker) -> dict[str, Any]:
    return {"case": asker.case, "role": asker.role, "purpose": asker.purpose}


def _answer(request: HttpRequest, asker: Asker, form: ExportForm, shown: dict[str, Any]) -> Packed | None:
    """The file once it was said yes to; None to show what would go, or what is wrong."""
    party = form.cleaned_data["party"]
    asking = dataclasses.replace(asker, purpose=Purpose(form.cleaned_data["purpose"]))
    try:
        if request.POST.get("step") == HAND_OUT:
            return exporting.export_packed(asker=asking, party=party, seen=request.POST.get("seen", ""))
    except ConsentError as error:
        form.add_error(None, _refusal(error))
        return None
    except (TestimonyError, CustodyError) as error:
        form.add_error(None, str(error))
    try:
        shown.update(_shown(asker.case, party, exporting.foresee(asker=asking, party=party)))
    except ConsentError as error:
        form.add_error(None, "; ".join(map(words_of, error.reasons)))
    return None


def _refusal(error: ConsentError) -> str:
    why = "; ".join(words_of(reason) for reason in error.reasons) or str(error)
    return gettext("Nothing was handed out, and that is recorded: %(why)s.") % {"why": why}


def _shown(case: Case, party: Party, foreseen: Foreseen) -> dict[str, Any]:
    terms = recipients.terms_in(case).filter(party=party).first()
    return {
        "chosen": party,
        "kind": ConsentRecipient(foreseen.addressee.kind.value).label,
        "use": ConsentScope(foreseen.scope.value).label,
        "terms": terms,
        "conditions": words_of_terms(terms) if terms else [],
        "tables": [_table(name, foreseen) for name in exporting.COLUMNS],
        "empty": not any(foreseen.rows.values()),
        "seen": foreseen.seen,
    }


def _table(name: str, foreseen: Foreseen) -> dict[str, Any]:
    kept = foreseen.left_out.get(name, {})
    return {
        "words": TABLES[name],
        "goes": foreseen.rows[name],
        "stays": sum(kept.values()),
        "reasons": [(words_of(reason), number) for reason, number in sorted(kept.items())],
    }


def _sent(packed: Packed) -> HttpResponse:
    response = HttpResponse(packed.content, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{packed.name}"'
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = SEALED_OFF
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
