"""Custody schedules: from the first holder to the day of the dossier, one table for each exhibit."""

from typing import Final

from custody.papers import measures
from custody.papers.book import Book
from custody.papers.parts import Place, Slip, both, english
from custody.papers.words import Words, arabic_digits
from custody.typesetting.bidi import isolate, spelled_out
from custody.typesetting.blocks import Block, Column, Paragraph, Pile, Row, Rule, Space
from custody.typesetting.documents import FAINT, MM, SHADE, Page
from custody.typesetting.marks import CustodyLine, Node
from custody.typesetting.text import Style
from testimony.core import dossier as tree
from testimony.rendering import words

_TIME, _LINE, _WHAT, _WHO, _WHY, _ENTRY = (25 * MM, 8 * MM, 48 * MM, 29 * MM, 39 * MM, 21 * MM)
_PAD: Final = 1.6 * MM
_CELL: Final = Style(measures.BODY.typeface, 8.5)
_CELL_STRONG: Final = Style(measures.STRONG.typeface, 8.5)
_TIME_STYLE: Final = measures.CODE.sized(7.5)


def schedule_key(exhibit: tree.Exhibit) -> str:
    """Name of the first page of a custody schedule."""
    return f"custody-{exhibit.mark}"


def add_schedule(book: Book, exhibit: tree.Exhibit, group: str) -> None:
    """Put the custody schedule of one exhibit."""
    place = Place(f"the custody schedule of {exhibit.mark}")
    slip = Slip(exhibit.mark, exhibit.ern, words.SCHEDULE.en, words.SCHEDULE.ar, words.FROM_FIRST.ar)
    title = f"{words.SCHEDULE.en} {exhibit.mark} · {words.SCHEDULE.ar}"
    book.begin(schedule_key(exhibit), title, group=group, head=slip)
    book.add([Space(3.5 * MM), both(words.SCHEDULE_NOTE, measures.NOTE, place, 12.5), Space(3.5 * MM), _head(place)])
    for index, event in enumerate(exhibit.custody):
        row = Row(_cells(event, place.inside(f"line {index + 1}")), _PAD, _PAD)
        book.add([_Line(event.kind, row, last=index == len(exhibit.custody) - 1)])
    book.add([Space(4 * MM), both(_seen(exhibit), _CELL, place, 12.5)])


def _seen(exhibit: tree.Exhibit) -> Words:
    times, people = exhibit.seen_times, exhibit.seen_people
    return Words(
        words.SEEN.en.format(times=times, people=people),
        words.SEEN.ar.format(times=arabic_digits(times), people=arabic_digits(people)),
    )


def _head(place: Place) -> Pile:
    titles: list[Words | None] = [words.WHEN, None, words.WHAT, words.WHO, words.AUTHORITY, words.ENTRY]
    widths = (_TIME, _LINE, _WHAT, _WHO, _WHY, _ENTRY)
    columns = [
        Column(_title(title, place) if title else Space(0), width, 2 * MM)
        for title, width in zip(titles, widths, strict=True)
    ]
    return Pile([Rule(measures.HAIR), Row(columns, 1 * MM, 1 * MM), Rule(measures.HAIR)])


def _title(title: Words, place: Place) -> Pile:
    style = measures.SMALL_STRONG
    return Pile([english(title.en, style, place, 11), english(title.ar, style, place, 12)])


class _Line:
    """One line of the schedule; its sign tells who stands behind it. What does not fit goes on over the page."""

    def __init__(self, kind: tree.LineKind, row: Block, *, last: bool, continued: bool = False) -> None:
        self._kind = kind
        self._row = row
        self._last = last
        self._continued = continued

    def height(self, width: float) -> float:
        return self._row.height(width) + measures.HAIR

    def draw(self, page: Page, x: float, top: float, width: float) -> None:
        tall = self.height(width)
        if self._kind is tree.LineKind.GAP:
            page.box((x, top - tall, _TIME, tall), fill=SHADE)
            page.box((x + _TIME + _LINE, top - tall, width - _TIME - _LINE, tall), fill=SHADE)
        node = Node(self._kind.value)
        CustodyLine(node, tall, self._last, self._continued).draw(page, x + _TIME, top, _LINE)
        self._row.draw(page, x, top, width)
        # The rule leaves the line of custody open, which runs from the first holder to the last.
        for left, right in ((x, x + _TIME), (x + _TIME + _LINE, x + width)):
            page.rule((left, top - tall), (right, top - tall), measures.HAIR, FAINT)

    def split(self, width: float, room: float) -> tuple[Block, Block] | None:
        parts = self._row.split(width, room - measures.HAIR)
        if parts is None:
            return None
        head = _Line(self._kind, parts[0], last=False, continued=self._continued)
        return head, _Line(self._kind, parts[1], last=self._last, continued=True)


def _cells(event: tree.CustodyEvent, place: Place) -> list[Column]:
    strong = event.kind is tree.LineKind.GAP
    entry = f"{event.entry:,}" if event.entry is not None else "none"
    codes: list[Block] = [_text(isolate(entry), _TIME_STYLE, place)]
    if event.digest:
        codes.append(_text(isolate(event.digest[:8]), _TIME_STYLE, place))
    return [
        Column(Pile([_text(isolate(part), _TIME_STYLE, place) for part in _times(event.time)]), _TIME, 2 * MM),
        Column(Space(0), _LINE),
        Column(_text(spelled_out(event.what), _CELL_STRONG if strong else _CELL, place), _WHAT, 2 * MM),
        Column(_text(spelled_out(event.who), _CELL, place), _WHO, 2 * MM),
        Column(_text(spelled_out(event.authority), _CELL, place), _WHY, 2 * MM),
        Column(Pile(codes), _ENTRY),
    ]


def _times(time: str) -> tuple[str, ...]:
    """Day and clock on two lines for a recorded time; what is only told stands as it was told."""
    if len(time) == len("2026-01-01T00:00:00.000Z") and time.endswith("Z"):
        return time[:10], time[11:19]
    return (time,)


def _text(content: str, style: Style, place: Place) -> Paragraph:
    return Paragraph(content, style, 12.5, place=place.name, base=0)
