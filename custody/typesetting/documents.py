"""A PDF/A-3u written as a stream: pages are drawn through `Page`, and each object goes out when it is finished.

ReportLab gives the objects and the page tree; stock, it joins the whole file in memory before the first byte is
written, needs several times its size, and lists a face that is not embedded. Here each object is formatted, written and
forgotten, so that a dossier with gigabytes of pictures needs the memory of its largest picture, and two builds of one
content give the same bytes. What an archive asks of the file is written on the way, not by a second pass over it.
"""

import io
from collections.abc import Callable, Hashable, Sequence
from datetime import datetime
from typing import Any, BinaryIO, Final

from reportlab.pdfbase import pdfdoc
from reportlab.pdfgen.canvas import Canvas

from custody.typesetting.attachments import OBJECTS, Attachment, Content, Relationship, name_tree
from custody.typesetting.embedding import EmbeddedFace
from custody.typesetting.errors import AttachmentError
from custody.typesetting.faces import Face
from custody.typesetting.metadata import About, Information, Part, output_intent, xmp
from custody.typesetting.objects import ArchiveCatalog, TaggedLink, TaggedPage
from custody.typesetting.operands import (
    BLACK,
    FAINT,
    GREY,
    MM,
    PAGE_HEIGHT,
    PAGE_WIDTH,
    REGISTRY,
    SHADE,
    WHITE,
    Ink,
    number,
)
from custody.typesetting.pages import Page
from custody.typesetting.shown_text import Placed, shown
from custody.typesetting.structure import Element, Structure
from custody.typesetting.writing import Block, Stream, Tree

__all__ = [
    "BLACK",
    "FAINT",
    "GREY",
    "MM",
    "PAGE_HEIGHT",
    "PAGE_WIDTH",
    "REGISTRY",
    "SHADE",
    "WHITE",
    "About",
    "Document",
    "Ink",
    "Page",
    "Relationship",
    "number",
]

_SHOWN: Final = 1024  # texts; labels, heads and feet come back on each page


class _Sheet(Canvas):  # type: ignore[misc]  # ReportLab has no types
    """A canvas whose pages do not start with a face of their own, so that only what is drawn is listed."""

    def _make_preamble(self) -> None:
        self._preamble = ""


