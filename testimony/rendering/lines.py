"""Rows beside a line that runs from the first to the last of them, with a sign at each that tells who says so."""

from custody.papers import measures
from custody.papers.tables import PARTED
from custody.typesetting.blocks import Block, Column, Row, Space
from custody.typesetting.documents import FAINT, MM, SHADE, Page
from custody.typesetting.marks import CustodyLine, Node
from testimony.rendering.tongue import Tongue

TIME = 25 * MM
LINE = 8 * MM
_PAD = 1.6 * MM


class Lined:
    """One row; its sign stands between its time and the rest. A tall one goes on over the page."""

    def __init__(self, node: Node, row: Block, tongue: Tongue, *, last: bool, continued: bool = False) -> None:
        self._node = node
        self._row = row
        self._tongue = tongue
        self._last = last
        self._continued = continued

    def height(self, width: float) -> float:
        return self._row.height(width) + measures.HAIR

    def draw(self, page: Page, x: float, top: float, width: float) -> None:
        tall = self.height(width)
        line = x + width - TIME - LINE if self._tongue.from_right else x + TIME
        sides = ((x, line), (line + LINE, x + width))
        if self._node is Node.GAP:
            for left, right in sides:
                page.box((left, top - tall, right - left, tall), fill=SHADE)
        CustodyLine(self._node, tall, self._last, self._continued).draw(page, line, top, LINE)
        self._row.draw(page, x, top, width)
        # The rule leaves the line open, which runs from the first to the last.
        for left, right in sides:
            page.rule((left, top - tall), (right, top - tall), measures.HAIR, FAINT)

    def split(self, width: float, room: float) -> tuple[Block, Block] | None:
        parts = self._row.split(width, room - measures.HAIR) if self.height(width) > PARTED else None
        if parts is None:
            return None
        head = Lined(self._node, parts[0], self._tongue, last=False, continued=self._continued)
        return head, Lined(self._node, parts[1], self._tongue, last=self._last, continued=True)


def lined_row(time: Block, others: list[Column], tongue: Tongue) -> Row:
    """A row whose first column is the time and whose second is left to the line."""
    columns = [Column(time, TIME, 2 * MM), Column(Space(0), LINE), *others]
    return Row(tongue.setter.ordered(columns), _PAD, _PAD, from_right=tongue.setter.from_right)
