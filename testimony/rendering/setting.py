"""Setting all volumes until the numbers of their pages rest: each list of contents names pages of other volumes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from custody.papers.book import Book, Furniture, Numbers
from custody.papers.words import DEMONSTRATION
from custody.typesetting.bidi import spelled_out
from custody.typesetting.documents import About, Document
from custody.typesetting.errors import TypesettingError
from custody.typesetting.pictures import PictureReader
from custody.typesetting.structure import Element
from testimony.core import dossier as tree
from testimony.rendering import words
from testimony.rendering.annexes import add_annexes
from testimony.rendering.certificates import add_certificates
from testimony.rendering.codes import add_codes
from testimony.rendering.contents import add_contents
from testimony.rendering.cover import add_cover, add_volume_cover
from testimony.rendering.custody import add_schedules
from testimony.rendering.exhibits import add_exhibit, add_no_exhibits
from testimony.rendering.figures import add_figures
from testimony.rendering.furniture import furniture
from testimony.rendering.inquiries import add_inquiries
from testimony.rendering.keys import exhibit_key, first_pages
from testimony.rendering.pages import Pages
from testimony.rendering.protection import add_protection
from testimony.rendering.reports import add_reports
from testimony.rendering.scope import add_scope
from testimony.rendering.statements import add_statements
from testimony.rendering.tongue import tongue_of
from testimony.rendering.translators import add_translators
from testimony.rendering.verification import add_verification
from testimony.rendering.victims import add_victims
from testimony.rendering.volumes import Extent, Share

_MAX_PASSES: Final = 6


class _Uncut(Document):
    """Counts the pages of a document that nobody will see, and makes none of them."""

    def finish_page(self) -> None:
        self.pages += 1

    def anchor(self, key: str) -> None:
        """Nothing leads here."""

    def outline(self, title: str, key: str, level: int) -> None:
        """Nobody sees it."""

    def link(self, key: str, box: tuple[float, float, float, float], label: str, text: Element | None = None) -> None:
        """Nobody follows it."""


class _Unseen(Book):
    """A book that is only measured, also once its numbers are known."""

    def __init__(self, document: Document, furniture: Furniture, numbers: Numbers) -> None:
        super().__init__(document, furniture, numbers)
        self._draws = False


@dataclass(frozen=True)
class Plan:
    """Which exhibits stand in which volume, the numbers of all pages, and how many pages each volume has."""

    parts: tuple[Share, ...]
    numbers: Numbers
    lengths: tuple[int, ...]

    def extents(self) -> Mapping[str, Extent]:
        """The pages of each section: up to the next one, or to the end of its volume."""
        found: dict[str, Extent] = {}
        before = 0
        for volume, length in enumerate(self.lengths, start=1):
            end = before + length
            inside = [(page, key) for key, page in self.numbers.pages.items() if before < page <= end]
            for place, (page, key) in enumerate(inside):
                last = inside[place + 1][0] - 1 if place + 1 < len(inside) else end
                found[key] = Extent(volume, page, last)
            before = end
        return found


class Typesetter:
    """Sets the volumes of one dossier."""

    def __init__(self, dossier: tree.Dossier, pictures: PictureReader, *, preview: bool) -> None:
        self._dossier = dossier
        self._pictures = pictures
        self._preview = preview
        self._tongue = tongue_of(dossier.cover.edition)
        self._content = tree.content_sha256(dossier)

    def at_rest(self, parts: Sequence[Share], found: Numbers | None = None) -> Plan:
        """The numbers of all pages once they do not move any more; nothing is drawn, so that it needs no memory."""
        numbers = found or Numbers()
        for _ in range(_MAX_PASSES):
            lengths, found = self._measured(parts, numbers)
            if found == numbers:
                return Plan(tuple(parts), numbers, tuple(lengths))
            numbers = found
        raise TypesettingError("the page numbers do not come to rest")

    def at_once(self, parts: Sequence[Share]) -> tuple[Plan, Document]:
        """The same for a single volume, with its document: drawing it shows whether the first numbers were right."""
        lengths, found = self._measured(parts, Numbers())
        document, again = self._volume(parts, 0, found, 0, Book)
        if again == found:
            return Plan(tuple(parts), found, tuple(lengths)), document
        del document
        plan = self.at_rest(parts, again)
        return plan, self.drawn(plan, 0)

    def drawn(self, plan: Plan, index: int) -> Document:
        """One volume, with the numbers of all of them."""
        before = sum(plan.lengths[:index])
        document, found = self._volume(plan.parts, index, plan.numbers, before, Book)
        if found.total != plan.lengths[index]:
            raise TypesettingError("a volume that is drawn has other pages than the one that was measured")
        return document

    def made(self) -> datetime:
        """The moment of the content."""
        return datetime.strptime(self._dossier.cover.as_of, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)

    def _measured(self, parts: Sequence[Share], numbers: Numbers) -> tuple[list[int], Numbers]:
        """How many pages each volume has, and where its sections begin in the whole."""
        lengths: list[int] = []
        starts: dict[str, int] = {}
        for index in range(len(parts)):
            before = sum(lengths)
            _, found = self._volume(parts, index, numbers, before, _Unseen)
            starts |= {key: page + before for key, page in found.pages.items()}
            lengths.append(found.total)
        return lengths, Numbers(sum(lengths), starts)

    def _volume(
        self, parts: Sequence[Share], index: int, numbers: Numbers, before: int, kind: type[Book]
    ) -> tuple[Document, Numbers]:
        dossier, share = self._dossier, parts[index]
        made = _Uncut if kind is _Unseen else Document
        document = made(self._about(index + 1, len(parts)))
        around = furniture(dossier, self._tongue, before=before, preview=self._preview)
        book = kind(document, around, numbers)
        pages = Pages(book, self._tongue, self._places(parts), index + 1, len(parts), self._content)
        if index == 0:
            self._first(pages, share)
        else:
            add_volume_cover(pages, dossier, dossier.exhibits[share.start : share.end])
            self._exhibits(pages, share)
        return document, pages.book.finish()

    def _first(self, pages: Pages, share: Share) -> None:
        dossier = self._dossier
        add_cover(pages, dossier)
        add_certificates(pages, dossier)
        add_contents(pages, dossier)
        add_verification(pages, dossier)
        add_scope(pages, dossier)
        add_protection(pages, dossier)
        add_codes(pages, dossier)
        add_victims(pages, dossier)
        add_statements(pages, dossier)
        self._exhibits(pages, share)
        add_schedules(pages, dossier)
        add_figures(pages, dossier)
        add_reports(pages, dossier)
        add_inquiries(pages, dossier)
        add_translators(pages, dossier)
        add_annexes(pages, dossier)

    def _exhibits(self, pages: Pages, share: Share) -> None:
        if not self._dossier.exhibits:
            add_no_exhibits(pages, self._dossier)
        marks = [exhibit.mark for exhibit in self._dossier.exhibits[share.start : share.end]]
        for place in range(len(marks)):
            group = pages.group(words.EXHIBITS, marks, place)
            add_exhibit(pages, self._dossier, share.start + place, self._pictures, group)

    def _places(self, parts: Sequence[Share]) -> dict[str, int]:
        """In which volume the sheet of each exhibit stands; everything else stands in the first."""
        places = {
            exhibit_key(exhibit.mark): number
            for number, share in enumerate(parts, start=1)
            for exhibit in self._dossier.exhibits[share.start : share.end]
        }
        return places | ({} if self._dossier.exhibits else {first_pages(self._dossier)["exhibits"]: 1})

    def _about(self, number: int, count: int) -> About:
        cover = self._dossier.cover
        software = f"{cover.software.name} {cover.software.version}"
        volume = f" · {number}/{count}" if count > 1 else ""
        title = spelled_out(f"{cover.dossier} · {cover.case_code}{volume}")
        author = spelled_out(cover.submitted_by.latin or cover.submitted_by.arabic)
        subject = DEMONSTRATION.en if self._dossier.demonstration else words.DOSSIER.en
        language = "ar" if self._tongue.from_right else "en"
        return About(title, author, subject, software, language, self.made())
