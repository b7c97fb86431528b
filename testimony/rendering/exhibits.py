"""One sheet for each exhibit: the picture with nothing printed over it, what is known of it, and its digests."""

from typing import Final

from custody.papers import measures
from custody.papers.paper import Code
from custody.papers.parts import Place
from custody.papers.words import Words
from custody.typesetting.blocks import Block, Pile, Rule, Space, Whole
from custody.typesetting.documents import MM, Page
from custody.typesetting.pictures import JpegFrame, PictureReader, Plate
from custody.typesetting.text import legible
from testimony.core import dossier as tree
from testimony.rendering import words
from testimony.rendering import words_exhibits as sheets
from testimony.rendering import words_front as front
from testimony.rendering.cover import sealed
from testimony.rendering.keys import exhibit_key, schedule_key
from testimony.rendering.pages import Pages
from testimony.rendering.slips import Docket
from testimony.rendering.tongue import Told, Value, filled_in, listed, moment, said, titled

_TALL: Final = 127.5 * MM
_LOWEST: Final = 70 * MM  # where many rows follow, so that a sheet stays one sheet as long as the picture can be seen
_LONGEST_CLAIM: Final = 160
_AROUND: Final = 4 * MM


class _NoPlate(Whole):
    """A field that says why there is no picture, instead of leaving it out."""

    def __init__(self, why: tree.Said, pages: Pages, place: Place) -> None:
        told = said(why)
        both = Words(
            f"{sheets.NOT_SHOWN.en}: {told.en or told.ar}" if told.en or told.ar else sheets.NOT_SHOWN.en,
            f"{sheets.NOT_SHOWN.ar}: {told.ar or told.en}" if told.ar or told.en else sheets.NOT_SHOWN.ar,
        )
        self._lines = pages.tongue.cell(both, place, measures.BODY)

    def height(self, width: float) -> float:
        return self._lines.height(width - 16 * MM) + 16 * MM

    def draw(self, page: Page, x: float, top: float, width: float) -> None:
        tall = self.height(width)
        page.box((x, top - tall, width, tall), weight=measures.HAIR)
        self._lines.draw(page, x + 8 * MM, top - 8 * MM, width - 16 * MM)


def add_no_exhibits(pages: Pages, dossier: tree.Dossier) -> None:
    """Say that there are none."""
    pages.begin("exhibits", Docket("", dossier.cover.dossier, words.EXHIBITS), "the exhibits")
    pages.prose(front.NO_EXHIBITS)


def add_exhibit(pages: Pages, dossier: tree.Dossier, index: int, pictures: PictureReader, group: str) -> None:
    """Put the sheet of one exhibit on a page of its own, or more where its claims need it."""
    exhibit = dossier.exhibits[index]
    title = titled(exhibit.title)
    if not (title.en or title.ar):
        title = filled_in(sheets.INDEX_OF, index=index + 1, count=len(dossier.exhibits))
    below = filled_in(Words("Exhibit {mark}", "مستند {mark}"), mark=exhibit.mark)
    docket = Docket(exhibit.mark, exhibit.ern + exhibit.redaction, title, _below(pages, exhibit, below))
    line = f"{exhibit.mark} · {exhibit.ern}{exhibit.redaction}"
    pages.begin(exhibit_key(exhibit.mark), docket, f"exhibit {exhibit.mark}", group=group, title=line)
    rows = [pages.tongue.told(told, pages.place) for told in _rows(pages, exhibit)]
    seal = _seal(pages, exhibit)
    taken = sum(block.height(measures.WIDTH) for block in [*rows, seal])
    pages.add(*_plate(pages, exhibit, pictures, taken), Rule(measures.HAIR))
    pages.add(*rows)
    pages.add(Space(_AROUND), seal)


def _below(pages: Pages, exhibit: tree.Exhibit, below: Words) -> Words:
    """The title in the other script stands under the number where the slip has one language."""
    if pages.tongue.both or not (exhibit.title.arabic and exhibit.title.latin):
        return below
    other = titled(exhibit.title)
    return Words(other.ar, other.en)


