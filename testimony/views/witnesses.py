"""Witnesses by code: the list, what is known of one in clear, who it is under seal, and what was agreed to."""

from __future__ import annotations

import dataclasses
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from custody.core.errors import CustodyError
from custody.views.days import day_input
from custody.views.faults import add_faults
from evidence.access import Asker
from evidence.views.opening import asker_for, record_page
from testimony import consents, gate, witnesses, wording
from testimony.core.consent import Scope
from testimony.core.errors import TestimonyError
from testimony.models import Consent, Literacy, Measure, PriorAccounts, Readiness, Relation, Witness, WitnessRole
from testimony.views.writing import hearer_in, may_hear, may_keep_consents, may_write, witness_in
from testimony.witnesses import Identity, Particulars
from testimony.witnesses import files as witness_files

ROWS: Final = 50
_SEALED: Final = _("Sealed at once; from then on it opens only with an entry that says who opened it and why.")
_SEALED_FIELDS: Final = tuple(field.name for field in dataclasses.fields(Identity))


class ParticularsForm(forms.Form):
    """What is kept in clear: codes and days, nothing that tells who or where somebody is."""

    role = forms.ChoiceField(label=_("Role"), choices=WitnessRole.choices)
    languages = forms.CharField(
        label=_("Languages"),
        max_length=40,
        initial="ar",
        help_text=_("Codes with spaces between, such as: ar en"),
        widget=forms.TextInput(attrs={"dir": "ltr"}),
    )
    literacy = forms.ChoiceField(label=_("Reading"), choices=Literacy.choices)
    relation = forms.ChoiceField(label=_("Relation to the victims"), choices=Relation.choices)
    ready = forms.ChoiceField(label=_("Readiness"), choices=Readiness.choices)
    prior_accounts = forms.ChoiceField(
        label=_("Accounts given before"),
        choices=PriorAccounts.choices,
        help_text=_("Nobody is asked twice for the same without need."),
    )
    measures = forms.MultipleChoiceField(
        label=_("Protective measures"), choices=Measure.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    risk_assessed_on = forms.DateField(label=_("Risk assessed on"), required=False, widget=day_input())
    risk_review_on = forms.DateField(label=_("Risk to be assessed again on"), required=False, widget=day_input())

    def particulars(self) -> Particulars:
        """What was filled in."""
        chosen = self.cleaned_data
        return Particulars(
            role=WitnessRole(chosen["role"]),
            languages=chosen["languages"],
            literacy=Literacy(chosen["literacy"]),
            relation=Relation(chosen["relation"]),
            ready=Readiness(chosen["ready"]),
            prior_accounts=PriorAccounts(chosen["prior_accounts"]),
            measures=tuple(Measure(each) for each in chosen["measures"]),
            risk_assessed_on=chosen["risk_assessed_on"],
            risk_review_on=chosen["risk_review_on"],
        )


def _words(label: Any, rows: int = 0, direction: str = "auto", most: int = 500) -> forms.CharField:
    look = {"dir": direction, "autocomplete": "off"}
    widget = forms.Textarea(attrs={**look, "rows": rows}) if rows else forms.TextInput(attrs=look)
    return forms.CharField(label=label, max_length=most, required=False, widget=widget)


class IdentityForm(forms.Form):
    """Who a witness is. Everything typed here is sealed."""

    name_ar = _words(_("Name in Arabic"), direction="rtl")
    name_latin = _words(_("Name in Latin letters"), direction="ltr")
    other_names = _words(_("Other names"))
    father = _words(_("Father's name"))
    mother = _words(_("Mother's name"))
    born = _words(_("Date and place of birth"))
    contact = _words(_("How to reach the witness safely"))
    whereabouts = _words(_("Where the witness lives"))
    vulnerability = _words(_("Vulnerability"), 2, most=4000)
    risk = _words(_("Risk assessment"), 3, most=4000)
    referrals = _words(_("Support the witness was referred to"), 2, most=4000)
    prior_accounts = _words(_("To whom accounts were given before"), 2, most=4000)
    availability = _words(_("When and how the witness can be heard"), 2, most=2000)
    notes = _words(_("Notes"), 3, most=4000)

    def clean(self) -> dict[str, Any]:
        """An empty form would seal nothing over what is sealed."""
        chosen = super().clean() or self.cleaned_data
        if not any(chosen.get(name) for name in _SEALED_FIELDS):
            raise ValidationError(gettext("Nothing was typed, so nothing was sealed."))
        return chosen


@require_http_methods(["GET", "POST"])
def witnesses_page(request: HttpRequest, code: str) -> HttpResponse:
    """The witnesses of a case by code, and the first step with a new one: a pseudonym before anything else."""
    asker = asker_for(request, code)
    form = ParticularsForm(request.POST or None)
    if request.method == "POST":
        hearer_in(asker)
        if form.is_valid():
            try:
                made = _create(form.particulars(), asker)
            except ValidationError as error:
                add_faults(form, error)
            except CustodyError as error:
                form.add_error(None, str(error))
            else:
                return redirect("testimony:witness", asker.case.code, made.code)
    record_page(asker, "witnesses")
    page = Paginator(witnesses.witnesses_of(asker.case), ROWS).get_page(request.GET.get("page"))
    context = {
        "case": asker.case,
        "role": asker.role,
        "purpose": asker.purpose,
        "page": page,
        "rows": [_row(witness) for witness in page],
        "form": form if may_hear(asker) else None,
    }
    return render(request, "testimony/witnesses.html", context, status=422 if form.errors else 200)


def _create(particulars: Particulars, asker: Asker) -> Witness:
    made = witnesses.create_witness(
        case=asker.case, role=particulars.role, languages=particulars.languages, actor=asker.actor
    )
    witnesses.change_particulars(witness=made, particulars=particulars, actor=asker.actor)
    return made


def _row(witness: Witness) -> dict[str, Any]:
    decision = gate.decision_for(witness, scope=Scope.COURT_DOSSIER)
    late = witness.risk_review_on is not None and witness.risk_review_on < consents.today()
    return {
        "witness": witness,
        "statements": witness.statements.count(),
        "sealed": hasattr(witness, "identity"),
        "state": wording.STATES[decision.answer],
        "answer": wording.ANSWERS[decision.answer],
        "late": late,
    }


@require_http_methods(["GET", "POST"])
def witness_page(request: HttpRequest, code: str, witness: str) -> HttpResponse:
    """What is known in clear, and what the witness agreed to. Nothing that is sealed is opened for it."""
    asker = asker_for(request, code)
    found = witness_in(asker, witness)
    form = ParticularsForm(request.POST or None, initial=_now(found))
    if request.method == "POST" and _changed(form, hearer_in(asker), found):
        return redirect("testimony:witness", asker.case.code, found.code)
    record_page(asker, "witness", stream=f"person/{found.person}", witness=str(found.pk))
    decision = gate.decision_for(found, scope=Scope.COURT_DOSSIER)
    answers = list(consents.consents_of(found))
    context = {
        "case": asker.case,
        "role": asker.role,
        "purpose": asker.purpose,
        "witness": found,
        "form": form if may_hear(asker) else None,
        "may_keep_consents": may_keep_consents(asker),
        "consents": [{"row": row, "terms": _terms(row)} for row in answers],
        "open_consents": any(row.state in ("yes", "ask-first") for row in answers),
        "conversations": consents.conversations_of(found),
        "measures": [str(Measure(each).label) for each in found.measures],
        "state": wording.STATES[decision.answer],
        "answer": wording.ANSWERS[decision.answer],
        "reasons": [wording.words_of(reason.value) for reason in decision.reasons],
        "files": witness_files.files_of(found) if may_keep_consents(asker) else [],
        "statements": found.statements.order_by("code"),
        "recognitions": found.recognitions.order_by("code"),
        "may_tie": may_write(asker),
        "sealed": hasattr(found, "identity"),
        "risk_late": found.risk_review_on is not None and found.risk_review_on < consents.today(),
    }
    return render(request, "testimony/witness.html", context, status=422 if form.errors else 200)


def _terms(consent: Consent) -> list[str]:
    """What narrows an answer, in words."""
    words = [wording.words_of_condition(name) for name in consent.conditions]
    if consent.party:
        words.insert(0, consent.party.code)
    if not consent.only_this_case:
        words.append(gettext("every case"))
    return words


def _now(witness: Witness) -> dict[str, Any]:
    return {name: getattr(witness, name) for name in ParticularsForm.base_fields}


def _changed(form: ParticularsForm, asker: Asker, witness: Witness) -> bool:
    if not form.is_valid():
        return False
    try:
        witnesses.change_particulars(witness=witness, particulars=form.particulars(), actor=asker.actor)
    except ValidationError as error:
        add_faults(form, error)
        witness.refresh_from_db()
        return False
    return True


@sensitive_post_parameters(*_SEALED_FIELDS)
@require_http_methods(["GET", "POST"])
def identity_page(request: HttpRequest, code: str, witness: str) -> HttpResponse:
    """Type who a witness is. It is sealed at once; what was sealed before is replaced, and never shown here."""
    asker = hearer_in(asker_for(request, code))
    found = witness_in(asker, witness)
    form = IdentityForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            witnesses.seal_identity(witness=found, identity=Identity(**form.cleaned_data), actor=asker.actor)
        except (TestimonyError, CustodyError) as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, gettext("Sealed. Nothing that was typed is kept in clear."), extra_tags="sealed")
            return redirect("testimony:witness", asker.case.code, found.code)
    record_page(asker, "identity", stream=f"person/{found.person}", witness=str(found.pk))
    context = {
        "case": asker.case,
        "role": asker.role,
        "purpose": asker.purpose,
        "witness": found,
        "form": form,
        "hint": _SEALED,
        "sealed": hasattr(found, "identity"),
    }
    return render(request, "testimony/identity_form.html", context, status=422 if form.errors else 200)


@require_POST
def withdraw(request: HttpRequest, code: str, witness: str) -> HttpResponse:
    """Take back one answer, or everything that was agreed to, as of today; says which releases are touched."""
    asker = hearer_in(asker_for(request, code))
    found = witness_in(asker, witness)
    wanted = request.POST.get("consent", "")
    if wanted:
        one = consents.consents_of(found).filter(code=wanted, state__in=("yes", "ask-first")).first()
        taken = [one] if one else []
        for consent in taken:
            consents.withdraw(consent=consent, on=consents.today(), actor=asker.actor)
    else:
        taken = consents.withdraw_everything(witness=found, on=consents.today(), actor=asker.actor)
    touched = consents.releases_touched(taken)
    if touched:
        told = ngettext(
            "Withdrawn. %(count)s release that left before is touched: tell its recipient, under “Disclosures”.",
            "Withdrawn. %(count)s releases that left before are touched: tell their recipients, under “Disclosures”.",
            len(touched),
        )
        messages.warning(request, told % {"count": len(touched)}, extra_tags="late")
    return redirect("testimony:witness", asker.case.code, found.code)
