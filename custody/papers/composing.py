"""Setting a paper: title, facts, square code, sections, lines to sign on, over as many pages as it takes."""

import io
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from typing import BinaryIO, Final

from custody.papers import measures
from custody.papers.book import Book, Furniture, Numbers, at_rest
from custody.papers.languages import Setting, setting
from custody.papers.paper import Command, Digest, Drawing, Languages, Paper, Row, Section, Table
from custody.papers.parts import Drawn, Place, Signatures
from custody.papers.tables import PAD, Ruled
from custody.papers.words import Words
from custody.typesetting import blocks
from custody.typesetting.bidi import isolate, spelled_out
from custody.typesetting.blocks import Block, Paragraph, Pile, Rule, Space
from custody.typesetting.documents import MM, About, Document
from custody.typesetting.marks import SquareCode
from custody.typesetting.metadata import Part
from custody.typesetting.structure import Role
from custody.typesetting.text import Span

_FROM_CODE: Final = 6 * MM
_UNDER_HEADING: Final = 22 * MM  # a heading is not the last thing on a page
_STATE: Final = Words("State at", "الحال في")


def write(paper: Paper, to: BinaryIO, *, part: Part = 3) -> str:
    """Write a paper as PDF/A and return the SHA-256 of its bytes as hex; `part` is that of ISO 19005.

    Raises MissingGlyphError where a character cannot be drawn, TypesettingError for what fits on no page.
    """
    return at_rest(lambda numbers: _set(paper, numbers, part)).write(to)


def compose(paper: Paper) -> bytes:
    """The PDF of a paper; raises what `write` raises."""
    to = io.BytesIO()
    write(paper, to)
    return to.getvalue()


def _set(paper: Paper, numbers: Numbers, part: Part) -> tuple[Document, Numbers]:
    document = Document(_about(paper), part=part)
    setter = setting(paper.languages)
    book = Book(document, _furniture(paper, setter), numbers)
    book.begin("paper", setter.chosen(paper.title).joined)
    book.add([Space(2 * MM), setter.title(paper.title, paper.kind), Space(6 * MM)])
    if paper.rows:
        book.add([Rule(measures.DOCKET), *_rows(paper.rows, setter), Rule(measures.DOCKET)])
    if paper.code or paper.digests:
        book.add([Space(6 * MM), _seal(paper, setter)])
    for section in paper.sections:
        _add_section(book, section, setter)
    if paper.signatures:
        labels = [setter.chosen(label) for label in paper.signatures]
        book.add_at_foot(Signatures(labels, right_to_left=paper.languages is Languages.ARABIC))
    return document, book.finish()


def _about(paper: Paper) -> About:
    title = paper.title if paper.languages is not Languages.ARABIC else Words(paper.title.ar, "")
    language = "ar" if paper.languages is Languages.ARABIC else "en"
    named = spelled_out(f"{title.en} · {paper.number}")
    return About(named, spelled_out(paper.author), spelled_out(paper.kind.en), paper.software, language, paper.as_of)


def _furniture(paper: Paper, setter: Setting) -> Furniture:
    title, said = setter.chosen(paper.title), setter.chosen(_STATE)
    moment = isolate(f"{paper.as_of:%Y-%m-%d %H:%M} UTC")
    return Furniture(
        left=title.en,
        right=title.ar,
        marking=setter.chosen(paper.marking) if paper.marking else None,
        state=[Span(f"{said.en or said.ar} ", measures.SMALL), Span(moment, measures.CODE.sized(7.5))],
        number=paper.number,
        demonstration=paper.demonstration,
        right_to_left=paper.languages is Languages.ARABIC,
    )


def _rows(rows: Sequence[Row], setter: Setting) -> list[Block]:
    return [setter.row(row.label, row.value, Place("the rows"), claimed=row.claimed) for row in rows]


def _seal(paper: Paper, setter: Setting) -> Block:
    place = Place("the digests")
    beside: list[Block] = [setter.digest(shown, place) for shown in paper.digests]
    side = paper.code_mm * MM
    if paper.note:
        beside.append(_note(paper.note, setter, place, measures.WIDTH - side - _FROM_CODE))
    if not paper.code:
        return Pile(beside)
    columns = [
        blocks.Column(SquareCode(paper.code, side), side + _FROM_CODE, _FROM_CODE),
        blocks.Column(Pile(beside) if beside else Space(0), measures.WIDTH - side - _FROM_CODE),
    ]
    return blocks.Row(setter.ordered(columns), from_right=setter.from_right)


