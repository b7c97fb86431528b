"""A witness by code: what was agreed to, when, and the step of taking it back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from custody import clock
from custody.views.faults import add_faults
from evidence.access import Asker
from evidence.views.opening import asker_for, not_here, record_page
from testimony import consents, gate, wording
from testimony.consents import Answered, Scope, State
from testimony.models import ConsentForm, ConsentState, Witness
from testimony.views.writing import hearer_in, may_keep_consents
from testimony.witnesses import find_witness


class AnswerForm(forms.Form):
    """A new answer about use in court dossiers."""

    state = forms.ChoiceField(label=_("Use in court dossiers"), choices=ConsentState.choices[:3])
    given_on = forms.DateField(label=_("Given on"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    how = forms.ChoiceField(label=_("How the answer was given"), choices=ConsentForm.choices)
    form_version = forms.CharField(label=_("Version of the form"), max_length=20, initial="1")
    expires_on = forms.DateField(
        label=_("Ends on"),
        required=False,
        help_text=_("Leave empty when no end was agreed."),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )

    def clean_given_on(self) -> Any:
        """An answer is given today or was given before."""
        day = self.cleaned_data["given_on"]
        if day > clock.now().date():
            raise ValidationError(gettext("This day is still to come."))
        return day


@require_http_methods(["GET", "POST"])
def witness_page(request: HttpRequest, code: str, witness: str) -> HttpResponse:
    """What the witness agreed to, and a form for a new answer. Nothing that is sealed is opened for it."""
    asker = asker_for(request, code)
    found = _found(asker, witness)
    form = AnswerForm(request.POST or None, initial={"given_on": clock.now().date()})
    if request.method == "POST" and _answered(form, hearer_in(asker), found):
        return redirect("testimony:witness", asker.case.code, found.code)
    record_page(asker, "witness", stream=f"person/{found.pk}", witness=str(found.pk))
    decision = gate.decision_for(found, scope=Scope.COURT_DOSSIER)
    context = {
        "case": asker.case,
        "role": asker.role,
        "purpose": asker.purpose,
        "witness": found,
        "form": form if may_keep_consents(asker) else None,
        "consents": consents.consents_of(found),
        "state": wording.STATES[decision.answer],
        "answer": wording.ANSWERS[decision.answer],
        "reasons": [wording.words_of(reason.value) for reason in decision.reasons],
        "statements": found.statements.order_by("code"),
        "sealed": hasattr(found, "identity"),
    }
    return render(request, "testimony/witness.html", context, status=422 if form.errors else 200)


def _answered(form: AnswerForm, asker: Asker, witness: Witness) -> bool:
    if not form.is_valid():
        return False
    chosen = form.cleaned_data
    answered = Answered(
        state=State(chosen["state"]),
        given_on=chosen["given_on"],
        how=ConsentForm(chosen["how"]),
        form_version=chosen["form_version"],
        expires_on=chosen["expires_on"],
    )
    try:
        consents.record_answer(witness=witness, answered=answered, actor=asker.actor)
    except ValidationError as error:
        add_faults(form, error)
        return False
    return True


@require_POST
def withdraw(request: HttpRequest, code: str, witness: str) -> HttpResponse:
    """Take back what was agreed to, as of today."""
    asker = hearer_in(asker_for(request, code))
    found = _found(asker, witness)
    for consent in consents.consents_of(found):
        if consent.state == State.YES.value:
            consents.withdraw(consent=consent, on=clock.now().date(), actor=asker.actor)
    return redirect("testimony:witness", asker.case.code, found.code)


def _found(asker: Asker, code: str) -> Witness:
    witness = find_witness(asker.case, code)
    if witness is None:
        not_here(asker)
    return witness
