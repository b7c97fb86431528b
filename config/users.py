"""Users of the operating system, by name or number."""

from __future__ import annotations

import pwd
from collections.abc import Sequence

from django.core.exceptions import ImproperlyConfigured


def ids(names: Sequence[str]) -> frozenset[int]:
    """Their numbers. Raises ImproperlyConfigured for a name that the system does not know."""
    return frozenset(_id(name) for name in names)


def _id(name: str) -> int:
    if name.isascii() and name.isdigit():
        return int(name)
    try:
        return pwd.getpwnam(name).pw_uid
    except KeyError as error:
        message = f"AMANA_PEER_USERS names {name}, who is no user of this system."
        raise ImproperlyConfigured(message) from error
