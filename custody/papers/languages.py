"""How one saying stands on a page: in two halves around the spine, or in one language from its own side."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from custody.papers import measures
from custody.papers.paper import Code, Column, Digest, Kind, Languages, Value
from custody.papers.parts import Fact, Place, Spined, Titles, arabic, digest, digest_lines, english
from custody.papers.words import Words
from custody.typesetting import blocks
from custody.typesetting.bidi import isolate, spelled_out
from custody.typesetting.blocks import Align, Block, Paragraph, Pile, Rule, Space
from custody.typesetting.documents import BLACK, FAINT, MM
from custody.typesetting.structure import Role
from custody.typesetting.text import Span, Style

_CELL = Style(measures.BODY.typeface, 8.5)
_CODE = measures.CODE.sized(7.5)
_CODE_STRONG = measures.CODE_STRONG.sized(7.5)
_LABEL = 42 * MM
_FROM_SPINE = 5 * MM


class Setting(Protocol):
    """What differs between a paper in both languages and one in a single language."""

    from_right: bool
    """Whether columns are read from the right."""

    def title(self, title: Words, kind: Words) -> Block:
        """Title and kind of the paper around the spine."""

    def heading(self, words: Words) -> Block:
        """Title of a section."""

    def paragraph(self, words: Words, style: Style, place: Place) -> Block:
        """Prose."""

    def row(self, label: Words, value: Value, place: Place, *, claimed: bool) -> Block:
        """A label and what it says, with a rule below."""

    def digest(self, shown: Digest, place: Place) -> Block:
        """A digest in groups."""

    def head_cell(self, column: Column, place: Place) -> Block:
        """Title of a column."""

    def cell(self, value: Value, kind: Kind, place: Place) -> Block:
        """What stands in a table."""

    def ordered(self, columns: Sequence[blocks.Column]) -> list[blocks.Column]:
        """Columns in the order of the page."""

    def chosen(self, words: Words) -> Words:
        """The saying with the languages of this paper alone."""


def setting(languages: Languages) -> Setting:
    """How a paper in these languages is set."""
    return _Both() if languages is Languages.BOTH else _Alone(arabic_alone=languages is Languages.ARABIC)


class _Both:
    """Latin left, Arabic right, the spine between them."""

    from_right = False

    def title(self, title: Words, kind: Words) -> Block:
        return Titles(title, kind)

    def heading(self, words: Words) -> Block:
        place, style = Place("a heading"), measures.HEADING
        left = english(words.en, style, place, 16, Role.HEADING)
        right = arabic(words.ar, style, place, 16, Role.HEADING)
        return blocks.Row([blocks.Column(left, measures.HALF, 4 * MM), blocks.Column(right, measures.HALF)])

    def paragraph(self, words: Words, style: Style, place: Place) -> Block:
        return _around_spine(english(words.en, style, place, 13), arabic(words.ar, style, place, 15))

    def row(self, label: Words, value: Value, place: Place, *, claimed: bool) -> Block:
        content = [Span(value.joined, measures.BODY)] if isinstance(value, Words) else _spans(value)
        return Fact(label, content, claimed).block(place)

    def digest(self, shown: Digest, place: Place) -> Block:
        return digest(shown.label, shown.value, place)

    def head_cell(self, column: Column, place: Place) -> Block:
        style, align = measures.SMALL_STRONG, _aligned(column.kind)
        lines = [text for text in column.title if text]
        return Pile([Paragraph(text, style, 11.5, place=place.name, base=0, align=align) for text in lines])

    def cell(self, value: Value, kind: Kind, place: Place) -> Block:
        if isinstance(value, Words):
            lines = [text for text in value if text]
            return Pile(
                [Paragraph(text, _CELL, 12.5, place=place.name, base=0, align=_aligned(kind)) for text in lines]
            )
        return Paragraph(_cell_spans(value), _CELL, 12.5, place=place.name, base=0, align=_aligned(kind))

    def ordered(self, columns: Sequence[blocks.Column]) -> list[blocks.Column]:
        return list(columns)

    def chosen(self, words: Words) -> Words:
        return words


class _Alone:
    """One language over the whole width. Arabic pages begin at the right: columns and labels stand the other way."""

    def __init__(self, *, arabic_alone: bool) -> None:
        self._base = int(arabic_alone)
        self.from_right = arabic_alone

    def title(self, title: Words, kind: Words) -> Block:
        """The title on its own side of the spine, what the paper is on the other."""
        head = self._line(title, measures.TITLE, Place("the title"), 34 if self._base else 30, Role.TITLE)
        told = self._line(kind, Style(measures.BODY.typeface, 10), Place("the kind"), 15)
        sides = (told, head) if self._base else (head, told)
        return _around_spine(*sides, centred=True, from_right=self.from_right)

    def heading(self, words: Words) -> Block:
        return self._line(words, measures.HEADING, Place("a heading"), 16, Role.HEADING)

    def paragraph(self, words: Words, style: Style, place: Place) -> Block:
        return Pile([self._line(words, style, place, 15 if self._base else 13), Space(1.6 * MM)])

    def row(self, label: Words, value: Value, place: Place, *, claimed: bool) -> Block:
        inside = place.inside(f"row {label.en!r}")
        content = [Span(self._text(value), measures.BODY)] if isinstance(value, Words) else _spans(value)
        told = Paragraph(content, measures.BODY, 13, place=inside.name, base=self._base)
        columns = [
            blocks.Column(self._line(label, measures.LABEL, inside, 13), _LABEL, 4 * MM, role=Role.HEAD),
            blocks.Column(told, measures.WIDTH - _LABEL),
        ]
        rule = Rule(measures.HAIR, BLACK, (2.2, 1.6)) if claimed else Rule(measures.HAIR, FAINT)
        row = blocks.Row(self.ordered(columns), 1.15 * MM, 1.15 * MM, cells=Role.CELL, from_right=self.from_right)
        return Pile([row, rule])

    def digest(self, shown: Digest, place: Place) -> Block:
        align = Align.END if self._base else Align.START
        lines = [
            Paragraph(isolate(line), measures.DIGEST, 12, place=place.name, base=0, align=align)
            for line in digest_lines(shown.value)
        ]
        return Pile([self._line(shown.label, measures.SMALL_GREY, place, 11), *lines, Space(1.2 * MM)])

    def head_cell(self, column: Column, place: Place) -> Block:
        return self._cell(self._text(column.title), measures.SMALL_STRONG, column.kind, place, 12)

    def cell(self, value: Value, kind: Kind, place: Place) -> Block:
        content = self._text(value) if isinstance(value, Words) else _cell_spans(value)
        return self._cell(content, _CELL, kind, place, 12.5)

    def ordered(self, columns: Sequence[blocks.Column]) -> list[blocks.Column]:
        return _mirrored(columns) if self._base else list(columns)

    def chosen(self, words: Words) -> Words:
        return Words("", words.ar) if self._base else Words(words.en, "")

    def _text(self, words: Words) -> str:
        return words.ar if self._base else words.en

    def _line(self, words: Words, style: Style, place: Place, leading: float, role: Role = Role.PARAGRAPH) -> Paragraph:
        return Paragraph(self._text(words), style, leading, place=place.name, base=self._base, role=role)

    def _cell(self, content: str | Sequence[Span], style: Style, kind: Kind, place: Place, leading: float) -> Paragraph:
        return Paragraph(content, style, leading, place=place.name, base=self._base, align=_aligned(kind))


def _around_spine(left: Block, right: Block, *, centred: bool = False, from_right: bool = False) -> Block:
    """Two blocks with the spine between them, which they do not touch."""
    columns = [
        blocks.Column(left, measures.HALF, _FROM_SPINE, centred),
        blocks.Column(Space(0), _FROM_SPINE),
        blocks.Column(right, measures.HALF - _FROM_SPINE, centred=centred),
    ]
    return Spined(blocks.Row(columns, 0.8 * MM, 0.8 * MM, from_right=from_right))


def _mirrored(columns: Sequence[blocks.Column]) -> list[blocks.Column]:
    """Columns from right to left; the gap of each is on its left."""
    found: list[blocks.Column] = []
    for column in reversed(columns):
        found += [
            blocks.Column(Space(0), column.gap),
            replace(column, width=column.width - column.gap, gap=0),
        ]
    return found


def _aligned(kind: Kind) -> Align:
    return Align.END if kind is Kind.NUMBER else Align.START


def _spans(value: Code | str) -> list[Span]:
    if isinstance(value, Code):
        return [Span(isolate(value.text), measures.CODE_STRONG if value.strong else measures.CODE)]
    return [Span(spelled_out(value), measures.BODY)]


def _cell_spans(value: Code | str) -> list[Span]:
    if isinstance(value, Code):
        return [Span(isolate(value.text), _CODE_STRONG if value.strong else _CODE)]
    return [Span(spelled_out(value), _CELL)]
