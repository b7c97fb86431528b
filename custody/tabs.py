"""The tabs of a case. Each room adds its own at start, so that no room has to know the ones above it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from custody.models import Case, Role

_registered: dict[str, Tab] = {}


@dataclass(frozen=True, kw_only=True)
class Tab:
    """One tab: `url_name` takes the case's code, `number` counts what is behind it, `roles` see it (None: all)."""

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


def register() -> None:
    """At start: who works on the case, and its part of the ledger."""
    lead = frozenset({Role.LEAD.value})
    register_tab(Tab(key="members", words=_("Members"), url_name="custody:members", order=80, roles=lead))
    register_tab(Tab(key="ledger", words=_("Ledger"), url_name="custody:case-ledger", order=90))


def tabs_for(role: str) -> list[Tab]:
    """The tabs that a member in this role sees, in their order."""
    seen = [tab for tab in _registered.values() if tab.roles is None or role in tab.roles]
    return sorted(seen, key=lambda tab: tab.order)
