"""The docket over the pages of a section: around the spine in two languages, or from one side in a single one."""

from dataclasses import dataclass
from typing import Final

from custody.papers import measures
from custody.papers.paper import Code
from custody.papers.parts import Place, Slip
from custody.papers.words import Words
from custody.typesetting.blocks import Block, Pile, Whole
from custody.typesetting.documents import MM, REGISTRY, Page
from testimony.rendering.tongue import Tongue

_TALL: Final = 17 * MM
_MARK: Final = 22 * MM
_NEAR: Final = 61 * MM
_FAR: Final = 80 * MM
_NOTHING: Final = Words("", "")


@dataclass(frozen=True)
class Docket:
    """What a slip says: a mark, a number, a title, and what is told below it."""

    mark: str
    number: str
    title: Words
    below: Words = _NOTHING


def slip(docket: Docket, tongue: Tongue) -> Block:
    """The slip in the languages of an edition."""
    if not tongue.both:
        return _OneSlip(docket, tongue)
    return Slip(docket.mark, docket.number, docket.title.en or docket.below.en, docket.title.ar, docket.below.ar)


@dataclass(frozen=True)
class _OneSlip(Whole):
    """Mark and number on the side from which pages begin, the title on the other side of the spine."""

    docket: Docket
    tongue: Tongue

    def _near(self) -> Pile:
        place, docket = Place(f"the slip of {self.docket.mark}"), self.docket
        number = self.tongue.paragraph(Code(docket.number, strong=True), measures.NUMBER, place, 15)
        return Pile([number, self.tongue.paragraph(docket.below, measures.BODY, place, 14)])

    def _far(self) -> Pile:
        place, title = Place(f"the slip of {self.docket.mark}"), self.docket.title
        blocks: list[Block] = [self.tongue.paragraph(title, measures.HEADING, place, 17)]
        return Pile(blocks)

    def height(self, width: float) -> float:
        return max(_TALL, max(self._near().height(_NEAR), self._far().height(_FAR)) + 5 * MM)

    def draw(self, page: Page, x: float, top: float, width: float) -> None:
        tall = self.height(width)
        mark = self.tongue.paragraph(
            Words(self.docket.mark, self.docket.mark), measures.MARK, Place("the mark of a slip"), 24
        )
        cells: list[tuple[Block, float, float]] = [
            (mark, 0, _MARK),
            (self._near(), _MARK, _NEAR),
            (self._far(), _MARK + _NEAR + 7 * MM, _FAR),
        ]
        for block, from_edge, wide in cells:
            left = x + width - from_edge - wide if self.tongue.from_right else x + from_edge
            block.draw(page, left, top - (tall - block.height(wide)) / 2, wide)
        for y in (top, top - tall):
            page.rule((x, y), (x + width, y), measures.DOCKET)
        middle = measures.MIDDLE
        page.rule((middle, top - 3.5 * MM), (middle, top - tall + 3.5 * MM), measures.DOCKET, REGISTRY)