def _note(note: Words, setter: Setting, place: Place, width: float) -> Block:
    sides = [
        Paragraph(text, measures.NOTE, 12, place=place.name, base=base)
        for base, text in enumerate(setter.chosen(note))
        if text
    ]
    wide = (width - 6 * MM * (len(sides) - 1)) / len(sides)
    columns = [blocks.Column(side, wide + 6 * MM, 6 * MM) for side in sides[:-1]]
    return blocks.Row([*columns, blocks.Column(sides[-1], wide)], 1 * MM)


def _add_section(book: Book, section: Section, setter: Setting) -> None:
    heading = Pile(
        [Space(5.5 * MM), setter.heading(section.title), Space(1 * MM), Rule(measures.HAIR), Space(1.5 * MM)]
    )
    place = Place(f"section {section.title.en!r}")
    book.need(heading.height(measures.WIDTH) + _under_heading(section, setter, place))
    book.add([heading])
    for kind, group in groupby(section.parts, type):
        if kind is Digest:
            book.add(_digests([part for part in group if isinstance(part, Digest)], setter, place))
            continue
        for part in group:
            if isinstance(part, Table):
                book.add_under(_table_head(part, setter, place), _table_rows(part, setter, place))
            elif not isinstance(part, Digest):
                book.add([_part(part, setter, place)])


def _under_heading(section: Section, setter: Setting, place: Place) -> float:
    """How much has to stand under a heading at least: all of it where somebody signed, for what is signed is named."""
    if not any(isinstance(part, Drawing) for part in section.parts):
        return _UNDER_HEADING
    parts = [part for part in section.parts if isinstance(part, Words | Row | Command | Drawing)]
    return sum(_part(part, setter, place).height(measures.WIDTH) for part in parts)


def _digests(digests: Sequence[Digest], setter: Setting, place: Place) -> list[Block]:
    """Two beside one another; what is compared sign by sign stays on one page."""
    found: list[Block] = []
    for start in range(0, len(digests), 2):
        pair = [setter.digest(shown, place) for shown in digests[start : start + 2]]
        columns = [blocks.Column(block, measures.HALF, 4 * MM) for block in pair]
        row = blocks.Row(setter.ordered(columns), 1 * MM, from_right=setter.from_right)
        found.append(replace(row, fixed=row.height(measures.WIDTH)))
    return found


def _part(part: Words | Row | Command | Drawing, setter: Setting, place: Place) -> Block:
    match part:
        case Words():
            return setter.paragraph(part, measures.BODY, place)
        case Row():
            return setter.row(part.label, part.value, place, claimed=part.claimed)
        case Command():
            return Pile([Space(1 * MM), _command(part.text, place), Space(1 * MM)])
        case Drawing():
            return Drawn(part.strokes, (part.width, part.height), setter.chosen(part.label))


def _command(text: str, place: Place) -> Block:
    return Paragraph(isolate(text), measures.CODE.sized(7.5), 11, place=place.name, base=0)


def _table_head(table: Table, setter: Setting, place: Place) -> Block:
    cells = [setter.head_cell(column, place) for column in table.columns]
    return Pile([_line(table, cells, setter, Role.HEAD), Rule(measures.HAIR)])


def _table_rows(table: Table, setter: Setting, place: Place) -> list[Block]:
    found: list[Block] = []
    for index, row in enumerate(table.rows):
        inside = place.inside(f"row {index + 1}")
        cells = [setter.cell(value, column.kind, inside) for value, column in zip(row, table.columns, strict=True)]
        found.append(Ruled(_line(table, cells, setter, Role.CELL), flagged=index in table.flagged))
    return found


def _line(table: Table, cells: Sequence[Block], setter: Setting, role: Role) -> blocks.Row:
    columns = [blocks.Column(cell, width, 2.5 * MM) for cell, width in zip(cells, table.widths, strict=True)]
    return blocks.Row(setter.ordered(columns), PAD, PAD, cells=role, from_right=setter.from_right)
