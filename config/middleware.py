"""Rules that hold for every response."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponseBase, HttpResponseNotFound
from django.shortcuts import render

from config.public import PUBLIC_VIEWS
from custody.ledger import CaseClosed

PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), payment=(), usb=(), interest-cohort=()"


class NamedLoginRequired(LoginRequiredMiddleware):
    """Every view needs a signed-in account, but for those named in `config/public.py`.

    Django's own class also lets through any view that is decorated with `login_not_required`, wherever that stands.
    Here the list is in one place, and a decorated view that is not on it stays shut.
    """

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., Any],
        view_args: tuple[Any, ...],
        view_kwargs: dict[str, Any],
    ) -> HttpResponseBase | None:
        """Send whoever is not signed in to the sign-in page."""
        match = request.resolver_match
        # The list first: whoever asks for a public view is not looked up, and the answer does not vary by cookie.
        if (match is not None and match.view_name in PUBLIC_VIEWS) or request.user.is_authenticated:
            return None
        refusal: HttpResponseBase = self.handle_no_permission(request, view_func)
        return refusal


class PlainAddresses:
    """An address with a NUL in it names nothing: PostgreSQL takes none in a text, and would fail where 404 is meant."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """404 before anything is looked up."""
        if "\0" in request.path_info:
            return HttpResponseNotFound()
        return self.get_response(request)


class PrivateResponses:
    """Nothing that the application answers may stay in a cache, unless the view decided on caching itself.

    Shared computers keep what a browser stores. Static files are answered before this and are cached for long.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Add the headers that are missing."""
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        return response


class ClosedCases:
    """An act that a closed case takes no more, and that its page has no words for: 409, and what can be done."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Nothing is done before the view."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        """The page about it; the refusal is on record already."""
        if not isinstance(exception, CaseClosed):
            return None
        return render(request, "409.html", {"words": str(exception)}, status=409)
