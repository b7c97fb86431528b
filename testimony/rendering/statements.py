"""Statements: how they were taken, their numbered paragraphs in the order of the edition, and how they were closed."""

from custody.papers import measures
from custody.papers.paper import Code, Column
from custody.papers.words import Words
from custody.typesetting.blocks import Space
from custody.typesetting.documents import MM
from testimony.core import dossier as tree
from testimony.rendering import words
from testimony.rendering import words_front as front
from testimony.rendering import words_statements as told_of
from testimony.rendering.keys import statement_key
from testimony.rendering.pages import Pages, Table
from testimony.rendering.paragraphs import add_paragraphs
from testimony.rendering.slips import Docket
from testimony.rendering.taking import closing_rows, opening_rows
from testimony.rendering.tongue import filled_in


def add_statements(pages: Pages, dossier: tree.Dossier) -> None:
    """Put each statement on pages of its own; without any, say so."""
    if not dossier.statements:
        pages.begin("statements", Docket("", dossier.cover.dossier, words.STATEMENTS), "the statements")
        pages.prose(front.NO_STATEMENTS)
    marks = [statement.mark for statement in dossier.statements]
    exhibits = {exhibit.ern: exhibit.mark for exhibit in dossier.exhibits}
    for index, statement in enumerate(dossier.statements):
        _add(pages, statement, exhibits, pages.group(words.STATEMENTS, marks, index), dossier.cover.edition)


def _add(pages: Pages, statement: tree.Statement, exhibits: dict[str, str], group: str, edition: tree.Edition) -> None:
    title = filled_in(front.STATEMENT_OF, witness=statement.witness)
    docket = Docket(statement.mark, statement.code, title, words.language(statement.language))
    line = f"{statement.mark} · {statement.code} · {statement.witness}"
    key = statement_key(statement.mark)
    pages.begin(key, docket, f"statement {statement.mark}", group=group, title=line)
    pages.rows(opening_rows(statement))
    add_paragraphs(pages, statement, edition)
    _mentioned(pages, statement.taken.mentioned, exhibits)
    _mended(pages, statement.taken.mended)
    _closing(pages, statement)


def _closing(pages: Pages, statement: tree.Statement) -> None:
    """The declaration, how it was closed and the lines to sign on: what is signed stands over the signature."""
    pages.heading(told_of.DECLARATION)
    place, tongue, text = pages.place.inside("the declaration"), pages.tongue, statement.taken.declaration
    declared = tongue.written(text, place) if text else tongue.cell(told_of.NO_DECLARATION, place)
    rows = [tongue.told(told, pages.place) for told in closing_rows(statement)]
    labels = [told_of.TAKER, told_of.SIGNATURE]
    tall = pages.signature_lines(labels).height(measures.WIDTH)
    pages.together([declared, Space(2 * MM), *rows, Space(4 * MM)], under=tall)
    pages.signatures(labels)


def _mentioned(pages: Pages, mentioned: tuple[tree.Mentioned, ...], exhibits: dict[str, str]) -> None:
    if not mentioned:
        return
    pages.heading(told_of.MENTIONED)
    columns = [Column(told_of.MARK_THERE, 50), Column(words.NUMBER, 70), Column(told_of.MARK_HERE, 50)]
    rows = [
        (
            Code(each.mark),
            Code(each.ern) if each.ern else words.NOT_RECORDED,
            Code(exhibits[each.ern], strong=True) if each.ern in exhibits else told_of.NOT_HERE,
        )
        for each in mentioned
    ]
    pages.table(Table(columns, rows))


def _mended(pages: Pages, mended: tuple[tree.Mended, ...]) -> None:
    if not mended:
        return
    pages.heading(told_of.MENDED)
    columns = [Column(told_of.PARAGRAPH, 26), Column(told_of.CORRECTION, 104), Column(told_of.INITIALLED, 40)]
    rows = [(_paragraph(each.paragraph), each.what, words.YES if each.initialled else words.NO) for each in mended]
    pages.table(Table(columns, rows))


def _paragraph(number: int) -> Code | Words:
    return Code(str(number)) if number else told_of.WHOLE
