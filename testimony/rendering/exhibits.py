"""One sheet for each exhibit: the picture with nothing printed over it, what is known of it, and its digests."""

from custody.papers import measures
from custody.papers.book import Book
from custody.papers.parts import Fact, Place, Slip, arabic, both, english, facts, seal
from custody.papers.words import Words, arabic_digits
from custody.typesetting.bidi import isolate, spelled_out
from custody.typesetting.blocks import Block, Pile, Rule, Space, Whole
from custody.typesetting.documents import MM, Page
from custody.typesetting.pictures import JpegFrame, PictureReader, Plate
from custody.typesetting.text import Span, legible
from testimony.core import dossier as tree
from testimony.rendering import words
from testimony.rendering.contents import exhibit_key
from testimony.rendering.custody import schedule_key

_TALL = 127.5 * MM
_LONGEST_CLAIM = 160
_SMALLER = 110 * MM  # where many rows follow, so that a sheet stays one sheet


class _NoPlate(Whole):
    """A field that says why there is no picture, instead of leaving it out."""

    def __init__(self, why: str, place: Place) -> None:
        words_ = words.NOT_SHOWN
        self._lines = Pile(
            [
                english(f"{words_.en}: {why}", measures.BODY, place, 14),
                arabic(words_.ar, measures.BODY, place, 16),
            ]
        )

    def height(self, width: float) -> float:
        return self._lines.height(width - 16 * MM) + 16 * MM

    def draw(self, page: Page, x: float, top: float, width: float) -> None:
        tall = self.height(width)
        page.box((x, top - tall, width, tall), weight=measures.HAIR)
        self._lines.draw(page, x + 8 * MM, top - 8 * MM, width - 16 * MM)


def add_exhibit(book: Book, exhibit: tree.Exhibit, count: int, pictures: PictureReader, group: str) -> None:
    """Put the sheet of one exhibit on a page of its own, or more where its claims need it."""
    place = Place(f"exhibit {exhibit.mark}")
    index = exhibit.mark.rpartition("-")[2]
    slip = Slip(
        exhibit.mark,
        exhibit.ern,
        isolate(exhibit.title.latin) if exhibit.title.latin else f"{words.EXHIBIT.en} {index} of {count}",
        exhibit.title.arabic or words.EXHIBIT.ar,
        f"{words.EXHIBIT.ar} {isolate(exhibit.mark)}",
    )
    book.begin(exhibit_key(exhibit), f"{exhibit.mark} · {exhibit.ern}", group=group, head=slip)
    rows = _facts(exhibit, book.numbers.page(schedule_key(exhibit)))
    book.add([Space(5 * MM), *_plate(exhibit, pictures, len(rows), place), Rule(measures.HAIR)])
    book.add(facts(rows, place))
    book.add([Space(4 * MM), _seal(exhibit, place)])


def _plate(exhibit: tree.Exhibit, pictures: PictureReader, rows: int, place: Place) -> list[Block]:
    picture = exhibit.picture
    if picture is None:
        return [_NoPlate(exhibit.why_not, place.inside("the plate")), Space(3 * MM)]
    frame = JpegFrame(picture.width, picture.height, picture.components)
    tall = _TALL if rows <= 6 else _SMALLER
    plate = Plate(picture.sha256, frame, pictures, picture.quarter_turns, tall)
    note = both(_note(picture), measures.SMALL_GREY, place.inside("the note under the plate"), 11)
    return [plate, Space(1.5 * MM), note, Space(2.5 * MM)]


def _note(picture: tree.Picture) -> Words:
    if not picture.is_original:
        said = words.COPY_SHOWN
        return Words(
            said.en.format(width=picture.width, height=picture.height),
            said.ar.format(
                width=arabic_digits(picture.width),
                height=arabic_digits(picture.height),
            ),
        )
    if not picture.quarter_turns:
        return words.ORIGINAL_SHOWN
    turn = picture.quarter_turns * 90
    said = words.ORIGINAL_TURNED
    return Words(said.en.format(turn=turn), said.ar.format(turn=arabic_digits(turn)))


def _facts(exhibit: tree.Exhibit, page: int) -> list[Fact]:
    rows = []
    if exhibit.caption:
        rows.append(Fact(words.CAPTION, spelled_out(exhibit.caption)))
    received = [Span(isolate(_moment(exhibit.received)), measures.CODE)]
    if exhibit.source:
        received.append(Span(f", from {isolate(exhibit.source)}", measures.BODY))
    rows.append(Fact(words.RECEIVED, received))
    if exhibit.media_type:
        rows.append(Fact(words.KIND, [Span(isolate(exhibit.media_type), measures.CODE)]))
    rows += [_claim(claim) for claim in exhibit.claims]
    gaps = any(event.kind is tree.LineKind.GAP for event in exhibit.custody)
    said = words.ON_PAGE
    value = Words(said.en.format(page=page), said.ar.format(page=arabic_digits(page))).joined
    rows.append(Fact(words.CUSTODY, f"{value}; {words.GAP.joined}" if gaps else value))
    return rows


def _claim(claim: tree.Claim) -> Fact:
    label = _CLAIM_LABELS.get(claim.name, Words(claim.name, ""))
    value = legible(claim.value, measures.CODE.typeface)
    value = value if len(value) <= _LONGEST_CLAIM else value[: _LONGEST_CLAIM - 1] + "…"
    both_labels = Words(f"{label.en} {words.CLAIMED.en}", f"{label.ar} {words.CLAIMED.ar}".strip())
    return Fact(both_labels, [Span(isolate(value), measures.CODE)], claimed=True)


_CLAIM_LABELS = {
    "taken": Words("Taken", "وقت التصوير"),
    "device": Words("Device", "الجهاز"),
    "software": Words("Software", "البرنامج"),
    "position": Words("Position", "الموقع"),
    "name": Words("File name", "اسم الملف"),
    "numbers": Words("Numbers", "الأرقام"),
}


def _seal(exhibit: tree.Exhibit, place: Place) -> Block:
    original = Words(words.ORIGINAL_DIGEST.en.format(size=f"{exhibit.size:,}"), words.ORIGINAL_DIGEST.ar)
    digests = [(original, exhibit.sha256)]
    if exhibit.picture and not exhibit.picture.is_original:
        shown = Words(words.COPY_DIGEST.en.format(size=f"{exhibit.picture.size:,}"), words.COPY_DIGEST.ar)
        digests.append((shown, exhibit.picture.sha256))
    if exhibit.receipt_sha256:
        digests.append((words.RECEIPT_DIGEST, exhibit.receipt_sha256))
    return seal(f"amana:{exhibit.ern}?sha256={exhibit.sha256}", digests, None, place.inside("the digests"))


def _moment(time: str) -> str:
    return f"{time[:10]} {time[11:19]} UTC"
