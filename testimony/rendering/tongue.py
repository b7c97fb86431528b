"""The languages of an edition: which of two sayings is shown, from which side, and in which order columns run.

A saying that exists in one language only stands in that one, as an island, also in an edition of the other: words that
somebody wrote are never left out because of their language.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from custody.papers import measures
from custody.papers.languages import Setting, setting
from custody.papers.paper import Code, Kind, Languages
from custody.papers.parts import Place
from custody.papers.words import Words, arabic_digits, in_arabic
from custody.typesetting.bidi import END_OF_ISOLATE, LEFT_TO_RIGHT_ISOLATE, isolate, spelled_out
from custody.typesetting.blocks import Align, Block, Column, Paragraph, Pile, Row, Rule
from custody.typesetting.documents import BLACK, FAINT, MM, Page
from custody.typesetting.text import Span, Style
from testimony.core import dossier as tree

Plain = Words | Code | str
Value = Plain | tuple[Plain, ...]
"""A saying of ours, a machine value, or words that a person wrote in whatever script; several stand in one line."""

CELL: Final = Style(measures.BODY.typeface, 8.5)
CELL_STRONG: Final = Style(measures.STRONG.typeface, 8.5)
_FIRST_STRONG_ISOLATE: Final = "\u2068"
# Days, codes, numbers of evidence. What goes on in Arabic letters, such as 215/ج, is one word and stays it.
_MACHINE: Final = re.compile(r"(?<![\w/.:-])[A-Za-z0-9]+(?:[-:./_+][A-Za-z0-9]+)+(?![\w/])")
_LABEL: Final = 42 * MM  # in one language
_SIDE: Final = 38 * MM  # on each side, in two
_VALUE: Final = 86 * MM
_GAP: Final = 4 * MM
_BETWEEN: Final = 3 * MM
_CODES: Final = {8.5: 7.5, 9: 8.5}  # size of machine values beside text of a size
_LEADING: Final = 12.5
_ARABIC_LEADING: Final = 13.5


@dataclass(frozen=True)
class Lines:
    """What stands in one cell on lines of its own."""

    values: Sequence[Value]


Cell = Value | Lines


@dataclass(frozen=True)
class Told:
    """A label and what it says; `claimed` draws the rule below it dashed: somebody says so, it is not recorded."""

    label: Words
    value: Value
    claimed: bool = False


@dataclass(frozen=True)
class Tongue:
    """How one saying, one row and one table stand in the languages of an edition."""

    languages: Languages

    @property
    def both(self) -> bool:
        """Whether each saying stands in both languages."""
        return self.languages is Languages.BOTH

    @property
    def from_right(self) -> bool:
        """Whether pages begin at the right."""
        return self.languages is Languages.ARABIC

    @property
    def base(self) -> int:
        """Direction of a line: 0 from the left, 1 from the right."""
        return int(self.from_right)

    @property
    def setter(self) -> Setting:
        """The parts that every printed paper shares."""
        return setting(self.languages)

    def filled(self, words: Words) -> Words:
        """The saying with the languages of this edition; where it does not exist in them, as it was said."""
        if self.both:
            return words
        if self.from_right:
            # Not spelled out again: what it holds of islands is ours (`said`).
            return Words("", words.ar or f"{LEFT_TO_RIGHT_ISOLATE}{words.en}{END_OF_ISOLATE}")
        return Words(words.en or in_arabic(words.ar), "")

    def line(self, words: Words) -> str:
        """The saying in one line."""
        found = self.filled(words)
        return found.joined if self.both else found.ar or found.en

    def name(self, name: tree.Name) -> str:
        """A name in both scripts, that of the edition first; each is an island."""
        parts = [isolate(name.latin) if name.latin else "", in_arabic(spelled_out(name.arabic)) if name.arabic else ""]
        return " / ".join(part for part in (reversed(parts) if self.from_right else parts) if part)

    def spans(self, value: Value, style: Style) -> list[Span]:
        """The runs of one line; machine values and what people wrote are islands."""
        if not self.both:
            return self._run(_parts(value), style)
        first, second = self._sides(value, style)
        return [*first, Span(f" · {in_arabic(second)}", style)] if second else first

    def _sides(self, value: Value, style: Style) -> tuple[list[Span], str]:
        """In two languages: all of the line in English, and its sayings in Arabic again."""
        parts = _parts(value)
        spoken = [each for each in parts if isinstance(each, Words) and each.en and each.ar]
        shown = [Words(each.en, "") if each in spoken else each for each in parts]
        return self._run(shown, style), "، ".join(each.ar for each in spoken)

    def _run(self, parts: Sequence[Plain], style: Style) -> list[Span]:
        found: list[Span] = []
        for index, each in enumerate(parts):
            comma = index and isinstance(each, Words) and isinstance(parts[index - 1], Words)
            between = ("، " if self.from_right else ", ") if comma else " " if index else ""
            found.append(self._span(each, style, between))
        return found

    def _span(self, value: Plain, style: Style, between: str) -> Span:
        if isinstance(value, Code):
            face = measures.CODE_STRONG if value.strong else measures.CODE
            return Span(between + isolate(value.text), face.sized(_CODES.get(style.size, style.size)))
        return Span(between + (self.line(value) if isinstance(value, Words) else as_written(value)), style)

    def paragraph(
        self, value: Value, style: Style, place: Place, leading: float = _LEADING, align: Align = Align.START
    ) -> Paragraph:
        """One line of this edition, broken as needed, from its own side."""
        return Paragraph(self.spans(value, style), style, leading, place=place.name, base=self.base, align=align)

    def told(self, told: Told, place: Place) -> Block:
        """A row with its rule: a label on each side of what it says, or one before it."""
        inside = place.inside(f"row {told.label.en!r}")
        columns = self._around(told, inside) if self.both else self._after(told, inside)
        rule = Rule(measures.HAIR, BLACK, (2.2, 1.6)) if told.claimed else Rule(measures.HAIR, FAINT)
        return Pile([Row(columns, 1.15 * MM, 1.15 * MM), rule])

    def _around(self, told: Told, place: Place) -> list[Column]:
        label = _label(told)
        left = Paragraph(told.label.en, measures.LABEL, 13, place=label.name, base=0)
        right = Paragraph(told.label.ar, measures.LABEL, 13, place=label.name, base=1)
        value = self._centred(told.value, place)
        return [Column(left, _SIDE + _GAP, _GAP), Column(value, _VALUE + _GAP, _GAP), Column(right, _SIDE)]

    def _centred(self, value: Value, place: Place) -> Block:
        """Both languages in one line where it holds them, and otherwise each for itself."""
        joined = self.paragraph(value, measures.BODY, place, 13, Align.CENTRE)
        first, second = self._sides(value, measures.BODY)
        if len(joined.lines(_VALUE)) == 1 or not second:
            return joined
        above = Paragraph(first, measures.BODY, 13, place=place.name, base=0, align=Align.CENTRE)
        return Pile([above, Paragraph(second, measures.BODY, 15, place=place.name, base=1, align=Align.CENTRE)])

    def _after(self, told: Told, place: Place) -> list[Column]:
        columns = [
            Column(self.paragraph(told.label, measures.LABEL, _label(told), 13), _LABEL, _GAP),
            Column(self.paragraph(told.value, measures.BODY, place, 13), measures.WIDTH - _LABEL),
        ]
        return self.setter.ordered(columns)

    def cell(self, value: Cell, place: Place, style: Style = CELL, kind: Kind = Kind.TEXT) -> Block:
        """What stands in a table; a saying in both languages stands from both sides."""
        if isinstance(value, Lines):
            return Pile([self.cell(each, place, style, kind) for each in value.values])
        align = Align.END if kind is Kind.NUMBER else Align.START
        if self.both and isinstance(value, Words) and value.ar:
            right = Paragraph(value.ar, style, _ARABIC_LEADING, place=place.name, base=1)
            if not value.en:
                return right
            return Facing(Paragraph(value.en, style, _LEADING, place=place.name, base=0, align=align), right)
        return self.paragraph(value, style, place, align=align)

    def written(self, text: str, place: Place, style: Style = measures.BODY) -> Paragraph:
        """What a person wrote, from the side from which its script runs."""
        return Paragraph(settled(spelled_out(text)), style, 15, place=place.name)


@dataclass(frozen=True)
class Facing:
    """One saying in two languages: on one line from both sides where there is room, or the second below the first."""

    left: Paragraph
    right: Paragraph

    def _one_line(self, width: float) -> bool:
        lines = [self.left.lines(width), self.right.lines(width)]
        if any(len(each) != 1 for each in lines):
            return False
        return lines[0][0].width + lines[1][0].width + _BETWEEN <= width

    def height(self, width: float) -> float:
        if self._one_line(width):
            return _ARABIC_LEADING
        return self.left.height(width) + self.right.height(width)

    def draw(self, page: Page, x: float, top: float, width: float) -> None:
        self.left.draw(page, x, top, width)
        down = 0 if self._one_line(width) else self.left.height(width)
        self.right.draw(page, x, top - down, width)

    def split(self, width: float, room: float) -> tuple[Block, Block] | None:
        return None if self._one_line(width) else Pile([self.left, self.right]).split(width, room)


def _label(told: Told) -> Place:
    """Labels are the same on every sheet: without the sheet in their place they are set once for all of them."""
    return Place(f"the label {told.label.en!r}")


def _parts(value: Value) -> list[Plain]:
    return list(value) if isinstance(value, tuple) and not isinstance(value, Words) else [value]


def tongue_of(edition: tree.Edition) -> Tongue:
    """The languages of an edition."""
    alone = {tree.Edition.ENGLISH: Languages.ENGLISH, tree.Edition.ARABIC: Languages.ARABIC}
    return Tongue(alone.get(edition, Languages.BOTH))


def as_written(text: str) -> str:
    """Words that a person wrote, as an island that runs as its first letter does."""
    return f"{_FIRST_STRONG_ISOLATE}{settled(spelled_out(text))}{END_OF_ISOLATE}" if text else ""


def filled_in(words: Words, **values: Words | str | int) -> Words:
    """A saying with its places filled: counts in the digits of each language, machine values as islands."""
    english = {name: _in(value, arabic=False) for name, value in values.items()}
    arabic = {name: _in(value, arabic=True) for name, value in values.items()}
    return Words(words.en.format(**english), words.ar.format(**arabic))


def _in(value: Words | str | int, *, arabic: bool) -> str:
    if isinstance(value, Words):
        return value.ar if arabic else value.en
    if isinstance(value, str):
        return isolate(value)
    return arabic_digits(value) if arabic else str(value)


def settled(text: str) -> str:
    """`text` with its machine values as islands: after Arabic letters a day would be turned round without that."""
    return _MACHINE.sub(lambda found: isolate(found[0]), text)


def said(value: tree.Said) -> Words:
    """What somebody said, as it is drawn: characters that steer direction are shown by their code."""
    return Words(settled(spelled_out(value.en)), settled(spelled_out(value.ar)))


def titled(name: tree.Name) -> Words:
    """A title in both scripts."""
    return Words(isolate(name.latin) if name.latin else "", settled(spelled_out(name.arabic)))


def moment(time: str) -> Code:
    """A recorded time to the second; what is only claimed stands as it was claimed."""
    if is_recorded(time):
        return Code(f"{time[:10]} {time[11:19]} UTC")
    return Code(time)


def is_recorded(time: str) -> bool:
    """Whether a time is one that the archive wrote."""
    return len(time) == len("2026-01-01T00:00:00.000Z") and time.endswith("Z")


def listed(codes: Sequence[str]) -> Code:
    """Codes one after another."""
    return Code(", ".join(codes))
