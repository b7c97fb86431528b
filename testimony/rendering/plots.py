"""Bars beside their labels, as long as the numbers that they stand for, with the number at the end of each."""

from dataclasses import dataclass
from typing import Final

from custody.papers import measures
from custody.papers.parts import Place
from custody.papers.words import Words
from custody.typesetting.blocks import Align, Paragraph, Whole
from custody.typesetting.documents import GREY, MM, Page
from testimony.rendering.tongue import Tongue

_LABEL: Final = 62 * MM
_VALUE: Final = 20 * MM
_BAR: Final = 4.5 * MM
_PAD: Final = 1.2 * MM


@dataclass(frozen=True)
class Bar(Whole):
    """One bar; `most` is the largest number of its figure. Pages that begin at the right have it grow from there."""

    label: Words
    value: int
    most: int
    tongue: Tongue
    place: Place

    def height(self, width: float) -> float:
        label = self.tongue.cell(self.label, self.place)
        return max(label.height(_LABEL - 4 * MM), _BAR) + 2 * _PAD

    def draw(self, page: Page, x: float, top: float, width: float) -> None:
        tall = self.height(width)
        label, inner = self.tongue.cell(self.label, self.place), _LABEL - 4 * MM
        from_right = self.tongue.from_right
        label_at = x + width - inner if from_right else x
        label.draw(page, label_at, top - (tall - label.height(inner)) / 2, inner)
        axis = x + width - _LABEL if from_right else x + _LABEL
        long = (width - _LABEL - _VALUE) * self.value / self.most if self.most else 0
        middle = top - tall / 2
        if long:
            page.box((axis - long if from_right else axis, middle - _BAR / 2, long, _BAR), fill=GREY)
        page.rule((axis, top), (axis, top - tall), measures.HAIR)
        number = Paragraph(
            str(self.value),
            measures.CODE_STRONG,
            12,
            place=self.place.name,
            base=0,
            align=Align.END if from_right else Align.START,
        )
        end = axis - long - 2 * MM - _VALUE if from_right else axis + long + 2 * MM
        number.draw(page, end, middle + 6, _VALUE)
