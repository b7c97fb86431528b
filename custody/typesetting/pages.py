"""The page that is being drawn: text, lines and boxes as PDF operators, each stretch of them marked with what it is."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import lru_cache
from typing import Final, NamedTuple, Protocol

from custody.typesetting.embedding import EmbeddedFace, Mirrored
from custody.typesetting.faces import Face, Shaped
from custody.typesetting.structure import GROUPS, Element, Role, Structure, Thread

MM: Final = 72 / 25.4
PAGE_WIDTH: Final = 210 * MM
PAGE_HEIGHT: Final = 297 * MM

Ink = tuple[float, float, float]
BLACK: Final[Ink] = (0.0, 0.0, 0.0)
WHITE: Final[Ink] = (1.0, 1.0, 1.0)
GREY: Final[Ink] = (0.4, 0.4, 0.4)
FAINT: Final[Ink] = (0.75, 0.75, 0.75)
SHADE: Final[Ink] = (0.93, 0.93, 0.93)
REGISTRY: Final[Ink] = (0x0B / 255, 0x55 / 255, 0x66 / 255)


class Placed(NamedTuple):
    """Shaped text of one face and size at a place on the page, in points from its lower left corner."""

    face: Face
    size: float
    ink: Ink
    shaped: Shaped
    x: float
    y: float
    mirrored: bool = False
    """Whether its glyphs stand in the order opposite to that of reading, as those of Arabic do."""


class Holder(Protocol):
    """What a page needs of the document that it stands in."""

    structure: Structure

    def embedded(self, face: Face) -> EmbeddedFace:
        """The face as the document uses it."""

    def use_image(self, name: str, image: object) -> str:
        """Register an image and return the name for the page's operators."""

    def link(self, key: str, box: tuple[float, float, float, float], label: str, text: Element | None = None) -> None:
        """Make a box of the page that is being drawn lead to a named page, with the words of an element as its own."""


class _Stretch(NamedTuple):
    """Operators of one element (None: an artifact), with its number on the page."""

    element: Element | None
    mcid: int
    operators: list[str]


class Page:
    """The page that is being drawn. All lengths are points; the origin is the lower left corner.

    Text belongs to the element that is open, or is a paragraph of its own. Lines, boxes and shapes are artifacts,
    except inside a figure.
    """

    def __init__(self, document: Holder) -> None:
        self.document = document
        self.structure = document.structure
        self.sheet = self.structure.new_sheet()
        self._stretches: list[_Stretch] = []

    def operators(self) -> str:
        """All that was drawn, as PDF operators; nothing stands outside of marked content (ISO 32000-1, 14.6)."""
        return "\n".join(line for stretch in self._stretches for line in _marked(stretch))

    def element(
        self, role: Role, *, lang: str = "", alt: str = "", attributes: str = "", thread: Thread | None = None
    ) -> AbstractContextManager[Element | None]:
        """What is drawn inside belongs to a structure element; see `Structure.element`."""
        return self.structure.element(role, lang=lang, alt=alt, attributes=attributes, thread=thread)

    @contextmanager
    def figure(self, alt: str, box: tuple[float, float, float, float]) -> Iterator[None]:
        """What is drawn inside is a picture within `box` (left, bottom, right, top), described by `alt`."""
        corners = " ".join(number(value) for value in box)
        attributes = f"<</O/Layout/Placement/Block/BBox[{corners}]>>"
        with self.element(Role.FIGURE, alt=alt, attributes=attributes):
            yield

    def artifact(self) -> AbstractContextManager[None]:
        """What is drawn inside says nothing that a reader has to hear."""
        return self.structure.artifact()

    def _draw(self, operators: str) -> None:
        """Add what belongs to a figure where one is open, and decorates otherwise."""
        element = self.structure.current
        self._put(operators, element if element and element.role is Role.FIGURE else None)

    def _put(self, operators: str, element: Element | None) -> None:
        if not self._stretches or self._stretches[-1].element is not element:
            mcid = self.structure.mark(element, self.sheet) if element else 0
            self._stretches.append(_Stretch(element, mcid, []))
        self._stretches[-1].operators.append(operators)

    def text(self, runs: Iterable[Placed]) -> None:
        """Draw shaped text, in the order given: the logical one, so that readers of the file find it."""
        runs = list(runs)
        element = self.structure.current
        if element is None or element.role not in GROUPS:
            self._text(runs, element)
        elif runs:
            with self.element(Role.PARAGRAPH) as paragraph:
                self._text(runs, paragraph)

    def _text(self, runs: Sequence[Placed], element: Element | None) -> None:
        if not runs:
            return
        operators = [line for run in runs if run.shaped.outlines for line in self._outlines(run)]
        operators.append("BT")
        ink: Ink | None = None
        for run in runs:
            if run.ink != ink:
                ink = run.ink
                operators.append(_fill(ink))
            operators.append(self._run(run))
        operators.append("ET")
        self._put("\n".join(operators), element)

    @staticmethod
    def _outlines(run: Placed) -> Iterator[str]:
        scale = run.size / 1000
        unit = f"{run.face.unit * scale:.6f}"
        for outline in run.shaped.outlines:
            path = run.face.path(outline.gid)
            if path:
                x, y = number(run.x + outline.x * scale), number(run.y + outline.y * scale)
                yield f"q {_fill(run.ink)} {unit} 0 0 {unit} {x} {y} cm {path} f Q"

    def _run(self, run: Placed) -> str:
        face, size, _, shaped, x, y, mirrored = run
        embedded = self.document.embedded(face)
        if mirrored:
            return _mirrored(run, embedded)
        operators = embedded.shown.of(shaped)
        if operators is None:
            operators = embedded.shown.keep(shaped, "".join(f"\n{line}" for line in _glyphs(embedded, shaped)))
        return f"/{embedded.resource} {number(size)} Tf 1 0 0 1 {number(x)} {number(y)} Tm{operators}"

    def rule(
        self,
        start: tuple[float, float],
        end: tuple[float, float],
        weight: float,
        ink: Ink = BLACK,
        dash: tuple[float, ...] = (),
    ) -> None:
        """Draw a straight line, solid or dashed (lengths of dash and gap)."""
        pattern = " ".join(number(length) for length in dash)
        self._draw(
            f"q {_stroke(ink)} {number(weight)} w [{pattern}] 0 d "
            f"{number(start[0])} {number(start[1])} m {number(end[0])} {number(end[1])} l S Q"
        )

    def box(self, box: tuple[float, float, float, float], *, weight: float = 0, fill: Ink | None = None) -> None:
        """Draw a box (left, bottom, width, height) with an edge, a ground, or both."""
        paint = {(True, True): "B", (True, False): "f", (False, True): "S"}[(fill is not None, weight > 0)]
        ground = _fill(fill) if fill is not None else ""
        corners = " ".join(number(value) for value in box)
        self._draw(f"q {ground} {_stroke(BLACK)} {number(weight)} w {corners} re {paint} Q")

    def shape(self, points: Sequence[tuple[float, float]], fill: Ink = BLACK) -> None:
        """Fill a polygon."""
        first, *others = (f"{number(x)} {number(y)}" for x, y in points)
        path = " ".join([f"{first} m", *(f"{point} l" for point in others)])
        self._draw(f"q {_fill(fill)} {path} h f Q")

    def stroke(self, points: Sequence[tuple[float, float]], weight: float, ink: Ink = BLACK) -> None:
        """Draw a line through points with round ends and corners; one point alone is a dot."""
        first, *others = (f"{number(x)} {number(y)}" for x, y in points)
        path = " ".join([f"{first} m", *(f"{point} l" for point in others or [first])])
        self._draw(f"q {_stroke(ink)} {number(weight)} w 1 J 1 j {path} S Q")

    def literal(self, operators: str) -> None:
        """Add operators written by hand; they must leave the state as they found it."""
        self._draw(operators)


