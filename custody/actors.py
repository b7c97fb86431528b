"""Who is acting, in the form that an entry holds: ids and codes, no names."""

from __future__ import annotations

import hashlib
from typing import Final

from django.http import HttpRequest

from custody.core.entries import Actor
from custody.models import Account

# How somebody acts whom nobody signs in: whoever commands the server.
CONSOLE: Final = "console"


def for_request(request: HttpRequest, *, role: str = "") -> Actor:
    """The signed-in person (or nobody), with a digest of the working session."""
    account = request.user if isinstance(request.user, Account) else None
    key = request.session.session_key or ""
    return Actor(
        id=str(account.pk) if account else "nobody",
        role=role or ("administrator" if account and account.is_administrator else "member" if account else "public"),
        auth="password" if account else "none",
        session=hashlib.sha256(f"amana-session:{key}".encode()).hexdigest() if key else "",
    )


def for_command(account: Account | None = None) -> Actor:
    """Somebody at the console of the server: the operator, or a named account on whose behalf it runs."""
    return Actor(id=str(account.pk) if account else "operator", role="operator", auth=CONSOLE, session="")


def for_process(name: str) -> Actor:
    """A part of the software acting by itself: ``notary``, ``worker``, ``registrar``."""
    return Actor(id=name, role="software", auth="process", session="")
