"""Numbers counted from this dossier, as bars, each with the evidence numbers and codes that it counts."""

from custody.papers.paper import Code, Column
from custody.papers.words import Words
from custody.typesetting.blocks import Space
from custody.typesetting.documents import MM
from testimony.core import dossier as tree
from testimony.rendering import words
from testimony.rendering import words_closing as closing
from testimony.rendering.keys import figure_key
from testimony.rendering.pages import Pages, Table, number_column
from testimony.rendering.plots import Bar
from testimony.rendering.slips import Docket
from testimony.rendering.tongue import said

_TOGETHER = 24  # bars that stand on one page


def add_figures(pages: Pages, dossier: tree.Dossier) -> None:
    """Put each figure on pages of its own; without any, say so."""
    if not dossier.figures:
        pages.begin("figures", Docket("", dossier.cover.dossier, words.FIGURES), "the figures")
        pages.prose(closing.NO_FIGURE)
    for index, figure in enumerate(dossier.figures):
        group = pages.tongue.line(words.FIGURES) if index == 0 else ""
        _add(pages, dossier.cover.dossier, figure, index, group)


def _add(pages: Pages, number: str, figure: tree.Figure, index: int, group: str) -> None:
    docket = Docket(str(index + 1), number, said(figure.title), words.FIGURES)
    place = f"figure {figure.key}"
    pages.begin(figure_key(figure.key), docket, place, group=group, title=pages.tongue.line(said(figure.title)))
    pages.note(closing.FIGURES_NOTE)
    if figure.note.en or figure.note.ar:
        pages.prose(said(figure.note))
    if not figure.rows:
        pages.prose(closing.EMPTY)
        return
    pages.add(Space(3 * MM))
    most = max(row.value for row in figure.rows)
    bars = [
        Bar(said(row.label), row.value, most, pages.tongue, pages.place.inside(f"row {line + 1}"))
        for line, row in enumerate(figure.rows)
    ]
    for start in range(0, len(bars), _TOGETHER):
        pages.together(bars[start : start + _TOGETHER])
    _basis(pages, figure)


def _basis(pages: Pages, figure: tree.Figure) -> None:
    pages.heading(closing.BASIS)
    columns = [Column(closing.COUNTED, 50), number_column(closing.VALUE, 18), Column(closing.RESTS_ON, 102)]
    rows = [(said(row.label), Code(str(row.value)), _listed(row.basis)) for row in figure.rows]
    pages.table(Table(columns, rows))


def _listed(basis: tuple[str, ...]) -> Code | Words:
    return Code(", ".join(basis)) if basis else words.NONE
