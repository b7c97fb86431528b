"""The cases of the signed-in person, and the purpose of looking into one."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from custody import accounts, actors, cases, purposes
from custody.models import Account, Role
from custody.purposes import Purpose
from custody.views.faults import add_faults
from custody.views.signing_in import next_address
from custody.views.viewer import viewer


@require_GET
def case_list(request: HttpRequest) -> HttpResponse:
    """Only one's own cases, those that are closed last; an administrator too sees none by that office."""
    account = viewer(request)
    rows = [
        {"case": case, "role_words": Role(cases.role_in(account, case) or Role.AUDITOR).label}
        for case in sorted(cases.cases_for(account), key=lambda case: case.closed is not None)
    ]
    return render(request, "custody/cases.html", {"rows": rows})


class AccountChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # not generic at run time
    """Picks an account by name and address: two people may have one name."""

    def label_from_instance(self, obj: Account) -> str:
        """Name and address."""
        return f"{obj.name} ({obj.email})"


class CaseForm(forms.Form):
    """A new case and its lead."""

    code = forms.CharField(
        label=_("Code"),
        max_length=32,
        help_text=_("Capital letters, digits and hyphens, such as RWB-04. It cannot be changed later."),
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off"}),
    )
    title = forms.CharField(label=_("Title"), max_length=200, widget=forms.TextInput(attrs={"dir": "auto"}))
    title_ar = forms.CharField(
        label=_("Title in Arabic"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"dir": "rtl", "lang": "ar"}),
    )
    lead = AccountChoice(
        label=_("Case lead"),
        queryset=accounts.active_accounts(),
        help_text=_("The lead admits the other members."),
    )


@require_http_methods(["GET", "POST"])
def case_new(request: HttpRequest) -> HttpResponse:
    """Administrators open cases. 404 for everybody else."""
    account = viewer(request)
    if not account.is_administrator:
        raise Http404
    form = CaseForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _create(request, form):
        return redirect("custody:members", form.cleaned_data["code"])
    return render(request, "custody/case_form.html", {"form": form}, status=422 if form.errors else 200)


def _create(request: HttpRequest, form: CaseForm) -> bool:
    chosen = form.cleaned_data
    try:
        cases.create_case(
            code=chosen["code"],
            title=chosen["title"],
            title_ar=chosen["title_ar"],
            lead=chosen["lead"],
            actor=actors.for_request(request),
        )
    except ValidationError as error:
        add_faults(form, error)
        return False
    return True


@require_http_methods(["GET", "POST"])
def purpose_page(request: HttpRequest, code: str) -> HttpResponse:
    """Choose what one looks at pictures for, once per session and case."""
    case = cases.get_case_for(viewer(request), code, actor=actors.for_request(request))
    wanted = request.POST.get("purpose", "")
    if request.method == "POST" and wanted in purposes.CHOSEN_BY_PEOPLE:
        purposes.choose_purpose(request, case, Purpose(wanted))
        return redirect(next_address(request, "custody:cases"))
    context = {
        "case": case,
        "next": next_address(request, "custody:cases"),
        "chosen": purposes.purpose_in_session(request, case) or "",
        "choices": [(p.value, p.label, purposes.EXPLANATIONS[p]) for p in purposes.CHOSEN_BY_PEOPLE],
    }
    return render(request, "custody/purpose.html", context, status=422 if request.method == "POST" else 200)
