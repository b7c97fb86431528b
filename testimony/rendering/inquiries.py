"""What could speak against the dossier: each question that was asked, what was found, and in what."""

from custody.papers import measures
from custody.papers.words import Words, arabic_digits
from custody.typesetting.blocks import Block, Rule, Space
from custody.typesetting.documents import FAINT, MM
from testimony.core import dossier as tree
from testimony.rendering import words
from testimony.rendering import words_closing as closing
from testimony.rendering.pages import Pages
from testimony.rendering.slips import Docket
from testimony.rendering.tongue import Told, listed, said


def add_inquiries(pages: Pages, dossier: tree.Dossier) -> None:
    """Put each question with its answer; that none was asked is a fault, and said to be one."""
    pages.begin("inquiries", Docket("", dossier.cover.dossier, words.INQUIRIES), "what speaks against")
    if not dossier.inquiries:
        pages.fault(closing.NO_INQUIRY)
        return
    pages.note(closing.INQUIRIES_NOTE)
    for number, inquiry in enumerate(dossier.inquiries, start=1):
        _add(pages, number, inquiry)


def _add(pages: Pages, number: int, inquiry: tree.Inquiry) -> None:
    asked, found = said(inquiry.asked), said(inquiry.found)
    place = pages.place.inside(f"question {number}")
    numbered = Words(
        f"{number}. {asked.en}" if asked.en else "", f"{arabic_digits(number)}. {asked.ar}" if asked.ar else ""
    )
    told = [
        Told(closing.FOUND_IN, listed(inquiry.basis) if inquiry.basis else words.NONE),
        Told(closing.ANSWERED_BY, closing.BY_PERSON if inquiry.said else closing.BY_RECORDS),
    ]
    answer = found if found.en or found.ar else closing.NOTHING_FOUND
    setter, tongue = pages.tongue.setter, pages.tongue
    blocks: list[Block] = [
        Space(3 * MM),
        setter.paragraph(tongue.filled(numbered), measures.STRONG, place),
        setter.paragraph(tongue.filled(answer), measures.BODY, place),
        Rule(measures.HAIR, FAINT),
        *[tongue.told(each, place) for each in told],
    ]
    pages.together(blocks)
