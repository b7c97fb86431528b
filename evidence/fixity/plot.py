"""Coverage as a plot: how many originals were last read back so many days ago. Left is today, in both languages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from evidence.fixity.coverage import Coverage

_LEFT: Final = 44
_RIGHT: Final = 1180
_TOP: Final = 30
_GROUND: Final = 190
_NEVER: Final = 60
_GAP: Final = 24


@dataclass(frozen=True)
class Bar:
    """A bar in units of the drawing, as text that no language writes otherwise; `kind` is the class that colours it."""

    x: str
    y: str
    width: str
    height: str
    kind: str
    days: str
    count: int


@dataclass(frozen=True)
class Mark:
    """A number under the axis."""

    x: str
    words: str


@dataclass(frozen=True)
class Plot:
    """Bars by age, one for what was never read, numbers under the axis, and where the policy's line stands."""

    bars: tuple[Bar, ...]
    never: Bar
    marks: tuple[Mark, ...]
    policy: str
    policy_words: str
    highest: int


def plot(coverage: Coverage) -> Plot:
    """Places and heights. The tallest bar fills the height; a bar that holds anything is at least seen."""
    highest = max([coverage.never, 1, *(bucket.count for bucket in coverage.buckets)])
    last = coverage.buckets[-1].since
    width = (_RIGHT - _LEFT - _NEVER - _GAP) / len(coverage.buckets)
    per_day = width * (len(coverage.buckets) - 1) / max(1, last)
    bars = []
    for place, bucket in enumerate(coverage.buckets):
        kind = "overdue" if bucket.since >= coverage.policy_days else "held"
        days = f"{bucket.since}+" if bucket.until is None else f"{bucket.since}–{bucket.until - 1}"
        bars.append(_bar(_LEFT + place * width, width, bucket.count, highest, kind, days))
    policy = _LEFT + coverage.policy_days * per_day - width * 0.07
    return Plot(
        bars=tuple(bars),
        never=_bar(_RIGHT - _NEVER, _NEVER, coverage.never, highest, "overdue", ""),
        marks=tuple(_marks(last, per_day)),
        policy=_number(policy),
        policy_words=_number(policy + 8),
        highest=highest,
    )


def _bar(x: float, width: float, count: int, highest: int, kind: str, days: str) -> Bar:
    tall = max(1.5, (_GROUND - _TOP) * count / highest) if count else 0
    return Bar(_number(x), _number(_GROUND - tall), _number(width * 0.86), _number(tall), kind, days, count)


def _marks(last: int, per_day: float) -> list[Mark]:
    step = next(step for step in (1, 2, 5, 7, 15, 30, 60, 90, 180, 365, 730) if last / step <= 10 or step == 730)
    return [Mark(_number(_LEFT + day * per_day), str(day)) for day in range(0, last + 1, step)]


def _number(value: float) -> str:
    return f"{value:.1f}"
