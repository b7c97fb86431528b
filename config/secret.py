"""The web secret: what Django signs sessions and tokens with. It is never a constant and never in the repository."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

NAME = "web-secret"
LEAST_LENGTH = 50


def place(root: Path) -> Path:
    """Where the secret of an installation stands when none is given by the environment."""
    return root / "keys" / NAME


def read(root: Path) -> str:
    """The stored secret, or an empty text before the first migration made one."""
    try:
        return place(root).read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        message = f"The web secret cannot be read: {error}"
        raise ImproperlyConfigured(message) from error


def ensure(root: Path) -> Path:
    """Make the secret once, mode 0600, and return its place; an existing one is left as it is.

    Two starts at the same moment are settled by exclusive creation of the final name: the text is written aside
    first, so that nobody ever reads half of it.
    """
    path = place(root)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.exists():
        return path
    aside = path.with_name(f".{NAME}.{secrets.token_hex(8)}")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(64))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(aside, path)
    except FileExistsError:
        pass  # The other start was first; its secret counts.
    finally:
        aside.unlink()
    return path
