"""What the gate let in, what stays and by which rule, what protects people here, and how redactions are shown."""

from custody.papers.paper import Code, Column
from custody.papers.words import Words
from testimony.core import dossier as tree
from testimony.rendering import words
from testimony.rendering import words_front as front
from testimony.rendering.pages import Pages, Table
from testimony.rendering.slips import Docket
from testimony.rendering.tongue import Lines, Told, filled_in, said


def add_protection(pages: Pages, dossier: tree.Dossier) -> None:
    """Put the counts, the list of what was withheld, the measures and the legend."""
    protection = dossier.protection
    pages.begin("protection", Docket("", dossier.cover.dossier, words.PROTECTION), "consent and protection")
    pages.note(front.PROTECTION_NOTE)
    pages.rows(
        [
            Told(front.ASKED, Code(str(protection.asked))),
            Told(front.LET_IN, Code(str(protection.asked - len(protection.withheld)))),
            Told(front.LEFT_OUT, Code(str(len(protection.withheld)))),
        ]
    )
    pages.heading(front.WITHHELD_LIST)
    if protection.withheld:
        pages.table(_withheld(protection.withheld))
    else:
        pages.prose(front.NOTHING_WITHHELD)
    pages.heading(front.MEASURES)
    pages.prose(*map(said, protection.measures) if protection.measures else [front.NO_MEASURES])
    pages.heading(front.LEGEND)
    pages.prose(*(filled_in(text, suffix="-RED1") for text in front.LEGEND_TEXT))


def _withheld(withheld: tuple[tree.Withheld, ...]) -> Table:
    columns = [
        Column(words.CODE, 32),
        Column(words.KIND, 28),
        Column(front.WHY, 74),
        Column(front.RULE, 36),
    ]
    rows = [
        (
            Code(each.code, strong=True),
            front.WITHHELD_KINDS.get(each.kind, Words(each.kind, each.kind)),
            said(each.words),
            Lines([Code(reason) for reason in each.reasons]),
        )
        for each in withheld
    ]
    return Table(columns, rows)
