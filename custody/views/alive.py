"""Does it answer: for whoever watches the service, and for a form that is about to be sent."""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.views.decorators.http import require_safe


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:  # noqa: ARG001  a view is called with it
    """Public: `ok`, or 503. Says nothing of the installation or its ledger."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return HttpResponse("database\n", content_type="text/plain", status=503)
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
def signed_in(request: HttpRequest) -> HttpResponse:
    """For a form that stood open for long: who is signed in, and the token that goes with what they send.

    Nothing of a case is read, so nothing is entered. Everybody else is sent to the sign-in page.
    """
    return JsonResponse({"account": str(request.user.pk), "token": get_token(request)})
