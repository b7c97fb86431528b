"""A signature drawn on a screen: strokes of points, as a page sends them, read strictly and within limits."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final

from testimony.core.errors import DrawnError

# The field is 1000 wide and 400 high, whatever the screen; the origin is its upper left corner.
WIDTH: Final = 1000
HEIGHT: Final = 400
MOST_STROKES: Final = 300
MOST_POINTS: Final = 8000
MOST_TEXT: Final = 120_000
# Less than this, either way, is a slip of the finger.
_LEAST: Final = 20

Point = tuple[int, int]


@dataclass(frozen=True)
class Drawn:
    """The strokes, in the order in which they were drawn, each a line through its points or a single dot."""

    strokes: tuple[tuple[Point, ...], ...]


def read(untrusted_text: str) -> Drawn:
    """The drawing of `[[[x, y], ...], ...]`, whole numbers within the field. Raises DrawnError for anything else."""
    if len(untrusted_text) > MOST_TEXT:
        raise DrawnError("this drawing is too long")
    try:
        untrusted: Any = json.loads(untrusted_text)
    except (ValueError, RecursionError) as error:
        raise DrawnError("this is no drawing") from error
    if not isinstance(untrusted, list) or not 0 < len(untrusted) <= MOST_STROKES:
        raise DrawnError("a drawing has 1 to 300 strokes")
    drawn = Drawn(tuple(_stroke(each) for each in untrusted))
    points = list(chain.from_iterable(drawn.strokes))
    if len(points) > MOST_POINTS:
        raise DrawnError("this drawing has too many points")
    if all(max(side) - min(side) < _LEAST for side in zip(*points, strict=True)):
        raise DrawnError("this is too small for a signature")
    return drawn


def _stroke(untrusted: Any) -> tuple[Point, ...]:
    if not isinstance(untrusted, list) or not untrusted:
        raise DrawnError("a stroke has points")
    return tuple(_point(each) for each in untrusted)


def _point(untrusted: Any) -> Point:
    # To Python a boolean is a number too.
    if not isinstance(untrusted, list) or [type(part) for part in untrusted] != [int, int]:
        raise DrawnError("a point is two whole numbers")
    x, y = untrusted
    if not (0 <= x <= WIDTH and 0 <= y <= HEIGHT):
        raise DrawnError("a point lies outside the field")
    return x, y
