"""The web secret: what Django signs sessions and tokens with. It is never a constant and never in the repository."""

from __future__ import annotations

import contextlib
import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from custody import private_files

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

    Of two starts at the same moment the first one's counts, and nobody ever reads half of it.
    """
    path = place(root)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.exists():
        return path
    with contextlib.suppress(FileExistsError):
        private_files.write_once(path, secrets.token_urlsafe(64).encode("ascii"))
    return path
