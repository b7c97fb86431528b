"""The faces of the dossier, and shaping by HarfBuzz: from characters to placed glyphs.

A `Face` is one font file, read once. A `Typeface` is what a style asks for: a Latin and an Arabic face that stand side
by side at one weight, the lift that makes the Arabic as large to the eye as the Latin, and faces to fall back on.
Fonts come from PyPI (`fontpkg-*`, SIL Open Font License 1.1, embedding allowed).
"""

import struct
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final, NamedTuple

import uharfbuzz as hb

_CACHE_LIMIT: Final = 40_000  # shaped words kept per face, about 20 MB


class Glyph(NamedTuple):
    """One placed glyph. Advance and offsets are in thousandths of the em."""

    gid: int
    advance: float
    x: float
    y: float
    text: str
    """The characters it stands for; empty when another glyph of the same cluster carries them."""


class Shaped(NamedTuple):
    """A shaped stretch of text in drawing order, left to right; `width` in thousandths of the em."""

    glyphs: tuple[Glyph, ...]
    width: float


class Metrics(NamedTuple):
    """What a font descriptor tells, in thousandths of the em (the angle in degrees)."""

    ascent: int
    descent: int
    cap_height: int
    box: tuple[int, int, int, int]
    italic_angle: float


class Face:
    """One font file: which characters it has, how they are shaped, and a subset of it."""

    def __init__(self, name: str, data: bytes) -> None:
        self.name = name
        self._face = hb.Face(hb.Blob(data))
        self._font = hb.Font(self._face)
        self._scale = 1000 / self._face.upem
        self._characters = frozenset(self._face.unicodes)
        self._shaped: dict[tuple[str, bool], Shaped] = {}
        self.postscript_name: str = (self._face.get_name(hb.OTNameIdPredefined.POSTSCRIPT_NAME) or name).replace(" ", "")

    def covers(self, character: str) -> bool:
        """Whether the font has a glyph for this character."""
        return ord(character) in self._characters

    def advance(self, gid: int) -> float:
        """Width of a glyph in thousandths of the em."""
        return float(self._font.get_glyph_h_advance(gid)) * self._scale

    def shape(self, text: str, *, right_to_left: bool) -> Shaped:
        """Glyphs for a text of one direction, joined, ligated and with its marks in place."""
        key = (text, right_to_left)
        shaped = self._shaped.get(key)
        if shaped is None:
            if len(self._shaped) > _CACHE_LIMIT:
                self._shaped.clear()
            shaped = self._shaped[key] = self._shape(text, right_to_left)
        return shaped

    def _shape(self, text: str, right_to_left: bool) -> Shaped:
        buffer = hb.Buffer()
        buffer.add_codepoints([ord(character) for character in text])
        buffer.cluster_level = hb.BufferClusterLevel.MONOTONE_CHARACTERS
        buffer.direction = "rtl" if right_to_left else "ltr"
        arabic = any(is_arabic(character) for character in text)
        buffer.script = "Arab" if arabic else "Latn"
        buffer.language = "ar" if arabic else "en"
        hb.shape(self._font, buffer, {"kern": True, "liga": True})
        carriers = self._carriers(buffer, text)
        glyphs = tuple(
            Glyph(
                info.codepoint,
                place.x_advance * self._scale,
                place.x_offset * self._scale,
                place.y_offset * self._scale,
                carriers.get(index, ""),
            )
            for index, (info, place) in enumerate(zip(buffer.glyph_infos, buffer.glyph_positions, strict=True))
        )
        return Shaped(glyphs, sum(glyph.advance for glyph in glyphs))

    @staticmethod
    def _carriers(buffer: "hb.Buffer", text: str) -> dict[int, str]:
        """For each cluster, the index of its widest glyph with the characters of the cluster.

        The others of a cluster (swashes, dots, parts of a letter) stand for nothing, so that a reader who copies or
        searches the page finds each character once.
        """
        members: dict[int, list[int]] = {}
        for index, info in enumerate(buffer.glyph_infos):
            members.setdefault(info.cluster, []).append(index)
        starts = sorted(members)
        ends = [*starts[1:], len(text)]
        places = buffer.glyph_positions
        return {
            max(members[start], key=lambda index: int(places[index].x_advance)): text[start:end]
            for start, end in zip(starts, ends, strict=True)
        }

    def subset(self, gids: frozenset[int]) -> bytes:
        """A TrueType font with these glyphs alone, under their old numbers and without layout tables."""
        wanted = hb.SubsetInput()
        wanted.sets(hb.SubsetInputSets.GLYPH_INDEX).update(gids)
        wanted.flags = hb.SubsetFlags.RETAIN_GIDS | hb.SubsetFlags.NO_HINTING | hb.SubsetFlags.NO_LAYOUT_CLOSURE
        unneeded = (b"GSUB", b"GPOS", b"GDEF", b"DSIG", b"name", b"kern", b"STAT", b"MATH")
        wanted.sets(hb.SubsetInputSets.DROP_TABLE_TAG).update(int.from_bytes(tag, "big") for tag in unneeded)
        return bytes(hb.subset(self._face, wanted).blob.data)

    def metrics(self) -> Metrics:
        """Measures for the font descriptor, from the tables `head`, `hhea`, `OS/2` and `post`."""
        head = bytes(self._face.reference_table("head").data)
        extents = self._font.get_font_extents("ltr")
        cap_height = self._font.get_metric_position_with_fallback(hb.OTMetricsTag.CAP_HEIGHT)
        post = bytes(self._face.reference_table("post").data)
        box = struct.unpack(">4h", head[36:44])
        return Metrics(
            round(extents.ascender * self._scale),
            round(extents.descender * self._scale),
            round(cap_height * self._scale),
            (self._round(box[0]), self._round(box[1]), self._round(box[2]), self._round(box[3])),
            struct.unpack(">i", post[4:8])[0] / 65536,
        )

    def _round(self, units: int) -> int:
        return round(units * self._scale)


