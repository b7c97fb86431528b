"""A PDF written as a stream: pages are drawn through `Page`, and each object goes to the output when it is finished.

ReportLab gives the objects and the page tree; stock, it joins the whole file in memory before the first byte is
written, needs several times its size, and lists a face that is not embedded. Here each object is formatted, written and
forgotten, so that a dossier with gigabytes of pictures needs the memory of its largest picture, and two builds of one
content give the same bytes.
"""

import hashlib
import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, BinaryIO, Final, NamedTuple

from reportlab import rl_config
from reportlab.pdfbase import pdfdoc
from reportlab.pdfgen.canvas import Canvas

from custody.typesetting.embedding import EmbeddedFace
from custody.typesetting.faces import Face, Shaped

# Stock, ReportLab writes compressed streams as ASCII85: a quarter larger, and slow.
rl_config.useA85 = 0

MM: Final = 72 / 25.4
PAGE_WIDTH: Final = 210 * MM
PAGE_HEIGHT: Final = 297 * MM

Ink = tuple[float, float, float]
BLACK: Final[Ink] = (0.0, 0.0, 0.0)
WHITE: Final[Ink] = (1.0, 1.0, 1.0)
GREY: Final[Ink] = (0.4, 0.4, 0.4)
FAINT: Final[Ink] = (0.75, 0.75, 0.75)
SHADE: Final[Ink] = (0.93, 0.93, 0.93)
REGISTRY: Final[Ink] = (0x0B / 255, 0x55 / 255, 0x66 / 255)


class Placed(NamedTuple):
    """Shaped text of one face and size at a place on the page, in points from its lower left corner."""

    face: Face
    size: float
    ink: Ink
    shaped: Shaped
    x: float
    y: float


class About(NamedTuple):
    """What the file says of itself."""

    title: str
    author: str
    subject: str
    software: str
    language: str
    created: datetime


class _Sheet(Canvas):  # type: ignore[misc]  # ReportLab has no types
    """A canvas whose pages do not start with a face of their own, so that only what is drawn is listed."""

    def _make_preamble(self) -> None:
        self._preamble = ""


class _Information(pdfdoc.PDFInfo):  # type: ignore[misc]
    """The information dictionary with the time of the content, not of the build."""

    def __init__(self, about: About) -> None:
        super().__init__()
        self._about = about

    def format(self, document: Any) -> bytes:
        about, moment = self._about, self._about.created.strftime("D:%Y%m%d%H%M%S+00'00'")
        entries = {
            "Title": about.title,
            "Author": about.author,
            "Subject": about.subject,
            "Creator": about.software,
            "Producer": about.software,
            "CreationDate": moment,
            "ModDate": moment,
        }
        strings = {key: pdfdoc.PDFString(value) for key, value in entries.items()}
        return bytes(pdfdoc.PDFDictionary(strings).format(document))


