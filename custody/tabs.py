"""The tabs of a case, and links on pages of ours. Each room adds its own at start: none has to know those above it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from custody import approvals
from custody.models import Account, Case, Role

_registered: dict[str, Tab] = {}
_of_the_house: dict[str, HouseTab] = {}
_ways_out: dict[str, WayOut] = {}


@dataclass(frozen=True, kw_only=True)
class Tab:
    """One tab: `url_name` takes the case's code, `number` counts what is behind it, `roles` see it (None: all)."""

    key: str
    words: Promise | str
    url_name: str
    order: int
    number: Callable[[Case], int] | None = None
    roles: frozenset[str] | None = None


@dataclass(frozen=True, kw_only=True)
class HouseTab:
    """One tab beside those of the house itself; `seen_by` says for whom it is."""

    key: str
    words: Promise | str
    url_name: str
    seen_by: Callable[[Account], bool]


@dataclass(frozen=True, kw_only=True)
class WayOut:
    """A page on which something is handed out at once, linked from the register; `url_name` takes the case's code."""

    words: Promise | str
    url_name: str
    roles: frozenset[str]


def register_way_out(way: WayOut) -> None:
    """Add a link to the register of disclosures; one of the same address is replaced."""
    _ways_out[way.url_name] = way


def ways_out_for(role: str) -> list[WayOut]:
    """The links that a member in this role sees."""
    return [way for way in _ways_out.values() if role in way.roles]


def register_house_tab(tab: HouseTab) -> None:
    """Add a tab over the pages that belong to no case; one of the same key is replaced."""
    _of_the_house[tab.key] = tab


def house_tabs_for(account: Account) -> list[HouseTab]:
    """The tabs that rooms have added, as far as this person may open them."""
    return [tab for tab in _of_the_house.values() if tab.seen_by(account)]


def register_tab(tab: Tab) -> None:
    """Add a tab. Raises ValueError when another one has its key."""
    if _registered.get(tab.key, tab) != tab:
        message = f"two tabs call themselves {tab.key}"
        raise ValueError(message)
    _registered[tab.key] = tab


def register() -> None:
    """At start: what waits for a second person, who works on the case, its end, and its part of the ledger."""
    lead = frozenset({Role.LEAD.value})
    waiting = approvals.count_waiting
    register_tab(Tab(key="approvals", words=_("Approvals"), url_name="custody:approvals", order=75, number=waiting))
    register_tab(Tab(key="disclosures", words=_("Disclosures"), url_name="custody:disclosures", order=77))
    register_tab(Tab(key="members", words=_("Members"), url_name="custody:members", order=80, roles=lead))
    register_tab(Tab(key="closing", words=_("Closing"), url_name="custody:closing", order=85, roles=lead))
    register_tab(Tab(key="ledger", words=_("Ledger"), url_name="custody:case-ledger", order=90))


def tabs_for(role: str) -> list[Tab]:
    """The tabs that a member in this role sees, in their order."""
    seen = [tab for tab in _registered.values() if tab.roles is None or role in tab.roles]
    return sorted(seen, key=lambda tab: tab.order)
