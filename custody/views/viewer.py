"""Who is looking."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from custody.models import Account


def viewer(request: HttpRequest) -> Account:
    """The signed-in account. The middleware let nobody else through; if it ever does, PermissionDenied."""
    if not isinstance(request.user, Account):
        raise PermissionDenied
    return request.user
