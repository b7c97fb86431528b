"""The first page of an empty installation: administrator, keys, fingerprints for the paper."""

from __future__ import annotations

from django import forms
from django.contrib import auth, messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from custody import accounts, actors, clock, first_run, installation, keyring, ledger, sign_ins
from custody.models import Account
from custody.views.faults import add_faults
from custody.views.keys_shown import key_rows


class FirstRunForm(forms.Form):
    """The first administrator. The token is asked for only from another machine."""

    token = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)
    name = forms.CharField(label=_("Your name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    email = forms.EmailField(
        label=_("E-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "username", "dir": "ltr"})
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=1000,
        help_text=_("At least 12 characters. Several words that only you would put together are good."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "dir": "ltr"}),
    )
    again = forms.CharField(
        label=_("Password again"),
        strip=False,
        max_length=1000,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "dir": "ltr"}),
    )

    def clean(self) -> None:
        """Both passwords are the same."""
        super().clean()
        if self.cleaned_data.get("password") != self.cleaned_data.get("again"):
            self.add_error("again", _("The two passwords differ."))


@sensitive_post_parameters("password", "again", "token")
@require_http_methods(["GET", "POST"])
def first_run_page(request: HttpRequest) -> HttpResponse:
    """Public, and 404 for everybody but a browser on this machine or the holder of the console's token."""
    token = request.POST.get("token") or request.GET.get("token") or ""
    if not first_run.is_open():
        return redirect("custody:sign-in")
    if not first_run.may_begin(request, token=token):
        return render(request, "custody/first_run_closed.html", {"refused": bool(token)}, status=404)
    form = FirstRunForm(request.POST or None, initial={"token": token})
    if request.method == "POST" and form.is_valid():
        with first_run.in_turn():
            if not first_run.is_open():
                return _made_meanwhile(request)
            if _make(request, form):
                return redirect("custody:fingerprints")
    context = {"form": form, "origin": ledger.origin()}
    return render(request, "custody/first_run.html", context, status=422 if form.errors else 200)


def _made_meanwhile(request: HttpRequest) -> HttpResponse:
    said = gettext("The first administrator was made meanwhile. What you typed made nobody.")
    messages.warning(request, said, extra_tags="late")
    return redirect("custody:sign-in")


def _make(request: HttpRequest, form: FirstRunForm) -> bool:
    actor = actors.for_request(request)
    installation.set_up_keys(actor=actor)
    keyring.ensure_list(actor=actor)
    chosen = form.cleaned_data
    try:
        account = accounts.create_account(
            email=chosen["email"],
            name=chosen["name"],
            password=chosen["password"],
            actor=actor,
            administrator=True,
        )
    except ValidationError as error:
        add_faults(form, error, "password")
        return False
    first_run.forget_token()
    _sign_in(request, account)
    return True


def _sign_in(request: HttpRequest, account: Account) -> None:
    auth.login(request, account, backend="django.contrib.auth.backends.ModelBackend")
    sign_ins.record_signed_in(account=account, actor=actors.for_request(request))


@require_GET
def fingerprints_page(request: HttpRequest) -> HttpResponse:
    """What to keep on paper; for administrators."""
    if not getattr(request.user, "is_administrator", False):
        raise Http404
    context = {"keys": key_rows(), "origin": ledger.origin(), "now": clock.now()}
    return render(request, "custody/fingerprints.html", context)
