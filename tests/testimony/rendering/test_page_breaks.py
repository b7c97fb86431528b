"""Where pages end: no heading stands at the foot without what it heads, no page holds signature lines alone."""

from dataclasses import replace

import pytest

from custody.typesetting.blocks import Column, Paragraph
from custody.typesetting.documents import MM
from custody.typesetting.marks import Node
from custody.typesetting.text import Style
from testimony.core import dossier as tree
from testimony.rendering import words_closing, words_front, words_people, words_statements
from testimony.rendering.lines import Lined, lined_row
from testimony.rendering.tongue import tongue_of
from tests.testimony import trees
from tests.testimony.rendering.reading import needs_poppler, pages_of, plain

pytestmark = needs_poppler
_HEADINGS = tuple(
    heading.en
    for heading in (
        words_front.EXHIBIT_LIST,
        words_front.STATEMENT_LIST,
        words_front.WITHHELD_LIST,
        words_front.MEASURES,
        words_front.LEGEND,
        words_front.BRANCHES,
        words_front.SCRIPT,
        words_people.BODIES,
        words_people.GROUNDS,
        words_people.RECOGNITIONS,
        words_people.MOMENTS,
        words_statements.MENTIONED,
        words_statements.MENDED,
        words_statements.DECLARATION,
        words_closing.MANIFEST,
        words_closing.BILL,
        words_closing.HEAD,
    )
)


def _filled(count: int, edition: tree.Edition) -> tree.Dossier:
    """A dossier whose lists have this many rows, so that pages end in many places."""
    base = trees.dossier(edition=edition)
    victim, statement = base.victims[0], base.statements[0]
    tie = replace(victim.ties[0], grounds=victim.ties[0].grounds[:1] * count)
    told = statement.paragraphs[0]
    paragraphs = tuple(replace(told, number=number) for number in range(1, count + 1))
    taken = replace(statement.taken, mended=statement.taken.mended[:1] * (count // 2))
    return replace(
        base,
        victims=(replace(victim, ties=(tie,), moments=victim.moments[:1] * count),),
        statements=(replace(statement, paragraphs=paragraphs, taken=taken),),
        protection=replace(base.protection, withheld=base.protection.withheld[:1] * count),
        codes=base.codes[:1] * count,
        bill=tree.Bill(base.bill.components[:1] * count),
    )


def _content(page: str) -> list[str]:
    """The lines between head and foot."""
    lines = [plain(line) for line in page.splitlines() if line.strip()]
    return [line for line in lines if "Version 3, as of" not in line]


@pytest.mark.parametrize("count", [1, 5, 9, 12, 16, 21, 27, 34])
@pytest.mark.parametrize("edition", [tree.Edition.ENGLISH, tree.Edition.SIDE_BY_SIDE])
def test_no_heading_stands_alone_and_no_signature_line_either(count: int, edition: tree.Edition) -> None:
    for page in pages_of(_filled(count, edition)):
        lines = _content(page)
        assert not lines[-1].startswith(_HEADINGS)
        if words_statements.TAKER.en in lines[-1]:
            assert any(line.startswith(words_statements.SIGNED.en) for line in lines[2:-1])


@pytest.mark.parametrize(("paragraphs", "parted"), [(3, False), (40, True)])
def test_a_low_row_beside_the_line_stays_whole(paragraphs: int, parted: bool) -> None:
    text = Paragraph("Received by the archive " * paragraphs, Style(size=9), 13, place="a row")
    row = lined_row(text, [Column(text, 100)], tongue_of(tree.Edition.ENGLISH))
    lined = Lined(Node.EVENT, row, tongue_of(tree.Edition.ENGLISH), last=True)
    assert (lined.split(170 * MM, lined.height(170 * MM) - 14) is not None) is parted