@lru_cache(maxsize=8192)
def number(value: float) -> str:
    """A length as PDF writes it, to a thousandth of a point."""
    text = f"{value:.3f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def _glyphs(embedded: EmbeddedFace, shaped: Shaped) -> Iterator[str]:
    """The operators that show shaped text, wherever it stands and at any size."""
    parts: list[str] = []
    stretch, pending = 100.0, 0.0
    for glyph in shaped.glyphs:
        if abs(glyph.stretch - stretch) > 0.001:
            yield from _shown(parts)
            yield f"{number(glyph.stretch)} Tz"
            parts, stretch = [], glyph.stretch
        shift = (pending - glyph.x) * 100 / stretch
        if abs(shift) > 0.005:
            parts.append(f"{shift:.2f}")
        parts.append(f"<{embedded.cid(glyph):04X}>")
        pending = embedded.face.advance(glyph.gid) * stretch / 100 - glyph.advance + glyph.x
    yield from _shown(parts)
    if stretch != 100:
        yield "100 Tz"


def _marked(stretch: _Stretch) -> Iterator[str]:
    if stretch.element is None:
        yield "/Artifact BMC"
    else:
        yield f"/{stretch.element.role.value} <</MCID {stretch.mcid}>> BDC"
    yield from stretch.operators
    yield "EMC"


def _mirrored(run: Placed, embedded: EmbeddedFace) -> str:
    """Strings in the order of reading, each of which says that its own glyphs stand the other way round.

    So that readers which follow the content and not the places find the words as they are read (ISO 32000-1,
    14.8.2.3.3).
    """
    strings = embedded.mirrored.of(run.shaped) or embedded.mirrored.keep(run.shaped, _strings(run, embedded))
    _, size, _, _, x, y, _ = run
    lines, across = [f"/ReversedChars BMC /{embedded.resource} {number(size)} Tf"], number(y)
    for start, stretch, codes in strings:
        shown = f"1 0 0 1 {number(x + start * size / 1000)} {across} Tm <{codes}> Tj"
        lines.append(shown if stretch == 100 else f"{number(stretch)} Tz {shown} 100 Tz")
    lines.append("EMC")
    return "\n".join(lines)


def _strings(run: Placed, embedded: EmbeddedFace) -> tuple[Mirrored, ...]:
    strings: list[tuple[float, float, list[str]]] = []
    pen, end = 0.0, 0.0
    for glyph in run.shaped.glyphs:
        start = pen + glyph.x
        if not strings or abs(glyph.stretch - strings[-1][1]) > 0.001 or abs(start - end) > 0.005:
            strings.append((start, glyph.stretch, []))
        strings[-1][2].append(f"{embedded.cid(glyph):04X}")
        end = start + run.face.advance(glyph.gid) * glyph.stretch / 100
        pen += glyph.advance
    return tuple((start, stretch, "".join(codes)) for start, stretch, codes in reversed(strings))


def _shown(parts: Sequence[str]) -> Iterable[str]:
    if parts:
        yield f"[{''.join(parts)}] TJ"


@lru_cache(maxsize=64)
def _fill(ink: Ink) -> str:
    return " ".join(number(part) for part in ink) + " rg"


def _stroke(ink: Ink) -> str:
    return " ".join(number(part) for part in ink) + " RG"
