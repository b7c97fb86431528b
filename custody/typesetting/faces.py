"""The faces of the dossier, and shaping by HarfBuzz: from characters to placed glyphs.

A `Face` is one font file, read once. A `Typeface` is what a style asks for: a Latin and an Arabic face that stand side
by side at one weight, the lift that makes the Arabic as large to the eye as the Latin, and faces to fall back on.
Fonts come from PyPI (`fontpkg-*`, SIL Open Font License 1.1, embedding allowed).
"""

import struct
import unicodedata
from functools import cache
from importlib.resources import files
from typing import Final, NamedTuple

import uharfbuzz as hb

from custody.typesetting.outlines import PathPen

_CACHE_LIMIT: Final = 40_000  # shaped words kept per face, about 20 MB


class Glyph(NamedTuple):
    """One glyph written as text. Advance and offset are in thousandths of the em."""

    gid: int
    advance: float
    x: float
    text: str
    """The characters it stands for."""
    stretch: float = 100
    """Width of the glyph in per cent; other than 100 only for blanks that carry characters."""


class Outline(NamedTuple):
    """One glyph drawn as a shape, without standing for a character; place in thousandths of the em from the start."""

    gid: int
    x: float
    y: float


class Shaped(NamedTuple):
    """A shaped stretch of text in drawing order, left to right; `width` in thousandths of the em."""

    glyphs: tuple[Glyph, ...]
    outlines: tuple[Outline, ...]
    width: float


class _Ink(NamedTuple):
    """A glyph as HarfBuzz places it."""

    gid: int
    advance: float
    x: float
    y: float


class _Cluster(NamedTuple):
    """Characters that are drawn together, and the glyphs that draw them."""

    text: str
    inks: tuple[_Ink, ...]


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
        self._scale = float(1000 / self._face.upem)
        self._characters = frozenset(self._face.unicodes)
        self._shaped: dict[tuple[str, bool], Shaped] = {}
        # Few: a character has as many advances as there are kerns for it.
        self._glyphs: dict[tuple[int, int, int, str], Glyph] = {}
        self._paths: dict[int, str] = {}
        self.postscript_name: str = (self._face.get_name(hb.OTNameIdPredefined.POSTSCRIPT_NAME) or name).replace(
            " ", ""
        )

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
        one_each = [info.cluster for info in buffer.glyph_infos] == list(range(len(text)))
        if one_each and text.isascii() and not right_to_left:
            return self._plainly(buffer, text)
        return self._written(self._clusters(buffer, text, right_to_left), right_to_left)

    def _plainly(self, buffer: "hb.Buffer", text: str) -> Shaped:
        """What the rules below come to where each character has one glyph: digests, numbers, most of English."""
        glyphs = []
        width = 0.0
        for character, info, place in zip(text, buffer.glyph_infos, buffer.glyph_positions, strict=True):
            key = (info.codepoint, place.x_advance, place.x_offset, character)
            glyph = self._glyphs.get(key)
            if glyph is None:
                advance, offset = place.x_advance * self._scale, place.x_offset * self._scale
                glyph = self._glyphs[key] = Glyph(info.codepoint, advance, offset, character)
            glyphs.append(glyph)
            width += glyph.advance
        return Shaped(tuple(glyphs), (), width)

    def _clusters(self, buffer: "hb.Buffer", text: str, right_to_left: bool) -> list[_Cluster]:
        """Glyphs by the characters they draw, from left to right; a mark belongs to the letter that carries it."""
        inks: dict[int, list[_Ink]] = {}
        for info, place in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
            measures = (place.x_advance, place.x_offset, place.y_offset)
            ink = _Ink(info.codepoint, *(value * self._scale for value in measures))
            inks.setdefault(self._owner(text, info.cluster), []).append(ink)
        starts = sorted(inks)
        clusters = [
            _Cluster(text[start:end], tuple(inks[start]))
            for start, end in zip(starts, [*starts[1:], len(text)], strict=True)
        ]
        return clusters[::-1] if right_to_left else clusters

    @staticmethod
    def _owner(text: str, cluster: int) -> int:
        while cluster and unicodedata.category(text[cluster]) == "Mn":
            cluster -= 1
        return cluster

    def _written(self, clusters: list[_Cluster], right_to_left: bool) -> Shaped:
        """Decide for each cluster whether its glyphs stand for its characters or are drawn beside them.

        Readers of a PDF find right-to-left text by the places of single characters, and each spells a glyph that
        stands for several of them (a ligature, a letter with its mark) in an order of its own. So there the glyphs are
        drawn as shapes, and blanks that share the width carry the characters, one each.
        """
        glyphs: list[Glyph] = []
        outlines: list[Outline] = []
        width = 0.0
        for cluster in clusters:
            if right_to_left and not _is_plain(cluster):
                pen = width
                for ink in cluster.inks:
                    outlines.append(Outline(ink.gid, pen + ink.x, ink.y))
                    pen += ink.advance
                glyphs += self._blanks(cluster)
            else:
                glyphs += _as_text(cluster)
            width += sum(ink.advance for ink in cluster.inks)
        return Shaped(tuple(glyphs), tuple(outlines), width)

    def _blanks(self, cluster: _Cluster) -> list[Glyph]:
        share = max(sum(ink.advance for ink in cluster.inks) / len(cluster.text), 1.0)
        gid = self._font.get_nominal_glyph(0x20)
        stretch = float(share / self.advance(gid) * 100)
        return [Glyph(gid, share, 0, character, stretch) for character in reversed(cluster.text)]

    def path(self, gid: int) -> str:
        """The outline of a glyph as PDF operators, in units of the font."""
        if gid not in self._paths:
            pen = PathPen()
            self._font.draw_glyph_with_pen(gid, pen)
            self._paths[gid] = " ".join(pen.operators)
        return self._paths[gid]

    @property
    def unit(self) -> float:
        """Thousandths of the em in one unit of the font."""
        return float(self._scale)

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


