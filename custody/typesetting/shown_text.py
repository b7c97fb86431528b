"""Shaped text as PDF operators, around an origin of its own, so that it is written once and stands in many places."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple

from custody.typesetting.embedding import EmbeddedFace
from custody.typesetting.faces import Face, Shaped
from custody.typesetting.operands import Ink, filling, number

_NOTICED: Final = 0.005  # thousandths of the size by which a glyph may be off
_APART: Final = 0.0005  # points


class Placed(NamedTuple):
    """Shaped text of one face and size at a place, in points from the origin of its text."""

    face: Face
    size: float
    ink: Ink
    shaped: Shaped
    x: float
    y: float
    mirrored: bool = False
    """Whether its glyphs stand in the order opposite to that of reading, as those of Arabic do."""

    @property
    def end(self) -> tuple[float, float]:
        """Where the next run stands that goes on from this one."""
        return self.x + self.shaped.width * self.size / 1000, self.y

    def goes_on(self, end: tuple[float, float]) -> bool:
        """Whether this run stands where one before it ended."""
        return self.y == end[1] and abs(self.x - end[0]) < _APART


Embedded = Callable[[Face], EmbeddedFace]
"""Gives a face as the document uses it."""


def shown(runs: Sequence[Placed], embedded: Embedded) -> str:
    """The operators that draw these runs, in the order given: the logical one, so that readers of the file find it."""
    if not runs:
        return ""
    operators = [line for run in runs if run.shaped.outlines for line in _outlines(run)]
    operators.append("BT")
    ink: Ink | None = None
    for stretch in _stretches(runs):
        if stretch[0].ink != ink:
            ink = stretch[0].ink
            operators.append(filling(ink))
        operators += _mirrored(stretch, embedded) if stretch[0].mirrored else _upright(stretch, embedded)
    operators.append("ET")
    return "\n".join(operators)


def _stretches(runs: Sequence[Placed]) -> Iterator[list[Placed]]:
    """Runs that follow one another in one face, size, ink and order; the words of a line with their spaces, mostly."""
    stretch, end = [runs[0]], runs[0].end
    for run in runs[1:]:
        if run[:3] == stretch[0][:3] and run.mirrored == stretch[0].mirrored and (run.mirrored or run.goes_on(end)):
            stretch.append(run)
        else:
            yield stretch
            stretch = [run]
        end = run.end
    yield stretch


def _outlines(run: Placed) -> Iterator[str]:
    scale = run.size / 1000
    unit = f"{run.face.unit * scale:.6f}"
    for outline in run.shaped.outlines:
        path = run.face.path(outline.gid)
        if path:
            x, y = number(run.x + outline.x * scale), number(run.y + outline.y * scale)
            yield f"q {filling(run.ink)} {unit} 0 0 {unit} {x} {y} cm {path} f Q"


def _set(run: Placed, embedded: EmbeddedFace) -> str:
    return f"/{embedded.resource} {number(run.size)} Tf"


def _upright(stretch: Sequence[Placed], embedded: Embedded) -> Iterator[str]:
    """One array of codes, with a number where a glyph stands elsewhere than its width says (ISO 32000-1, 9.4.3)."""
    first, face = stretch[0], embedded(stretch[0].face)
    parts: list[str] = []
    pending = 0.0
    for run in stretch:
        for glyph in run.shaped.glyphs:
            shift = pending - glyph.x
            if abs(shift) > _NOTICED:
                parts.append(f">{shift:.2f}<")
            parts.append(f"{face.cid(glyph):04X}")
            pending = face.face.advance(glyph.gid) - glyph.advance + glyph.x
    yield f"{_set(first, face)} 1 0 0 1 {number(first.x)} {number(first.y)} Tm"
    yield f"[<{''.join(parts)}>] TJ".replace("<>", "")


def _mirrored(stretch: Sequence[Placed], embedded: Embedded) -> Iterator[str]:
    """Strings in the order of reading, each of which says that its own glyphs stand the other way round.

    So that readers which follow the content and not the places find the words as they are read (ISO 32000-1,
    14.8.2.3.3).
    """
    face = embedded(stretch[0].face)
    yield f"/ReversedChars BMC {_set(stretch[0], face)}"
    for run in stretch:
        for start, wide, codes in reversed(_strings(run, face)):
            placed = f"1 0 0 1 {number(run.x + start * run.size / 1000)} {number(run.y)} Tm <{''.join(codes)}> Tj"
            yield placed if wide == 100 else f"{number(wide)} Tz {placed} 100 Tz"
    yield "EMC"


def _strings(run: Placed, face: EmbeddedFace) -> list[tuple[float, float, list[str]]]:
    """From left to right: the place of a string (thousandths of the size), the stretch of its glyphs, their codes."""
    strings: list[tuple[float, float, list[str]]] = []
    pen, end = 0.0, 0.0
    for glyph in run.shaped.glyphs:
        start = pen + glyph.x
        if not strings or abs(glyph.stretch - strings[-1][1]) > 0.001 or abs(start - end) > _NOTICED:
            strings.append((start, glyph.stretch, []))
        strings[-1][2].append(f"{face.cid(glyph):04X}")
        end = start + face.face.advance(glyph.gid) * glyph.stretch / 100
        pen += glyph.advance
    return strings
