"""The first page: whose dossier, about whom, as of when, made by what."""

from typing import Final

from custody.typesetting.bidi import isolate
from custody.typesetting.blocks import Block, Pile, Rule, Space, Whole
from custody.typesetting.documents import MM, REGISTRY, Page
from custody.typesetting.text import Span, Style
from testimony.core import dossier as tree
from testimony.rendering import measures, words
from testimony.rendering.book import Book
from testimony.rendering.parts import Fact, Place, Signatures, arabic, english, facts, names, seal
from testimony.rendering.words import Words

_PLACE: Final = Place("the cover")
_PAD: Final = 1.6 * MM


class _Titles(Whole):
    """The title in two scripts with the spine between them."""

    def __init__(self, cover: tree.Cover) -> None:
        self._left = Pile(
            [
                english(cover.case_title.latin, measures.TITLE, _PLACE, 30),
                Space(4 * MM),
                english(words.DOSSIER.en, Style(measures.BODY.typeface, 10), _PLACE, 15),
            ]
        )
        self._right = Pile(
            [
                arabic(cover.case_title.arabic, measures.TITLE, _PLACE, 34),
                Space(4 * MM),
                arabic(words.DOSSIER.ar, Style(measures.BODY.typeface, 10), _PLACE, 15),
            ]
        )

    def height(self, width: float) -> float:
        inner = measures.HALF - 6 * MM
        return max(self._left.height(inner), self._right.height(inner))

    def draw(self, page: Page, x: float, top: float, width: float) -> None:
        inner = measures.HALF - 6 * MM
        self._left.draw(page, x, top, inner)
        self._right.draw(page, x + measures.HALF + 6 * MM, top, inner)
        foot = top - self.height(width)
        page.rule((measures.MIDDLE, top), (measures.MIDDLE, foot), 0.7 * MM, REGISTRY)


def add_cover(book: Book, dossier: tree.Dossier) -> None:
    """Put the cover on a page of its own."""
    cover = dossier.cover
    book.begin("cover", "Cover · الغلاف")
    book.add([Space(16 * MM), _Titles(cover), Space(16 * MM), Rule(measures.DOCKET)])
    book.add([Pile(facts(_facts(dossier, book.numbers.total), _PLACE))])
    book.add([Rule(measures.DOCKET), Space(8 * MM), _seal(dossier, book.numbers.page("verification"))])
    book.add_at_foot(Signatures(words.PREPARED_BY, words.APPROVED_BY))


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
        words.COVER_NOTE.ar.format(page=words.arabic_digits(page)),
    )
    code = f"amana:{dossier.cover.dossier}/{dossier.cover.version}?sha256={content}"
    return seal(code, [(words.CONTENT_DIGEST, content), (head, verification.root)], note, _PLACE)


def _moment(time: str) -> str:
    return f"{time[:10]} {time[11:19]} UTC"
