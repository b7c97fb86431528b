"""Styled text set into lines: choice of faces, line breaking in logical order, reordering for the page.

Breaking comes before reordering, as the standard asks: a line holds what is read first, whichever side that stands on.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache
from typing import Final, NamedTuple

from custody.typesetting import bidi
from custody.typesetting.documents import BLACK, Ink
from custody.typesetting.errors import MissingGlyphError
from custody.typesetting.faces import SANS, Face, Shaped, Typeface, is_arabic, is_neutral

# Marks without a shape of their own (soft hyphen, joiners): the shaping engine obeys and hides them in any face.
_JOINERS: Final = frozenset("\u00ad\u034f\u200b\u200c\u200d\u2060")
_KEPT: Final = 1024  # texts; one takes some two kilobytes
_ROUNDING: Final = 1e-6  # points: far above what sums of widths lose, far below what anybody sees


class Style(NamedTuple):
    """How a span looks; size in points. A tuple, as a span is: texts are kept by what they are made of."""

    typeface: Typeface = SANS
    size: float = 9
    ink: Ink = BLACK

    def sized(self, size: float) -> "Style":
        """The same at another size."""
        return self._replace(size=size)


class Span(NamedTuple):
    """Characters of one style."""

    text: str
    style: Style


class Atom(NamedTuple):
    """A stretch of one face, size, ink and level without a space inside, or one space; shaped as a whole."""

    start: int
    end: int
    face: Face
    size: float
    ink: Ink
    level: int
    shaped: Shaped

    @property
    def width(self) -> float:
        """Points."""
        return self.shaped.width * self.size / 1000


class Line(NamedTuple):
    """Atoms of one line in logical order, without the space at which it was broken; `width` in points."""

    atoms: tuple[Atom, ...]
    width: float
    last: bool


def text_of(spans: tuple[Span, ...], base: int | None, place: str) -> "Text":
    """The text of these spans, kept for as long as it keeps coming back: heads, feet and labels stand on each page."""
    try:
        return _kept(spans, base)
    except MissingGlyphError as error:
        raise MissingGlyphError(error.character, error.text, place) from None


@lru_cache(maxsize=_KEPT)
def _kept(spans: tuple[Span, ...], base: int | None) -> "Text":
    return Text(spans, base=base, place="")


class _Setting(NamedTuple):
    face: Face
    size: float
    ink: Ink


@lru_cache(maxsize=256)
def _settings_of(style: Style) -> dict[str, _Setting]:  # noqa: ARG001  (the key of what is kept)
    """The settings that were found for the characters of one style, filled as they are met."""
    return {}


class Text:
    """Spans as one paragraph, ready to be broken into lines of any width.

    `base` is 0 (left to right), 1 (right to left) or None for "as its first letter says"; `place` says where the text
    stands, for the message about a character that cannot be drawn.
    """

    def __init__(self, spans: Sequence[Span], *, base: int | None, place: str) -> None:
        pieces = [(_plain(span.text), span.style) for span in spans]
        self.characters = "".join(text for text, _ in pieces)
        self._place = place
        resolved = bidi.resolve(self.characters, base)
        self.base = resolved.base
        self._resolved = resolved
        self._settings = self._choose(pieces)
        self._lines: dict[float, list[Line]] = {}

    def _choose(self, pieces: Sequence[tuple[str, Style]]) -> list[_Setting | None]:
        """A face for each character: that of its script, and for signs of both scripts the one that is in use."""
        settings: list[_Setting | None] = []
        current: _Setting | None = None
        style_in_use: Style | None = None
        for text, style in pieces:
            known = _settings_of(style)
            if style != style_in_use:
                current, style_in_use = None, style
            for character in text:
                if character in bidi.CONTROLS:
                    settings.append(None)
                    continue
                if not self._stays(current, character):
                    current = known.get(character) or known.setdefault(character, self._setting(character, style))
                settings.append(current)
        return settings

    @staticmethod
    def _stays(current: _Setting | None, character: str) -> bool:
        if current is None:
            return False
        return character in _JOINERS or (is_neutral(character) and current.face.covers(character))

    def _setting(self, character: str, style: Style) -> _Setting:
        for face, factor in style.typeface.candidates(arabic=is_arabic(character)):
            if face.covers(character):
                return _Setting(face, style.size * factor, style.ink)
        raise MissingGlyphError(character, self.characters, self._place)

    @cached_property
    def language(self) -> str:
        """The language of the letters; where both scripts stand in one paragraph, that of its direction."""
        letters = [one for one in self.characters if one.isalpha()]
        arabic = sum(1 for one in letters if is_arabic(one))
        if not letters:
            return ""
        if 0 < arabic < len(letters):
            return "ar" if self.base else "en"
        return "ar" if arabic else "en"

    def lines(self, width: float) -> list[Line]:
        """Lines of at most `width` points; a token wider than that is broken inside."""
        if width not in self._lines:
            self._lines[width] = self._break(width)
        return self._lines[width]

    def _break(self, width: float) -> list[Line]:
        start, end = len(self.characters) - len(self.characters.lstrip(" ")), len(self.characters.rstrip(" "))
        if start >= end:
            return []
        whole = self._line(start, end)
        # A width so near to that of the line that the order of adding counts is left to the loop below.
        if whole.width <= width + 0.01 - _ROUNDING:
            return [whole._replace(last=True)]
        return self._parted(width)

    def _parted(self, width: float) -> list[Line]:
        lines: list[Line] = []
        start: int | None = None
        end, used = 0, 0.0
        for token_start, token_end in self._tokens():
            needed = self._width(token_start, token_end)
            space = self._width(end, token_start) if start is not None else 0.0
            if start is not None and used + space + needed > width + 0.01:
                lines.append(self._line(start, end))
                start, space = None, 0.0
            if start is None:
                for cut in self._cuts(token_start, token_end, width):
                    lines.append(self._line(token_start, cut))
                    token_start = cut  # noqa: PLW2901  (the rest of the token goes on from here)
                    needed = self._width(token_start, token_end)
                start, used = token_start, needed
            else:
                used += space + needed
            end = token_end
        if start is not None:
            lines.append(self._line(start, end))
        return [*lines[:-1], lines[-1]._replace(last=True)]

    def _tokens(self) -> Iterator[tuple[int, int]]:
        """Bounds of each word."""
        start = 0
        while start < len(self.characters):
            end = self.characters.find(" ", start)
            end = len(self.characters) if end < 0 else end
            if end > start:
                yield start, end
            start = end + 1

    def _cuts(self, start: int, end: int, width: float) -> Iterator[int]:
        """Places at which a token that is wider than the line has to be broken, the earliest first."""
        while self._width(start, end) > width + 0.01:
            cut = start + 1
            while cut < end and self._width(start, cut + 1) <= width:
                cut += 1
            while cut > start + 1 and unicodedata.category(self.characters[cut]) == "Mn":
                cut -= 1
            friendly = max((self.characters.rfind(sign, start + 1, cut) for sign in "-/_."), default=-1)
            if friendly > (start + cut) // 2:
                cut = friendly + 1
            yield cut
            start = cut

    def _width(self, start: int, end: int) -> float:
        return sum(atom.width for atom in self._atoms(start, end, self._resolved.levels[start:end]))

    def _line(self, start: int, end: int) -> Line:
        atoms = tuple(self._atoms(start, end, self._resolved.line_levels(start, end)))
        return Line(atoms, sum(atom.width for atom in atoms), last=False)

    def _atoms(self, start: int, end: int, levels: Sequence[int]) -> Iterator[Atom]:
        characters, settings = self.characters, self._settings
        index = start
        while index < end:
            setting = settings[index]
            if setting is None:
                index += 1
                continue
            level = levels[index - start]
            stop = index + 1
            if characters[index] != " ":
                # Mostly the very same setting; an equal one of another span goes on as well.
                while (
                    stop < end
                    and (settings[stop] is setting or settings[stop] == setting)
                    and characters[stop] != " "
                    and levels[stop - start] == level
                ):
                    stop += 1
            text = characters[index:stop].replace("\u00a0", " ")
            shaped = setting.face.shape(text, right_to_left=bool(level & 1))
            yield Atom(index, stop, setting.face, setting.size, setting.ink, level, shaped)
            index = stop


def legible(text: str, typeface: Typeface) -> str:
    """`text` with what no face can draw shown by its code.

    For what a received file says of itself: a letter that we cannot draw must not let one file stop a dossier. Words
    that people wrote stop it, so that somebody looks.
    """
    faces = [face for arabic in (False, True) for face, _ in typeface.candidates(arabic=arabic)]
    return "".join(
        one if any(face.covers(one) for face in faces) or one.isspace() else f"[U+{ord(one):04X}]"
        for one in bidi.spelled_out(unicodedata.normalize("NFC", text))
    )


def in_drawing_order(atoms: Sequence[Atom]) -> Sequence[Atom]:
    """Atoms of a line from left to right (rule L2 over atoms, each of which has one level); as they are if so."""
    levels = {atom.level for atom in atoms}
    if not any(level & 1 for level in levels):
        return atoms
    if len(levels) == 1:
        return atoms[::-1]
    ordered: list[Atom] = []
    for run in bidi.visual_runs([atom.level for atom in atoms]):
        part = list(atoms[run.start : run.end])
        ordered += reversed(part) if run.level & 1 else part
    return ordered


def _plain(text: str) -> str:
    """Composed characters, one space for each stretch of white space, no invisible characters that would get lost."""
    composed = unicodedata.normalize("NFC", text)
    # A no-break space keeps its meaning; everything else that is white is one place at which a line may be broken.
    words = composed.replace("\u00a0", "\ue000").split()
    plain = " ".join(words).replace("\ue000", "\u00a0")
    lead = " " if composed[:1].isspace() and plain else ""
    tail = " " if composed[-1:].isspace() and plain else ""
    return lead + plain + tail
