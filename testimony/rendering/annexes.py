"""Annexes: every digest, the programs that made the pages, the head of the ledger."""

from custody.papers.paper import Code, Column
from testimony.core import dossier as tree
from testimony.rendering import words
from testimony.rendering import words_closing as closing
from testimony.rendering.pages import Pages, Table, number_column
from testimony.rendering.slips import Docket
from testimony.rendering.tongue import Lines, Value
from testimony.rendering.verification import add_ledger


def add_annexes(pages: Pages, dossier: tree.Dossier) -> None:
    """Put the manifest, the bill of software and the head of the ledger."""
    pages.begin("annexes", Docket("", dossier.cover.dossier, words.ANNEXES), "the annexes")
    pages.heading(closing.MANIFEST)
    pages.note(closing.MANIFEST_NOTE)
    if dossier.exhibits:
        pages.table(_manifest(dossier.exhibits))
    else:
        pages.prose(words.NONE)
    if dossier.statements:
        pages.heading(closing.STATEMENT_DIGESTS)
        columns = [Column(words.MARK, 20), Column(words.CODE, 42), Column(closing.DIGESTS, 108)]
        rows = [(Code(one.mark, strong=True), Code(one.code), Code(_grouped(one.sha256))) for one in dossier.statements]
        pages.table(Table(columns, rows))
    pages.heading(closing.BILL)
    pages.note(closing.BILL_NOTE)
    _bill(pages, dossier)
    pages.heading(closing.HEAD)
    pages.digests([(closing.CONTENT, tree.content_sha256(dossier))])
    add_ledger(pages, dossier.verification)


def _manifest(exhibits: tuple[tree.Exhibit, ...]) -> Table:
    columns = [
        Column(words.MARK, 18),
        Column(words.NUMBER, 40),
        Column(closing.DIGESTS, 90),
        number_column(words.SIZE, 22),
    ]
    rows = [
        (Code(each.mark, strong=True), Code(each.ern), Lines(_digests(each)), Code(f"{each.size:,}"))
        for each in exhibits
    ]
    return Table(columns, rows)


def _digests(exhibit: tree.Exhibit) -> list[Value]:
    found: list[Value] = [Code(_grouped(exhibit.sha256), strong=True)]
    if exhibit.sha512:
        found.append(Code(_grouped(exhibit.sha512)))
    if exhibit.picture and not exhibit.picture.is_original:
        found += [closing.SHOWN_COPY, Code(_grouped(exhibit.picture.sha256))]
    return found


def _grouped(digest: str) -> str:
    """Groups of eight, four to a line at most."""
    return " ".join(digest[start : start + 8] for start in range(0, len(digest), 8))


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
