"""Entries counted day by day: every day once, refusals among them, and nothing older."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from custody import activity, clock, ledger
from custody.actions import Action
from custody.actors import for_command
from custody.core.entries import Outcome
from custody.views.activity_plot import plot

START = datetime.datetime(2031, 3, 1, 12, tzinfo=datetime.UTC)


def enter(count: int, outcome: Outcome = Outcome.DONE) -> None:
    for _ in range(count):
        ledger.append_alone(
            ledger.Draft(
                action=Action.CASE_VIEWED, actor=for_command(), streams=("ledger",), subject={}, outcome=outcome
            )
        )


@pytest.fixture
def busy(installation: Path, monkeypatch: pytest.MonkeyPatch) -> datetime.datetime:
    """Some entries long ago, then 3 and 1 refusal on one day, 5 two days later, at noon; the last of these days."""
    moments = {0: 2, 40: 3, 42: 5}
    for days, count in moments.items():
        moment = START + datetime.timedelta(days=days)
        monkeypatch.setattr(clock, "now", lambda moment=moment: moment)
        enter(count)
        if days == 40:
            enter(1, Outcome.DENIED)
    return START + datetime.timedelta(days=42)


def test_each_day_has_its_entries_and_refusals(busy: datetime.datetime) -> None:
    days = activity.daily(until=busy)
    assert [day.date for day in days] == [busy.date() - datetime.timedelta(days=back) for back in range(29, -1, -1)]
    assert [(day.entered, day.refused) for day in days[-3:]] == [(4, 1), (0, 0), (5, 0)]
    assert sum(day.entered for day in days) == 9


def test_the_first_of_the_days_is_counted_whole(busy: datetime.datetime) -> None:
    assert [day.entered for day in activity.daily(until=busy, days=3)] == [4, 0, 5]
    assert [day.entered for day in activity.daily(until=busy, days=2)] == [0, 5]
    assert [day.entered for day in activity.daily(until=busy + datetime.timedelta(days=9), days=3)] == [0, 0, 0]


def test_the_count_asks_the_rows_of_these_days_alone(busy: datetime.datetime) -> None:
    first = activity._first_since("2031-04-10T00:00:00.000Z")
    assert first == ledger.size() - 9


def test_a_ledger_without_entries_has_quiet_days(db: None) -> None:
    assert {day.entered for day in activity.daily(until=START)} == {0}


def test_the_plot_stands_on_its_ground_and_shows_every_refusal(busy: datetime.datetime) -> None:
    drawn = plot(activity.daily(until=busy))
    assert (drawn.highest, drawn.entered, drawn.refused) == (5, 9, 1)
    highest = drawn.bars[-1]
    assert (highest.y, highest.height, highest.refused_height) == (14, 176, 0)
    for bar in drawn.bars:
        assert bar.y + bar.height == 190
        assert bar.refused_height <= bar.height
    assert [bar.refused_height > 0 for bar in drawn.bars[-3:]] == [True, False, False]
