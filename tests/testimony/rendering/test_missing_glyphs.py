"""A character that no face has stops the dossier and says where it stands."""

from dataclasses import replace
from io import BytesIO

import pytest

from custody.typesetting.errors import MissingGlyphError
from custody.typesetting.faces import SANS
from custody.typesetting.text import Span, Style, Text
from testimony.core import dossier as tree
from testimony.rendering import render
from tests.testimony import trees


def test_the_message_names_the_character_and_the_place() -> None:
    with pytest.raises(MissingGlyphError, match=r"U\+1F33F.*in the caption of P-1"):
        Text([Span("leaf \U0001f33f", Style(SANS))], base=None, place="the caption of P-1")


def test_a_dossier_with_such_a_caption_is_not_made() -> None:
    dossier = trees.dossier()
    exhibit = replace(dossier.exhibits[1], caption="a leaf \U0001f33f")
    asked: list[int] = []

    def out(number: int) -> BytesIO:
        asked.append(number)
        return BytesIO()

    with pytest.raises(MissingGlyphError, match="exhibit P-2, row 'Caption'"):
        render(replace(dossier, exhibits=(dossier.exhibits[0], exhibit)), trees.reader, out)
    assert asked == []


def test_a_statement_says_which_paragraph() -> None:
    statement = trees.statement("S-1")
    paragraph = tree.StatementParagraph(2, "一", "", tree.Basis.NOT_STATED)
    changed = replace(statement, paragraphs=(statement.paragraphs[0], paragraph))
    with pytest.raises(MissingGlyphError, match="statement S-1, paragraph 2"):
        render(trees.dossier(statements=(changed,)), trees.reader, lambda _: BytesIO())
