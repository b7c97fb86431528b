"""Faces inside one PDF: Type 0 fonts with numbers of our own for the pairs (glyph, characters) that were drawn.

One glyph may stand for different characters at different places (a letter with and without its mark, a ligature part).
A map from glyph to text would then give the reader of the file the wrong letters, so each pair gets its own CID, and
`/CIDToGIDMap` leads back to the glyph (ISO 32000-1, 9.7.4.2).
"""

import hashlib
from collections.abc import Iterable
from typing import Any, Final

from reportlab.pdfbase import pdfdoc

from custody.typesetting.faces import Face, Glyph
from custody.typesetting.objects import Flow

# What a glyph that carries no character extracts as: nothing visible, and allowed by PDF/A (ISO 19005-3, 6.2.11.7.2).
_NOTHING: Final = "\u200b"
_CMAP_HEAD: Final = (
    "/CIDInit /ProcSet findresource begin 12 dict begin begincmap "
    "/CIDSystemInfo <</Registry(Adobe)/Ordering(UCS)/Supplement 0>> def "
    "/CMapName /Adobe-Identity-UCS def /CMapType 2 def "
    "1 begincodespacerange <0000> <FFFF> endcodespacerange"
)
_CMAP_FOOT: Final = "endcmap CMapName currentdict /CMap defineresource pop end end"
_CMAP_STEP: Final = 100  # entries in one section, as the specification of CMaps asks


class EmbeddedFace:
    """One face as one document uses it."""

    def __init__(self, face: Face, resource: str) -> None:
        self.face = face
        self.resource = resource
        self._cids: dict[tuple[int, str], int] = {}

    def cid(self, glyph: Glyph) -> int:
        """Number under which this glyph, standing for these characters, is written into the page."""
        return self._cids.setdefault((glyph.gid, glyph.text), len(self._cids) + 1)

    def font_object(self, document: Any, *, cid_set: bool = False) -> Any:
        """The font dictionary with all it needs, for a ReportLab document; call when all pages are drawn.

        `cid_set` adds the list of what is embedded: part 1 of ISO 19005 wants it (6.3.5), later ones advise against.
        """
        gids = frozenset(gid for gid, _ in self._cids)
        used = "".join(f"{gid:04x}" for gid in sorted(gids))
        tag = hashlib.sha256(used.encode()).digest()[:6]
        name = pdfdoc.PDFName("".join(chr(65 + byte % 26) for byte in tag) + "+" + self.face.postscript_name)
        descendant = self._descendant(document, name, gids, cid_set=cid_set)
        return pdfdoc.PDFDictionary(
            {
                "Type": pdfdoc.PDFName("Font"),
                "Subtype": pdfdoc.PDFName("Type0"),
                "BaseFont": name,
                "Encoding": pdfdoc.PDFName("Identity-H"),
                "DescendantFonts": pdfdoc.PDFArray([document.Reference(descendant)]),
                "ToUnicode": document.Reference(Flow(self._to_unicode())),
            }
        )

    def _descendant(self, document: Any, name: Any, gids: frozenset[int], *, cid_set: bool) -> Any:
        widths: list[Any] = []
        for (gid, _), cid in self._cids.items():
            widths += [cid, pdfdoc.PDFArray([round(self.face.advance(gid), 3)])]
        return pdfdoc.PDFDictionary(
            {
                "Type": pdfdoc.PDFName("Font"),
                "Subtype": pdfdoc.PDFName("CIDFontType2"),
                "BaseFont": name,
                "CIDSystemInfo": pdfdoc.PDFDictionary(
                    {
                        "Registry": pdfdoc.PDFString("Adobe"),
                        "Ordering": pdfdoc.PDFString("Identity"),
                        "Supplement": 0,
                    }
                ),
                "FontDescriptor": document.Reference(self._descriptor(document, name, gids, cid_set=cid_set)),
                "DW": 0,
                "W": pdfdoc.PDFArray(widths),
                "CIDToGIDMap": document.Reference(Flow(self._to_glyphs())),
            }
        )

    def _descriptor(self, document: Any, name: Any, gids: frozenset[int], *, cid_set: bool) -> Any:
        program = self.face.subset(gids)
        metrics = self.face.metrics()
        descriptor = pdfdoc.PDFDictionary(
            {
                "Type": pdfdoc.PDFName("FontDescriptor"),
                "FontName": name,
                "Flags": 4,  # symbolic: glyphs outside of the standard Latin set
                "FontBBox": pdfdoc.PDFArray(list(metrics.box)),
                "ItalicAngle": metrics.italic_angle,
                "Ascent": metrics.ascent,
                "Descent": metrics.descent,
                "CapHeight": metrics.cap_height,
                "StemV": 80,
                "FontFile2": document.Reference(Flow(program, Length1=len(program))),
            }
        )
        if cid_set:
            descriptor["CIDSet"] = document.Reference(Flow(self._cid_set()))
        return descriptor

    def _cid_set(self) -> bytes:
        """One bit for each CID, the first one highest (ISO 32000-1, table 124)."""
        count = len(self._cids) + 1
        return (((1 << count) - 1) << (-count % 8)).to_bytes((count + 7) // 8, "big")

    def _to_glyphs(self) -> bytes:
        return b"\x00\x00" + b"".join(gid.to_bytes(2, "big") for gid, _ in self._cids)

    def _to_unicode(self) -> bytes:
        lines = [f"<{cid:04X}> <{_hex(text or _NOTHING)}>" for (_, text), cid in self._cids.items()]
        return "\n".join([_CMAP_HEAD, *_sections(lines), _CMAP_FOOT]).encode("ascii")


def _sections(lines: list[str]) -> Iterable[str]:
    for start in range(0, len(lines), _CMAP_STEP):
        part = lines[start : start + _CMAP_STEP]
        yield "\n".join([f"{len(part)} beginbfchar", *part, "endbfchar"])


def _hex(text: str) -> str:
    return text.encode("utf-16-be").hex().upper()