def _is_plain(cluster: _Cluster) -> bool:
    """Whether one glyph on the line stands for one character, so that it can be written as text."""
    if len(cluster.text) != 1 or len(cluster.inks) != 1:
        return False
    ink = cluster.inks[0]
    # A glyph moved by more than this reads as the beginning of another word, or of another line.
    return abs(ink.x) < 60 and not ink.y and ink.advance > 0


def _as_text(cluster: _Cluster) -> list[Glyph]:
    """The widest glyph carries the characters; the others of the cluster stand for nothing."""
    widest = max(range(len(cluster.inks)), key=lambda index: cluster.inks[index].advance)
    return [
        Glyph(ink.gid, ink.advance, ink.x, cluster.text if index == widest else "")
        for index, ink in enumerate(cluster.inks)
    ]


@cache
def is_arabic(character: str) -> bool:
    """Letters, marks, digits and punctuation that only Arabic writing has."""
    code = ord(character)
    return 0x0600 <= code <= 0x06FF or 0x0750 <= code <= 0x077F or 0x08A0 <= code <= 0x08FF or 0xFB50 <= code <= 0xFEFC


@cache
def is_neutral(character: str) -> bool:
    """Signs that both scripts use and that therefore stay in the face of what stands before them."""
    return not is_arabic(character) and unicodedata.category(character)[0] in "PSZM"


@cache
def face(package: str, file: str) -> Face:
    """A face from an installed font package, read once in the life of the process."""
    return Face(file, files(package).joinpath("files", f"{file}.ttf").read_bytes())


class Typeface(NamedTuple):
    """Two scripts at one weight. `lift` enlarges the Arabic, which stands lower and smaller at the same size.

    `others` has letters of transliteration that the Latin face lacks, in a like shape at the same weight.
    """

    latin: tuple[str, str]
    arabic: tuple[str, str]
    lift: float
    others: tuple[str, str]

    def candidates(self, *, arabic: bool) -> tuple[tuple[Face, float], ...]:
        """Faces to try in this order for a character of one script, each with the factor on the size."""
        first, second = (self.arabic, self.latin) if arabic else (self.latin, self.arabic)
        lift = self.lift if arabic else 1.0
        others = (face(*self.others), _LIKE_THE_LATIN)
        return (face(*first), lift), (face(*second), lift), others, (face(*_LAST_RESORT), 1.1)


_SANS_PACKAGE: Final = "fontpkg_ibm_plex_sans_arabic"
_SERIF_PACKAGE: Final = "fontpkg_ibm_plex_serif"
_MONO_PACKAGE: Final = "fontpkg_ibm_plex_mono"
_NASKH_PACKAGE: Final = "fontpkg_amiri"
_OTHERS_PACKAGE: Final = "fontpkg_fira_sans"
_LIKE_THE_LATIN: Final = 0.98  # by the heights of an x: 516 to 527 thousandths
# Amiri alone has all letters of transliteration (ḥ ḍ ṣ ṭ ẓ ḫ ʿ ʾ and the long vowels).
_NASKH: Final = (_NASKH_PACKAGE, "Amiri-Regular")
_LAST_RESORT: Final = _NASKH
_SANS: Final = (_SANS_PACKAGE, "IBMPlexSansArabic-Regular")
_SANS_STRONG: Final = (_SANS_PACKAGE, "IBMPlexSansArabic-SemiBold")

_OTHERS: Final = (_OTHERS_PACKAGE, "FiraSans-Regular")
_OTHERS_STRONG: Final = (_OTHERS_PACKAGE, "FiraSans-SemiBold")
_NASKH_STRONG: Final = (_NASKH_PACKAGE, "Amiri-Bold")

SANS: Final = Typeface(_SANS, _SANS, 1.08, _OTHERS)
SANS_STRONG: Final = Typeface(_SANS_STRONG, _SANS_STRONG, 1.08, _OTHERS_STRONG)
SERIF: Final = Typeface((_SERIF_PACKAGE, "IBMPlexSerif-Regular"), _NASKH, 1.18, _NASKH)
SERIF_STRONG: Final = Typeface((_SERIF_PACKAGE, "IBMPlexSerif-SemiBold"), _NASKH_STRONG, 1.18, _NASKH_STRONG)
MONO: Final = Typeface((_MONO_PACKAGE, "IBMPlexMono-Regular"), _SANS, 1.0, _OTHERS)
MONO_STRONG: Final = Typeface((_MONO_PACKAGE, "IBMPlexMono-SemiBold"), _SANS_STRONG, 1.0, _OTHERS_STRONG)