class Document:
    """One PDF in the making. Draw on `page`, call `finish_page` after each, then `write` once."""

    def __init__(self, about: About) -> None:
        self._canvas = _Sheet(io.BytesIO(), pagesize=(PAGE_WIDTH, PAGE_HEIGHT), invariant=1, pageCompression=1)
        self._pdf = self._canvas._doc  # noqa: SLF001  (the only handle on the objects of a canvas)
        self._pdf.info = _Information(about)
        self._pdf.Catalog.Lang = pdfdoc.PDFString(about.language)
        self._faces: dict[str, EmbeddedFace] = {}
        self._outlined = False
        self.pages = 0
        self.page = Page(self)

    def finish_page(self) -> None:
        """End the page that is being drawn and begin the next."""
        self._canvas.addLiteral(self.page.operators())
        self._canvas.showPage()
        self.pages += 1
        self.page = Page(self)

    def embedded(self, face: Face) -> EmbeddedFace:
        """The face as this document uses it."""
        if face.name not in self._faces:
            self._faces[face.name] = EmbeddedFace(face, f"F{len(self._faces) + 1}")
        return self._faces[face.name]

    def use_image(self, name: str, image: Any) -> str:
        """Register an image object once under a name of ours and return the name for the page's operators."""
        internal: str = self._pdf.getXObjectName(name)
        if not self._canvas.hasForm(name):
            self._pdf.addForm(name, image)
        self._canvas.doForm(name)
        # `doForm` lists the image among the page's resources and draws it at once; we draw it with our own operators.
        self._canvas._code.pop()  # noqa: SLF001
        return internal

    def anchor(self, key: str) -> None:
        """Name the page that is being drawn, so that links and the outline can lead to it."""
        self._canvas.bookmarkPage(key)

    def outline(self, title: str, key: str, level: int) -> None:
        """Add a line to the outline that viewers show beside the pages."""
        self._canvas.addOutlineEntry(title, key, level=level, closed=level > 0)
        self._outlined = True

    def link(self, key: str, box: tuple[float, float, float, float], label: str) -> None:
        """Make a box of this page (points: left, bottom, right, top) lead to a named page."""
        self._canvas.linkAbsolute(label, key, Rect=box, F=4)  # F 4: printed, as PDF/A wants of every annotation

    def write(self, to: BinaryIO) -> str:
        """Write the file to `to` and return the SHA-256 of what was written, as hex."""
        pdf = self._pdf
        for embedded in self._faces.values():
            fonts = pdf.idToObject["BasicFonts"].dict
            fonts[embedded.resource] = pdf.Reference(embedded.font_object(pdf))
        if self._outlined:
            self._canvas.showOutline()
        pdf.Reference(pdf.Catalog)
        pdf.Reference(pdf.info)
        pdf.Outlines.prepare(pdf, self._canvas)
        if pdf.Outlines.ready < 0:
            pdf.Catalog.Outlines = None
        return _Stream(pdf, to).write()


