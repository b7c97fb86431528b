"""A clock that was moved while nobody watched: what the machine alone can't tell, and an outside time-stamp can."""

from __future__ import annotations

import pytest

from custody import clock, ledger
from custody.models import Entry
from custody.notary import Notary
from tests.custody.notary import test_clock_guard as guard
from tests.custody.notary.test_clock_guard import Clocks, alarms, look, stamped

clocks = guard.clocks


@pytest.mark.parametrize(("days", "told"), [(-100, "behind-outside"), (100, "ahead-of-outside")])
def test_a_clock_that_was_wrong_from_the_start_is_told_by_an_outside_time_stamp_alone(
    clocks: Clocks, days: int, told: str
) -> None:
    """The ledger's first entries are dated by the same wrong clock."""
    true = clocks.wall
    clocks.set_wall(days=days)
    watcher = Notary()
    look(watcher, clocks, 20)
    assert alarms() == []
    stamped(true)
    look(watcher, clocks)
    assert alarms() == [told]


@pytest.mark.parametrize(("hours", "told"), [(-9, "behind-outside"), (9, "ahead-of-outside")])
def test_a_clock_moved_while_amana_was_stopped_is_told_by_an_outside_time_stamp_alone(
    clocks: Clocks, hours: int, told: str
) -> None:
    look(Notary(), clocks)
    clocks.pass_by(hours=20)
    true = clocks.wall
    clocks.set_wall(hours=hours)
    started = Notary()
    look(started, clocks)
    assert alarms() == [], "the last entry is older still, and no steady clock was read meanwhile"
    stamped(true)
    look(started, clocks)
    assert alarms() == [told]


def test_whoever_sets_it_back_cannot_date_an_entry_before_those_that_are_there(clocks: Clocks) -> None:
    look(Notary(), clocks)
    clocks.set_wall(days=-30)
    before = Entry.objects.order_by("-seq").values_list("time", flat=True)[0]
    stamped(clocks.wall)
    entry = ledger.find_entry(ledger.size() - 1)
    assert entry is not None
    assert entry.time == before > clock.stamp(clocks.wall)
