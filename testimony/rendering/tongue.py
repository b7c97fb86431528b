"""The languages of an edition: which of two sayings is shown, from which side it is set, and in which order columns run.

A saying that exists in one language only stands in that one, as an island, also in an edition of the other: words that
somebody wrote are never left out because of their language.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from custody.papers import measures
from custody.papers.languages import Setting, setting
from custody.papers.paper import Code, Kind, Languages
from custody.papers.parts import Fact, Place
from custody.papers.words import Words, arabic_digits, in_arabic
from custody.typesetting.bidi import END_OF_ISOLATE, isolate, spelled_out
from custody.typesetting.blocks import Align, Block, Column, Paragraph, Pile, Row, Rule
from custody.typesetting.documents import BLACK, FAINT, MM
from custody.typesetting.text import Span, Style
from testimony.core import dossier as tree

Plain = Words | Code | str
Value = Plain | tuple[Plain, ...]
"""A saying of ours, a machine value, or words that a person wrote in whatever script; several stand in one line."""

CELL: Final = Style(measures.BODY.typeface, 8.5)
CELL_STRONG: Final = Style(measures.STRONG.typeface, 8.5)
_FIRST_STRONG_ISOLATE: Final = "\u2068"
_LABEL: Final = 42 * MM
_CODES: Final = {8.5: 7.5, 9: 8.5}  # size of machine values beside text of a size
_LEADING: Final = 12.5


@dataclass(frozen=True)
class Lines:
    """What stands in one cell on lines of its own."""

    values: Sequence[Value]


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
            return Words("", words.ar or isolate(words.en))
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
        if isinstance(value, tuple) and not isinstance(value, Words):
            found: list[Span] = []
            for each in value:
                found += [Span("  ", style)] if found else []
                found += self.spans(each, style)
            return found
        if isinstance(value, Code):
            face = measures.CODE_STRONG if value.strong else measures.CODE
            return [Span(isolate(value.text), face.sized(_CODES.get(style.size, style.size)))]
        return [Span(self.line(value) if isinstance(value, Words) else as_written(value), style)]

    def paragraph(
        self, value: Value, style: Style, place: Place, leading: float = _LEADING, align: Align = Align.START
    ) -> Paragraph:
        """One line of this edition, broken as needed, from its own side."""
        return Paragraph(self.spans(value, style), style, leading, place=place.name, base=self.base, align=align)

    def told(self, told: Told, place: Place) -> Block:
        """A row with its rule: a label on each side of what it says, or one before it."""
        inside = place.inside(f"row {told.label.en!r}")
        if self.both:
            return Fact(told.label, self.spans(told.value, measures.BODY), told.claimed).block(place)
        columns = [
            Column(self.paragraph(told.label, measures.LABEL, inside, 13), _LABEL, 4 * MM),
            Column(self.paragraph(told.value, measures.BODY, inside, 13), measures.WIDTH - _LABEL),
        ]
        rule = Rule(measures.HAIR, BLACK, (2.2, 1.6)) if told.claimed else Rule(measures.HAIR, FAINT)
        return Pile([Row(self.setter.ordered(columns), 1.15 * MM, 1.15 * MM), rule])

    def cell(self, value: Value | Lines, place: Place, style: Style = CELL, kind: Kind = Kind.TEXT) -> Block:
        """What stands in a table; a saying in both languages takes a line for each, from its own side."""
        if isinstance(value, Lines):
            return Pile([self.cell(each, place, style, kind) for each in value.values])
        align = Align.END if kind is Kind.NUMBER else Align.START
        if self.both and isinstance(value, Words) and value.en and value.ar:
            return Pile(
                [
                    Paragraph(value.en, style, _LEADING, place=place.name, base=0, align=align),
                    Paragraph(value.ar, style, 13.5, place=place.name, base=1),
                ]
            )
        if self.both and isinstance(value, Words) and value.ar:
            return Paragraph(value.ar, style, 13.5, place=place.name, base=1)
        return self.paragraph(value, style, place, align=align)


def tongue_of(edition: tree.Edition) -> Tongue:
    """The languages of an edition."""
    alone = {tree.Edition.ENGLISH: Languages.ENGLISH, tree.Edition.ARABIC: Languages.ARABIC}
    return Tongue(alone.get(edition, Languages.BOTH))


def as_written(text: str) -> str:
    """Words that a person wrote, as an island that runs as its first letter does."""
    return f"{_FIRST_STRONG_ISOLATE}{spelled_out(text)}{END_OF_ISOLATE}" if text else ""


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


def said(value: tree.Said) -> Words:
    """What somebody said, as it is drawn: characters that steer direction are shown by their code."""
    return Words(spelled_out(value.en), spelled_out(value.ar))


def titled(name: tree.Name) -> Words:
    """A title in both scripts."""
    return Words(isolate(name.latin) if name.latin else "", spelled_out(name.arabic))


def moment(time: str) -> Code:
    """A recorded time to the second; what is only claimed stands as it was claimed."""
    if is_recorded(time):
        return Code(f"{time[:10]} {time[11:19]} UTC")
    return Code(time)


def is_recorded(time: str) -> bool:
    """Whether a time is one that the archive wrote."""
    return len(time) == len("2026-01-01T00:00:00.000Z") and time.endswith("Z")


def listed(codes: Sequence[str]) -> Code | Words:
    """Codes one after another."""
    return Code(", ".join(codes))
