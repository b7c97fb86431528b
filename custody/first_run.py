"""The first minutes of an installation: who may make the first administrator through the browser.

Whoever gets there first owns the installation, so the page opens only to a browser on this very machine, or
to whoever can read the console (a token that `serve` prints there).
"""

from __future__ import annotations

import hmac
import os
import secrets
from contextlib import AbstractContextManager
from pathlib import Path

from django.http import HttpRequest

from custody import callers, data, locks
from custody.models import Account

_TOKEN_FILE = "first-run-token"  # noqa: S105  the name of a file, not a secret


def is_open() -> bool:
    """Whether there is no account yet."""
    return not Account.objects.exists()


def in_turn() -> AbstractContextManager[None]:
    """One after the other: whoever has waited asks `is_open` again before making anybody."""
    return locks.in_turn("first-run")


def _token_path() -> Path:
    return data.work() / _TOKEN_FILE


def console_token() -> str:
    """The token to print on the console, made at the first call and kept until the first administrator exists."""
    path = _token_path()
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(24))
    return path.read_text(encoding="ascii")


def forget_token() -> None:
    """The token is spent."""
    _token_path().unlink(missing_ok=True)


def may_begin(request: HttpRequest, *, token: str) -> bool:
    """Whether this caller may make the first administrator: by sitting here, or by holding the console's token."""
    if not is_open():
        return False
    if callers.sits_at_this_machine(request):
        return True
    path = _token_path()
    return path.exists() and hmac.compare_digest(token.strip().encode(), path.read_bytes().strip())
