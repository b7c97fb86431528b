"""Accounts (for administrators) and the members of a case (for its lead, or an administrator)."""

from __future__ import annotations

import uuid

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from custody import accounts, actors, cases, ledger
from custody.models import Case, Role
from custody.views.faults import add_faults
from custody.views.viewer import viewer


class AccountForm(forms.Form):
    """A new sign-in; the password is handed over in person."""

    name = forms.CharField(label=_("Name"), max_length=200, widget=forms.TextInput(attrs={"dir": "auto"}))
    email = forms.EmailField(label=_("E-mail address"), widget=forms.EmailInput(attrs={"dir": "ltr"}))
    password = forms.CharField(
        label=_("First password"),
        strip=False,
        max_length=1000,
        help_text=_("At least 12 characters. Hand it over in person, not by e-mail."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "dir": "ltr"}),
    )


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def accounts_page(request: HttpRequest) -> HttpResponse:
    """All accounts, and a form for one more. 404 for whoever is not an administrator."""
    if not viewer(request).is_administrator:
        raise Http404
    form = AccountForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _create(request, form):
        return redirect("custody:accounts")
    context = {"form": form, "accounts": accounts.all_accounts()}
    return render(request, "custody/accounts.html", context, status=422 if form.errors else 200)


def _create(request: HttpRequest, form: AccountForm) -> bool:
    try:
        accounts.create_account(**form.cleaned_data, actor=actors.for_request(request))
    except ValidationError as error:
        add_faults(form, error, "password")
        return False
    messages.success(request, gettext("The account is made and recorded."), extra_tags="sound")
    return True


class MemberForm(forms.Form):
    """Who, in which role. The address is typed: a list of all accounts would tell too much."""

    email = forms.EmailField(label=_("E-mail address of the account"), widget=forms.EmailInput(attrs={"dir": "ltr"}))
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)


def _case_to_staff(request: HttpRequest, code: str) -> Case:
    """The case, for its lead or an administrator; 404 and an entry for everybody else."""
    account = viewer(request)
    found = cases.find_case(code)
    if found is not None and account.is_administrator:
        return found
    case = cases.get_case_for(account, code, actor=actors.for_request(request))
    if cases.role_in(account, case) is not Role.LEAD:
        cases.refuse_access(account, case, actor=actors.for_request(request), reason=cases.NOT_THE_LEAD)
        raise Http404
    return case


@require_http_methods(["GET", "POST"])
def members_page(request: HttpRequest, code: str) -> HttpResponse:
    """Grant and end memberships. An administrator sees names and roles, and appoints a lead where there is none."""
    case = _case_to_staff(request, code)
    if "end" in request.POST:
        _end(request, case)
        return redirect("custody:members", case.code)
    form = MemberForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _grant(request, case, form):
        return redirect("custody:members", case.code)
    cases.record_view(viewer(request), case, actor=actors.for_request(request), page="members")
    context = {
        "case": case,
        "form": form,
        "memberships": cases.members_of(case),
        "role": cases.role_in(viewer(request), case),
    }
    return render(request, "custody/members.html", context, status=422 if form.errors else 200)


def _grant(request: HttpRequest, case: Case, form: MemberForm) -> bool:
    account = accounts.find_account(form.cleaned_data["email"])
    if account is None:
        form.add_error("email", _("There is no account with this address. An administrator can make one."))
        return False
    role = Role(form.cleaned_data["role"])
    try:
        cases.grant_membership(case=case, account=account, role=role, actor=actors.for_request(request))
    except (cases.MembershipRefused, ledger.CaseClosed) as refusal:
        form.add_error("email", refusal)
        return False
    except ValidationError:
        form.add_error("email", _("This person is a member already. End that membership first."))
        return False
    messages.success(request, gettext("Membership granted and recorded."), extra_tags="sound")
    return True


def _end(request: HttpRequest, case: Case) -> None:
    try:
        wanted = uuid.UUID(request.POST["end"])
    except ValueError as error:
        raise Http404 from error
    membership = cases.members_of(case).filter(pk=wanted).first()
    if membership is None:
        raise Http404
    try:
        cases.end_membership(membership=membership, actor=actors.for_request(request))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages), extra_tags="late")
        return
    messages.success(request, gettext("Membership ended and recorded."), extra_tags="sound")
