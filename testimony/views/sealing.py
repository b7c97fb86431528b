"""Reading a draft back, sealing it, and typing what stands beside it and is never served."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from custody import clock
from custody.core.errors import CustodyError
from evidence.access import Asker
from evidence.views.opening import asker_for, record_page
from testimony import wording
from testimony.core.errors import TestimonyError
from testimony.models import OpenedKind, StatementDraft
from testimony.statements import declarations, drafts
from testimony.views.drafts import closed, own_draft, page, reading_page, refused_words, revision_of
from testimony.views.sealing_forms import ConfidentialForm, ReadBackForm, SealForm
from testimony.views.writing import hearer_in
from testimony.witnesses import openings


@sensitive_post_parameters()
@require_POST
def seal_page(request: HttpRequest, code: str, draft: UUID) -> HttpResponse:
    """The last two steps. Each opens the draft, with an entry, so that what is kept is what was read and is sealed."""
    asker = hearer_in(asker_for(request, code))
    found = own_draft(asker, draft)
    try:
        openings.demand(asker, found.witness, OpenedKind.STATEMENT)
    except openings.OpeningRefusedError as refusal:
        return closed(request, asker, found, refused_words(refusal.reason))
    steps = {"read-back": _read_back, "seal": _seal}
    step = steps.get(request.POST.get("do", ""), _sealing)
    return step(request, asker, found)


def _read_back(request: HttpRequest, asker: Asker, draft: StatementDraft) -> HttpResponse:
    form = ReadBackForm(request.POST)
    if not form.is_valid():
        return reading_page(request, asker, draft, None, form=form, fault=gettext("Not recorded: see below."))
    try:
        drafts.read_back(
            draft=draft,
            revision=revision_of(request),
            read=form.read(),
            actor=asker.actor,
            purpose=asker.purpose_code or "",
        )
    except (TestimonyError, CustodyError) as error:
        return reading_page(request, asker, draft, None, form=form, fault=_words(error))
    return _sealing(request, asker, draft)


def _sealing(request: HttpRequest, asker: Asker, draft: StatementDraft, **more: Any) -> HttpResponse:
    """The form to seal by, for a draft that was read back; its words are not shown again."""
    if draft.read_back is None:
        return closed(request, asker, draft, gettext("Read it back first: what is sealed is what was read."))
    today = clock.now().date()
    context = {
        **page(asker, draft),
        "form": SealForm(initial={"day": today}),
        "formulas": [
            {"formula": each, "label": wording.JURISDICTIONS[each.jurisdiction]}
            for each in declarations.formulas(asker.case, today)
        ],
        **more,
    }
    record_page(asker, "draft", stream=f"person/{draft.witness.person}", draft=str(draft.pk))
    return render(request, "testimony/draft_sealing.html", context, status=422 if more else 200)


def _seal(request: HttpRequest, asker: Asker, draft: StatementDraft) -> HttpResponse:
    form = SealForm(request.POST)
    if not form.is_valid():
        return _sealing(request, asker, draft, form=form)
    try:
        statement = drafts.seal(
            draft=draft,
            revision=revision_of(request),
            signed=form.signed(asker.case),
            actor=asker.actor,
            purpose=asker.purpose_code or "",
        )
    except drafts.IncompleteError as error:
        return _sealing(request, asker, draft, form=form, lacking=[wording.MISSING[each] for each in error.missing])
    except (TestimonyError, CustodyError) as error:
        form.add_error(None, _words(error))
        return _sealing(request, asker, draft, form=form)
    messages.success(request, gettext("Sealed and signed. It is never changed; a later statement can add to it."))
    return redirect("testimony:sealed_statement", asker.case.code, statement.code)


def _words(error: Exception) -> str:
    return " ".join(error.messages) if isinstance(error, ValidationError) else str(error)


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def confidential_page(request: HttpRequest, code: str, draft: UUID) -> HttpResponse:
    """Type what is never served. It is sealed by itself at once, and never shown here."""
    asker = hearer_in(asker_for(request, code))
    found = own_draft(asker, draft)
    form = ConfidentialForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            drafts.keep_confidential(draft=found, confidential=form.confidential(), actor=asker.actor)
        except (TestimonyError, CustodyError) as error:
            form.add_error(None, _words(error))
        else:
            messages.success(request, gettext("Sealed. Nothing that was typed is kept in clear."), extra_tags="sealed")
            return redirect("testimony:draft", asker.case.code, found.pk)
    record_page(asker, "draft", stream=f"person/{found.witness.person}", draft=str(found.pk))
    context = {**page(asker, found), "form": form}
    return render(request, "testimony/confidential_form.html", context, status=422 if form.errors else 200)
