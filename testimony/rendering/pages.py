"""The pages of a dossier, filled section by section: headings that never stand alone, rows, tables, lists of places."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from custody.papers import measures
from custody.papers.book import Book
from custody.papers.paper import Code, Column, Digest, Kind
from custody.papers.parts import Place, Signatures
from custody.papers.tables import PAD, Ruled
from custody.papers.words import Words
from custody.typesetting import blocks
from custody.typesetting.bidi import isolate
from custody.typesetting.blocks import Block, Paragraph, Pile, Rule, Space, Whole
from custody.typesetting.documents import MM, SHADE, Page
from custody.typesetting.structure import Role
from testimony.rendering import words
from testimony.rendering.slips import Docket, slip
from testimony.rendering.tongue import Cell, Facing, Lines, Told, Tongue, filled_in

_UNDER_HEADING: Final = 30 * MM  # a heading is not the last thing on a page
_WHOLE: Final = 45 * MM  # what is lower stays together with the heading over it
_SLIP: Final = 30 * MM
_BETWEEN: Final = 2.5 * MM
_FACING: Final = 6 * MM  # where a column ends in Arabic and the next one begins in English
_GROUP: Final = 50  # lines of the outline on one level; readers fail on hundreds


@dataclass(frozen=True)
class Table:
    """Rows under heads that return on each page; `leads` names the section that a row leads to on a screen."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell | Block]]
    leads: Sequence[str] = ()
    flagged: frozenset[int] = frozenset()


