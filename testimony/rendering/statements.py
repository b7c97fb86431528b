"""Statements: numbered paragraphs with the number on the spine, original and translation beside one another."""

from custody.papers import measures
from custody.papers.book import Book
from custody.papers.parts import Fact, Place, Signatures, Slip, Spined, arabic, digest_lines, english, facts
from custody.papers.words import Words, arabic_digits
from custody.typesetting.bidi import isolate
from custody.typesetting.blocks import Align, Block, Column, Paragraph, Row, Rule, Space, Whole
from custody.typesetting.documents import MM, WHITE, Page
from custody.typesetting.faces import SANS_STRONG
from custody.typesetting.text import Span, Style
from testimony.core import dossier as tree
from testimony.rendering import words
from testimony.rendering.contents import statement_key

_SIDE = 78 * MM
_SPINE = 14 * MM
_AFTER = 4 * MM


class _Number(Whole):
    """The number of a paragraph on the spine, in the digits of both scripts."""

    def __init__(self, number: int) -> None:
        style = Style(SANS_STRONG, 9)
        place = f"paragraph number {number}"
        self._lines = [
            Paragraph(text, style, 13, place=place, base=0, align=Align.CENTRE)
            for text in (str(number), arabic_digits(number))
        ]

    def height(self, width: float) -> float:
        return 28

    def draw(self, page: Page, x: float, top: float, width: float) -> None:
        page.box((x + 2 * MM, top - 29, width - 4 * MM, 30), fill=WHITE)
        for index, number in enumerate(self._lines):
            number.draw(page, x, top - 1.5 - index * 13, width)


def add_statement(book: Book, statement: tree.Statement) -> None:
    """Put one statement, with its consent line, on pages of its own."""
    place = Place(f"statement {statement.mark}")
    slip = Slip(
        statement.mark,
        statement.code,
        f"{words.STATEMENT_OF.en} {statement.witness}",
        f"{words.STATEMENT_OF.ar} {isolate(statement.witness)}",
        _language(statement).ar,
    )
    title = f"{statement.mark} · {statement.code} · {statement.witness}"
    book.begin(statement_key(statement), title, head=slip)
    book.add([Space(2 * MM), *facts(_facts(statement), place), *_heads(statement, place)])
    for paragraph in statement.paragraphs:
        book.add([Spined(_paragraph(statement, paragraph, place))])
    signature = Words(words.SIGNATURE.en, words.SIGNATURE.ar)
    book.add_at_foot(Signatures([words.TAKER, signature]))


def _language(statement: tree.Statement) -> Words:
    return words.LANGUAGES.get(statement.language, Words(statement.language, statement.language))


def _facts(statement: tree.Statement) -> list[Fact]:
    consent = statement.consent
    scope = words.SCOPES.get(consent.scope, Words(consent.scope, ""))
    agreed = [
        Span(isolate(consent.consent), measures.CODE_STRONG),
        Span(f"  {scope.joined}  ", measures.BODY),
        Span(isolate(consent.given_on), measures.CODE),
    ]
    language = _language(statement)
    relation = words.RELATIONS.get(statement.relation, Words(statement.relation, ""))
    first, second = digest_lines(statement.sha256)
    return [
        Fact(words.CONSENT, agreed),
        Fact(words.RELATION, relation.joined),
        Fact(words.TAKEN_ON, [Span(isolate(statement.taken_on), measures.CODE)]),
        Fact(words.LANGUAGE, language.joined),
        Fact(words.TEXT_DIGEST, [Span(isolate(f"{_held(first)} {_held(second)}"), measures.CODE.sized(7.5))]),
    ]


def _held(line: str) -> str:
    """Groups of a digest that stay on one line."""
    return line.replace(" ", "\u00a0")


def _heads(statement: tree.Statement, place: Place) -> list[Block]:
    """Say which side is the original; a side that is empty says so too."""
    translated = any(paragraph.translation for paragraph in statement.paragraphs)
    other = words.TRANSLATION if translated else words.UNTRANSLATED
    left, right = (other, words.ORIGINAL_TEXT) if statement.language == "ar" else (words.ORIGINAL_TEXT, other)
    head = Row(
        [
            Column(english(left.en, measures.LABEL, place, 12), _SIDE + _SPINE, _SPINE),
            Column(arabic(right.ar, measures.LABEL, place, 12), _SIDE),
        ],
        4 * MM,
        2 * MM,
    )
    return [head, Rule(0.01, WHITE)]


def _paragraph(statement: tree.Statement, paragraph: tree.StatementParagraph, place: Place) -> Row:
    """Original and translation beside the number; Arabic always stands on the right, Latin on the left."""
    inside = place.inside(f"paragraph {paragraph.number}")
    in_arabic, in_latin = paragraph.translation, paragraph.text
    if statement.language == "ar":
        in_arabic, in_latin = paragraph.text, paragraph.translation
    basis = words.BASES[paragraph.basis]
    left = _side(in_latin, basis.en, 0, 16, inside) if in_latin else Space(0)
    right = _side(in_arabic, basis.ar, 1, 19, inside) if in_arabic else Space(0)
    columns = [Column(left, _SIDE), Column(_Number(paragraph.number), _SPINE), Column(right, _SIDE)]
    return Row(columns, 0, _AFTER)


def _side(text: str, basis: str, base: int, leading: float, place: Place) -> Paragraph:
    spans = [Span(text, measures.READING)]
    if basis:
        spans.append(Span(f" {basis}", measures.SMALL_GREY))
    return Paragraph(spans, measures.READING, leading, place=place.name, base=base)
