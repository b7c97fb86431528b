"""Drawing a content tree as a PDF: the same tree gives the same bytes, on every day and on every machine."""

from datetime import UTC, datetime
from typing import BinaryIO, Final

from custody.papers import measures
from custody.papers.book import Book, Furniture, Numbers, at_rest
from custody.papers.words import DEMONSTRATION, MARKINGS, Words
from custody.typesetting.bidi import isolate, spelled_out
from custody.typesetting.documents import About, Document
from custody.typesetting.pictures import PictureReader
from custody.typesetting.text import Span
from testimony.core.dossier import Dossier
from testimony.rendering import words
from testimony.rendering.contents import add_contents
from testimony.rendering.cover import add_cover
from testimony.rendering.custody import add_schedule
from testimony.rendering.exhibits import add_exhibit
from testimony.rendering.statements import add_statement
from testimony.rendering.verification import add_verification

__all__ = ["render"]

_GROUP: Final = 50  # exhibits under one line of the outline; readers fail on hundreds of lines on one level


def render(dossier: Dossier, pictures: PictureReader, to: BinaryIO) -> str:
    """Write the PDF of a dossier and return the SHA-256 of its bytes as hex.

    `pictures` opens the bytes of a picture by their SHA-256 and is asked for each once, while it is written. Raises
    MissingGlyphError where a character cannot be drawn, PictureError where bytes are not those the tree names.
    """
    return at_rest(lambda numbers: _set(dossier, pictures, numbers)).write(to)


def _set(dossier: Dossier, pictures: PictureReader, numbers: Numbers) -> tuple[Document, Numbers]:
    document = Document(_about(dossier))
    book = Book(document, _furniture(dossier), numbers)
    add_cover(book, dossier)
    add_contents(book, dossier)
    for statement in dossier.statements:
        add_statement(book, statement)
    for index, exhibit in enumerate(dossier.exhibits):
        group = _group(words.EXHIBIT.en, dossier, index)
        add_exhibit(book, exhibit, len(dossier.exhibits), pictures, group)
    for index, exhibit in enumerate(dossier.exhibits):
        add_schedule(book, exhibit, _group(words.SCHEDULE.en, dossier, index))
    add_verification(book, dossier)
    return document, book.finish()


def _furniture(dossier: Dossier) -> Furniture:
    cover = dossier.cover
    moment = isolate(f"{cover.as_of[:10]} {cover.as_of[11:16]} UTC")
    return Furniture(
        left=isolate(f"{cover.case_code} · {cover.dossier}"),
        right=cover.case_title.arabic or cover.case_title.latin,
        marking=MARKINGS.get(cover.marking.lower(), Words(cover.marking.upper(), "")),
        state=[
            Span(f"Version {cover.version}, as of ", measures.SMALL),
            Span(moment, measures.CODE.sized(7.5)),
        ],
        number=cover.dossier,
        demonstration=dossier.demonstration,
    )


def _group(title: str, dossier: Dossier, index: int) -> str:
    """Line of the outline over the next exhibits, at the first of them."""
    if index % _GROUP:
        return ""
    last = dossier.exhibits[min(index + _GROUP, len(dossier.exhibits)) - 1]
    return f"{title} {dossier.exhibits[index].mark} – {last.mark}"


def _about(dossier: Dossier) -> About:
    cover = dossier.cover
    made = datetime.strptime(cover.as_of, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
    software = f"{cover.software.name} {cover.software.version}"
    title = spelled_out(f"{cover.dossier} · {cover.case_code} · {cover.victim_code}")
    author = spelled_out(cover.submitted_by.latin or cover.submitted_by.arabic)
    subject = DEMONSTRATION.en if dossier.demonstration else words.DOSSIER.en
    return About(title, author, subject, software, "en", made)


class Rendered:
    """Placeholder until the pages are merged."""
