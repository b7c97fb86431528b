"""A drawn signature is read as it was sent, or refused; nothing else happens whatever is sent."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testimony.core import drawn
from testimony.core.errors import DrawnError

POINTS = st.tuples(st.integers(0, drawn.WIDTH), st.integers(0, drawn.HEIGHT))
STROKES = st.lists(st.lists(POINTS, min_size=1, max_size=8), min_size=1, max_size=6)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=12,
)
LINE = [[[0, 0], [100, 50]]]


@given(strokes=STROKES)
def test_what_was_drawn_comes_back_point_by_point(strokes: list[list[tuple[int, int]]]) -> None:
    wide = [*strokes, [(0, 0), (drawn.WIDTH, drawn.HEIGHT)]]
    assert drawn.read(json.dumps(wide)).strokes == tuple(tuple(stroke) for stroke in wide)


@given(text=st.text(max_size=60) | JSON.map(json.dumps))
def test_whatever_is_sent_is_read_or_refused(text: str) -> None:
    try:
        read = drawn.read(text)
    except DrawnError:
        return
    assert all(0 <= x <= drawn.WIDTH and 0 <= y <= drawn.HEIGHT for stroke in read.strokes for x, y in stroke)


@pytest.mark.parametrize(
    "sent",
    [
        [],
        {},
        None,
        [[]],
        [[[0, 0], [0, 0]]],
        [[[5, 5], [19, 19]]],
        [[[0, 0], [1001, 0]]],
        [[[0, 0], [0, 401]]],
        [[[0, 0], [-1, 100]]],
        [[[0, 0], [100.0, 50]]],
        [[[0, 0], [True, 50]]],
        [[[0, 0], ["100", 50]]],
        [[[0, 0], [100, 50, 1]]],
        [[[0, 0], None]],
        [[0, 0], [100, 50]],
        LINE * (drawn.MOST_STROKES + 1),
        [[[0, 0]] * 5000, [[90, 90]] * 3001],
    ],
    ids=repr,
)
def test_what_is_no_signature_is_refused(sent: Any) -> None:
    with pytest.raises(DrawnError):
        drawn.read(json.dumps(sent))


@pytest.mark.parametrize("text", ["", "[", "[" * 100_000, "1" * 100_000, "NaN", "x" * (drawn.MOST_TEXT + 1)])
def test_what_is_no_json_of_ours_is_refused(text: str) -> None:
    with pytest.raises(DrawnError):
        drawn.read(text)


def test_as_much_as_is_allowed_is_read() -> None:
    stroke = [[place % 1000, place % 400] for place in range(drawn.MOST_POINTS)]
    text = json.dumps([stroke], separators=(",", ":"))
    assert len(text) < drawn.MOST_TEXT
    assert len(drawn.read(text).strokes[0]) == drawn.MOST_POINTS
    assert len(drawn.read(json.dumps(LINE * drawn.MOST_STROKES)).strokes) == drawn.MOST_STROKES
