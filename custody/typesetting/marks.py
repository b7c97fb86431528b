"""Small drawings: the square code that a camera reads, and the signs of the custody line."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import segno

from custody.typesetting.blocks import Whole
from custody.typesetting.documents import BLACK, MM, WHITE, Page, number

_MASK: Final = 2
_DARK: Final = re.compile(rb"\x01+")
_NODE: Final = 2.8 * MM
_LINE: Final = 0.5 * MM
_AXIS: Final = 2.5 * MM  # middle of the line, from the left edge of its column
_FIRST: Final = 4.0 * MM  # middle of the sign, from the top of its row


class Node(StrEnum):
    """Who says so: a claim (ring), our record (dot), both sides (split square), an outside clock (diamond), no one."""

    CLAIM = "claim"
    EVENT = "event"
    HANDOVER = "handover"
    STAMP = "stamp"
    GAP = "gap"


@dataclass(frozen=True)
class SquareCode(Whole):
    """A QR code with error correction M, drawn as rectangles so that it prints sharp.

    `alt` is said instead of it; without it what the code holds is said.
    """

    content: str
    side: float = 26 * MM
    alt: str = ""

    def height(self, width: float) -> float:
        return self.side

    def draw(self, page: Page, x: float, top: float, width: float) -> None:
        squares, count = _squares(self.content)
        unit = f"{self.side / count:.5f}"  # so fine that the whole side is off by less than a thousandth of a point
        with page.figure(self.alt or f"QR: {self.content}", (x, top - self.side, x + self.side, top)):
            page.literal(f"q 0 0 0 rg {unit} 0 0 -{unit} {number(x)} {number(top)} cm {squares} f Q")


def _squares(content: str) -> tuple[str, int]:
    """The dark squares as boxes, counted in squares from the upper left corner, and how many stand in a row."""
    # Any of the eight masks is valid (ISO/IEC 18004, 7.8); trying them all takes most of the time of a large dossier.
    code = segno.make(content, error="m", micro=False, boost_error=False, mask=_MASK)
    boxes = [
        f"{dark.start()} {line} {dark.end() - dark.start()} 1 re"
        for line, row in enumerate(code.matrix)
        for dark in _DARK.finditer(row)
    ]
    return " ".join(boxes), len(code.matrix)


@dataclass(frozen=True)
class CustodyLine(Whole):
    """The line of custody beside one row of its table: solid, dashed or missing, with a sign at the event.

    An artifact: the words of the row say what it shows.
    """

    node: Node
    tall: float
    last: bool = False
    continued: bool = False

    def height(self, width: float) -> float:
        return 0  # the row beside it decides how tall it is

    def draw(self, page: Page, x: float, top: float, width: float) -> None:
        axis, middle = x + _AXIS, top - _FIRST
        if self.node is not Node.GAP:
            foot = (top if self.continued else middle) if self.last else top - self.tall
            dash = (1.6, 1.6) if self.node is Node.CLAIM else ()
            page.rule((axis, top), (axis, foot), _LINE, BLACK, dash)
        if not self.continued:
            _DRAW[self.node](page, axis, middle)


def _disc(page: Page, x: float, y: float, radius: float, *, hollow: bool) -> None:
    arm = radius * 0.5523  # control points of a quarter circle
    numbers = [
        (x + radius, y, "m"),
        (x + radius, y + arm, x + arm, y + radius, x, y + radius, "c"),
        (x - arm, y + radius, x - radius, y + arm, x - radius, y, "c"),
        (x - radius, y - arm, x - arm, y - radius, x, y - radius, "c"),
        (x + arm, y - radius, x + radius, y - arm, x + radius, y, "c"),
    ]
    path = " ".join(number(part) if not isinstance(part, str) else part for step in numbers for part in step)
    paint = "1 1 1 rg 0 0 0 RG 1.28 w" if hollow else "0 0 0 rg"
    page.literal(f"q {paint} {path} h {'B' if hollow else 'f'} Q")


def _ring(page: Page, x: float, y: float) -> None:
    _disc(page, x, y, _NODE / 2 - 0.6, hollow=True)


def _dot(page: Page, x: float, y: float) -> None:
    _disc(page, x, y, _NODE / 2, hollow=False)


def _split_square(page: Page, x: float, y: float) -> None:
    page.box((x - _NODE / 2, y - _NODE / 2, _NODE, _NODE), fill=BLACK)
    page.box((x - _NODE / 10, y - _NODE / 2, _NODE / 5, _NODE), fill=WHITE)


def _diamond(page: Page, x: float, y: float) -> None:
    arm = _NODE * 0.6
    page.shape([(x, y + arm), (x + arm, y), (x, y - arm), (x - arm, y)])


def _triangle(page: Page, x: float, y: float) -> None:
    arm = _NODE / 2
    page.shape([(x, y + arm), (x + arm, y - arm), (x - arm, y - arm)])


_DRAW: Final = {
    Node.CLAIM: _ring,
    Node.EVENT: _dot,
    Node.HANDOVER: _split_square,
    Node.STAMP: _diamond,
    Node.GAP: _triangle,
}