def _plate(pages: Pages, exhibit: tree.Exhibit, pictures: PictureReader, taken: float) -> list[Block]:
    picture = exhibit.picture
    if picture is None:
        return [_NoPlate(exhibit.why_not, pages, pages.place.inside("the plate")), Space(3 * MM)]
    note = pages.note_block(_note(picture), grey=True, place=Place("the note under a picture"))
    frame = JpegFrame(picture.width, picture.height, picture.components)
    slip_and_gaps = 17 * MM + 3.5 * MM + _AROUND + 5 * MM + note.height(measures.WIDTH)
    room = measures.TOP - measures.FOOT - slip_and_gaps - taken
    tall = min(_TALL, max(room, _LOWEST))
    plate = Plate(picture.sha256, frame, pictures, picture.quarter_turns, tall)
    return [plate, Space(1.5 * MM), note, Space(2.5 * MM)]


def _note(picture: tree.Picture) -> Words:
    if not picture.is_original:
        return filled_in(sheets.COPY_SHOWN, width=picture.width, height=picture.height)
    if not picture.quarter_turns:
        return sheets.ORIGINAL_SHOWN
    return filled_in(sheets.ORIGINAL_TURNED, turn=picture.quarter_turns * 90)


def _rows(pages: Pages, exhibit: tree.Exhibit) -> list[Told]:
    rows = [Told(sheets.CAPTION, exhibit.caption)] if exhibit.caption else []
    received: Value = moment(exhibit.received)
    if exhibit.source:
        received = (moment(exhibit.received), filled_in(sheets.GIVEN_BY, source=exhibit.source))
    rows.append(Told(sheets.RECEIVED, received))
    if exhibit.collection:
        rows.append(Told(sheets.COLLECTION, Code(exhibit.collection)))
    if exhibit.media_type:
        rows.append(Told(sheets.KIND, Code(exhibit.media_type)))
    if exhibit.concerned:
        rows.append(Told(sheets.CONCERNED, listed(exhibit.concerned)))
    if exhibit.same_bytes:
        rows.append(Told(sheets.SAME_BYTES, listed(exhibit.same_bytes)))
    if exhibit.treatment.en or exhibit.treatment.ar:
        rows.append(Told(sheets.TREATMENT, said(exhibit.treatment)))
    if exhibit.picture and exhibit.picture.recipe:
        rows.append(Told(sheets.RECIPE, Code(exhibit.picture.recipe)))
    if exhibit.redaction or exhibit.redacted:
        reasons = tuple(said(reason) for reason in exhibit.redacted)
        rows.append(Told(sheets.REDACTED, (Code(exhibit.redaction, strong=True), *reasons)))
    rows += [_claim(claim) for claim in exhibit.claims]
    where = pages.where(schedule_key(exhibit.mark))
    gaps = any(event.kind is tree.LineKind.GAP for event in exhibit.custody)
    return [*rows, Told(sheets.CUSTODY, (where, sheets.GAP) if gaps else where)]


def _claim(claim: tree.Claim) -> Told:
    label = sheets.CLAIMS.get(claim.name, Words(claim.name, claim.name))
    value = legible(claim.value, measures.CODE.typeface)
    value = value if len(value) <= _LONGEST_CLAIM else value[: _LONGEST_CLAIM - 1] + "…"
    labels = Words(f"{label.en} {sheets.CLAIMED.en}", f"{label.ar} {sheets.CLAIMED.ar}")
    return Told(labels, Code(value), claimed=True)


def _seal(pages: Pages, exhibit: tree.Exhibit) -> Block:
    digests = [(filled_in(sheets.ORIGINAL_DIGEST, size=f"{exhibit.size:,}"), exhibit.sha256)]
    if exhibit.picture and not exhibit.picture.is_original:
        shown = filled_in(sheets.COPY_DIGEST, size=f"{exhibit.picture.size:,}")
        digests.append((shown, exhibit.picture.sha256))
    if exhibit.receipt_sha256:
        digests.append((sheets.RECEIPT_DIGEST, exhibit.receipt_sha256))
    code = f"amana:{exhibit.ern}?sha256={exhibit.sha256}"
    return Pile([sealed(pages.tongue, code, digests, None, pages.place.inside("the digests"))])