@dataclass
class Pages:
    """One volume in the making. `volumes` says in which volume each section stands, `volume` which one this is.

    `content` is the digest of the whole content, which takes long enough to be counted once.
    """

    book: Book
    tongue: Tongue
    volumes: Mapping[str, int]
    volume: int
    count: int
    content: str
    place: Place = field(default_factory=lambda: Place("the dossier"))
    _heading: Block | None = None

    def begin(self, key: str, docket: Docket, place: str, *, group: str | None = None, title: str = "") -> None:
        """Start a section on a new page, under its slip."""
        self._flush(0)
        self.place = Place(place)
        line = title or self.tongue.line(docket.title)
        self.book.begin(key, line, group=group, head=slip(docket, self.tongue))
        self.space(3.5)

    def group(self, title: Words, marks: Sequence[str], index: int) -> str:
        """Line of the outline over the next pieces, at the first of them."""
        if index % _GROUP:
            return ""
        last = marks[min(index + _GROUP, len(marks)) - 1]
        span = marks[index] if last == marks[index] else f"{marks[index]} – {last}"
        return f"{self.tongue.line(title)} {span}"

    def where(self, key: str) -> Words:
        """Where a section stands, in words."""
        page = self.book.numbers.page(key)
        if self.count == 1:
            return filled_in(words.ON_PAGE, page=page)
        return filled_in(words.IN_VOLUME, volume=self.volumes.get(key, 1), page=page)

    def add(self, *found: Block) -> None:
        """Put blocks below what stands on the page, together with the heading that waits for them."""
        self._flush(found[0].height(measures.WIDTH) if found else 0)
        self.book.add(found)

    def space(self, millimetres: float) -> None:
        """Leave room."""
        self.book.add([Space(millimetres * MM)])

    def heading(self, title: Words) -> None:
        """A heading over what comes next."""
        self._flush(0)
        head = self.tongue.setter.heading(self.tongue.filled(title))
        self._heading = Pile([Space(5 * MM), head, Space(1 * MM), Rule(measures.HAIR), Space(1.5 * MM)])

    def prose(self, *sayings: Words) -> None:
        """Paragraphs."""
        for saying in sayings:
            self.add(self.tongue.setter.paragraph(self.tongue.filled(saying), measures.BODY, self.place))

    def note(self, saying: Words, place: Place | None = None) -> None:
        """Small print over or under something; under a heading it stays with it."""
        found = [self.note_block(saying, place=place), Space(2.5 * MM)]
        if self._heading is None:
            self.add(*found)
        else:
            self._heading = Pile([self._heading, *found])

    def note_block(self, saying: Words, *, grey: bool = False, place: Place | None = None) -> Block:
        """Small print in two halves of the page, or from its own side."""
        name = place or self.place
        style = measures.SMALL_GREY if grey else measures.NOTE
        found = self.tongue.filled(saying)
        if not self.tongue.both:
            return self.tongue.paragraph(found, style, name)
        gap, half = 8 * MM, (measures.WIDTH - 8 * MM) / 2
        left = Paragraph(found.en, style, 12.5, place=name.name, base=0)
        right = Paragraph(found.ar, style, 12.5, place=name.name, base=1)
        return blocks.Row([blocks.Column(left, half + gap, gap), blocks.Column(right, half)])

    def fault(self, saying: Words) -> None:
        """Something that is missing and should not be, on grey."""
        self.add(_Shaded(self._fault_block(saying)))

    def _fault_block(self, saying: Words) -> Block:
        if not self.tongue.both:
            return self.tongue.paragraph(saying, measures.STRONG, self.place, 14)
        half = 81 * MM
        left = Paragraph(saying.en, measures.STRONG, 13, place=self.place.name, base=0)
        right = Paragraph(saying.ar, measures.STRONG, 15, place=self.place.name, base=1)
        return blocks.Row([blocks.Column(left, half, 4 * MM), blocks.Column(right, half)])

    def rows(self, told: Sequence[Told]) -> None:
        """Labels and what they say."""
        for each in told:
            self.add(self.tongue.told(each, self.place))

    def table(self, table: Table) -> None:
        """Rows under a head that returns on each page on which they go on."""
        self.under(self._table_head(table), self._table_rows(table))

    def under(self, head: Block, found: Sequence[Block]) -> None:
        """Put blocks under a head that returns on each page on which they go on."""
        first = found[0].height(measures.WIDTH) if found else 0
        self._flush(head.height(measures.WIDTH) + first)
        self.book.add_under(head, found)

    def digests(self, digests: Sequence[tuple[Words, str]]) -> list[Block]:
        """Digests in groups, two beside one another; what is compared sign by sign stays on one page."""
        found: list[Block] = []
        for start in range(0, len(digests), 2):
            pair = [
                self.tongue.setter.digest(Digest(self.tongue.filled(label), value), self.place)
                for label, value in digests[start : start + 2]
            ]
            columns = [blocks.Column(each, measures.HALF, 4 * MM) for each in pair]
            setter = self.tongue.setter
            row = blocks.Row(setter.ordered(columns), 1 * MM, from_right=setter.from_right)
            found.append(replace(row, fixed=row.height(measures.WIDTH)))
        return found

    def command(self, text: str) -> None:
        """A line to be typed."""
        self.add(Paragraph(isolate(text), measures.CODE.sized(7.5), 11, place=self.place.name, base=0))

    def signatures(self, labels: Sequence[Words]) -> None:
        """Lines to sign on, at the foot of the page."""
        self._flush(0)
        self.book.add_at_foot(self.signature_lines(labels))

    def signature_lines(self, labels: Sequence[Words]) -> Signatures:
        """The lines alone."""
        return Signatures([self.tongue.filled(label) for label in labels], right_to_left=self.tongue.from_right)

    def together(self, found: Sequence[Block], *, under: float = 0) -> None:
        """Put blocks that stay on one page with `under` points below them, as far as one page holds them."""
        heading, self._heading = self._heading, None
        kept = [heading, *found] if heading else [*found]
        tall = sum(block.height(measures.WIDTH) for block in kept) + under
        if tall <= measures.TOP - measures.FOOT - _SLIP:
            self.book.need(tall)
            self.book.add(kept)
        else:
            self._heading = heading
            self.add(*found)

    def _flush(self, next_height: float) -> None:
        if self._heading is None:
            return
        heading, self._heading = self._heading, None
        under = next_height if next_height <= _WHOLE else _UNDER_HEADING
        self.book.need(heading.height(measures.WIDTH) + under)
        self.book.add([heading])

    def _table_head(self, table: Table) -> Block:
        cells = [
            self.tongue.setter.head_cell(
                Column(self.tongue.filled(column.title), column.width, column.kind), self.place
            )
            for column in table.columns
        ]
        return Pile([self._line(table, cells, Role.HEAD), Rule(measures.HAIR)])

    def _table_rows(self, table: Table) -> list[Block]:
        found: list[Block] = []
        for index, row in enumerate(table.rows):
            inside = self.place.inside(f"line {index + 1}")
            cells = [self._cell(value, column, inside) for value, column in zip(row, table.columns, strict=True)]
            line: Block = Ruled(self._line(table, cells, Role.CELL), flagged=index in table.flagged)
            key = table.leads[index] if table.leads else ""
            found.append(Linked(line, key) if key and self.volumes.get(key, 1) == self.volume else line)
        return found

    def _cell(self, value: Cell | Block, column: Column, place: Place) -> Block:
        if isinstance(value, Words | Code | str | tuple | Lines):
            return self.tongue.cell(value, place, kind=column.kind)
        return value

    def _line(self, table: Table, cells: Sequence[Block], role: Role) -> blocks.Row:
        columns = [
            blocks.Column(cell, column.width * MM, _FACING if isinstance(cell, Facing) else _BETWEEN)
            for cell, column in zip(cells, table.columns, strict=True)
        ]
        setter = self.tongue.setter
        return blocks.Row(setter.ordered(columns), PAD, PAD, cells=role, from_right=setter.from_right)


@dataclass(frozen=True)
class Linked(Whole):
    """A block that leads to a section of this volume when it is chosen on a screen."""

    block: Block
    key: str

    def height(self, width: float) -> float:
        return self.block.height(width)

    def draw(self, page: Page, x: float, top: float, width: float) -> None:
        with page.structure.noticing() as texts:
            self.block.draw(page, x, top, width)
        box = (x, top - self.height(width), x + width, top)
        page.document.link(self.key, box, self.key, texts[0] if texts else None)


@dataclass(frozen=True)
class _Shaded(Whole):
    block: Block

    def height(self, width: float) -> float:
        return self.block.height(width - 8 * MM) + 6 * MM

    def draw(self, page: Page, x: float, top: float, width: float) -> None:
        tall = self.height(width)
        page.box((x, top - tall, width, tall), fill=SHADE)
        self.block.draw(page, x + 4 * MM, top - 3 * MM, width - 8 * MM)


def number_column(title: Words, width: float) -> Column:
    """A column of numbers, at the end of their cells."""
    return Column(title, width, Kind.NUMBER)
