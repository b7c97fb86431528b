"""The pages of a printed paper: sheets with running head and foot, filled with blocks, and numbers known beforehand.

A page says "3 / 12", and a list of contents names pages that come later. So a paper is set twice: once to learn the
numbers, and again with them, until they do not move any more.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Final

from custody.papers import measures, words
from custody.papers.parts import Place, arabic, english
from custody.papers.words import Words
from custody.typesetting.bidi import isolate
from custody.typesetting.blocks import Align, Block, Paragraph
from custody.typesetting.documents import BLACK, MM, PAGE_HEIGHT, WHITE, Document, Page
from custody.typesetting.errors import TypesettingError
from custody.typesetting.faces import MONO_STRONG, SANS_STRONG
from custody.typesetting.text import Span, Style

_MAX_PASSES: Final = 5
_FIRST_ROW: Final = 15 * MM


@dataclass(frozen=True)
class Numbers:
    """What the last pass has learned: how many pages there are, and on which one each named section begins."""

    total: int = 0
    pages: Mapping[str, int] = field(default_factory=dict)

    def page(self, key: str) -> int:
        """Page of a section; 0 in the first pass, which nobody reads."""
        return self.pages.get(key, 0)


class Book:
    """Fills the pages of one document, from the first to the last."""

    def __init__(self, document: Document, furniture: "Furniture", numbers: Numbers) -> None:
        self.numbers = numbers
        self._document = document
        self._furniture = furniture
        self._heads: list[Block] = []
        self._heard: list[Block] = []
        self._y = measures.TOP
        self._open = False
        self._starts: dict[str, int] = {}
        # The first pass only measures: nobody will see its pages.
        self._draws = numbers.total > 0

    def begin(self, key: str, title: str, *, group: str | None = None, head: Block | None = None) -> None:
        """Start a section on a new page; `head` is repeated on each of its pages.

        A section that belongs to a group stands one level deeper in the outline; `group` is the title of the group at
        its first section and empty at the others.
        """
        self._end_page()
        self._heads = [head] if head else []
        self._heard = []
        self._document.structure.begin_section()
        self._new_page()
        self._heard = list(self._heads)
        self._starts[key] = self._document.pages + 1
        self._document.anchor(key)
        if group:
            self._document.anchor(f"group-{key}")
            self._document.outline(group, f"group-{key}", 0)
        self._document.outline(title, key, 0 if group is None else 1)

    def add(self, blocks: Iterable[Block]) -> None:
        """Put blocks below what stands on the page, and go on to the next pages as needed."""
        for block in blocks:
            self._put(block)

    def need(self, points: float) -> None:
        """Go on to the next page unless this much room is left, so that what belongs together stays together."""
        if points > self._y - measures.FOOT:
            self._end_page()
            self._new_page()

    def add_under(self, head: Block, blocks: Sequence[Block]) -> None:
        """Put blocks below a head that is repeated on each page on which they go on. It never stands alone."""
        first = blocks[0].height(measures.WIDTH) if blocks else 0
        self.need(head.height(measures.WIDTH) + min(first, _FIRST_ROW))
        self._put(head)
        self._heads.append(head)
        self._heard.append(head)
        self.add(blocks)
        self._heads.pop()
        self._heard.pop()

    def add_at_foot(self, block: Block) -> None:
        """Put a block at the lower edge of the text, on this page if it has room."""
        tall = block.height(measures.WIDTH)
        self.need(tall)
        self._draw(block, measures.FOOT + tall)
        self._y = measures.FOOT

    def finish(self) -> Numbers:
        """End the last page and say what the next pass needs to know."""
        self._end_page()
        return Numbers(self._document.pages, self._starts)

    def _put(self, block: Block) -> None:
        fresh = False
        while True:
            tall, room = block.height(measures.WIDTH), self._y - measures.FOOT
            if tall <= room + 0.01:
                self._draw(block, self._y)
                self._y -= tall
                return
            parts = block.split(measures.WIDTH, room)
            if parts:
                self._draw(parts[0], self._y)
                block = parts[1]
            elif fresh:
                raise TypesettingError(f"a block of {tall / MM:.0f} mm does not fit on any page")
            self._end_page()
            self._new_page()
            fresh = True

    def _new_page(self) -> None:
        self._open = True
        self._y = measures.TOP
        if self._draws:
            with self._document.structure.artifact():
                self._furniture.draw(self._document.page, self._document.pages + 1, self.numbers.total)
        for head in self._heads:
            # Heard once, at the place where it stands first: what returns on each page is an artifact.
            with self._document.structure.artifact() if any(one is head for one in self._heard) else nullcontext():
                self._draw(head, self._y)
            self._y -= head.height(measures.WIDTH)

    def _draw(self, block: Block, top: float) -> None:
        if self._draws:
            block.draw(self._document.page, measures.LEFT, top, measures.WIDTH)

    def _end_page(self) -> None:
        if self._open:
            self._document.finish_page()
            self._open = False


@dataclass(frozen=True, kw_only=True)
class Furniture:
    """What stands on every page around its text.

    `left` and `right` are the matter in the running head; `state` stands left in the foot; `number` is continued by
    the number of the page. Any of them may be empty. `right_to_left` turns the foot round, for pages in Arabic alone.
    """

    left: str = ""
    right: str = ""
    marking: Words | None = None
    state: Sequence[Span] = ()
    number: str = ""
    demonstration: bool = False
    right_to_left: bool = False

    def draw(self, page: Page, number: int, total: int) -> None:
        """Draw head and foot of one page."""
        if self.demonstration:
            self._band(page)
        self._running_head(page)
        self._running_foot(page, number, total)

    def _running_head(self, page: Page) -> None:
        place, top = Place("the running head"), PAGE_HEIGHT - 11 * MM
        boxed = self._stamp(page, self.marking.joined, top) if self.marking else 0
        side = (measures.WIDTH - boxed) / 2 - 4 * MM
        _one_line(self.left, 0, side, place).draw(page, measures.LEFT, top, side)
        _one_line(self.right, 1, side, place).draw(page, measures.RIGHT - side, top, side)

    @staticmethod
    def _stamp(page: Page, text: str, top: float) -> float:
        """Draw the marking in its box and return the width that it takes."""
        style = Style(SANS_STRONG, 8)
        stamp = Paragraph(text, style, 17, place="the marking", base=0, align=Align.CENTRE)
        wide = stamp.lines(measures.WIDTH)[0].width + 6 * MM
        page.box((measures.MIDDLE - wide / 2, top - 17 + 0.6, wide, 15.8), weight=0.35 * MM)
        stamp.draw(page, measures.MIDDLE - wide / 2, top, wide)
        return wide

    @staticmethod
    def _band(page: Page) -> None:
        top, tall = PAGE_HEIGHT - 4 * MM, 5 * MM
        page.box((measures.LEFT, top - tall, measures.WIDTH, tall), fill=BLACK)
        style, place = Style(SANS_STRONG, 7.5, WHITE), Place("the demonstration stamp")
        inner, pad = measures.WIDTH - 4 * MM, 2 * MM
        english(words.DEMONSTRATION.en, style, place, tall).draw(page, measures.LEFT + pad, top, inner)
        arabic(words.DEMONSTRATION.ar, style, place, tall).draw(page, measures.LEFT + pad, top, inner)

    def _running_foot(self, page: Page, number: int, total: int) -> None:
        top, place = 16 * MM, Place("the running foot")
        page.rule((measures.LEFT, top), (measures.RIGHT, top), measures.HAIR)
        style, top = measures.SMALL, top - 1.5 * MM
        numbered = isolate(f"{self.number}-{number:06d}") if self.number else ""
        paged = f"{number} / {total}"
        for content, kind, align in (
            (self.state, style, Align.START),
            (numbered, Style(MONO_STRONG, 7.5), Align.CENTRE),
            (isolate(paged) if self.right_to_left else paged, style, Align.END),
        ):
            foot = Paragraph(content, kind, 10, place=place.name, base=int(self.right_to_left), align=align)
            foot.draw(page, measures.LEFT, top, measures.WIDTH)


def _one_line(text: str, base: int, width: float, place: Place) -> Paragraph:
    """The text on one line, shortened at a word where it is too long: the cover has the whole of it."""
    line = Paragraph(text, measures.SMALL, 17, place=place.name, base=base)
    words_ = text.split()
    while len(line.lines(width)) > 1 and len(words_) > 1:
        words_.pop()
        line = Paragraph(" ".join(words_) + " …", measures.SMALL, 17, place=place.name, base=base)
    return line


def at_rest(set_pages: Callable[[Numbers], tuple[Document, Numbers]]) -> Document:
    """Set pages again and again until the numbers they learned are the ones they were set with."""
    numbers = Numbers()
    for _ in range(_MAX_PASSES):
        document, found = set_pages(numbers)
        if found == numbers:
            return document
        numbers = found
    raise TypesettingError("the page numbers do not come to rest")
