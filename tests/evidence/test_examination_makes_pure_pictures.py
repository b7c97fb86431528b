"""Derived pictures: upright, bounded, without a byte of metadata; the veiled one shows no one."""

from __future__ import annotations

import io
import tempfile

import pytest
from PIL import Image, ImageDraw, ImageStat

from evidence.examination.findings import LONGEST_SIDE, RECIPES, Findings, Kind, Note, State
from evidence.examination.sandbox import ChildExaminer
from tests.evidence.conftest import jpeg

SECRET = b"the place where it was taken"


def examined(examiner: ChildExaminer, content: bytes) -> Findings:
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.flush()
        return examiner.examine(file.fileno())


def pictures(findings: Findings) -> dict[Kind, Image.Image]:
    return {made.kind: Image.open(io.BytesIO(made.content)) for made in findings.derived}


def with_metadata() -> bytes:
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode()
    exif[0x0112] = 6
    return jpeg(size=(400, 300), exif=exif, comment=SECRET, dpi=(300, 300))


def test_the_claims_are_read_and_the_pictures_carry_none_of_them(examiner: ChildExaminer) -> None:
    findings = examined(examiner, with_metadata())
    assert findings.claims["exif.ImageDescription"] == SECRET.decode()
    for made in findings.derived:
        assert SECRET not in made.content
        assert b"Exif" not in made.content
        assert made.content.startswith(b"\xff\xd8\xff\xe0")


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_marked_corner_is_where_it_was_seen(examiner: ChildExaminer, orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    preview = pictures(examined(examiner, jpeg(size=(200, 120), exif=exif)))[Kind.PREVIEW].convert("L")
    corners = {"tl": (5, 5), "tr": (preview.width - 6, 5), "bl": (5, preview.height - 6)}
    corners["br"] = (preview.width - 6, preview.height - 6)
    light = max(corners, key=lambda name: preview.getpixel(corners[name]))  # type: ignore[arg-type,return-value]
    assert light == {1: "tl", 2: "tr", 3: "br", 4: "bl", 5: "tl", 6: "tr", 7: "br", 8: "bl"}[orientation]
    assert (preview.width > preview.height) == (orientation < 5)


def test_sizes_are_bounded_and_small_pictures_not_blown_up(examiner: ChildExaminer) -> None:
    large = examined(examiner, jpeg(size=(4000, 1000)))
    assert {made.kind: (made.width, made.height) for made in large.derived} == {
        Kind.PREVIEW: (1600, 400),
        Kind.THUMBNAIL: (320, 80),
        Kind.VEILED: (320, 80),
    }
    small = examined(examiner, jpeg(size=(1, 1)))
    assert {(made.width, made.height) for made in small.derived} == {(1, 1)}


def test_the_veiled_picture_is_grey_and_shows_no_detail(examiner: ChildExaminer) -> None:
    plain = Image.new("RGB", (640, 480), "gray")
    drawn = plain.copy()
    ImageDraw.Draw(drawn).text((300, 220), "4121-215", fill="red", font_size=40)
    veils = []
    for picture in (plain, drawn):
        stream = io.BytesIO()
        picture.save(stream, "PNG")
        veils.append(pictures(examined(examiner, stream.getvalue()))[Kind.VEILED])
    assert veils[1].mode == "L"
    assert ImageStat.Stat(veils[1]).stddev[0] < 8, "a number card must not be readable"


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "I;16", "F"])
def test_every_kind_of_pixel_is_shown(examiner: ChildExaminer, mode: str) -> None:
    picture = Image.linear_gradient("L").convert("L" if mode in {"I;16", "F"} else mode)
    if mode in {"I;16", "F"}:
        picture = Image.linear_gradient("L").convert("I").point(lambda value: value * 16).convert(mode)
    stream = io.BytesIO()
    picture.save(stream, "TIFF")
    preview = pictures(examined(examiner, stream.getvalue()))[Kind.PREVIEW].convert("L")
    low, high = preview.getextrema()
    assert low < 40  # type: ignore[operator]
    assert high > 215  # type: ignore[operator]


def test_the_same_original_gives_the_same_pictures(examiner: ChildExaminer) -> None:
    assert examined(examiner, with_metadata()) == examined(examiner, with_metadata())


def test_a_cut_picture_is_shown_as_far_as_it_goes_and_marked(examiner: ChildExaminer) -> None:
    content = jpeg(size=(800, 600), quality=95)
    findings = examined(examiner, content[: len(content) * 2 // 3])
    assert findings.state is State.PARTIAL
    assert Note.TRUNCATED in findings.notes
    assert len(findings.derived) == 3


def test_bytes_after_the_picture_are_counted(examiner: ChildExaminer) -> None:
    findings = examined(examiner, jpeg() + b"PK\x03\x04 and more")
    assert findings.claims["file.trailing_bytes"] == "13"


def test_each_kind_has_a_size_and_a_recipe() -> None:
    assert set(LONGEST_SIDE) == set(RECIPES) == set(Kind)
