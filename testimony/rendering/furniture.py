"""What stands around the text of every page of a dossier, with numbers that run on through all volumes."""

from dataclasses import dataclass

from custody.papers import measures
from custody.papers.book import Furniture
from custody.papers.parts import Place, arabic, english
from custody.papers.words import MARKINGS, Words, in_arabic
from custody.typesetting.bidi import isolate
from custody.typesetting.documents import BLACK, MM, WHITE, Page
from custody.typesetting.faces import SANS_STRONG
from custody.typesetting.text import Span, Style
from testimony.core import dossier as tree
from testimony.rendering import words
from testimony.rendering.tongue import Tongue, filled_in


@dataclass(frozen=True, kw_only=True)
class DossierFurniture(Furniture):
    """Head and foot; `before` is the number of pages in the volumes before this one."""

    before: int = 0
    preview: bool = False

    def draw(self, page: Page, number: int, total: int) -> None:
        if self.preview:
            self._preview(page)
        super().draw(page, number + self.before, total)

    @staticmethod
    def _preview(page: Page) -> None:
        top, tall = 9 * MM, 5 * MM
        page.box((measures.LEFT, top - tall, measures.WIDTH, tall), fill=BLACK)
        style, place = Style(SANS_STRONG, 7.5, WHITE), Place("the preview band")
        inner, left = measures.WIDTH - 4 * MM, measures.LEFT + 2 * MM
        english(words.PREVIEW.en, style, place, tall).draw(page, left, top, inner)
        arabic(words.PREVIEW.ar, style, place, tall).draw(page, left, top, inner)


def furniture(dossier: tree.Dossier, tongue: Tongue, *, before: int, preview: bool) -> DossierFurniture:
    """The furniture of one volume."""
    cover = dossier.cover
    matter = isolate(f"{cover.case_code} · {cover.dossier}")
    title = tongue.filled(
        Words(isolate(cover.case_title.latin) if cover.case_title.latin else "", cover.case_title.arabic)
    )
    shown = title.ar or title.en
    marking = MARKINGS.get(cover.marking.lower(), Words(cover.marking.upper(), ""))
    moment = isolate(f"{cover.as_of[:10]} {cover.as_of[11:16]} UTC")
    state = (
        tongue.line(filled_in(words.STATE, version=cover.version))
        if not tongue.both
        else filled_in(words.STATE, version=cover.version).en
    )
    return DossierFurniture(
        left=in_arabic(shown) if tongue.from_right else matter,
        right=matter if tongue.from_right else shown,
        marking=tongue.filled(marking),
        state=[Span(f"{state} ", measures.SMALL), Span(moment, measures.CODE.sized(7.5))],
        number=cover.dossier,
        demonstration=dossier.demonstration,
        right_to_left=tongue.from_right,
        before=before,
        preview=preview,
    )
