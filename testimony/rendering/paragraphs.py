"""The words of a witness: beside their translation with the number on the spine, or whole and then whole again."""

from typing import Final

from custody.papers import measures
from custody.papers.parts import Place, Spined, arabic, english
from custody.papers.words import arabic_digits
from custody.typesetting.blocks import Align, Block, Column, Paragraph, Row, Space, Whole
from custody.typesetting.documents import MM, WHITE, Page
from custody.typesetting.faces import SANS_STRONG
from custody.typesetting.text import Span, Style
from testimony.core import dossier as tree
from testimony.rendering import words
from testimony.rendering import words_statements as told_of
from testimony.rendering.pages import Pages
from testimony.rendering.tongue import Tongue, filled_in, settled

_SIDE: Final = 78 * MM
_SPINE: Final = 14 * MM
_AFTER: Final = 4 * MM
_NUMBER: Final = 12 * MM
_WIDE: Final = 140 * MM
_FROM_RIGHT: Final = frozenset({"ar", "ckb", "fa", "he", "ur"})


def add_paragraphs(pages: Pages, statement: tree.Statement, edition: tree.Edition) -> None:
    """Put the paragraphs as the edition wants them; whoever has no translation is told so."""
    translated = any(paragraph.translation for paragraph in statement.paragraphs)
    if edition is tree.Edition.FOLLOWING:
        _following(pages, statement, translated=translated)
    elif edition is tree.Edition.SIDE_BY_SIDE:
        _beside(pages, statement, translated=translated)
    elif translated and translated_into(statement) == edition.value:
        _beside(pages, statement, translated=True)
    else:
        if statement.language != edition.value:
            pages.add(Space(2 * MM))
            pages.note(filled_in(told_of.UNTRANSLATED_INTO, language=words.language(edition.value)))
        _whole(pages, statement, words_of_witness=True)


def translated_into(statement: tree.Statement) -> str:
    """The language of the translation: that of its translator, or the other one of the house."""
    translator = statement.taken.translator
    return translator.target if translator else {"ar": "en"}.get(statement.language, "ar")


def _following(pages: Pages, statement: tree.Statement, *, translated: bool) -> None:
    pages.heading(filled_in(told_of.ORIGINAL_IN, language=words.language(statement.language)))
    _whole(pages, statement, words_of_witness=True)
    if not translated:
        pages.note(told_of.UNTRANSLATED)
        return
    pages.heading(filled_in(told_of.TRANSLATION_OF, language=words.language(translated_into(statement))))
    _whole(pages, statement, words_of_witness=False)


def _whole(pages: Pages, statement: tree.Statement, *, words_of_witness: bool) -> None:
    language = statement.language if words_of_witness else translated_into(statement)
    from_right = language in _FROM_RIGHT
    pages.add(Space(3 * MM))
    for paragraph in statement.paragraphs:
        text = paragraph.text if words_of_witness else paragraph.translation
        place = pages.place.inside(f"paragraph {paragraph.number}")
        pages.add(_alone(paragraph, text, place, from_right=from_right))


def _alone(paragraph: tree.StatementParagraph, text: str, place: Place, *, from_right: bool) -> Row:
    basis, base = told_of.BASES[paragraph.basis], int(from_right)
    marked = basis.ar if from_right else basis.en
    shown = text or (told_of.PARAGRAPH_UNTRANSLATED.ar if from_right else told_of.PARAGRAPH_UNTRANSLATED.en)
    body = _side(shown, marked, base, 19 if from_right else 16, place)
    number = arabic_digits(paragraph.number) if from_right else str(paragraph.number)
    label = Paragraph(number, Style(SANS_STRONG, 9), 19 if from_right else 16, place=place.name, base=base)
    columns = [Column(label, _NUMBER), Column(body, _WIDE), Column(Space(0), measures.WIDTH - _NUMBER - _WIDE)]
    return Row(columns[::-1] if from_right else columns, 0, _AFTER)


def _beside(pages: Pages, statement: tree.Statement, *, translated: bool) -> None:
    pages.add(_heads(pages.tongue, statement, pages.place, translated=translated))
    for paragraph in statement.paragraphs:
        pages.add(Spined(_pair(statement, paragraph, pages.place)))


def _heads(tongue: Tongue, statement: tree.Statement, place: Place, *, translated: bool) -> Row:
    """Say which side is the original; a side that is empty says so too."""
    other = told_of.TRANSLATION if translated else told_of.UNTRANSLATED
    original_right = statement.language in _FROM_RIGHT
    left, right = (other, told_of.ORIGINAL_TEXT) if original_right else (told_of.ORIGINAL_TEXT, other)
    on_left = english(left.en, measures.LABEL, place, 12)
    on_right = arabic(right.ar, measures.LABEL, place, 12)
    if tongue.from_right:
        on_left = Paragraph(left.ar, measures.LABEL, 12, place=place.name, base=1, align=Align.LEFT)
    elif not tongue.both:
        on_right = Paragraph(right.en, measures.LABEL, 12, place=place.name, base=0, align=Align.END)
    return Row([Column(on_left, _SIDE + _SPINE, _SPINE), Column(on_right, _SIDE)], 4 * MM, 2 * MM)


def _pair(statement: tree.Statement, paragraph: tree.StatementParagraph, place: Place) -> Row:
    """Original and translation beside the number; what runs from the right stands on the right."""
    inside = place.inside(f"paragraph {paragraph.number}")
    on_right, on_left = paragraph.translation, paragraph.text
    if statement.language in _FROM_RIGHT:
        on_right, on_left = paragraph.text, paragraph.translation
    basis = told_of.BASES[paragraph.basis]
    left: Block = _side(on_left, basis.en, 0, 16, inside) if on_left else Space(0)
    right: Block = _side(on_right, basis.ar, 1, 19, inside) if on_right else Space(0)
    return Row([Column(left, _SIDE), Column(_Number(paragraph.number), _SPINE), Column(right, _SIDE)], 0, _AFTER)


def _side(text: str, basis: str, base: int, leading: float, place: Place) -> Paragraph:
    spans = [Span(settled(text), measures.READING)]
    if basis:
        spans.append(Span(f" {basis}", measures.SMALL_GREY))
    return Paragraph(spans, measures.READING, leading, place=place.name, base=base)


class _Number(Whole):
    """The number of a paragraph on the spine, in the digits of both scripts."""

    def __init__(self, number: int) -> None:
        style, place = Style(SANS_STRONG, 9), f"paragraph number {number}"
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
