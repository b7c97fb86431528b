"""Pictures shown to a witness: how it was done, and what was said, under seal."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from custody import clock
from custody.core.errors import CustodyError
from custody.views.days import day_input
from custody.views.faults import add_faults
from evidence.access import Asker
from evidence.views.opening import asker_for, record_page
from evidence.views.typed_numbers import numbers_in
from testimony.core.errors import TestimonyError
from testimony.identifying import recognitions
from testimony.identifying.recognitions import Shown, Words
from testimony.models import Certainty, Instruction, ProcedureKind, ProcedureResult
from testimony.views.writing import hearer_in, items_typed, witness_in


def _numbers(label: Any, help_text: Any = "", *, required: bool = True) -> forms.CharField:
    widget = forms.Textarea(attrs={"dir": "ltr", "rows": 2})
    return forms.CharField(label=label, max_length=20_000, help_text=help_text, required=required, widget=widget)


def _words(label: Any, rows: int, *, required: bool = False) -> forms.CharField:
    widget = forms.Textarea(attrs={"dir": "auto", "rows": rows, "autocomplete": "off"})
    return forms.CharField(label=label, max_length=8000, required=required, widget=widget)


class RecognitionForm(forms.Form):
    """How pictures were shown to a witness, and what was said."""

    held_on = forms.DateField(label=_("Held on"), widget=day_input())
    kind = forms.ChoiceField(label=_("How the pictures were shown"), choices=ProcedureKind.choices)
    instructions = forms.MultipleChoiceField(
        label=_("What the witness was told before"),
        choices=Instruction.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    masked = forms.BooleanField(label=_("Injuries were covered"), required=False, initial=True)
    blind = forms.BooleanField(label=_("Whoever showed them did not know whom the witness looks for"), required=False)
    shown = _numbers(_("Pictures shown, in their order"), _("Evidence numbers, parted by spaces, commas or lines."))
    result = forms.ChoiceField(label=_("What came of it"), choices=ProcedureResult.choices)
    chosen = _numbers(_("Pictures that the witness chose"), required=False)
    certainty = forms.ChoiceField(label=_("How sure"), choices=Certainty.choices, initial=Certainty.NONE)
    said = _words(_("What the witness said, in the witness's own words"), 4, required=True)
    sure_words = _words(_("How sure, in the witness's own words"), 2)
    contrary = _words(_("What spoke against it"), 2)
    notes = _words(_("Notes"), 2)

    def clean_held_on(self) -> Any:
        """It was held today or before."""
        day = self.cleaned_data["held_on"]
        if day > clock.now().date():
            raise ValidationError(gettext("This day is still to come."))
        return day

    def shown_as(self, asker: Asker) -> Shown:
        """How it was done. Raises IdentificationError for a picture that the case does not hold."""
        chosen = self.cleaned_data
        return Shown(
            kind=ProcedureKind(chosen["kind"]),
            held_on=chosen["held_on"],
            items=items_typed(asker, chosen["shown"]),
            result=ProcedureResult(chosen["result"]),
            chosen=frozenset(numbers_in(chosen["chosen"])),
            certainty=Certainty(chosen["certainty"]),
            masked=chosen["masked"],
            blind=chosen["blind"],
            instructions=tuple(Instruction(each) for each in chosen["instructions"]),
        )

    def words(self) -> Words:
        """What is sealed."""
        chosen = self.cleaned_data
        return Words(
            said=chosen["said"], certainty=chosen["sure_words"], contrary=chosen["contrary"], notes=chosen["notes"]
        )


@sensitive_post_parameters("said", "sure_words", "contrary", "notes")
@require_http_methods(["GET", "POST"])
def recognition_page(request: HttpRequest, code: str, witness: str) -> HttpResponse:
    """Record that pictures were shown to a witness; for those who hear witnesses. The words are sealed at once."""
    asker = hearer_in(asker_for(request, code))
    found = witness_in(asker, witness)
    form = RecognitionForm(request.POST or None, initial={"held_on": clock.now().date()})
    if request.method == "POST" and form.is_valid():
        try:
            shown = form.shown_as(asker)
            recognitions.record_recognition(witness=found, shown=shown, words=form.words(), actor=asker.actor)
        except ValidationError as error:
            add_faults(form, error)
        except (TestimonyError, CustodyError) as error:
            form.add_error(None, str(error))
        else:
            return redirect("testimony:witness", asker.case.code, found.code)
    record_page(asker, "recognition", stream=f"person/{found.person}", witness=str(found.pk))
    context = {
        "case": asker.case,
        "role": asker.role,
        "purpose": asker.purpose,
        "witness": found,
        "form": form,
    }
    return render(request, "testimony/recognition_form.html", context, status=422 if form.errors else 200)
