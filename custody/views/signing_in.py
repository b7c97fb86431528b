"""Sign-in and sign-out."""

from __future__ import annotations

from django import forms
from django.contrib import auth
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from custody import actors, callers, first_run, sign_ins
from custody.models import Account


class SignInForm(forms.Form):
    """Address and password."""

    email = forms.EmailField(
        label=_("E-mail address"),
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True, "dir": "ltr"}),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=1000,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "dir": "ltr"}),
    )


def next_address(request: HttpRequest, fallback: str) -> str:
    """Where to go afterwards: only to ourselves."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    ours = {request.get_host()}
    safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts=ours, require_https=request.is_secure())
    return wanted if safe else resolve_url(fallback)


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Public. Refusals are recorded; too many for one login are not even looked at."""
    if first_run.is_open():
        return redirect("custody:first-run")
    if request.user.is_authenticated:
        return redirect(next_address(request, "custody:cases"))
    if request.method != "POST":
        return _page(request, SignInForm(), status=200)
    form = SignInForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    return _try(request, form)


def _try(request: HttpRequest, form: SignInForm) -> HttpResponse:
    login, address = form.cleaned_data["email"], callers.address(request)
    with sign_ins.one_guess(login=login, address=address) as wait:
        if wait:
            return _page(request, form, status=429, wait=wait)
        account = auth.authenticate(request, username=login, password=form.cleaned_data["password"])
        if not isinstance(account, Account):
            sign_ins.record_refused(login=login, address=address, actor=actors.for_request(request))
            return _page(request, form, status=422, refused=True)
    auth.login(request, account)
    sign_ins.record_right_guess(account=account, address=address, actor=actors.for_request(request))
    return redirect(next_address(request, "custody:cases"))


def _page(request: HttpRequest, form: SignInForm, *, status: int, wait: int = 0, refused: bool = False) -> HttpResponse:
    context = {"form": form, "wait": wait, "refused": refused, "next": next_address(request, "custody:cases")}
    return render(request, "custody/sign_in.html", context, status=status)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session; grants and purposes end with it."""
    if isinstance(request.user, Account):
        sign_ins.record_signed_out(account=request.user, actor=actors.for_request(request))
    auth.logout(request)
    return redirect("custody:sign-in")
