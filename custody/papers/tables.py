"""Rows of a table as they stand on a page."""

from typing import Final

from custody.papers import measures
from custody.typesetting.blocks import Block
from custody.typesetting.documents import FAINT, MM, SHADE, Page

PAD: Final = 1.2 * MM
PARTED: Final = 40 * MM
"""A row that is lower stays whole: half of one, alone on the next page, says nothing."""


class Ruled:
    """A row of a table with its rule, on grey where it needs a look."""

    def __init__(self, row: Block, *, flagged: bool = False) -> None:
        self._row, self._flagged = row, flagged

    def height(self, width: float) -> float:
        return self._row.height(width) + measures.HAIR

    def draw(self, page: Page, x: float, top: float, width: float) -> None:
        foot = top - self.height(width)
        if self._flagged:
            page.box((x, foot, width, top - foot), fill=SHADE)
        self._row.draw(page, x, top, width)
        page.rule((x, foot), (x + width, foot), measures.HAIR, FAINT)

    def split(self, width: float, room: float) -> tuple[Block, Block] | None:
        tall = self.height(width) > PARTED
        parts = self._row.split(width, room - measures.HAIR) if tall else None
        if parts is None:
            return None
        return Ruled(parts[0], flagged=self._flagged), Ruled(parts[1], flagged=self._flagged)
