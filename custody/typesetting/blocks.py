"""Blocks: what knows its height at a width, can be drawn there, and may be split at the foot of a page."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from custody.typesetting.documents import BLACK, MM, Ink, Page, Placed
from custody.typesetting.text import Line, Span, Style, in_drawing_order, text_of


class Block(Protocol):
    """Anything that stands on a page. Lengths are points; `top` is measured from the lower edge of the page."""

    def height(self, width: float) -> float:
        """Height that the block takes at this width."""

    def draw(self, page: Page, x: float, top: float, width: float) -> None:
        """Draw the block below `top`."""

    def split(self, width: float, room: float) -> tuple["Block", "Block"] | None:
        """What fits into `room` and the rest, or None when the block cannot be parted there."""


class Whole:
    """A block that is never parted."""

    def split(self, width: float, room: float) -> tuple[Block, Block] | None:
        """Nothing: it goes to the next page as it is."""
        return None


class Align(StrEnum):
    START = "start"  # left for left-to-right text, right for right-to-left text
    END = "end"
    CENTRE = "centre"
    LEFT = "left"


class Paragraph:
    """Text in lines. `leading` is the distance of lines in points."""

    def __init__(
        self,
        content: str | Sequence[Span],
        style: Style,
        leading: float,
        *,
        place: str,
        base: int | None = None,
        align: Align = Align.START,
    ) -> None:
        spans = [Span(content, style)] if isinstance(content, str) else list(content)
        self.leading = leading
        self.align = align
        self._size = style.size
        self._text = text_of(tuple(spans), base, place)
        self._range: tuple[int, int | None] = (0, None)

    def lines(self, width: float) -> list[Line]:
        """The lines of this block, or of this part of it."""
        return self._text.lines(width)[slice(*self._range)]

    def height(self, width: float) -> float:
        return len(self.lines(width)) * self.leading

    def draw(self, page: Page, x: float, top: float, width: float) -> None:
        runs: list[Placed] = []
        for index, line in enumerate(self.lines(width)):
            baseline = top - index * self.leading - self.leading / 2 - self._size * 0.34
            runs += self._placed(line, x + self._indent(line, width), baseline)
        page.text(runs)

    def _indent(self, line: Line, width: float) -> float:
        spare = width - line.width
        if self.align is Align.CENTRE:
            return spare / 2
        to_the_right = (self.align is Align.START and self._text.base) or (
            self.align is Align.END and not self._text.base
        )
        return spare if to_the_right else 0.0

    @staticmethod
    def _placed(line: Line, x: float, baseline: float) -> list[Placed]:
        found = []
        for atom in in_drawing_order(line.atoms):
            found.append((atom.start, Placed(atom.face, atom.size, atom.ink, atom.shaped, x, baseline)))
            x += atom.width
        return [placed for _, placed in sorted(found, key=lambda pair: pair[0])]

    def split(self, width: float, room: float) -> tuple["Paragraph", "Paragraph"] | None:
        total = len(self.lines(width))
        fitting = int((room + 0.01) // self.leading)
        if fitting < 2 or total - fitting < 2:
            # Neither a single first line at the foot of a page nor a single last one at its head.
            fitting = min(fitting, total - 2)
            if fitting < 2:
                return None
        start = self._range[0]
        return self._part(start, start + fitting), self._part(start + fitting, None)

    def _part(self, start: int, end: int | None) -> "Paragraph":
        part = object.__new__(Paragraph)
        part.__dict__.update(self.__dict__)
        part._range = (start, end if end is not None else self._range[1])
        return part


@dataclass(frozen=True)
class Space(Whole):
    """Empty height, in points."""

    points: float

    def height(self, width: float) -> float:
        return self.points

    def draw(self, page: Page, x: float, top: float, width: float) -> None:
        """Draw nothing."""


@dataclass(frozen=True)
class Rule(Whole):
    """A line over the whole width."""

    weight: float = 0.25 * MM
    ink: Ink = BLACK
    dash: tuple[float, ...] = ()

    def height(self, width: float) -> float:
        return self.weight

    def draw(self, page: Page, x: float, top: float, width: float) -> None:
        y = top - self.weight / 2
        page.rule((x, y), (x + width, y), self.weight, self.ink, self.dash)


@dataclass(frozen=True)
class Pile:
    """Blocks one below the other."""

    blocks: Sequence[Block]

    def height(self, width: float) -> float:
        return sum(block.height(width) for block in self.blocks)

    def draw(self, page: Page, x: float, top: float, width: float) -> None:
        for block in self.blocks:
            block.draw(page, x, top, width)
            top -= block.height(width)

    def split(self, width: float, room: float) -> tuple[Block, Block] | None:
        taken: list[Block] = []
        for index, block in enumerate(self.blocks):
            height = block.height(width)
            if height <= room:
                taken.append(block)
                room -= height
                continue
            parts = block.split(width, room)
            rest = list(self.blocks[index:])
            if parts:
                taken.append(parts[0])
                rest[0] = parts[1]
            return (Pile(taken), Pile(rest)) if taken else None
        return None


@dataclass(frozen=True)
class Column:
    """A block in a row, `width` points wide, with empty space on its right."""

    block: Block
    width: float
    gap: float = 0
    centred: bool = False


@dataclass(frozen=True)
class Row:
    """Blocks side by side, split together so that what belongs beside one another stays there."""

    columns: Sequence[Column]
    above: float = 0
    below: float = 0
    fixed: float | None = field(default=None)

    def height(self, width: float) -> float:
        if self.fixed is not None:
            return self.fixed
        return max(column.block.height(column.width - column.gap) for column in self.columns) + self.above + self.below

    def draw(self, page: Page, x: float, top: float, width: float) -> None:
        height = self.height(width)
        for column in self.columns:
            inner = column.width - column.gap
            down = (height - column.block.height(inner)) / 2 if column.centred else self.above
            column.block.draw(page, x, top - down, inner)
            x += column.width

    def split(self, width: float, room: float) -> tuple[Block, Block] | None:
        if self.fixed is not None:
            return None
        heads, rests = [], []
        for column in self.columns:
            inner = column.width - column.gap
            if column.block.height(inner) <= room - self.above:
                parts: tuple[Block, Block] | None = (column.block, Space(0))
            else:
                parts = column.block.split(inner, room - self.above)
            if parts is None:
                return None
            heads.append(Column(parts[0], column.width, column.gap, column.centred))
            rests.append(Column(parts[1], column.width, column.gap, column.centred))
        return Row(heads, self.above, 0), Row(rests, 0, self.below)