def is_arabic(character: str) -> bool:
    """Letters, marks, digits and punctuation that only Arabic writing has."""
    code = ord(character)
    return 0x0600 <= code <= 0x06FF or 0x0750 <= code <= 0x077F or 0x08A0 <= code <= 0x08FF or 0xFB50 <= code <= 0xFEFC


def is_neutral(character: str) -> bool:
    """Signs that both scripts use and that therefore stay in the face of what stands before them."""
    return not is_arabic(character) and unicodedata.category(character)[0] in "PSZM"


@cache
def face(package: str, file: str) -> Face:
    """A face from an installed font package, read once in the life of the process."""
    return Face(file, files(package).joinpath("files", f"{file}.ttf").read_bytes())


@dataclass(frozen=True)
class Typeface:
    """Two scripts at one weight. `lift` enlarges the Arabic, which stands lower and smaller at the same size."""

    latin: tuple[str, str]
    arabic: tuple[str, str]
    lift: float

    def candidates(self, *, arabic: bool) -> tuple[tuple[Face, float], ...]:
        """Faces to try in this order for a character of one script, each with the factor on the size."""
        first, second = (self.arabic, self.latin) if arabic else (self.latin, self.arabic)
        lift = self.lift if arabic else 1.0
        return (face(*first), lift), (face(*second), lift), (face(*_LAST_RESORT), 1.1)


_SANS_PACKAGE: Final = "fontpkg_ibm_plex_sans_arabic"
_SERIF_PACKAGE: Final = "fontpkg_ibm_plex_serif"
_MONO_PACKAGE: Final = "fontpkg_ibm_plex_mono"
_NASKH_PACKAGE: Final = "fontpkg_amiri"
# Amiri alone has the letters of transliteration (ḥ ḍ ṣ ṭ ẓ ʿ ʾ and the long vowels).
_LAST_RESORT: Final = (_NASKH_PACKAGE, "Amiri-Regular")
_SANS: Final = (_SANS_PACKAGE, "IBMPlexSansArabic-Regular")
_SANS_STRONG: Final = (_SANS_PACKAGE, "IBMPlexSansArabic-SemiBold")

SANS: Final = Typeface(_SANS, _SANS, 1.08)
SANS_STRONG: Final = Typeface(_SANS_STRONG, _SANS_STRONG, 1.08)
SERIF: Final = Typeface((_SERIF_PACKAGE, "IBMPlexSerif-Regular"), (_NASKH_PACKAGE, "Amiri-Regular"), 1.18)
SERIF_STRONG: Final = Typeface((_SERIF_PACKAGE, "IBMPlexSerif-SemiBold"), (_NASKH_PACKAGE, "Amiri-Bold"), 1.18)
MONO: Final = Typeface((_MONO_PACKAGE, "IBMPlexMono-Regular"), _SANS, 1.0)
MONO_STRONG: Final = Typeface((_MONO_PACKAGE, "IBMPlexMono-SemiBold"), _SANS_STRONG, 1.0)
