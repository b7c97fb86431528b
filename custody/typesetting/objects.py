"""Objects of a PDF as ReportLab keeps them, with what an archive file wants of them beyond that."""

import zlib
from collections.abc import Iterable
from typing import Any, Final

from reportlab import rl_config
from reportlab.pdfbase import pdfdoc

# Stock, ReportLab writes compressed streams as ASCII85: a quarter larger, and slow.
rl_config.useA85 = 0

# Pages are a hundredth of a file of photographs: a level that is twice as quick makes them a little larger.
_LEVEL: Final = 3


class Flow(pdfdoc.PDFObject):  # type: ignore[misc]  # ReportLab has no types
    """A stream, compressed when it is made; a line ends before `endstream` (ISO 19005-3, 6.1.7.1)."""

    __RefOnly__ = 1

    def __init__(self, content: bytes, *, plain: bool = False, **entries: Any) -> None:
        self._content = content if plain else zlib.compress(content, _LEVEL)
        self._entries = entries if plain else {**entries, "Filter": "/FlateDecode"}

    def format(self, document: Any) -> bytes:
        dictionary = pdfdoc.PDFDictionary({**self._entries, "Length": len(self._content)})
        return bytes(dictionary.format(document)) + b"\nstream\n" + self._content + b"\nendstream\n"


class Pieced(pdfdoc.PDFObject):  # type: ignore[misc]
    """An object that is too large to be put together before it is written."""

    __RefOnly__ = 1

    def pieces(self) -> Iterable[bytes]:
        """What it is made of, one after another."""
        raise NotImplementedError

    def format(self, document: Any) -> bytes:
        return b"".join(self.pieces())


class ArchiveCatalog(pdfdoc.PDFCatalog):  # type: ignore[misc]
    """The catalogue with what PDF/A adds to it."""

    __NoDefault__ = (*pdfdoc.PDFCatalog.__NoDefault__, "OutputIntents", "AF")
    __Refs__ = __NoDefault__


class TaggedPage(pdfdoc.PDFPage):  # type: ignore[misc]
    """A page that knows its key in the parent tree and keeps its content compressed."""

    __NoDefault__ = (*pdfdoc.PDFPage.__NoDefault__, "StructParents", "Tabs")

    def tag(self, sheet: int, operators: str) -> None:
        """Give the page its content and its key."""
        self.StructParents = sheet
        self.Tabs = "/S"
        self.Contents = Flow(operators.encode("ascii"))
        self.stream = None


class TaggedLink(pdfdoc.LinkAnnotation):  # type: ignore[misc]
    """A link with its key in the parent tree."""

    permitted = (*pdfdoc.LinkAnnotation.permitted, "StructParent")


def text_string(text: str) -> bytes:
    """A text string (ISO 32000-1, 7.9.2.2): ASCII as it is, all else in UTF-16 with its mark, as hex."""
    data = text.encode("ascii") if text.isascii() else b"\xfe\xff" + text.encode("utf-16-be")
    return b"<" + data.hex().encode("ascii") + b">"
