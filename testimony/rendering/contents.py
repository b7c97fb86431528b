"""What is inside and where it stands: the sections, the exhibits with their digests, the statements."""

from custody.papers.paper import Code, Column
from custody.papers.words import Words
from testimony.core import dossier as tree
from testimony.rendering import words
from testimony.rendering import words_front as front
from testimony.rendering.keys import exhibit_key, sections, statement_key
from testimony.rendering.pages import Pages, Table
from testimony.rendering.slips import Docket
from testimony.rendering.tongue import Lines, Value, filled_in, titled


def add_contents(pages: Pages, dossier: tree.Dossier) -> None:
    """Put the sections, the list of exhibits and the list of statements, each with its place."""
    cover = dossier.cover
    pages.begin("contents", Docket("", cover.dossier, words.LIST, _case(cover)), "the contents")
    listed = [(key, title) for key, title in sections(dossier) if key != "contents"]
    rows = [(title, *_place(pages, key)) for key, title in listed]
    columns = [Column(front.SECTIONS, 170 - 20 * _columns(pages)), *_heads(pages)]
    pages.table(Table(columns, rows, [key for key, _ in listed]))
    pages.heading(front.EXHIBIT_LIST)
    pages.note(front.LIST_NOTE)
    _exhibits(pages, dossier)
    pages.heading(front.STATEMENT_LIST)
    _statements(pages, dossier)


def _case(cover: tree.Cover) -> Words:
    return filled_in(Words("{code}", "{code}"), code=cover.case_code)


def _columns(pages: Pages) -> int:
    return 1 if pages.count == 1 else 2


def _heads(pages: Pages) -> list[Column]:
    heads = [Column(words.VOLUME, 20)] if pages.count > 1 else []
    return [*heads, Column(words.PAGE, 20)]


def _place(pages: Pages, key: str) -> tuple[Value, ...]:
    page = Code(str(pages.book.numbers.page(key)))
    return (page,) if pages.count == 1 else (Code(str(pages.volumes.get(key, 1))), page)


def _exhibits(pages: Pages, dossier: tree.Dossier) -> None:
    if not dossier.exhibits:
        pages.note(front.NO_EXHIBITS)
        return
    keys = [exhibit_key(exhibit.mark) for exhibit in dossier.exhibits]
    rows = [
        (
            Code(exhibit.mark, strong=True),
            Lines([Code(exhibit.ern, strong=True), Code(f"{exhibit.sha256[:8]} {exhibit.sha256[8:16]} …")]),
            _titles(pages, exhibit.title),
            *_place(pages, key),
        )
        for exhibit, key in zip(dossier.exhibits, keys, strict=True)
    ]
    columns = [
        Column(words.MARK, 20),
        Column(front.NUMBER_DIGEST, 48),
        Column(words.TITLE, 102 - 20 * _columns(pages)),
        *_heads(pages),
    ]
    pages.table(Table(columns, rows, keys))


def _titles(pages: Pages, title: tree.Name) -> Words | Lines:
    """A title in both scripts where it has both, also in an edition of one language: it is part of the record."""
    both = titled(title)
    if pages.tongue.both or not (both.en and both.ar):
        return both
    first, second = Words(both.en, both.en), Words(both.ar, both.ar)
    return Lines([second, first] if pages.tongue.from_right else [first, second])


def _statements(pages: Pages, dossier: tree.Dossier) -> None:
    if not dossier.statements:
        pages.note(front.NO_STATEMENTS)
        return
    keys = [statement_key(statement.mark) for statement in dossier.statements]
    rows = [
        (
            Code(statement.mark, strong=True),
            Code(statement.code, strong=True),
            filled_in(front.STATEMENT_OF, witness=statement.witness),
            *_place(pages, key),
        )
        for statement, key in zip(dossier.statements, keys, strict=True)
    ]
    columns = [
        Column(words.MARK, 20),
        Column(words.CODE, 48),
        Column(words.TITLE, 102 - 20 * _columns(pages)),
        *_heads(pages),
    ]
    pages.table(Table(columns, rows, keys))
