"""Asking that a person be erased: the strongest step there is, so it is typed out and a second person decides."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from custody import erasure
from custody.approvals import ApprovalRefused
from custody.views.faults import add_faults
from evidence.views.opening import asker_for, record_page
from testimony.models import Witness
from testimony.views.writing import hearer_in, witness_in


class ErasureForm(forms.Form):
    """The authority, the reason, and the code once more."""

    authority = forms.CharField(
        label=_("Order or decision that this stands on"),
        max_length=256,
        help_text=_("It stands in the ledger for ever: a reference and a date, no names."),
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=2000,
        help_text=_("Kept with the request and not sealed: nothing here that tells who the witness is."),
        widget=forms.Textarea(attrs={"dir": "auto", "rows": 3}),
    )
    code = forms.CharField(label=_("The code of the witness, typed again"), max_length=12)

    def __init__(self, data: Any, witness: Witness) -> None:
        super().__init__(data)
        self.witness = witness

    def clean_code(self) -> str:
        """Somebody who erases the wrong person cannot be helped."""
        typed: str = self.cleaned_data["code"].strip()
        if typed != self.witness.code:
            raise ValidationError(gettext("This is not the code of this witness."))
        return typed


@require_http_methods(["GET", "POST"])
def erasure_page(request: HttpRequest, code: str, witness: str) -> HttpResponse:
    """Ask for it, by those who hear witnesses; nothing is erased before a second person has approved."""
    asker = hearer_in(asker_for(request, code))
    found = witness_in(asker, witness)
    form = ErasureForm(request.POST or None, found)
    if request.method == "POST" and form.is_valid():
        try:
            asked = erasure.ask_erasure(
                case=asker.case,
                person=found.person,
                authority=form.cleaned_data["authority"],
                reason=form.cleaned_data["reason"],
                actor=asker.actor,
            )
        except ApprovalRefused as error:
            form.add_error(None, "; ".join(error.messages))
        except ValidationError as error:
            add_faults(form, error)
        else:
            return redirect("custody:approval", asker.case.code, asked.pk)
    record_page(asker, "erasure", stream=f"person/{found.person}", witness=str(found.pk))
    context = {"case": asker.case, "role": asker.role, "purpose": asker.purpose, "witness": found, "form": form}
    return render(request, "testimony/erasure_form.html", context, status=422 if form.errors else 200)
