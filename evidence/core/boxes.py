"""Boxes drawn over a picture: where they stand, why, and what is filled for them. Nothing but numbers.

The child that decodes hostile bytes loads this module, so it imports the standard library alone.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from evidence.core.errors import EvidenceError

MOST_BOXES = 60
MOST_SIDE = 1 << 17
# A JPEG keeps colour in blocks of 16 pixels, and readers mix the colour of two pixels beyond: what stood in a box
# may have left a trace this far outside of it.
MARGIN = 18
# Filled to whole blocks of the new picture: none of its blocks holds a part of the fill and a part of the picture.
BLOCK = 8
FILL = (0, 0, 0)


class BoxReason(StrEnum):
    """Why something was covered. Codes stand in records for good: never change the value of one."""

    FACE = "face"
    NAME = "name"
    PLACE = "place"
    THIRD_PERSON = "third-person"
    OTHER = "other"


class BoxError(EvidenceError):
    """A box that lies outside of its picture, or says nothing that can be drawn."""


@dataclass(frozen=True, order=True)
class Box:
    """A box in pixels of the upright picture; its first pixel is `left`, `top`."""

    left: int
    top: int
    width: int
    height: int
    reason: BoxReason


@dataclass(frozen=True)
class Area:
    """What is filled: from `left`, `top` up to and without `right`, `bottom`."""

    left: int
    top: int
    right: int
    bottom: int

    def holds(self, x: int, y: int) -> bool:
        """Whether a pixel lies in it."""
        return self.left <= x < self.right and self.top <= y < self.bottom


def check(boxes: Sequence[Box], width: int, height: int) -> None:
    """Raise BoxError unless there are some boxes, none twice, and each lies in a picture of this size."""
    if not 0 < len(boxes) <= MOST_BOXES:
        raise BoxError(f"between 1 and {MOST_BOXES} boxes, not {len(boxes)}")
    if len(set(boxes)) != len(boxes):
        raise BoxError("one box stands there twice")
    for box in boxes:
        inside = box.left >= 0 and box.top >= 0 and box.left + box.width <= width and box.top + box.height <= height
        if box.width < 1 or box.height < 1 or not inside:
            raise BoxError(f"a box of {box.width} x {box.height} at {box.left}, {box.top} is not in the picture")


def filled(box: Box, width: int, height: int) -> Area:
    """What is filled for a box: with the margin, to whole blocks, as far as the picture goes."""
    return Area(
        max(0, _down(box.left - MARGIN)),
        max(0, _down(box.top - MARGIN)),
        min(width, _up(box.left + box.width + MARGIN)),
        min(height, _up(box.top + box.height + MARGIN)),
    )


def _down(value: int) -> int:
    return value // BLOCK * BLOCK


def _up(value: int) -> int:
    return -(-value // BLOCK) * BLOCK


def plain(boxes: Iterable[Box]) -> list[dict[str, int | str]]:
    """The boxes as JSON keeps them."""
    return [
        {"left": box.left, "top": box.top, "width": box.width, "height": box.height, "reason": box.reason.value}
        for box in boxes
    ]


def dumps(boxes: Iterable[Box]) -> bytes:
    """The boxes as bytes, for the child."""
    return json.dumps(plain(boxes)).encode()


def loads(untrusted_data: bytes) -> tuple[Box, ...]:
    """The boxes behind the bytes; raises BoxError."""
    try:
        return read(json.loads(untrusted_data))
    except (ValueError, RecursionError) as error:
        raise BoxError("not a list of boxes") from error


def read(untrusted_value: object) -> tuple[Box, ...]:
    """The boxes of a parsed list; raises BoxError for anything unknown, missing or out of form."""
    if not isinstance(untrusted_value, list) or len(untrusted_value) > MOST_BOXES:
        raise BoxError("not a short list of boxes")
    return tuple(_read(untrusted_box) for untrusted_box in untrusted_value)


def _read(untrusted_box: object) -> Box:
    if not isinstance(untrusted_box, dict) or set(untrusted_box) != {"left", "top", "width", "height", "reason"}:
        raise BoxError("not a box")
    sides = [untrusted_box[name] for name in ("left", "top", "width", "height")]
    if not all(type(side) is int and 0 <= side <= MOST_SIDE for side in sides):
        raise BoxError("a box whose place is not in whole pixels")
    reason = untrusted_box["reason"]
    if reason not in {each.value for each in BoxReason}:
        raise BoxError("a box without a known reason")
    left, top, width, height = sides
    return Box(left, top, width, height, BoxReason(reason))
