"""The exhibits that are reports of experts: where they stand, and nothing of what they say."""

from custody.papers.paper import Code, Column
from testimony.core import dossier as tree
from testimony.rendering import words
from testimony.rendering import words_closing as closing
from testimony.rendering.keys import exhibit_key
from testimony.rendering.pages import Pages, Table
from testimony.rendering.slips import Docket
from testimony.rendering.tongue import titled


def add_reports(pages: Pages, dossier: tree.Dossier) -> None:
    """Put the list of reports; without any, say so."""
    pages.begin("reports", Docket("", dossier.cover.dossier, words.REPORTS), "the reports of experts")
    pages.note(closing.REPORTS_NOTE)
    exhibits = {exhibit.mark: exhibit for exhibit in dossier.exhibits}
    if not dossier.reports:
        pages.prose(closing.NO_REPORT)
        return
    columns = [
        Column(words.MARK, 24),
        Column(words.NUMBER, 48),
        Column(words.TITLE, 58),
        Column(words.PAGE, 40),
    ]
    rows = [
        (
            Code(mark, strong=True),
            Code(exhibits[mark].ern) if mark in exhibits else words.NOT_RECORDED,
            titled(exhibits[mark].title) if mark in exhibits else words.NOT_RECORDED,
            pages.where(exhibit_key(mark)) if mark in exhibits else words.NOT_RECORDED,
        )
        for mark in dossier.reports
    ]
    leads = [exhibit_key(mark) if mark in exhibits else "" for mark in dossier.reports]
    pages.table(Table(columns, rows, leads))
