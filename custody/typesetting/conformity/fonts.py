"""Fonts: embedded, every code that is drawn leads to a glyph, to characters and to the width that the glyph has."""

import re
import struct
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from typing import Any, Final

import pikepdf

from custody.typesetting.conformity.findings import Findings, shown
from custody.typesetting.conformity.streams import decoded

_SECTION: Final = re.compile(rb"beginbf(char|range)\b(.*?)endbf(?:char|range)\b", re.DOTALL)
_CHAR: Final = re.compile(rb"<([0-9A-Fa-f\s]*)>\s*<([0-9A-Fa-f\s]*)>")
_RANGE: Final = re.compile(rb"<([0-9A-Fa-f\s]*)>\s*<([0-9A-Fa-f\s]*)>\s*(?:<([0-9A-Fa-f\s]*)>|\[([^\]]*)\])")
_HEX: Final = re.compile(rb"<([0-9A-Fa-f\s]*)>")
_NO_TEXT: Final = frozenset({0x0000, 0xFEFF, 0xFFFE})  # ISO 19005-3, 6.2.11.7.2
_FILES: Final = ("/FontFile", "/FontFile2", "/FontFile3")
_OWN_CODES: Final = ("/Identity-H", "/Identity-V")
_SLACK: Final = 1.0  # thousandths of the em (ISO 19005-3, 6.2.11.5)


def check(font: Any, codes: AbstractSet[int], findings: Findings) -> None:
    """One font, for the codes that are drawn with it."""
    where = f"font {shown(font.get('/BaseFont', ''))}"
    kind = font.get("/Subtype")
    if kind == "/Type0":
        _check_composite(font, codes, where, findings)
    elif kind == "/Type3":
        findings.not_checked(f"{where}: glyphs drawn by operators")
    else:
        _check_embedded(font, where, findings)
        findings.not_checked(f"{where}: widths and glyphs of a simple font")
    if "/ToUnicode" in font:
        _check_text(decoded(font["/ToUnicode"]), codes, where, findings)
    elif kind in ("/Type0", "/Type3") or "/Encoding" not in font:
        findings.archive("6.2.11.7.2", where, "does not tell the characters of its codes (/ToUnicode)")


def _check_embedded(font: Any, where: str, findings: Findings) -> Any:
    descriptor = font.get("/FontDescriptor")
    for key in _FILES:
        program = descriptor.get(key) if isinstance(descriptor, pikepdf.Dictionary) else None
        if isinstance(program, pikepdf.Stream):
            return program
    findings.archive("6.2.11.4.1", where, "is not embedded")
    return None


def _check_composite(font: Any, codes: AbstractSet[int], where: str, findings: Findings) -> None:
    descendant = font["/DescendantFonts"][0]
    program = _check_embedded(descendant, where, findings)
    if font.get("/Encoding") not in _OWN_CODES:
        findings.not_checked(f"{where}: codes that are not those of its glyphs")
        return
    if descendant.get("/Subtype") != "/CIDFontType2" or "/FontFile2" not in descendant.get("/FontDescriptor", {}):
        findings.not_checked(f"{where}: glyphs of a program that is not TrueType")
        return
    leads = descendant.get("/CIDToGIDMap")
    if not isinstance(leads, pikepdf.Stream) and leads != "/Identity":
        findings.archive("6.2.11.3.2", where, "does not lead from its codes to glyphs (/CIDToGIDMap)")
        return
    _check_glyphs(
        program, decoded(leads) if isinstance(leads, pikepdf.Stream) else None, descendant, codes, where, findings
    )


