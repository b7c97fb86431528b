"""Codes that stand for persons and things, numbers of branches as read, and how names are written."""

from custody.papers.paper import Code, Column
from custody.papers.words import Words
from testimony.core import dossier as tree
from testimony.rendering import words, words_statements
from testimony.rendering import words_front as front
from testimony.rendering.pages import Pages, Table
from testimony.rendering.slips import Docket
from testimony.rendering.tongue import Value


def add_codes(pages: Pages, dossier: tree.Dossier) -> None:
    """Put the table of codes, that of branches, and the note on names."""
    pages.begin("codes", Docket("", dossier.cover.dossier, words.CODES), "persons and codes")
    pages.note(front.CODES_NOTE)
    columns = [Column(words.CODE, 45), Column(words.KIND, 60), Column(front.ROLE, 65)]
    rows = [(Code(each.code, strong=True), _kind(each), _role(each)) for each in dossier.codes]
    if rows:
        pages.table(Table(columns, rows))
    else:
        pages.prose(words.NONE)
    pages.heading(front.BRANCHES)
    branches = _branches(dossier)
    if branches:
        pages.note(front.BRANCHES_NOTE)
        heads = [Column(front.BRANCH, 45), Column(front.READ_ON, 125)]
        pages.table(Table(heads, [(Code(number), Code(", ".join(read))) for number, read in branches.items()]))
    else:
        pages.prose(front.NO_BRANCH)
    pages.heading(front.SCRIPT)
    pages.prose(front.SCRIPT_TEXT)


def _kind(coded: tree.Coded) -> Words:
    return front.CODED_KINDS.get(coded.kind, Words(coded.kind, coded.kind))


def _role(coded: tree.Coded) -> Value:
    return words_statements.RELATIONS.get(coded.role, coded.role)


def _branches(dossier: tree.Dossier) -> dict[str, list[str]]:
    """Each number of a branch as read, and the bodies on whose pictures it was."""
    found: dict[str, list[str]] = {}
    for victim in dossier.victims:
        for body in victim.bodies:
            for read in body.numbers:
                for value in read.values if read.kind == "branch" else ():
                    bodies = found.setdefault(value, [])
                    bodies += [] if body.code in bodies else [body.code]
    return dict(sorted(found.items()))
