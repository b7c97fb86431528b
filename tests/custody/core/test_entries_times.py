"""Times are RFC 3339 UTC with milliseconds, in one spelling."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.core.entries import format_time, parse_time
from custody.core.errors import EntryError


def test_a_time_is_written_with_milliseconds_and_z() -> None:
    assert format_time(datetime(2026, 1, 31, 8, 9, 10, tzinfo=UTC)) == "2026-01-31T08:09:10.000Z"


def test_another_zone_is_turned_into_utc() -> None:
    damascus = timezone(timedelta(hours=3))
    assert format_time(datetime(2026, 1, 1, 1, 0, 0, 1500, tzinfo=damascus)) == "2025-12-31T22:00:00.001Z"


def test_finer_parts_are_cut_off_so_that_no_time_lies_in_the_future() -> None:
    assert format_time(datetime(2026, 1, 1, 0, 0, 0, 999_999, tzinfo=UTC)) == "2026-01-01T00:00:00.999Z"


def test_a_time_without_its_zone_is_refused() -> None:
    with pytest.raises(EntryError, match="zone"):
        format_time(datetime(2026, 1, 1))  # noqa: DTZ001  the point of the test


@given(st.datetimes(timezones=st.just(UTC)))
def test_what_was_written_is_read_back_to_the_millisecond(moment: datetime) -> None:
    read = parse_time(format_time(moment))
    assert timedelta(0) <= moment - read < timedelta(milliseconds=1)
    assert format_time(read) == format_time(moment)


@given(st.text(max_size=30))
def test_no_text_raises_anything_else(text: str) -> None:
    with pytest.raises(EntryError):
        parse_time(text)
