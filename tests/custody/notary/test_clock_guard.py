"""A clock that can't be believed is an alarm, entered once for each event; the notary goes on signing."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from custody import clock, ledger, notary
from custody.actions import Action
from custody.actors import for_process
from custody.models import Entry
from custody.notary import Notary, clock_guard, signing
from tests.custody.notary.ledgers import grow_to

START = datetime.datetime(2030, 1, 1, 12, tzinfo=datetime.UTC)


class Clocks:
    """The clock on the wall and the steady one, each moved when told."""

    def __init__(self) -> None:
        self.wall, self.steady = START, 1000.0

    def pass_by(self, **time: float) -> None:
        """Time goes by, for both."""
        span = datetime.timedelta(**time)
        self.wall += span
        self.steady += span.total_seconds()

    def set_wall(self, **by: float) -> None:
        """Somebody sets the clock."""
        self.wall += datetime.timedelta(**by)


@pytest.fixture
def clocks(monkeypatch: pytest.MonkeyPatch, installation: Path) -> Clocks:
    both = Clocks()
    monkeypatch.setattr(clock, "now", lambda: both.wall)
    monkeypatch.setattr(clock, "steady", lambda: both.steady)
    monkeypatch.setattr(signing, "close_old_connections", lambda: None)
    return both


def alarms() -> list[str]:
    found = [ledger.entry_of(stored) for stored in ledger.entries_with(Action.CLOCK_SUSPECT)]
    assert all(entry.outcome == "failed" for entry in found)
    return [entry.subject["reason"] for entry in found]


def look(watcher: Notary, clocks: Clocks, times: int = 3) -> None:
    for _ in range(times):
        assert watcher.look() == ""
        clocks.pass_by(seconds=3)
    newest = notary.latest()
    assert newest is not None
    assert newest[0].size == ledger.size(), "it signs all the same"


def stamped(stamp: datetime.datetime) -> None:
    """An outside authority's answer, as its entry tells of it."""
    ledger.append_alone(
        ledger.Draft(
            action=Action.ANCHOR_TSA,
            actor=for_process("notary"),
            streams=("ledger",),
            subject={"response": "00" * 32, "stamped": clock.stamp(stamp)},
        )
    )


def test_a_clock_that_goes_evenly_is_believed(clocks: Clocks) -> None:
    watcher = Notary()
    for _ in range(30):
        look(watcher, clocks, 1)
        clocks.pass_by(hours=1)
        clocks.set_wall(seconds=2)
        clocks.set_wall(seconds=-2.3)
    assert alarms() == []


@pytest.mark.parametrize(
    ("seconds", "looks", "told"),
    [(179, 2, "jumped-ahead"), (1, 200, "jumped-ahead"), (-9, 2, "set-back"), (-0.1, 120, "set-back")],
)
def test_small_steps_at_every_look_add_up(clocks: Clocks, seconds: float, looks: int, told: str) -> None:
    """None of them is an alarm by itself; some days later the clock would be anywhere."""
    watcher = Notary()
    look(watcher, clocks, 1)
    for _ in range(looks):
        clocks.set_wall(seconds=seconds)
        look(watcher, clocks, 1)
    assert alarms() == [told]


def test_steps_of_many_days_do_not_add_up(clocks: Clocks) -> None:
    """The steady clock drifts, too; whatever keeps the time mends a little each day."""
    watcher = Notary()
    for _ in range(40):
        look(watcher, clocks, 1)
        clocks.pass_by(days=1)
        clocks.set_wall(seconds=-6)
    assert alarms() == []


def test_a_step_within_bounds_that_is_taken_back_is_told(clocks: Clocks) -> None:
    watcher = Notary()
    for seconds in (0, 170, -170):
        clocks.set_wall(seconds=seconds)
        look(watcher, clocks, 1)
    assert alarms() == ["set-back"]


def test_a_machine_that_slept_is_no_alarm(clocks: Clocks) -> None:
    watcher = Notary()
    look(watcher, clocks)
    clocks.pass_by(days=3)
    look(watcher, clocks)
    assert alarms() == []


def test_the_steady_clock_goes_forward_and_knows_no_date() -> None:
    first, second = clock.steady(), clock.steady()
    assert 0 <= second - first < 60


def test_a_clock_set_back_is_told_once(clocks: Clocks) -> None:
    watcher = Notary()
    look(watcher, clocks)
    clocks.set_wall(hours=-2)
    look(watcher, clocks, 20)
    assert alarms() == ["set-back"]
    times = list(Entry.objects.order_by("seq").values_list("time", flat=True))
    assert times == sorted(times), "times stand still, they do not go back"


def test_a_second_set_back_is_another_event(clocks: Clocks) -> None:
    watcher = Notary()
    look(watcher, clocks)
    for _ in range(2):
        clocks.set_wall(minutes=-20)
        look(watcher, clocks)
    assert alarms() == ["set-back", "set-back"]


@pytest.mark.parametrize(("minutes", "told"), [(2, []), (4, ["jumped-ahead"]), (60 * 24 * 365, ["jumped-ahead"])])
def test_a_jump_ahead_is_told_once(clocks: Clocks, minutes: int, told: list[str]) -> None:
    watcher = Notary()
    look(watcher, clocks)
    clocks.set_wall(minutes=minutes)
    look(watcher, clocks, 10)
    assert alarms() == told


def test_after_a_start_the_last_entry_tells_of_a_clock_that_is_behind(clocks: Clocks) -> None:
    look(Notary(), clocks)
    clocks.set_wall(days=-1)
    for _ in range(3):
        look(Notary(), clocks)
    assert alarms() == ["behind-last-entry"]
    entry = clock_guard.newest_entry(Action.CLOCK_SUSPECT)
    assert entry is not None
    assert clock.parse(entry.subject["against"]) - clock.parse(entry.subject["clock"]) > datetime.timedelta(hours=23)


def test_once_it_has_caught_up_the_next_time_is_told_again(clocks: Clocks) -> None:
    watcher = Notary()
    look(watcher, clocks)
    for _ in range(2):
        clocks.set_wall(hours=-1)
        look(watcher, clocks)
        clocks.pass_by(hours=2)
        look(watcher, clocks)
    assert alarms() == ["set-back", "set-back"]


def test_a_clock_behind_an_outside_time_stamp_is_told_once(clocks: Clocks) -> None:
    stamped(clocks.wall + datetime.timedelta(hours=1))
    for _ in range(3):
        look(Notary(), clocks)
    assert alarms() == ["behind-outside"]


def test_a_clock_ahead_of_an_outside_time_stamp_is_told_once(clocks: Clocks) -> None:
    stamped(clocks.wall - datetime.timedelta(minutes=30))
    for _ in range(3):
        look(Notary(), clocks)
    assert alarms() == ["ahead-of-outside"]


def test_an_outside_time_stamp_that_fits_is_no_alarm(clocks: Clocks) -> None:
    stamped(clocks.wall - datetime.timedelta(seconds=20))
    look(Notary(), clocks)
    clocks.pass_by(hours=5)
    look(Notary(), clocks)
    assert alarms() == []


@pytest.mark.parametrize("text", ["", "yesterday", "2030-01-01"])
def test_a_time_that_can_t_be_read_ends_nothing(clocks: Clocks, text: str) -> None:
    ledger.append_alone(
        ledger.Draft(
            action=Action.ANCHOR_TSA, actor=for_process("notary"), streams=("ledger",), subject={"stamped": text}
        )
    )
    grow_to(30)
    look(Notary(), clocks)
