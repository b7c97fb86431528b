"""The first page: whose dossier, about whom, as of when, made by what."""

from typing import Final

from custody.papers import measures
from custody.papers.book import Book
from custody.papers.parts import Fact, Place, Signatures, Titles, facts, names, seal
from custody.papers.words import Words, arabic_digits
from custody.typesetting.bidi import isolate
from custody.typesetting.blocks import Block, Pile, Rule, Space
from custody.typesetting.documents import MM
from custody.typesetting.text import Span
from testimony.core import dossier as tree
from testimony.rendering import words

_PLACE: Final = Place("the cover")
_PAD: Final = 1.6 * MM


def add_cover(book: Book, dossier: tree.Dossier) -> None:
    """Put the cover on a page of its own."""
    cover = dossier.cover
    book.begin("cover", "Cover · الغلاف")
    book.add([Space(16 * MM), Titles(_title(cover), words.DOSSIER), Space(16 * MM), Rule(measures.DOCKET)])
    book.add([Pile(facts(_facts(dossier, book.numbers.total), _PLACE))])
    book.add([Rule(measures.DOCKET), Space(8 * MM), _seal(dossier, book.numbers.page("verification"))])
    book.add_at_foot(Signatures([words.PREPARED_BY, words.APPROVED_BY]))


def _title(cover: tree.Cover) -> Words:
    return Words(cover.case_title.latin, cover.case_title.arabic)


def _facts(dossier: tree.Dossier, pages: int) -> list[Fact]:
    cover = dossier.cover
    code = measures.CODE
    software = f"{cover.software.name} {cover.software.version}"
    built = [Span(software, measures.BODY)]
    if cover.software.commit:
        built.append(Span(f" ({isolate(cover.software.commit[:12])})", code))
    return [
        Fact(words.MATTER, isolate(cover.case_code), pad=_PAD),
        Fact(words.VICTIM, _person(cover), pad=_PAD),
        *_submitted(cover),
        Fact(
            words.NUMBER,
            [Span(isolate(cover.dossier), measures.CODE_STRONG), Span(f", version {cover.version}", measures.BODY)],
            pad=_PAD,
        ),
        Fact(words.AS_OF, [Span(isolate(_moment(cover.as_of)), code)], pad=_PAD),
        Fact(words.CONTENTS, _counts(dossier, pages), pad=_PAD),
        Fact(words.PURPOSE, _purpose(cover.purpose), pad=_PAD),
        Fact(words.WITHHELD, _withheld(dossier), pad=_PAD),
        Fact(words.SOFTWARE, built, pad=_PAD),
    ]


def _submitted(cover: tree.Cover) -> list[Fact]:
    name = names(cover.submitted_by.arabic, cover.submitted_by.latin)
    return [Fact(words.SUBMITTED_BY, name, pad=_PAD)] if name else []


def _person(cover: tree.Cover) -> list[Span]:
    spans = [Span(isolate(cover.victim_code), measures.CODE_STRONG)]
    name = names(cover.victim_name.arabic, cover.victim_name.latin)
    if name:
        spans.append(Span(f"  {name}", measures.BODY))
    return spans


def _counts(dossier: tree.Dossier, pages: int) -> str:
    exhibits, statements = len(dossier.exhibits), len(dossier.statements)
    return (
        f"{exhibits} {'exhibit' if exhibits == 1 else 'exhibits'}, "
        f"{statements} {'statement' if statements == 1 else 'statements'}, {pages} pages"
    )


def _purpose(purpose: str) -> str:
    found = words.PURPOSES.get(purpose, Words(purpose, ""))
    return found.joined


def _withheld(dossier: tree.Dossier) -> str:
    if not dossier.withheld:
        return words.NOTHING_WITHHELD.joined
    count = len(dossier.withheld)
    return f"{count} {'piece' if count == 1 else 'pieces'}, listed without content on page 2"


def _seal(dossier: tree.Dossier, page: int) -> Block:
    content = tree.content_sha256(dossier)
    verification = dossier.verification
    head = Words(f"{words.LEDGER_HEAD.en} {verification.entries:,}", words.LEDGER_HEAD.ar)
    note = Words(
        words.COVER_NOTE.en.format(page=page),
        words.COVER_NOTE.ar.format(page=arabic_digits(page)),
    )
    code = f"amana:{dossier.cover.dossier}/{dossier.cover.version}?sha256={content}"
    return seal(code, [(words.CONTENT_DIGEST, content), (head, verification.root)], note, _PLACE)


def _moment(time: str) -> str:
    return f"{time[:10]} {time[11:19]} UTC"
