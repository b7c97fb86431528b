"""Blocks: what knows its height at a width, can be drawn there, and may be split at the foot of a page."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from operator import itemgetter
from typing import Final, Protocol

from custody.typesetting.bidi import CONTROLS
from custody.typesetting.operands import BLACK, MM, Ink
from custody.typesetting.pages import Page
from custody.typesetting.shown_text import Placed
from custody.typesetting.structure import Role, Thread
from custody.typesetting.text import Line, Span, Style, in_drawing_order, text_of

_ALL: Final[tuple[int, int | None]] = (0, None)  # lines of a paragraph that was not split
_START: Final = itemgetter(0)


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
    """Text in lines. `leading` is the distance of lines in points, `role` what the text is to the page around it."""

    def __init__(  # noqa: PLR0913  (one keyword for each thing that a paragraph may have of its own)
        self,
        content: str | Sequence[Span],
        style: Style,
        leading: float,
        *,
        place: str,
        base: int | None = None,
        align: Align = Align.START,
        role: Role = Role.PARAGRAPH,
    ) -> None:
        spans = [Span(content, style)] if isinstance(content, str) else list(content)
        self.leading = leading
        self.align = align
        self.role = role
        self._thread: Thread | None = None
        self._size = style.size
        self._text = text_of(tuple(spans), base, place)
        self._range = _ALL

    def lines(self, width: float) -> list[Line]:
        """The lines of this block, or of this part of it."""
        lines = self._text.lines(width)
        return lines if self._range == _ALL else lines[slice(*self._range)]

    def height(self, width: float) -> float:
        return len(self.lines(width)) * self.leading

    def draw(self, page: Page, x: float, top: float, width: float) -> None:
        key = (self._text, *self._range, width, self.leading, self._size, self.align)
        shown = page.document.shown(key, lambda: self._runs(width))
        if shown:
            with page.element(self.role, lang=self._text.language, thread=self._thread):
                page.text(shown, x, top)

    def _runs(self, width: float) -> list[Placed]:
        """What stands in the lines, from the upper left corner of the block."""
        runs: list[Placed] = []
        for index, line in enumerate(self.lines(width)):
            baseline = -index * self.leading - self.leading / 2 - self._size * 0.34
            start = self._indent(line, width)
            runs += self._placed(line, start, baseline)
            runs += self._break(line, start, baseline)
        return runs

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
        ordered = in_drawing_order(line.atoms)
        found = []
        for _, _, face, size, ink, level, shaped in ordered:
            found.append(Placed(face, size, ink, shaped, x, baseline, bool(level & 1)))
            x += shaped.width * size / 1000
        if ordered is line.atoms:
            return found
        starts = [atom.start for atom in ordered]
        return [placed for _, placed in sorted(zip(starts, found, strict=True), key=_START)]

    def _break(self, line: Line, x: float, baseline: float) -> list[Placed]:
        """The space at which a line was broken, past its end: without it, two words would be read as one."""
        if line.last or not line.atoms:
            return []
        last = line.atoms[-1]
        follows = self._text.characters[last.end :].lstrip("".join(CONTROLS))
        if not follows.startswith(" ") or not last.face.covers(" "):
            return []
        space = last.face.shape(" ", right_to_left=False)
        x = x - space.width * last.size / 1000 if self._text.base else x + line.width
        return [Placed(last.face, last.size, last.ink, space, x, baseline)]

    def split(self, width: float, room: float) -> tuple["Paragraph", "Paragraph"] | None:
        total = len(self.lines(width))
        fitting = int((room + 0.01) // self.leading)
        if fitting < 2 or total - fitting < 2:
            # Neither a single first line at the foot of a page nor a single last one at its head.
            fitting = min(fitting, total - 2)
            if fitting < 2:
                return None
        self._thread = self._thread or Thread()
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
    """A block in a row, `width` points wide, with empty space on its right.

    In a row of a table, `role` may be another than that of the row's cells: a head at the side.
    """

    block: Block
    width: float
    gap: float = 0
    centred: bool = False
    role: Role | None = None
    thread: Thread | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Row:
    """Blocks side by side, split together so that what belongs beside one another stays there.

    With `cells` (TD or TH) it is the row of a table: consecutive rows of as many cells are one table, a row of heads
    begins another. Columns of nothing but space are no cells. `from_right` has the columns read from the right.
    """

    columns: Sequence[Column]
    above: float = 0
    below: float = 0
    fixed: float | None = field(default=None)
    cells: Role | None = None
    from_right: bool = False
    thread: Thread | None = field(default=None, compare=False)

    def height(self, width: float) -> float:
        return self._tall

    @cached_property
    def _tall(self) -> float:
        """Its columns know their widths; a row is asked each time that something around it is."""
        if self.fixed is not None:
            return self.fixed
        return max(column.block.height(column.width - column.gap) for column in self.columns) + self.above + self.below

    def draw(self, page: Page, x: float, top: float, width: float) -> None:
        if self.cells is None:
            self._draw(page, x, top, width)
            return
        roles = [self._role(column) for column in self.columns if _is_cell(column)]
        heads = all(role is Role.HEAD for role in roles)
        with page.structure.row(len(roles), heads=heads, thread=self.thread):
            self._draw(page, x, top, width)

    def _draw(self, page: Page, x: float, top: float, width: float) -> None:
        height = self.height(width)
        places = []
        for column in self.columns:
            places.append((column, x))
            x += column.width
        for column, left in reversed(places) if self.from_right else places:
            inner = column.width - column.gap
            down = (height - column.block.height(inner)) / 2 if column.centred else self.above
            if self.cells is None or not _is_cell(column):
                column.block.draw(page, left, top - down, inner)
                continue
            role = self._role(column)
            with page.element(role, attributes=self._scope(role), thread=column.thread):
                column.block.draw(page, left, top - down, inner)

    def _role(self, column: Column) -> Role:
        return column.role or self.cells or Role.CELL

    def _scope(self, role: Role) -> str:
        """Of a head: whether it stands over its column or beside its row (ISO 32000-1, table 349)."""
        if role is not Role.HEAD:
            return ""
        return "<</O/Table/Scope/Column>>" if self.cells is Role.HEAD else "<</O/Table/Scope/Row>>"

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
            thread = column.thread or Thread()
            heads.append(replace(column, block=parts[0], thread=thread))
            rests.append(replace(column, block=parts[1], thread=thread))
        thread = self.thread or Thread()
        return (
            replace(self, columns=heads, below=0, thread=thread),
            replace(self, columns=rests, above=0, thread=thread),
        )


def _is_cell(column: Column) -> bool:
    return not isinstance(column.block, Space)
