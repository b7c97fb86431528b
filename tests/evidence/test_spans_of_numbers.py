"""Many evidence numbers told in few: short, exact, and read back to the same set."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.core.numbers import Spans, ern

PLACES = st.sets(st.tuples(st.sampled_from(["A", "A-1", "B"]), st.integers(1, 30)), max_size=40)


@given(PLACES)
def test_the_stretches_hold_what_went_in_and_nothing_else(places: set[tuple[str, int]]) -> None:
    spans = Spans.over(ern(code, number) for code, number in places)
    again = Spans.read(spans.texts)
    assert again == spans
    for code in ("A", "A-1", "B", "C"):
        for number in range(1, 40):
            assert (ern(code, number) in again) == ((code, number) in places)


def test_an_unbroken_run_is_one_stretch() -> None:
    numbers = [ern("DISK", number) for number in (1, 2, 3, 10_000, 10_001, 20_000)]
    assert Spans.over(numbers).texts == [
        "AMN-DISK-0000-0001..AMN-DISK-0000-0003",
        "AMN-DISK-0001-0000..AMN-DISK-0001-0001",
        "AMN-DISK-0002-0000",
    ]


@pytest.mark.parametrize(
    "text", ["", "x", "AMN-A-0000-0002..AMN-A-0000-0001", "AMN-A-0000-0001..AMN-B-0000-0002", "AMN-A-0000-0001.."]
)
def test_what_is_no_stretch_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="evidence reference number"):
        Spans.read([text])
