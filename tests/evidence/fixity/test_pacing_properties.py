"""Oldest first, and never more bytes than the hours give: whatever is stored, however often somebody looks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from evidence.core.pacing import Due, Pace, affordable, in_order

_START = datetime(2026, 1, 1, tzinfo=UTC)
_moments = st.one_of(st.none(), st.integers(0, 10_000).map(lambda minutes: _START + timedelta(minutes=minutes)))
_due = st.builds(
    Due,
    sha256=st.integers(0, 2**256 - 1).map(lambda value: f"{value:064x}"),
    size=st.integers(0, 5_000),
    last_read=_moments,
)
_many = st.lists(_due, max_size=30, unique_by=lambda one: one.sha256)


@given(_many)
def test_never_read_comes_first_then_the_oldest(many: list[Due]) -> None:
    ordered = in_order(many)
    assert sorted(one.sha256 for one in ordered) == sorted(one.sha256 for one in many)
    keys = [(one.last_read is not None, one.last_read or _START) for one in ordered]
    assert keys == sorted(keys)


@given(_many, st.randoms())
def test_the_order_does_not_depend_on_how_it_was_asked(many: list[Due], random: object) -> None:
    shuffled = list(many)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert in_order(shuffled) == in_order(many)


@given(_many, st.integers(1, 5_000), st.integers(-5_000, 5_000))
def test_what_is_chosen_is_the_beginning_and_is_paid_for(many: list[Due], per_hour: int, credit: int) -> None:
    ordered = in_order(many)
    chosen = affordable(ordered, Pace(per_hour, min(credit, per_hour)))
    assert chosen == ordered[: len(chosen)]
    for number in range(len(chosen)):
        left = min(credit, per_hour) - sum(one.size for one in chosen[:number])
        assert left >= min(chosen[number].size, per_hour)
    if len(chosen) < len(ordered):
        left = min(credit, per_hour) - sum(one.size for one in chosen)
        assert left < min(ordered[len(chosen)].size, per_hour)


@given(_many, st.integers(1, 3_000), st.lists(st.integers(0, 7_200), max_size=60))
def test_over_any_time_the_budget_is_kept(many: list[Due], per_hour: int, waits: list[int]) -> None:
    """What was read by any moment is what the time gave, an hour saved up, and what one large object owes."""
    waiting, pace, passed, read = in_order(many), Pace(per_hour, per_hour), 0, 0
    largest = max((one.size for one in many), default=0)
    for seconds in waits:
        passed += seconds
        pace = pace.after(seconds)
        for one in affordable(waiting, pace):
            pace, read = pace.spent(one.size), read + one.size
            waiting = waiting[1:]
        assert read <= per_hour * passed / 3600 + per_hour + max(0, largest - per_hour)


@given(_many.filter(bool), st.integers(1, 3_000))
def test_everything_is_read_in_the_end_however_large(many: list[Due], per_hour: int) -> None:
    waiting, pace = in_order(many), Pace(per_hour, 0)
    hours = 2 * len(many) + 2 * sum(one.size for one in many) // per_hour + 2
    for _hour in range(hours):
        pace = pace.after(3600)
        for one in affordable(waiting, pace):
            pace, waiting = pace.spent(one.size), waiting[1:]
    assert waiting == []


@given(_many, st.integers(-10, 10**6))
def test_without_a_budget_nothing_is_read(many: list[Due], credit: int) -> None:
    assert affordable(in_order(many), Pace(0, credit)) == []


def test_a_clock_set_back_earns_nothing() -> None:
    assert Pace(1_000, 5).after(-3600) == Pace(1_000, 5)
    assert Pace(1_000, 5).after(1_800) == Pace(1_000, 505)
    assert Pace(1_000, 5).after(10**9) == Pace(1_000, 1_000)
