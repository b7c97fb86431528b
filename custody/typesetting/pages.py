"""The page that is being drawn: text, lines and boxes as PDF operators, each stretch of them marked with what it is."""

from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import NamedTuple, Protocol

from custody.typesetting.operands import BLACK, Ink, filling, number, stroking
from custody.typesetting.shown_text import Placed
from custody.typesetting.structure import GROUPS, Element, Role, Structure, Thread


class Holder(Protocol):
    """What a page needs of the document that it stands in."""

    structure: Structure

    def shown(self, text: Hashable, runs: Callable[[], Sequence[Placed]]) -> str:
        """The operators of a text: those kept under its key `text`, or those of the runs that it gives."""

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

    def text(self, shown: str, x: float, y: float) -> None:
        """Draw text that was written around its own origin (see `shown_text`), with that origin at this place."""
        element = self.structure.current
        placed = f"q 1 0 0 1 {number(x)} {number(y)} cm\n{shown}\nQ"
        if element is None or element.role not in GROUPS:
            self._put(placed, element)
            return
        with self.element(Role.PARAGRAPH) as paragraph:
            self._put(placed, paragraph)

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
            f"q {stroking(ink)} {number(weight)} w [{pattern}] 0 d "
            f"{number(start[0])} {number(start[1])} m {number(end[0])} {number(end[1])} l S Q"
        )

    def box(self, box: tuple[float, float, float, float], *, weight: float = 0, fill: Ink | None = None) -> None:
        """Draw a box (left, bottom, width, height) with an edge, a ground, or both."""
        paint = {(True, True): "B", (True, False): "f", (False, True): "S"}[(fill is not None, weight > 0)]
        ground = filling(fill) if fill is not None else ""
        corners = " ".join(number(value) for value in box)
        self._draw(f"q {ground} {stroking(BLACK)} {number(weight)} w {corners} re {paint} Q")

    def shape(self, points: Sequence[tuple[float, float]], fill: Ink = BLACK) -> None:
        """Fill a polygon."""
        first, *others = (f"{number(x)} {number(y)}" for x, y in points)
        path = " ".join([f"{first} m", *(f"{point} l" for point in others)])
        self._draw(f"q {filling(fill)} {path} h f Q")

    def stroke(self, points: Sequence[tuple[float, float]], weight: float, ink: Ink = BLACK) -> None:
        """Draw a line through points with round ends and corners; one point alone is a dot."""
        first, *others = (f"{number(x)} {number(y)}" for x, y in points)
        path = " ".join([f"{first} m", *(f"{point} l" for point in others or [first])])
        self._draw(f"q {stroking(ink)} {number(weight)} w 1 J 1 j {path} S Q")

    def literal(self, operators: str) -> None:
        """Add operators written by hand; they must leave the state as they found it."""
        self._draw(operators)


def _marked(stretch: _Stretch) -> Iterator[str]:
    if stretch.element is None:
        yield "/Artifact BMC"
    else:
        yield f"/{stretch.element.role.value} <</MCID {stretch.mcid}>> BDC"
    yield from stretch.operators
    yield "EMC"