class _Stream:
    """Writes the objects of a ReportLab document one after another."""

    def __init__(self, pdf: Any, to: BinaryIO) -> None:
        self._pdf = pdf
        self._to = to
        self._digest = hashlib.sha256()
        self._offset = 0

    def write(self) -> str:
        pdf = self._pdf
        pdf.encrypt.prepare(pdf)
        catalog, info = pdf.Reference(pdf.Catalog), pdf.Reference(pdf.info)
        self._put(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
        identities: list[Any] = []
        # Formatting an object may register new ones behind it, so the end is only known when it is reached.
        while (number := len(identities) + 1) in pdf.numberToId:
            identity = pdf.numberToId[number]
            pdf.idToOffset[identity] = self._offset
            self._put(pdfdoc.PDFIndirectObject(identity, pdf.idToObject[identity]).format(pdf))
            identities.append(identity)
        self._finish(identities, catalog, info)
        return self._digest.hexdigest()

    def _finish(self, identities: Sequence[Any], catalog: Any, info: Any) -> None:
        table = pdfdoc.PDFCrossReferenceTable()
        table.addsection(0, identities)
        start, mark = self._offset, self._digest.hexdigest()[:32].upper()
        self._put(table.format(self._pdf))
        trailer = pdfdoc.PDFTrailer(
            startxref=start,
            Size=len(identities) + 1,
            Root=catalog,
            Info=info,
            ID=f"[<{mark}> <{mark}>]".encode("ascii"),
        )
        self._put(trailer.format(self._pdf))

    def _put(self, data: bytes) -> None:
        self._to.write(data)
        self._digest.update(data)
        self._offset += len(data)


class Page:
    """The page that is being drawn. All lengths are points; the origin is the lower left corner."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self._operators: list[str] = []

    def operators(self) -> str:
        """All that was drawn, as PDF operators."""
        return "\n".join(self._operators)

    def text(self, runs: Iterable[Placed]) -> None:
        """Draw shaped text, in the order given: the logical one, so that readers of the file find it."""
        runs = list(runs)
        for run in runs:
            self._outlines(run)
        self._operators.append("BT")
        ink: Ink | None = None
        for run in runs:
            if run.ink != ink:
                ink = run.ink
                self._operators.append(_fill(ink))
            self._operators += self._run(run)
        self._operators.append("ET")

    def _outlines(self, run: Placed) -> None:
        scale = run.size / 1000
        unit = f"{run.face.unit * scale:.6f}"
        for outline in run.shaped.outlines:
            path = run.face.path(outline.gid)
            if path:
                x, y = number(run.x + outline.x * scale), number(run.y + outline.y * scale)
                self._operators.append(f"q {_fill(run.ink)} {unit} 0 0 {unit} {x} {y} cm {path} f Q")

    def _run(self, run: Placed) -> Iterable[str]:
        embedded = self.document.embedded(run.face)
        yield f"/{embedded.resource} {number(run.size)} Tf 1 0 0 1 {number(run.x)} {number(run.y)} Tm"
        parts: list[str] = []
        stretch, pending = 100.0, 0.0
        for glyph in run.shaped.glyphs:
            if abs(glyph.stretch - stretch) > 0.001:
                yield from _shown(parts)
                yield f"{number(glyph.stretch)} Tz"
                parts, stretch = [], glyph.stretch
            shift = (pending - glyph.x) * 100 / stretch
            if abs(shift) > 0.005:
                parts.append(f"{shift:.2f}")
            parts.append(f"<{embedded.cid(glyph):04X}>")
            pending = run.face.advance(glyph.gid) * stretch / 100 - glyph.advance + glyph.x
        yield from _shown(parts)
        if stretch != 100:
            yield "100 Tz"

    def rule(
        self,
        start: tuple[float, float],
        end: tuple[float, float],
        weight: float,
        ink: Ink = BLACK,
        dash: tuple[float, ...] = (),
    ) -> None:
        """Draw a straight line, solid or dashed (lengths of dash and gap)."""
        pattern = " ".join(number(length) for length in dash)
        self._operators.append(
            f"q {_stroke(ink)} {number(weight)} w [{pattern}] 0 d "
            f"{number(start[0])} {number(start[1])} m {number(end[0])} {number(end[1])} l S Q"
        )

    def box(self, box: tuple[float, float, float, float], *, weight: float = 0, fill: Ink | None = None) -> None:
        """Draw a box (left, bottom, width, height) with an edge, a ground, or both."""
        paint = {(True, True): "B", (True, False): "f", (False, True): "S"}[(fill is not None, weight > 0)]
        ground = _fill(fill) if fill is not None else ""
        corners = " ".join(number(value) for value in box)
        self._operators.append(f"q {ground} {_stroke(BLACK)} {number(weight)} w {corners} re {paint} Q")

    def shape(self, points: Sequence[tuple[float, float]], fill: Ink = BLACK) -> None:
        """Fill a polygon."""
        first, *others = (f"{number(x)} {number(y)}" for x, y in points)
        path = " ".join([f"{first} m", *(f"{point} l" for point in others)])
        self._operators.append(f"q {_fill(fill)} {path} h f Q")

    def stroke(self, points: Sequence[tuple[float, float]], weight: float, ink: Ink = BLACK) -> None:
        """Draw a line through points with round ends and corners; one point alone is a dot."""
        first, *others = (f"{number(x)} {number(y)}" for x, y in points)
        path = " ".join([f"{first} m", *(f"{point} l" for point in others or [first])])
        self._operators.append(f"q {_stroke(ink)} {number(weight)} w 1 J 1 j {path} S Q")

    def literal(self, operators: str) -> None:
        """Add operators written by hand; they must leave the state as they found it."""
        self._operators.append(operators)


def number(value: float) -> str:
    """A length as PDF writes it, to a thousandth of a point."""
    text = f"{value:.3f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def _shown(parts: Sequence[str]) -> Iterable[str]:
    if parts:
        yield f"[{''.join(parts)}] TJ"


def _fill(ink: Ink) -> str:
    return " ".join(number(part) for part in ink) + " rg"


def _stroke(ink: Ink) -> str:
    return " ".join(number(part) for part in ink) + " RG"
