"""Parts that return on many pages: the slip, rows with labels on both sides, digests, signature lines."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from custody.papers import measures
from custody.papers.words import Words, in_arabic
from custody.typesetting.bidi import isolate, spelled_out
from custody.typesetting.blocks import Align, Block, Column, Paragraph, Pile, Row, Rule, Space, Whole
from custody.typesetting.documents import BLACK, FAINT, MM, REGISTRY, Page
from custody.typesetting.marks import SquareCode
from custody.typesetting.structure import Role
from custody.typesetting.text import Span, Style

_SLIP: Final = 17 * MM
_LABEL: Final = 38 * MM
_GAP: Final = 4 * MM
_VALUE: Final = 86 * MM
_DRAWN: Final = 60 * MM
_DRAWN_BY_HAND: Final = Words("Drawn by hand", "مرسوم باليد")
_SIGNATURE: Final = 13 * MM + 1.5 * MM + 13


@dataclass(frozen=True)
class Place:
    """Where on the way through the paper we are, for messages about what cannot be drawn."""

    name: str

    def inside(self, part: str) -> "Place":
        """The same place, nearer."""
        return Place(f"{self.name}, {part}")


def english(content: str, style: Style, place: Place, leading: float, role: Role = Role.PARAGRAPH) -> Paragraph:
    """Left-to-right text on the left."""
    return Paragraph(content, style, leading, place=place.name, base=0, role=role)


def arabic(content: str, style: Style, place: Place, leading: float, role: Role = Role.PARAGRAPH) -> Paragraph:
    """Right-to-left text on the right."""
    return Paragraph(content, style, leading, place=place.name, base=1, role=role)


def said(words: Words, style: Style, place: Place, leading: float) -> Paragraph:
    """Both languages in one line, or the one that there is on its own side."""
    return (english if words.en else arabic)(words.joined, style, place, leading)


def both(words: Words, style: Style, place: Place, leading: float, gap: float = 8 * MM) -> Row:
    """One saying in two halves of the page."""
    half = (measures.WIDTH - gap) / 2
    left = Column(english(words.en, style, place, leading), half + gap, gap)
    return Row([left, Column(arabic(words.ar, style, place, leading), half)])


def names(arabic_name: str, latin_name: str) -> str:
    """A name in both scripts, each an island, so that neither turns the other round."""
    parts = [isolate(latin_name)] if latin_name else []
    if arabic_name:
        parts.append(in_arabic(spelled_out(arabic_name)))
    return " / ".join(parts)


@dataclass(frozen=True)
class Titles(Whole):
    """A title in two scripts, what the paper is below it, and the spine between them."""

    title: Words
    kind: Words

    def _left(self) -> Pile:
        place, style = Place("the title"), Style(measures.BODY.typeface, 10)
        return Pile(
            [
                english(self.title.en, measures.TITLE, place, 30, Role.TITLE),
                Space(4 * MM),
                english(self.kind.en, style, place, 15),
            ]
        )

    def _right(self) -> Pile:
        place, style = Place("the title"), Style(measures.BODY.typeface, 10)
        return Pile(
            [
                arabic(self.title.ar, measures.TITLE, place, 34, Role.TITLE),
                Space(4 * MM),
                arabic(self.kind.ar, style, place, 15),
            ]
        )

    def height(self, width: float) -> float:
        inner = measures.HALF - 6 * MM
        return max(self._left().height(inner), self._right().height(inner))

    def draw(self, page: Page, x: float, top: float, width: float) -> None:
        inner = measures.HALF - 6 * MM
        self._left().draw(page, x, top, inner)
        self._right().draw(page, x + measures.HALF + 6 * MM, top, inner)
        foot = top - self.height(width)
        page.rule((measures.MIDDLE, top), (measures.MIDDLE, foot), 0.7 * MM, REGISTRY)


class Spined:
    """A row of two texts with the spine drawn between them, over its whole height."""

    def __init__(self, row: Block) -> None:
        self._row = row

    def height(self, width: float) -> float:
        return self._row.height(width)

    def draw(self, page: Page, x: float, top: float, width: float) -> None:
        foot = top - self.height(width)
        page.rule((measures.MIDDLE, top), (measures.MIDDLE, foot), measures.DOCKET, REGISTRY)
        self._row.draw(page, x, top, width)

    def split(self, width: float, room: float) -> tuple[Block, Block] | None:
        parts = self._row.split(width, room)
        return (Spined(parts[0]), Spined(parts[1])) if parts else None


@dataclass(frozen=True)
class Slip(Whole):
    """The docket over a page: mark, number and title in both scripts, with the spine between them."""

    mark: str
    number: str
    subtitle: str
    arabic_title: str
    arabic_subtitle: str

    def _left(self) -> Pile:
        place = Place(f"the slip of {self.mark}")
        return Pile(
            [
                english(self.number, measures.NUMBER, place, 15, Role.HEADING),
                english(self.subtitle, measures.BODY, place, 14),
            ]
        )

    def _right(self) -> Pile:
        place = Place(f"the slip of {self.mark}")
        return Pile(
            [
                arabic(self.arabic_title, measures.HEADING, place, 17, Role.HEADING),
                arabic(self.arabic_subtitle, measures.BODY, place, 14),
            ]
        )

    def height(self, width: float) -> float:
        content = max(self._left().height(61 * MM), self._right().height(80 * MM))
        return max(_SLIP, content + 5 * MM)

    def draw(self, page: Page, x: float, top: float, width: float) -> None:
        tall = self.height(width)
        mark = english(self.mark, measures.MARK, Place("the mark of a slip"), 24)
        cells: list[tuple[Block, float, float]] = [
            (mark, x, 22 * MM),
            (self._left(), x + 22 * MM, 61 * MM),
            (self._right(), x + 90 * MM, 80 * MM),
        ]
        for block, left, wide in cells:
            block.draw(page, left, top - (tall - block.height(wide)) / 2, wide)
        for y in (top, top - tall):
            page.rule((x, y), (x + width, y), measures.DOCKET)
        page.rule(
            (measures.MIDDLE, top - 3.5 * MM),
            (measures.MIDDLE, top - tall + 3.5 * MM),
            measures.DOCKET,
            REGISTRY,
        )


@dataclass(frozen=True)
class Fact:
    """A row with its label on both sides; dashed below when somebody only claims it."""

    label: Words
    value: str | Sequence[Span]
    claimed: bool = False
    pad: float = 1.15 * MM

    def block(self, place: Place) -> Pile:
        """The row with its rule."""
        inside = place.inside(f"row {self.label.en!r}")
        value = Paragraph(self.value, measures.BODY, 13, place=inside.name, base=0, align=Align.CENTRE)
        row = Row(
            [
                Column(english(self.label.en, measures.LABEL, inside, 13), _LABEL + _GAP, _GAP, role=Role.HEAD),
                Column(value, _VALUE + _GAP, _GAP),
                Column(arabic(self.label.ar, measures.LABEL, inside, 13), _LABEL, role=Role.HEAD),
            ],
            self.pad,
            self.pad,
            cells=Role.CELL,
        )
        rule = Rule(measures.HAIR, BLACK, (2.2, 1.6)) if self.claimed else Rule(measures.HAIR, FAINT)
        return Pile([row, rule])


def facts(rows: Sequence[Fact], place: Place) -> list[Block]:
    """Rows one below the other."""
    return [row.block(place) for row in rows]


def digest_lines(digest: str) -> tuple[str, str]:
    """A SHA-256 in groups of eight, four to a line."""
    groups = [digest[start : start + 8] for start in range(0, len(digest), 8)]
    return " ".join(groups[:4]), " ".join(groups[4:])


def digest(label: Words, value: str, place: Place) -> Pile:
    """A digest in groups under its label in both languages."""
    first, second = digest_lines(value)
    title = label.joined
    return Pile(
        [
            english(title, measures.SMALL_GREY, place, 11),
            english(first, measures.DIGEST, place, 12),
            english(second, measures.DIGEST, place, 12),
            Space(1.2 * MM),
        ]
    )


def seal(code: str, digests: Sequence[tuple[Words, str]], note: Words | None, place: Place) -> Row:
    """The square code beside the digests."""
    blocks: list[Block] = [digest(label, value, place) for label, value in digests]
    if note:
        half = 66 * MM
        blocks.append(
            Row(
                [
                    Column(english(note.en, measures.NOTE, place, 12), half + 6 * MM, 6 * MM),
                    Column(arabic(note.ar, measures.NOTE, place, 12), half),
                ],
                1 * MM,
            )
        )
    return Row([Column(SquareCode(code), 32 * MM, 6 * MM), Column(Pile(blocks), 138 * MM)])


@dataclass(frozen=True)
class Drawn(Whole):
    """Strokes drawn by hand, over a line with its label; one field is never parted."""

    strokes: Sequence[Sequence[tuple[float, float]]]
    field: tuple[float, float]
    label: Words

    def _scale(self) -> float:
        return _DRAWN / self.field[0]

    def height(self, width: float) -> float:
        return self.field[1] * self._scale() + 1.5 * MM + 13

    def draw(self, page: Page, x: float, top: float, width: float) -> None:
        scale = self._scale()
        y = top - self.field[1] * scale
        with page.figure(f"{_DRAWN_BY_HAND.joined}: {self.label.joined}", (x, y, x + _DRAWN, top)):
            for stroke in self.strokes:
                page.stroke([(x + across * scale, top - down * scale) for across, down in stroke], 0.45 * MM)
        page.rule((x, y), (x + _DRAWN, y), measures.HAIR)
        said(self.label, measures.NOTE, Place("a drawing"), 13).draw(page, x, y - 1.5 * MM, width)


@dataclass(frozen=True)
class Signatures(Whole):
    """Lines to sign on, two beside one another, with what stands under each."""

    labels: Sequence[Words]
    gap: float = 10 * MM
    right_to_left: bool = False

    def height(self, width: float) -> float:
        return _SIGNATURE * ((len(self.labels) + 1) // 2)

    def draw(self, page: Page, x: float, top: float, width: float) -> None:
        half = (width - self.gap) / 2
        for index, label in enumerate(self.labels):
            place = 1 - index % 2 if self.right_to_left else index % 2
            left, y = x + place * (half + self.gap), top - 13 * MM - index // 2 * _SIGNATURE
            page.rule((left, y), (left + half, y), measures.HAIR)
            said(label, measures.NOTE, Place("a signature line"), 13).draw(page, left, y - 1.5 * MM, half)
