"""The line of time of a person: what has a day, in its order, and who says so."""

from custody.papers import measures, paper
from custody.papers.paper import Code
from custody.typesetting.blocks import Block, Column, Pile, Row, Rule, Space
from custody.typesetting.documents import MM
from custody.typesetting.marks import Node
from testimony.core import dossier as tree
from testimony.rendering import words
from testimony.rendering import words_people as people
from testimony.rendering.lines import LINE, TIME, Lined, lined_row
from testimony.rendering.pages import Pages
from testimony.rendering.tongue import Lines, Value, is_recorded, said

_WHAT, _BY, _GAP = 87 * MM, 50 * MM, 2 * MM


def add_moments(pages: Pages, moments: tuple[tree.Moment, ...]) -> None:
    """Put the line of time."""
    pages.heading(people.MOMENTS)
    if not moments:
        pages.prose(people.NO_MOMENT)
        return
    pages.note(people.MOMENTS_NOTE)
    found: list[Block] = []
    for index, moment in enumerate(moments):
        place = pages.place.inside(f"moment {index + 1}")
        by: list[Value] = [people.BASES.get(moment.basis, moment.basis)]
        by += [Code(moment.source)] if moment.source else []
        others = [
            Column(pages.tongue.cell(said(moment.what), place), _WHAT, 3 * _GAP),
            Column(pages.tongue.cell(Lines(by), place), _BY, _GAP),
        ]
        time = pages.tongue.cell(Lines(_time(moment.time)), place)
        node = Node.EVENT if moment.basis == "archive" else Node.CLAIM
        row = lined_row(time, others, pages.tongue)
        found.append(Lined(node, row, pages.tongue, last=index == len(moments) - 1))
    pages.under(_head(pages), found)


def _time(time: str) -> list[Value]:
    if not time:
        return [words.NOT_KNOWN]
    return [Code(time[:10]), Code(time[11:19])] if is_recorded(time) else [Code(time)]


def _head(pages: Pages) -> Pile:
    tongue = pages.tongue
    columns = [
        Column(
            tongue.setter.head_cell(paper.Column(tongue.filled(title), 1), pages.place) if title else Space(0),
            width,
            _GAP,
        )
        for title, width in (
            (people.TIME, TIME),
            (None, LINE),
            (people.WHAT, _WHAT),
            (people.SAID_BY, _BY),
        )
    ]
    row = Row(tongue.setter.ordered(columns), 1 * MM, 1 * MM, from_right=tongue.setter.from_right)
    return Pile([Rule(measures.HAIR), row, Rule(measures.HAIR)])
