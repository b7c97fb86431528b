"""Custody schedules: from the first holder to the day of the dossier, one table for each exhibit."""

from collections.abc import Sequence
from typing import Final

from custody.papers import measures, paper
from custody.papers.paper import Code
from custody.papers.parts import Place
from custody.papers.words import Words
from custody.typesetting.blocks import Block, Column, Pile, Row, Rule, Space
from custody.typesetting.documents import MM
from custody.typesetting.marks import Node
from testimony.core import dossier as tree
from testimony.rendering import words
from testimony.rendering import words_exhibits as sheets
from testimony.rendering.keys import schedule_key
from testimony.rendering.lines import LINE, TIME, Lined, lined_row
from testimony.rendering.pages import Pages
from testimony.rendering.slips import Docket
from testimony.rendering.tongue import CELL, CELL_STRONG, Lines, Tongue, Value, filled_in, is_recorded, said

_WHAT, _WHO, _WHY, _ENTRY = (48 * MM, 29 * MM, 39 * MM, 21 * MM)
_GAP: Final = 2 * MM
_FACING: Final = 5 * MM  # where a column ends in Arabic and the next one begins in English


def add_schedules(pages: Pages, dossier: tree.Dossier) -> None:
    """Put the custody schedule of each exhibit; without any, say so."""
    if not dossier.exhibits:
        pages.begin("schedules", Docket("", dossier.cover.dossier, words.SCHEDULES), "the custody schedules")
        pages.prose(sheets.NO_LINE)
    marks = [exhibit.mark for exhibit in dossier.exhibits]
    for index, exhibit in enumerate(dossier.exhibits):
        _add(pages, exhibit, pages.group(words.SCHEDULES, marks, index))


def _add(pages: Pages, exhibit: tree.Exhibit, group: str) -> None:
    docket = Docket(exhibit.mark, exhibit.ern, words.SCHEDULE, sheets.FROM_FIRST)
    title = f"{exhibit.mark} · {pages.tongue.line(words.SCHEDULE)}"
    place = f"the custody schedule of {exhibit.mark}"
    pages.begin(schedule_key(exhibit.mark), docket, place, group=group, title=title)
    pages.note(sheets.SCHEDULE_NOTE, Place("the note on custody schedules"))
    if not exhibit.custody:
        pages.fault(sheets.NO_LINE)
        return
    found: list[Block] = []
    for index, event in enumerate(exhibit.custody):
        inside = pages.place.inside(f"line {index + 1}")
        row = lined_row(_time(event, pages.tongue, inside), _cells(event, pages.tongue, inside), pages.tongue)
        last = index == len(exhibit.custody) - 1
        found.append(Lined(Node(event.kind.value), row, pages.tongue, last=last))
    pages.under(_head(pages.tongue, Place("the head of a custody schedule")), found)
    seen = filled_in(sheets.SEEN, times=exhibit.seen_times, people=exhibit.seen_people)
    pages.add(Space(4 * MM))
    pages.note(seen)


def _head(tongue: Tongue, place: Place) -> Pile:
    titles = [sheets.WHEN, None, sheets.WHAT, sheets.WHO, sheets.AUTHORITY, sheets.ENTRY]
    widths = (TIME, LINE, _WHAT, _WHO, _WHY, _ENTRY)
    columns = [
        Column(_title(title, tongue, place) if title else Space(0), width, _GAP)
        for title, width in zip(titles, widths, strict=True)
    ]
    row = Row(tongue.setter.ordered(columns), 1 * MM, 1 * MM, from_right=tongue.setter.from_right)
    return Pile([Rule(measures.HAIR), row, Rule(measures.HAIR)])


def _title(title: Words, tongue: Tongue, place: Place) -> Block:
    return tongue.setter.head_cell(paper.Column(tongue.filled(title), 1), place)


def _time(event: tree.CustodyEvent, tongue: Tongue, place: Place) -> Block:
    values: list[Value] = [*_moment(event.time)]
    if event.until:
        values += [sheets.UNTIL, *_moment(event.until)]
    return tongue.cell(Lines(_short(values, tongue)), place)


def _short(values: Sequence[Value], tongue: Tongue) -> list[Value]:
    """The word between two times on one line, also where it stands in both languages."""
    return [
        Words(tongue.line(each), tongue.line(each) if not tongue.both else "") if isinstance(each, Words) else each
        for each in values
    ]


def _moment(time: str) -> list[Value]:
    """Day and clock on two lines for a recorded time; what is only told stands as it was told."""
    if not time:
        return [words.NOT_KNOWN]
    return [Code(time[:10]), Code(time[11:19])] if is_recorded(time) else [Code(time)]


def _cells(event: tree.CustodyEvent, tongue: Tongue, place: Place) -> list[Column]:
    style = CELL_STRONG if event.kind is tree.LineKind.GAP else CELL
    entry: list[Value] = [Code(f"{event.entry:,}") if event.entry is not None else sheets.NO_ENTRY]
    if event.digest:
        entry.append(Code(event.digest[:8]))
    who: Value = event.who or words.NOT_KNOWN
    gap = _FACING if tongue.both else _GAP
    return [
        Column(tongue.cell(said(event.what), place, style), _WHAT, gap),
        Column(tongue.cell(who, place), _WHO, gap),
        Column(tongue.cell(said(event.authority), place), _WHY, gap),
        Column(tongue.cell(Lines(entry), place), _ENTRY),
    ]