def _check_glyphs(
    program: Any, leads: bytes | None, descendant: Any, codes: AbstractSet[int], where: str, findings: Findings
) -> None:
    advances = _advances(decoded(program))
    widths, usual = dict(_widths(descendant.get("/W", []))), float(descendant.get("/DW", 1000))
    for code in sorted(codes):
        glyph = code if leads is None else int.from_bytes(leads[code * 2 : code * 2 + 2], "big")
        if glyph == 0:
            findings.archive("6.2.11.8", where, f"draws .notdef (code {code:04X})")
        elif glyph >= len(advances):
            findings.archive("6.2.11.4.1", where, f"has no glyph for code {code:04X}")
        elif abs(advances[glyph] - widths.get(code, usual)) > _SLACK:
            findings.archive("6.2.11.5", where, f"gives code {code:04X} another width than its glyph has")


def _advances(program: bytes) -> list[float]:
    """Widths of all glyphs of a TrueType program, in thousandths of the em (ISO/IEC 14496-22)."""
    count = struct.unpack_from(">H", program, 4)[0]
    places = {}
    for index in range(count):
        tag, _, offset, _ = struct.unpack_from(">4sIII", program, 12 + 16 * index)
        places[tag] = offset
    scale = 1000 / struct.unpack_from(">H", program, places[b"head"] + 18)[0]
    total: int = struct.unpack_from(">H", program, places[b"maxp"] + 4)[0]
    long: int = struct.unpack_from(">H", program, places[b"hhea"] + 34)[0]
    start = places[b"hmtx"]
    found: list[float] = [
        struct.unpack_from(">H", program, start + 4 * index)[0] * scale for index in range(min(long, total))
    ]
    return found + found[-1:] * (total - len(found))


def _widths(listed: Any) -> Iterator[tuple[int, float]]:
    """Codes and widths of a /W (ISO 32000-1, 9.7.4.3)."""
    entries = list(listed)
    at = 0
    while at + 1 < len(entries):
        first, second = int(entries[at]), entries[at + 1]
        if isinstance(second, pikepdf.Array):
            yield from ((first + index, float(width)) for index, width in enumerate(second))
            at += 2
        else:
            last, width = min(int(second), 0xFFFF), float(entries[at + 2])
            yield from ((code, width) for code in range(first, last + 1))
            at += 3


def _check_text(cmap: bytes, codes: AbstractSet[int], where: str, findings: Findings) -> None:
    singles, ranges = _texts(cmap)
    for code in sorted(codes):
        text = singles.get(code)
        if text is None:
            text = next((_stepped(start, code - low) for low, high, start in ranges if low <= code <= high), None)
        if not text:
            findings.archive("6.2.11.7.2", where, f"does not tell the characters of code {code:04X}")
        elif _NO_TEXT & {int.from_bytes(text[at : at + 2], "big") for at in range(0, len(text), 2)}:
            findings.archive("6.2.11.7.2", where, f"gives code {code:04X} a character that is none")


def _texts(cmap: bytes) -> tuple[dict[int, bytes], list[tuple[int, int, bytes]]]:
    """What a ToUnicode CMap says: of single codes, and of ranges of codes."""
    singles: dict[int, bytes] = {}
    ranges: list[tuple[int, int, bytes]] = []
    for kind, body in _SECTION.findall(cmap):
        if kind == b"char":
            singles.update((_number(code), _bytes(text)) for code, text in _CHAR.findall(body))
            continue
        for low, high, start, listed in _RANGE.findall(body):
            if listed:
                texts = _HEX.findall(listed)
                singles.update((_number(low) + index, _bytes(text)) for index, text in enumerate(texts))
            else:
                ranges.append((_number(low), _number(high), _bytes(start)))
    return singles, ranges


def _stepped(start: bytes, steps: int) -> bytes:
    """The text at the start of a range, so many codes further on."""
    return start[:-2] + (int.from_bytes(start[-2:], "big") + steps & 0xFFFF).to_bytes(2, "big") if start else b""


def _bytes(digits: bytes) -> bytes:
    return bytes.fromhex(digits.decode("ascii"))


def _number(digits: bytes) -> int:
    return int.from_bytes(_bytes(digits), "big")
