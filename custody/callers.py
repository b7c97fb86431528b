"""Where a request comes from."""

from __future__ import annotations

import ipaddress

from django.conf import settings
from django.http import HttpRequest

_FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_HOST", "HTTP_X_REAL_IP", "HTTP_FORWARDED", "HTTP_VIA")


def address(request: HttpRequest) -> str:
    """The caller's network address; behind our own proxy the last one that this proxy named."""
    if settings.AMANA_BEHIND_PROXY:
        forwarded = str(request.META.get("HTTP_X_FORWARDED_FOR", "")).rsplit(",", 1)[-1].strip()
        return forwarded or str(request.META.get("REMOTE_ADDR", ""))
    return str(request.META.get("REMOTE_ADDR", ""))


def sits_at_this_machine(request: HttpRequest) -> bool:
    """Whether a browser on this very machine asks, under a name that only this machine has.

    A proxy here makes the whole world look like loopback, so any trace of one says no; so does a foreign
    host name, which a hostile page could point at 127.0.0.1.
    """
    if settings.AMANA_BEHIND_PROXY or any(request.META.get(name) for name in _FORWARDED):
        return False
    name = request.get_host().rsplit(":", 1)[0].strip("[]").lower()
    return _is_loopback(str(request.META.get("REMOTE_ADDR", ""))) and (name == "localhost" or _is_loopback(name))


def _is_loopback(text: str) -> bool:
    try:
        return ipaddress.ip_address(text).is_loopback
    except ValueError:
        return False
