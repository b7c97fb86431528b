"""What was asked for, where the material comes from, what was done with it, and what it does not show."""

from custody.papers.paper import Code, Column
from testimony.core import dossier as tree
from testimony.rendering import words
from testimony.rendering import words_front as front
from testimony.rendering.pages import Pages, Table, number_column
from testimony.rendering.slips import Docket
from testimony.rendering.tongue import Lines, moment, said


def add_scope(pages: Pages, dossier: tree.Dossier) -> None:
    """Put scope, provenance, method and limits."""
    pages.begin("scope", Docket("", dossier.cover.dossier, words.SCOPE), "scope and method")
    pages.note(front.SCOPE_NOTE)
    pages.heading(front.ORIGINS)
    if dossier.scope.origins:
        pages.table(_origins(dossier.scope.origins))
    else:
        pages.note(front.NO_ORIGIN)
    pages.heading(front.METHOD)
    pages.prose(*front.METHOD_TEXT)
    pages.heading(front.LIMITS)
    pages.prose(*front.LIMITS_TEXT)
    if dossier.scope.remarks:
        pages.heading(front.REMARKS)
        pages.prose(*map(said, dossier.scope.remarks))


def _origins(origins: tuple[tree.Origin, ...]) -> Table:
    columns = [
        Column(front.COLLECTION, 66),
        Column(front.SOURCE, 24),
        Column(front.RECEIVED, 42),
        number_column(front.HELD, 17),
        number_column(front.SHOWN, 21),
    ]
    rows = [
        (
            Lines([Code(origin.collection, strong=True), *([origin.title] if origin.title else [])]),
            origin.source or words.NOT_KNOWN,
            moment(origin.received) if origin.received else words.NOT_RECORDED,
            Code(str(origin.held)),
            Code(str(origin.shown)),
        )
        for origin in origins
    ]
    return Table(columns, rows)
