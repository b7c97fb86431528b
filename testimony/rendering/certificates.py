"""Certificates that the software fills and a person reads, corrects and signs by hand; nothing is signed here."""

from typing import Final

from custody.papers import measures
from custody.papers.paper import Code
from custody.papers.words import Words, arabic_digits
from custody.typesetting import blocks
from custody.typesetting.blocks import Block, Space, Whole
from custody.typesetting.documents import MM, Page
from testimony.core import dossier as tree
from testimony.core.certificates import Kind, read_form, under
from testimony.rendering import words
from testimony.rendering import words_front as front
from testimony.rendering.keys import certificate_key
from testimony.rendering.pages import Pages
from testimony.rendering.slips import Docket
from testimony.rendering.tongue import Told, filled_in, said

_LINE: Final = 11 * MM
_LABEL: Final = 44 * MM


class _ByHand(Whole):
    """A line to write on, with its label before it, or one on each side."""

    def __init__(self, label: Words, pages: Pages) -> None:
        self._tongue = pages.tongue
        self._label = pages.tongue.cell(label, pages.place)
        self._both = pages.tongue.both
        if self._both:
            self._label = pages.tongue.paragraph(Words(label.en, ""), measures.LABEL, pages.place)
            self._other = blocks.Paragraph(label.ar, measures.LABEL, 13.5, place=pages.place.name, base=1)

    def height(self, width: float) -> float:
        return _LINE

    def draw(self, page: Page, x: float, top: float, width: float) -> None:
        foot = top - _LINE
        near = _LABEL - 4 * MM
        left, right = x + _LABEL, x + width
        if self._both:
            self._other.draw(page, x + width - near, foot + 14, near)
            right -= _LABEL
        elif self._tongue.from_right:
            left, right = x, x + width - _LABEL
        label_at = x + width - near if self._tongue.from_right else x
        self._label.draw(page, label_at, foot + 14, near)
        page.rule((left, foot + 2), (right, foot + 2), measures.HAIR)


def add_certificates(pages: Pages, dossier: tree.Dossier) -> None:
    """Put each certificate on pages of its own; without any, say so."""
    if not dossier.certificates:
        pages.begin("certificates", Docket("", dossier.cover.dossier, words.CERTIFICATES), "the certificates")
        pages.fault(front.NO_CERTIFICATE)
    for index, certificate in enumerate(dossier.certificates):
        _add(pages, dossier, certificate, index)


def _add(pages: Pages, dossier: tree.Dossier, certificate: tree.Certificate, index: int) -> None:
    kind = front.CERTIFICATE_KINDS.get(certificate.kind, words.CERTIFICATES)
    docket = Docket("", dossier.cover.dossier, said(certificate.title), kind)
    group = pages.tongue.line(words.CERTIFICATES) if index == 0 else ""
    pages.begin(certificate_key(index), docket, f"certificate {index + 1}", group=group)
    pages.note(front.CERTIFICATE_NOTE)
    pages.rows([Told(words.KIND, kind), Told(front.FORM, named_form(certificate))])
    pages.add(Space(3 * MM))
    for number, paragraph in enumerate(certificate.paragraphs, start=1):
        pages.prose(_numbered(number, said(paragraph)))
    formula = said(certificate.formula)
    block = pages.tongue.setter.paragraph(pages.tongue.filled(formula), measures.STRONG, pages.place)
    lines: list[Block] = [_ByHand(label, pages) for label in front.BY_HAND]
    pages.together([Space(3 * MM), block, Space(2 * MM), pages.note_block(front.TO_SIGN, grey=True), *lines])


def named_form(certificate: tree.Certificate) -> tuple[Words, ...] | Code:
    """Law and version of the text in words; a form that this program does not write stands as it is."""
    found = read_form(certificate.form)
    if found is None or certificate.kind not in tuple(Kind):
        return Code(certificate.form)
    law = said(under(found.law, Kind(certificate.kind)))
    own = [filled_in(front.OWN_TEXTS[language], version=version) for language, version in found.own]
    return (law, *(own or [filled_in(front.HOUSE_TEXT, version=found.version)]))


def _numbered(number: int, saying: Words) -> Words:
    return Words(
        f"{number}. {saying.en}" if saying.en else "", f"{arabic_digits(number)}. {saying.ar}" if saying.ar else ""
    )
