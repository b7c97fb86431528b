"""The plot of the ledger's page: a bar for each day, refusals from the ground up inside it."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from custody.activity import Day

# The plot's own units, as its viewBox has them.
_LEFT, _RIGHT, _TOP, _GROUND = 44, 1180, 14, 190
_GAP = 6
_MARK_EVERY = 5


@dataclass(frozen=True)
class Bar:
    """One day's bar: where it stands, how high the whole is and how high the refused part."""

    day: Day
    x: float
    width: float
    y: float
    height: float
    refused_y: float
    refused_height: float


@dataclass(frozen=True)
class Mark:
    """A date under the axis."""

    x: float
    date: datetime.date


@dataclass(frozen=True)
class ActivityPlot:
    """What the template draws; ``refused`` is their number over all days, ``highest`` what the top stands for."""

    bars: tuple[Bar, ...]
    marks: tuple[Mark, ...]
    highest: int
    entered: int
    refused: int


def plot(days: Sequence[Day]) -> ActivityPlot:
    """Lay the days out, oldest at the left."""
    highest = max([1, *(day.entered for day in days)])
    step = (_RIGHT - _LEFT) / len(days)
    bars = tuple(_bar(day, _LEFT + place * step, step - _GAP, highest) for place, day in enumerate(days))
    marks = tuple(Mark(bar.x + bar.width / 2, bar.day.date) for bar in bars[_MARK_EVERY - 1 :: _MARK_EVERY])
    return ActivityPlot(bars, marks, highest, sum(day.entered for day in days), sum(day.refused for day in days))


def _bar(day: Day, x: float, width: float, highest: int) -> Bar:
    height, refused = _tall(day.entered, highest), _tall(day.refused, highest)
    return Bar(day, round(x, 1), round(width, 1), _GROUND - height, height, _GROUND - refused, refused)


def _tall(count: int, highest: int) -> float:
    """At least a line that can be seen, for what is not nothing."""
    return max(1.5, round((_GROUND - _TOP) * count / highest, 1)) if count else 0
