"""Opening who a witness is: for a typed reason, on record, for some minutes, by those who hear witnesses."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from custody.core.errors import CustodyError
from evidence.access import Asker
from evidence.views.opening import asker_for, record_page
from testimony import gate
from testimony.core.errors import TestimonyError
from testimony.models import OpenedKind, Witness
from testimony.views.drafts import refused_words
from testimony.views.sealed_statements import ReasonForm, shown_for_a_while
from testimony.views.writing import hearer_in, witness_in
from testimony.witnesses import open_identity, openings


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def opening_page(request: HttpRequest, code: str, witness: str) -> HttpResponse:
    """The reason first; then the entry; then the identity, and the page goes blank by itself."""
    asker = hearer_in(asker_for(request, code))
    found = witness_in(asker, witness)
    form = ReasonForm(request.POST or None)
    fault, status = "", 200
    if request.method == "POST":
        if form.is_valid():
            try:
                return _opened(request, asker, found, form.cleaned_data["reason"])
            except openings.OpeningRefusedError as refusal:
                fault, status = refused_words(refusal.reason), 403
            except (TestimonyError, CustodyError) as error:
                fault, status = str(error), 403
        else:
            status = 422
    record_page(asker, "identity-opening", stream=f"person/{found.person}", witness=str(found.pk))
    context = {
        "case": asker.case,
        "role": asker.role,
        "purpose": asker.purpose,
        "witness": found,
        "form": form,
        "fault": fault,
    }
    return render(request, "testimony/identity_opening.html", context, status=status)


def _opened(request: HttpRequest, asker: Asker, witness: Witness, reason: str) -> HttpResponse:
    openings.demand(asker, witness, OpenedKind.IDENTITY)
    if not hasattr(witness, "identity"):
        raise Http404
    opening = openings.opening_for(asker, OpenedKind.IDENTITY, witness.pk, reason)
    identity = open_identity(
        witness=witness,
        permit=gate.permit_to_read(asker, witness),
        actor=asker.actor,
        purpose=asker.purpose_code or "",
        opening=opening,
    )
    context = {
        "case": asker.case,
        "role": asker.role,
        "purpose": asker.purpose,
        "witness": witness,
        "opening": opening,
        "identity": identity,
    }
    response = render(request, "testimony/identity_opened.html", context)
    return shown_for_a_while(response, reverse("testimony:witness", args=[asker.case.code, witness.code]))
