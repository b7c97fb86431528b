"""Annexes: every digest, the programs that made the pages, the head of the ledger."""

from typing import Final

from custody.papers import measures
from custody.papers.paper import Code, Column
from custody.typesetting.bidi import isolate
from custody.typesetting.blocks import Align, Block, Paragraph, Pile
from testimony.core import dossier as tree
from testimony.rendering import words
from testimony.rendering import words_closing as closing
from testimony.rendering.pages import Pages, Table, number_column
from testimony.rendering.slips import Docket
from testimony.rendering.verification import add_ledger

_SMALL: Final = 6.4  # points, so that a SHA-256 fits on one line


def add_annexes(pages: Pages, dossier: tree.Dossier) -> None:
    """Put the manifest, the bill of software and the head of the ledger."""
    pages.begin("annexes", Docket("", dossier.cover.dossier, words.ANNEXES), "the annexes")
    pages.heading(closing.MANIFEST)
    pages.note(closing.MANIFEST_NOTE)
    if dossier.exhibits:
        pages.table(_manifest(pages, dossier.exhibits))
    else:
        pages.prose(words.NONE)
    if dossier.statements:
        pages.heading(closing.STATEMENT_DIGESTS)
        columns = [Column(words.MARK, 14), Column(words.CODE, 36), Column(closing.SHA256, 120)]
        rows = [(Code(one.mark, strong=True), Code(one.code), _digest(pages, one.sha256)) for one in dossier.statements]
        pages.table(Table(columns, rows))
    pages.heading(closing.BILL)
    pages.note(closing.BILL_NOTE)
    _bill(pages, dossier)
    pages.heading(closing.HEAD)
    content = pages.digests([(closing.CONTENT, pages.content)])
    add_ledger(pages, dossier.verification, *content)


def _manifest(pages: Pages, exhibits: tuple[tree.Exhibit, ...]) -> Table:
    columns = [
        Column(words.MARK, 14),
        Column(words.NUMBER, 36),
        Column(closing.DIGESTS, 100),
        number_column(words.SIZE, 20),
    ]
    rows = [
        (Code(each.mark, strong=True), Code(each.ern), Pile(_digests(pages, each)), Code(f"{each.size:,}"))
        for each in exhibits
    ]
    return Table(columns, rows)


def _digests(pages: Pages, exhibit: tree.Exhibit) -> list[Block]:
    found: list[Block] = [_digest(pages, exhibit.sha256)]
    if exhibit.sha512:
        found.append(_digest(pages, exhibit.sha512))
    if exhibit.picture and not exhibit.picture.is_original:
        label = pages.tongue.cell(closing.SHOWN_COPY, pages.place, measures.SMALL_GREY)
        found += [label, _digest(pages, exhibit.picture.sha256)]
    return found


def _digest(pages: Pages, value: str) -> Block:
    """Groups of eight; 64 signs stand on one line."""
    groups = [value[start : start + 8] for start in range(0, len(value), 8)]
    lines = [" ".join(groups[start : start + 8]) for start in range(0, len(groups), 8)]
    align = Align.END if pages.tongue.from_right else Align.START
    style = measures.CODE.sized(_SMALL)
    return Pile([Paragraph(isolate(line), style, 10.5, place=pages.place.name, base=0, align=align) for line in lines])


def _bill(pages: Pages, dossier: tree.Dossier) -> None:
    columns = [Column(closing.PROGRAM, 80), Column(words.VERSION, 40), Column(closing.COMMIT, 50)]
    rows = [
        (each.name, Code(each.version), Code(each.commit) if each.commit else words.NONE)
        for each in dossier.bill.components
    ]
    if rows:
        pages.table(Table(columns, rows))
    else:
        pages.prose(closing.NO_BILL)
