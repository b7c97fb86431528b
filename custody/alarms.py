"""Alarms that stand over every staff page until a person acknowledges them. Each room adds its own at start."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from custody.models import Account


@dataclass(frozen=True)
class StandingAlarm:
    """What is wrong, in one sentence that names nothing of any case, and where to look (empty: not for this person)."""

    words: str
    url: str = ""


Source = Callable[[Account], list[StandingAlarm]]
_sources: dict[str, Source] = {}


def register_alarms(name: str, source: Source) -> None:
    """Add somebody who may sound an alarm; asked for on each page, so it has to be quick."""
    _sources[name] = source


def standing(account: Account) -> list[StandingAlarm]:
    """All that stand now, for this person."""
    return [alarm for source in _sources.values() for alarm in source(account)]
