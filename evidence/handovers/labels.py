"""Labels for physical objects: ten to a sheet, each with a square code that any camera reads.

The code and the words on a label hold the object's number and the ledger that knows it, and nothing else: a label is
read by whoever meets the thing.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Final

from django.conf import settings

from custody import ledger
from custody.papers import measures
from custody.papers.parts import Place, arabic, english
from custody.papers.words import DEMONSTRATION
from custody.typesetting.documents import FAINT, MM, PAGE_HEIGHT, About, Document, Page
from custody.typesetting.marks import SquareCode
from evidence.handovers.papers import both
from evidence.models import Medium, PhysicalObject

_COLUMNS: Final = 2
_ROWS: Final = 5
_TALL: Final = 50 * MM
_TOP: Final = PAGE_HEIGHT - 23.5 * MM
_SIDE: Final = 32 * MM
_PAD: Final = 5 * MM


def code_of(thing: PhysicalObject) -> str:
    """What the square code of an object holds."""
    return f"amana:object/{thing.number}?ledger={ledger.origin()}"


def object_labels(things: Sequence[PhysicalObject]) -> bytes:
    """A PDF of labels; the same objects give the same bytes. Raises ValueError for no object at all."""
    if not things:
        raise ValueError("a sheet of labels wants at least one object")
    first = min(thing.registered for thing in things)
    software = f"amana {settings.AMANA_VERSION}"
    document = Document(About("Labels", ledger.origin(), "Physical objects", software, "en", first))
    for start in range(0, len(things), _COLUMNS * _ROWS):
        for place, thing in enumerate(things[start : start + _COLUMNS * _ROWS]):
            row, column = divmod(place, _COLUMNS)
            _draw(document.page, thing, measures.LEFT + column * measures.HALF, _TOP - row * _TALL)
        document.finish_page()
    to = io.BytesIO()
    document.write(to)
    return to.getvalue()


def _draw(page: Page, thing: PhysicalObject, x: float, top: float) -> None:
    page.box((x, top - _TALL, measures.HALF, _TALL), weight=measures.HAIR)
    place, inner = Place(f"the label of {thing.number}"), measures.HALF - _SIDE - 3 * _PAD
    SquareCode(code_of(thing), _SIDE).draw(page, x + _PAD, top - (_TALL - _SIDE) / 2, _SIDE)
    left, y = x + _SIDE + 2 * _PAD, top - 9 * MM
    kind = both(Medium(thing.medium).label)
    lines = [
        english(thing.number, measures.CODE_STRONG, place, 12),
        english(kind.en, measures.BODY, place, 13),
        *([arabic(kind.ar, measures.BODY, place, 15)] if kind.ar != kind.en else []),
        english(ledger.origin(), measures.SMALL_GREY, place, 10),
        *([english(DEMONSTRATION.en, measures.SMALL_STRONG, place, 10)] if settings.AMANA_DEMONSTRATION else []),
    ]
    for line in lines:
        line.draw(page, left, y, inner)
        y -= line.height(inner) + 1.5 * MM
    page.rule((left, y), (left + inner, y), measures.HAIR, FAINT)