class Document:
    """One PDF in the making. Draw on `page`, call `finish_page` after each, then `write` once.

    `part` is the part of ISO 19005 that it keeps to. Only tests ask for the first.
    """

    def __init__(self, about: About, *, part: Part = 3) -> None:
        self._canvas = _Sheet(io.BytesIO(), pagesize=(PAGE_WIDTH, PAGE_HEIGHT), invariant=1, pageCompression=1)
        self._pdf = self._canvas._doc  # noqa: SLF001  (the only handle on the objects of a canvas)
        self._part = part
        self._about = about.printable()
        self._pdf.info = Information(self._about)
        self._pdf.Catalog.__class__ = ArchiveCatalog
        self._faces: dict[str, EmbeddedFace] = {}
        self._shown: dict[Hashable, str] = {}
        self._attachments: dict[str, Attachment] = {}
        self._sheets: dict[int, str] = {}
        self._outlined = False
        self._links = 0
        self.structure = Structure(about.language)
        self.pages = 0
        self.page = Page(self)

    def finish_page(self) -> None:
        """End the page that is being drawn and begin the next."""
        name = self._pdf.thisPageName()
        self._canvas.showPage()
        finished = self._pdf.idToObject[name]
        finished.__class__ = TaggedPage
        finished.tag(self.page.sheet, self.page.operators())
        self._sheets[self.page.sheet] = name
        self.pages += 1
        self.page = Page(self)

    def embedded(self, face: Face) -> EmbeddedFace:
        """The face as this document uses it."""
        found = self._faces.get(face.name)
        if found is None:
            found = self._faces[face.name] = EmbeddedFace(face, f"F{len(self._faces) + 1}")
        return found

    def shown(self, text: Hashable, runs: Callable[[], Sequence[Placed]]) -> str:
        """The operators of a text: those kept under its key `text`, or those of the runs that it gives."""
        found = self._shown.get(text)
        if found is None:
            if len(self._shown) >= _SHOWN:
                self._shown.clear()
            found = self._shown[text] = shown(runs(), self.embedded)
        return found

    def use_image(self, name: str, image: Any) -> str:
        """Register an image object once under a name of ours and return the name for the page's operators."""
        internal: str = self._pdf.getXObjectName(name)
        if not self._canvas.hasForm(name):
            self._pdf.addForm(name, image)
        self._canvas.doForm(name)
        # `doForm` lists the image among the page's resources and draws it at once; we draw it with our own operators.
        self._canvas._code.pop()  # noqa: SLF001
        return internal

    def attach(
        self,
        name: str,
        content: Content,
        mime: str,
        relationship: Relationship,
        *,
        description: str,
        moment: datetime,
    ) -> None:
        """Put a file in, under a name of its own. It is read once, in pieces, while the document is written.

        Raises AttachmentError for a name that is taken or is a path, for a kind that is no media type, and in part 1.
        """
        if name in self._attachments:
            raise AttachmentError(f"there is another attachment called {name!r}")
        if self._part == 1:
            raise AttachmentError("part 1 of ISO 19005 knows no attachments")
        self._attachments[name] = Attachment(name, content, mime, relationship, description, moment)

    def anchor(self, key: str) -> None:
        """Name the page that is being drawn, so that links and the outline can lead to it."""
        self._canvas.bookmarkPage(key)

    def outline(self, title: str, key: str, level: int) -> None:
        """Add a line to the outline that viewers show beside the pages."""
        self._canvas.addOutlineEntry(title, key, level=level, closed=level > 0)
        self._outlined = True

    def link(self, key: str, box: tuple[float, float, float, float], label: str, text: Element | None = None) -> None:
        """Make a box of this page (points: left, bottom, right, top) lead to a named page.

        `text` is the element whose words become the link for those who hear the page.
        """
        self._links += 1
        name = f"link-{self._links}"
        placed = self.structure.link(self._pdf.annotationName(name), self.page.sheet, text)
        destination = self._canvas._bookmarkReference(key)  # noqa: SLF001
        # F 4: printed, as PDF/A wants of every annotation (ISO 19005-3, 6.3.2)
        annotation = TaggedLink(box, label, destination, Border="[0 0 0]", F=4, StructParent=placed)
        self._canvas._addAnnotation(annotation, name)  # noqa: SLF001

    def write(self, to: BinaryIO) -> str:
        """Write the file to `to` and return the SHA-256 of what was written, as hex."""
        pdf = self._pdf
        for embedded in self._faces.values():
            fonts = pdf.idToObject["BasicFonts"].dict
            fonts[embedded.resource] = pdf.Reference(embedded.font_object(pdf, cid_set=self._part == 1))
        if self._outlined:
            self._canvas.showOutline()
        pdf.Reference(pdf.Catalog)
        pdf.Reference(pdf.info)
        pdf.Outlines.prepare(pdf, self._canvas)
        if pdf.Outlines.ready < 0:
            pdf.Catalog.Outlines = None
        self._describe()
        return Stream(pdf, to, self._part).write([self._tree(), *self._attached()])

    def _describe(self) -> None:
        pdf, catalog = self._pdf, self._pdf.Catalog
        catalog.Lang = pdfdoc.PDFString(self._about.language)
        catalog.Metadata = xmp(self._about, self._part)
        catalog.OutputIntents = pdfdoc.PDFArray([output_intent(pdf)])
        catalog.MarkInfo = "<< /Marked true >>"
        catalog.ViewerPreferences = "<< /DisplayDocTitle true >>"

    def _tree(self) -> Block:
        numbers = self._pdf.idToObjectNumberAndVersion
        tree = Tree(self.structure, lambda name: int(numbers[name][0]), self._sheets)
        block = Block(self._pdf, tree.count, tree.objects, packed=self._part != 1)
        self._pdf.Catalog.StructTreeRoot = f"{block.first} 0 R"
        return block

    def _attached(self) -> list[Block]:
        files = [Block(self._pdf, OBJECTS, attachment.objects) for attachment in self._attachments.values()]
        if files:
            self._pdf.Catalog.AF = "[" + " ".join(f"{block.first} 0 R" for block in files) + "]"
            tree = name_tree({name: block.first for name, block in zip(self._attachments, files, strict=True)})
            self._pdf.Catalog.Names = tree.decode("ascii")
        return files
