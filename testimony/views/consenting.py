"""The conversation about consent: what was explained, an answer for each use and recipient, and how it was given."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET

from custody import clock
from custody.core.errors import CustodyError
from custody.models import Case
from custody.views.faults import add_faults
from custody.views.papers import send_paper
from evidence.access import Asker
from evidence.views.opening import asker_for, record_page
from testimony import consents
from testimony.consents import paper
from testimony.consents.paper import SignedForm
from testimony.core import drawn
from testimony.core.errors import TestimonyError
from testimony.models import Witness, WitnessFileKind
from testimony.views.consent_forms import ConversationForm
from testimony.views.uploading import sealing_uploads
from testimony.views.writing import hearer_in, witness_in
from testimony.witnesses import files as witness_files
from testimony.witnesses.files import Received
from testimony.witnesses.uploads import SealingHandler


@sensitive_post_parameters()
@sealing_uploads
def conversation_page(request: HttpRequest, asker: Asker, witness: Witness, handler: SealingHandler) -> HttpResponse:
    """The form of a conversation, for those who hear witnesses; in a closed case too, for consent has no end."""
    posted = request.method == "POST"
    form = ConversationForm(request.POST or None, request.FILES if posted else None, witness)
    if posted and handler.fault:
        form.add_error("file", handler.fault)
    elif posted and form.is_valid() and _recorded(form, asker, handler):
        return redirect("testimony:witness", asker.case.code, witness.code)
    record_page(asker, "consent", stream=f"person/{witness.person}", witness=str(witness.pk))
    context = _context(asker.case, witness, form) | {"role": asker.role, "purpose": asker.purpose}
    return render(request, "testimony/conversation.html", context, status=422 if form.errors else 200)


def _recorded(form: ConversationForm, asker: Asker, handler: SealingHandler) -> bool:
    """Whether everything of it is on record; otherwise nothing is, and the form says why."""
    try:
        with _arrived(form, asker, handler) as received:
            consents.record_conversation(
                witness=form.witness,
                held=form.held(),
                answers=list(form.answers()),
                actor=asker.actor,
                received=received,
            )
    except ValidationError as error:
        add_faults(form, error)
    except (TestimonyError, CustodyError) as error:
        form.add_error(None, str(error))
    return not form.errors


@contextlib.contextmanager
def _arrived(form: ConversationForm, asker: Asker, handler: SealingHandler) -> Iterator[Received | None]:
    """What shows how it was given: the file that came along, or the form with the drawn signature; gone if not kept."""
    received = None
    name = handler.name
    if form.cleaned_data["file"]:
        received = handler.received
    elif form.cleaned_data["drawn"]:
        moment = clock.now()
        signed = SignedForm(
            witness=form.witness,
            held=form.held(),
            answers=list(form.answers()),
            drawn=form.cleaned_data["drawn"],
            explained_by=asker.account.name if asker.account else "",
            signed=moment,
        )
        name = f"consent-{form.witness.code.lower()}-{moment:%Y-%m-%d}.pdf"
        content = paper.signed_form(signed)
        received = witness_files.received_bytes(witness=form.witness, content=content, actor=asker.actor)
    try:
        if received is not None:
            received.prepare(kind=WitnessFileKind.CONSENT, name=name)
        yield received
    finally:
        if received is not None:
            received.discard()


def _context(case: Case, witness: Witness, form: ConversationForm) -> dict[str, Any]:
    return {
        "case": case,
        "witness": witness,
        "form": form,
        "rows": form.rows(),
        "spoken": [
            {"language": "ar", "direction": "rtl", "words": [each.ar for each in paper.read_aloud()]},
            {"language": "en", "direction": "ltr", "words": [each.en for each in paper.read_aloud()]},
        ],
        "field": (drawn.WIDTH, drawn.HEIGHT),
    }


@require_GET
def consent_form(request: HttpRequest, code: str, witness: str) -> HttpResponse:
    """The form to sign, in both languages, under the code of the witness; for those who hear witnesses."""
    asker = hearer_in(asker_for(request, code))
    found = witness_in(asker, witness)
    record_page(asker, "consent-form", stream=f"person/{found.person}", witness=str(found.pk))
    return send_paper(paper.consent_form(found), f"consent-{found.code.lower()}")
