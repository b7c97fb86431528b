"""Clues of a series: numbers in names, places between, seconds apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testimony.core.sequences import REACH, SeriesNumber, holds_number, lies_between, seconds_apart, series_number


@pytest.mark.parametrize(
    ("name", "stem", "number", "ending"),
    [
        ("DSC000123.JPG", "DSC", 123, ".jpg"),
        ("IMG_2927 (copy).HEIC", "IMG_", 2927, " (copy).heic"),
        ("215-2217-0340.jpg", "215-2217-", 340, ".jpg"),
        ("٢٢١٧.jpg", "", 2217, ".jpg"),
        ("scan7", "scan", 7, ""),
        ("clip.mp4", "clip.mp", 4, ""),
    ],
)
def test_the_last_number_of_a_name_is_the_one_of_its_series(name: str, stem: str, number: int, ending: str) -> None:
    assert series_number(name) == SeriesNumber(stem, ending, number)


@pytest.mark.parametrize("name", ["", "front.jpg", "."])
def test_a_name_without_a_number_is_in_no_series(name: str) -> None:
    assert series_number(name) is None


@given(st.text(max_size=40))
def test_any_name_can_be_asked(name: str) -> None:
    found = series_number(name)
    assert found is None or found.number >= 0
    assert not holds_number(name, [])


@given(st.text("abc_-", max_size=5), st.integers(0, 10**9))
def test_counting_on_changes_the_number_alone(stem: str, number: int) -> None:
    one, next_one = series_number(f"{stem}{number:09}.jpg"), series_number(f"{stem}{number + 1:09}.jpg")
    assert one is not None
    assert next_one == SeriesNumber(one.stem, one.ending, one.number + 1)


@given(st.integers(0, 60), st.sets(st.integers(0, 60)))
def test_lying_between_is_having_one_below_and_one_above_within_reach(number: int, others: set[int]) -> None:
    below = [other for other in others if other < number]
    above = [other for other in others if other > number]
    framed = bool(below and above) and min(above) - max(below) <= REACH
    assert lies_between(number, others) == (framed and number not in others)


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ("2013-05-14T09:42:10", "2013-05-14T09:43:05", 55),
        ("2013-05-14T09:42:10+03:00", "2013-05-14T06:42:10Z", 0),
        ("2013-05-14T09:42:10", "2013-05-14T09:42:10Z", None),
        ("", "2013-05-14T09:42:10", None),
        ("yesterday", "2013-05-14T09:42:10", None),
    ],
)
def test_claimed_times_are_compared_where_they_can_be(one: str, other: str, apart: int | None) -> None:
    assert seconds_apart(one, other) == seconds_apart(other, one) == apart


@pytest.mark.parametrize(
    ("name", "read", "holds"),
    [
        ("215-2217-3.jpg", ["2217"], True),
        ("٢٢١٧-3.jpg", ["2217"], True),
        ("12217.jpg", ["2217"], False),
        ("02217.jpg", ["2217"], False),
        ("12.jpg", ["12"], False),
        ("481B.jpg", ["481/B"], False),
    ],
)
def test_a_reading_counts_where_it_stands_whole(name: str, read: list[str], holds: bool) -> None:
    assert holds_number(name, read) is holds
