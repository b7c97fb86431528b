"""The formulas of declarations in a case: what is in force, and a newer version by its lead."""

from __future__ import annotations

from typing import Final

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from custody import clock
from custody.cases import Role
from custody.views.faults import add_faults
from evidence.access import Asker
from evidence.views.opening import asker_for, record_page
from testimony import wording
from testimony.core.declarations import Jurisdiction
from testimony.core.errors import StatementError
from testimony.models import DeclarationJurisdiction
from testimony.statements import declarations

_IN: Final = (("ar", _("Arabic")), ("en", _("English")))


class FormulaForm(forms.Form):
    """The next version of a formula."""

    jurisdiction = forms.ChoiceField(label=_("Jurisdiction"), choices=DeclarationJurisdiction.choices)
    language = forms.ChoiceField(label=_("Language"), choices=_IN)
    text = forms.CharField(
        label=_("The words, as the witness will sign them"),
        max_length=4000,
        widget=forms.Textarea(attrs={"dir": "auto", "rows": 4}),
    )
    since = forms.DateField(
        label=_("In force since"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )


@require_http_methods(["GET", "POST"])
def declarations_page(request: HttpRequest, code: str) -> HttpResponse:
    """What is in force, for every member; the lead writes, and a closed case takes nothing."""
    asker = asker_for(request, code)
    today = clock.now().date()
    form = FormulaForm(request.POST or None, initial={"since": today})
    if request.method == "POST":
        if asker.role != Role.LEAD:
            raise Http404
        if form.is_valid() and _write(form, asker):
            return redirect("testimony:declarations", asker.case.code)
    record_page(asker, "declarations")
    context = {
        "case": asker.case,
        "role": asker.role,
        "purpose": asker.purpose,
        "formulas": [
            {"formula": each, "label": wording.JURISDICTIONS[each.jurisdiction]}
            for each in declarations.formulas(asker.case, today)
        ],
        "versions": declarations.versions(asker.case),
        "form": form if asker.role == Role.LEAD and asker.case.closed is None else None,
    }
    return render(request, "testimony/declarations.html", context, status=422 if form.errors else 200)


def _write(form: FormulaForm, asker: Asker) -> bool:
    chosen = form.cleaned_data
    try:
        declarations.write_formula(
            case=asker.case,
            jurisdiction=Jurisdiction(chosen["jurisdiction"]),
            language=chosen["language"],
            text=chosen["text"],
            since=chosen["since"],
            actor=asker.actor,
        )
    except ValidationError as error:
        add_faults(form, error)
    except StatementError:
        form.add_error("since", _("A newer version begins no earlier than the one that it replaces."))
    return not form.errors
