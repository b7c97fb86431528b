"""The tabs of a case. Each room adds its own at start, so that no room has to know the ones above it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise

from custody.models import Case

_registered: dict[str, Tab] = {}


@dataclass(frozen=True, kw_only=True)
class Tab:
    """One tab: `url_name` takes the case's code, `number` counts what is behind it, `roles` see it (None: all members)."""

    key: str
    words: Promise | str
    url_name: str
    order: int
    number: Callable[[Case], int] | None = None
    roles: frozenset[str] | None = None


def register_tab(tab: Tab) -> None:
    """Add a tab. Raises ValueError when another one has its key."""
    if _registered.get(tab.key, tab) != tab:
        message = f"two tabs call themselves {tab.key}"
        raise ValueError(message)
    _registered[tab.key] = tab


def tabs_for(role: str) -> list[Tab]:
    """The tabs that a member in this role sees, in their order."""
    seen = [tab for tab in _registered.values() if tab.roles is None or role in tab.roles]
    return sorted(seen, key=lambda tab: tab.order)
