"""The words by which each translator answers for a translation, with a line to sign on."""

from custody.papers.paper import Code
from custody.typesetting.blocks import Block, Space
from custody.typesetting.documents import MM
from testimony.core import dossier as tree
from testimony.rendering import words
from testimony.rendering import words_statements as told_of
from testimony.rendering.pages import Pages
from testimony.rendering.slips import Docket
from testimony.rendering.taking import spoken
from testimony.rendering.tongue import Told, filled_in


def add_translators(pages: Pages, dossier: tree.Dossier) -> None:
    """Put the certificate of each translation; say which translations have none."""
    pages.begin("translators", Docket("", dossier.cover.dossier, words.TRANSLATORS), "the translators")
    pages.note(told_of.TRANSLATORS_NOTE)
    certified = [statement for statement in dossier.statements if statement.taken.translator]
    if not certified:
        pages.prose(told_of.NO_TRANSLATOR)
    for statement in certified:
        _add(pages, statement)
    for statement in dossier.statements:
        if not statement.taken.translator and any(each.translation for each in statement.paragraphs):
            pages.prose(filled_in(told_of.UNCERTIFIED, mark=statement.mark))


def _add(pages: Pages, statement: tree.Statement) -> None:
    translator, tongue = statement.taken.translator, pages.tongue
    if translator is None:
        return
    place = pages.place.inside(f"the certificate of {translator.code} for {statement.mark}")
    mark = (Code(statement.mark, strong=True), Code(statement.code))
    blocks: list[Block] = [
        Space(3 * MM),
        tongue.told(Told(told_of.OF_STATEMENT, mark), place),
        tongue.told(Told(told_of.TRANSLATOR, spoken(translator)), place),
        Space(2 * MM),
        tongue.written(translator.words, place) if translator.words else tongue.cell(words.NOT_RECORDED, place),
        pages.signature_lines([filled_in(told_of.TRANSLATOR_SIGNS, code=translator.code), words.DAY]),
        Space(3 * MM),
    ]
    pages.together(blocks)
