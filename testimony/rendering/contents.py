"""The second page: what is inside, where it stands, and what was left out."""

from typing import Final

from custody.papers import measures
from custody.papers.book import Book
from custody.papers.parts import Place, Slip, arabic, both, english
from custody.papers.words import Words
from custody.typesetting.bidi import isolate
from custody.typesetting.blocks import Align, Block, Column, Paragraph, Pile, Row, Rule, Space
from custody.typesetting.documents import FAINT, MM
from custody.typesetting.text import Span, Style
from testimony.core import dossier as tree
from testimony.rendering import words

_PLACE: Final = Place("the list of exhibits")
_WIDTHS: Final = (18 * MM, 52 * MM, 85 * MM, 15 * MM)


def add_contents(book: Book, dossier: tree.Dossier) -> None:
    """Put the list of exhibits and statements, each with its page, and the list of what was withheld."""
    cover = dossier.cover
    slip = Slip("", cover.dossier, words.LIST.en, words.LIST.ar, f"{cover.case_code}")
    book.begin("contents", f"{words.LIST.en} · {words.LIST.ar}", head=slip)
    book.add([Space(3.5 * MM), both(words.LIST_NOTE, measures.NOTE, _PLACE, 12.5), Space(3 * MM)])
    book.add([_row([_pair(words.MARK), _pair(words.EVIDENCE_NUMBER), _pair(words.TITLE), _pair(words.PAGE)])])
    for statement in dossier.statements:
        key = statement_key(statement)
        book.add_linked(_statement(statement, book.numbers.page(key)), key)
    for exhibit in dossier.exhibits:
        key = exhibit_key(exhibit)
        book.add_linked(_exhibit(exhibit, book.numbers.page(key)), key)
    if dossier.withheld:
        book.add([Space(8 * MM), *_withheld(dossier)])


def exhibit_key(exhibit: tree.Exhibit) -> str:
    """Name of the first page of an exhibit."""
    return f"exhibit-{exhibit.mark}"


def statement_key(statement: tree.Statement) -> str:
    """Name of the first page of a statement."""
    return f"statement-{statement.mark}"


def _row(cells: list[Block]) -> Pile:
    columns = [Column(cell, width, 2 * MM) for cell, width in zip(cells, _WIDTHS, strict=True)]
    return Pile([Row(columns, 1.4 * MM, 1.4 * MM), Rule(measures.HAIR, FAINT)])


def _pair(label: Words) -> Pile:
    style = measures.SMALL_STRONG
    return Pile([english(label.en, style, _PLACE, 11), Paragraph(label.ar, style, 12, place=_PLACE.name, base=0)])


def _number(page: int) -> Paragraph:
    return Paragraph(str(page), measures.BODY, 13, place=_PLACE.name, base=0)


def _mark(mark: str) -> Paragraph:
    return english(mark, measures.STRONG, _PLACE, 13)


def _titles(arabic_title: str, latin_title: str, place: Place) -> Pile:
    found: list[Block] = []
    if latin_title:
        found.append(english(isolate(latin_title), measures.BODY, place, 13))
    if arabic_title:
        found.append(arabic(arabic_title, measures.BODY, place, 15))
    return Pile(found)


def _exhibit(exhibit: tree.Exhibit, page: int) -> Pile:
    place = _PLACE.inside(f"exhibit {exhibit.mark}")
    code: list[Block] = [
        Paragraph(isolate(exhibit.ern), measures.CODE_STRONG, 13, place=place.name, base=0),
        Paragraph(
            isolate(f"{exhibit.sha256[:8]} {exhibit.sha256[8:16]} …"),
            Style(measures.CODE.typeface, 7.5, measures.LABEL.ink),
            11,
            place=place.name,
            base=0,
        ),
    ]
    title = _titles(exhibit.title.arabic, exhibit.title.latin, place)
    return _row([_mark(exhibit.mark), Pile(code), title, _number(page)])


def _statement(statement: tree.Statement, page: int) -> Pile:
    place = _PLACE.inside(f"statement {statement.mark}")
    code = Paragraph(isolate(statement.code), measures.CODE_STRONG, 13, place=place.name, base=0)
    title = _titles(
        f"{words.STATEMENT_OF.ar} {isolate(statement.witness)}", f"{words.STATEMENT_OF.en} {statement.witness}", place
    )
    return _row([_mark(statement.mark), code, title, _number(page)])


def _withheld(dossier: tree.Dossier) -> list[Block]:
    place = _PLACE.inside("what was withheld")
    blocks: list[Block] = [
        english(words.WITHHELD.joined, measures.STRONG, place, 16),
        Rule(measures.HAIR),
    ]
    for piece in dossier.withheld:
        spans = [Span(isolate(piece.code), measures.CODE_STRONG), Span(f"  {piece.reason}", measures.BODY)]
        blocks += [
            Space(1.2 * MM),
            Paragraph(spans, measures.BODY, 13, place=place.name, base=0, align=Align.LEFT),
            Space(1.2 * MM),
            Rule(measures.HAIR, FAINT),
        ]
    return blocks
