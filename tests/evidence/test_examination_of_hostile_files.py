"""The shared hostile files: none crashes, hangs or is believed, and each is classed as a person classed it."""

from __future__ import annotations

import csv
import io
import os
from pathlib import Path

import pytest
from PIL import Image, ImageStat

from evidence.examination.findings import Findings, Kind, Note, State
from evidence.examination.sandbox import ChildExaminer
from tests.evidence.conftest import SHARED

HOSTILE = SHARED / "hostile"
pytestmark = pytest.mark.skipif(not HOSTILE.is_dir(), reason=f"the shared hostile files are not at {HOSTILE}")

ALL = {Kind.PREVIEW, Kind.THUMBNAIL, Kind.VEILED}
ALLOWED: dict[str, set[State]] = {
    "accept": {State.READ, State.EMPTY},
    "accept+bomb": {State.REFUSED},
    "accept+decode": {State.READ},
    "accept+maybe": {State.READ, State.PARTIAL, State.UNREADABLE},
    "accept+noshow": {State.READ},
    "accept+partial": {State.PARTIAL},
    "accept+undecodable": {State.UNREADABLE},
}
PICTURED = {State.READ, State.PARTIAL}
# Its first bytes are no file type at all: nothing is tried on it, so there is no declared size to refuse.
UNTRIED = {"github_46_2.heic"}


def classes() -> list[tuple[str, str]]:
    if not HOSTILE.is_dir():
        return []
    with (HOSTILE / "expected.csv").open(newline="") as file:
        return [(row["path"], row["class"]) for row in csv.DictReader(file)]


def examined(examiner: ChildExaminer, path: Path) -> Findings:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        return examiner.examine(descriptor)
    finally:
        os.close(descriptor)


@pytest.mark.parametrize(("name", "expected"), classes())
def test_a_hostile_file_is_classed_as_expected(examiner: ChildExaminer, name: str, expected: str) -> None:
    findings = examined(examiner, HOSTILE / name)
    allowed = ALLOWED[expected] | ({State.UNREADABLE} if name in UNTRIED else set())
    assert findings.state in allowed, findings.notes
    assert Note.CHILD_DIED not in findings.notes
    assert Note.TIME_LIMIT not in findings.notes
    pictured = expected in {"accept+decode", "accept+partial", "accept+maybe"} and findings.state in PICTURED
    assert {made.kind for made in findings.derived} == (ALL if pictured else set())


def test_the_type_is_that_of_the_content(examiner: ChildExaminer) -> None:
    kinds = {
        "heic_hdlr_box.jpg": "image/heic",
        "git-lfs-pointer.jpg": "text/plain",
        "imagetragick-mvg.jpg": "text/plain",
        "CVE-2021-22204_exiftool_echo.jpg": "image/vnd.djvu",
        "png-pdf.png": "image/png",
        "png-pdf.pdf": "application/pdf",
        "svg-script.svg": "image/svg+xml",
        "nikon-z9.dng": "image/x-adobe-dng",
        "zip-with-symlink.zip": "application/zip",
        "zero-byte.jpg": None,
    }
    found = {name: examined(examiner, HOSTILE / name).media_type for name in kinds}
    assert found == kinds


@pytest.mark.parametrize(
    ("name", "note"),
    [
        ("truncated_jpeg.jpg", Note.TRUNCATED),
        ("67-0_length_string.jpg", Note.ONE_GREY),
        ("nikon-z9.dng", Note.EMBEDDED_PREVIEW),
        ("rotating-squares.webp", Note.ANIMATED),
        ("g4-multi.tiff", Note.SEVERAL_PAGES),
        ("sugarshack.mpo", Note.SEVERAL_PAGES),
        ("jpeg-plus-zip.jpg", Note.TRAILING_DATA),
        ("hopper_bad_exif.jpg", Note.EXIF_DAMAGED),
        ("16bit.cropped.tif", Note.GREYS_STRETCHED),
        ("17000x17000.avif", Note.TOO_LARGE),
    ],
)
def test_what_a_reader_should_know_is_noted(examiner: ChildExaminer, name: str, note: Note) -> None:
    assert note in examined(examiner, HOSTILE / name).notes


def test_exif_is_read_although_the_picture_is_grey(examiner: ChildExaminer) -> None:
    assert examined(examiner, HOSTILE / "67-0_length_string.jpg").claims["exif.Make"] == "samsung"


def test_wrongly_typed_positions_are_absent_and_not_zero(examiner: ChildExaminer) -> None:
    claims = examined(examiner, HOSTILE / "exif_gps_typeerror.jpg").claims
    assert not [name for name in claims if name.startswith("gps.")]


def test_a_snippet_in_a_date_gives_no_date(examiner: ChildExaminer) -> None:
    claims = examined(examiner, HOSTILE / "PHP_exif_phpinfo.jpg").claims
    assert "capture.time" not in claims
    assert any("phpinfo" in value for value in claims.values())


def test_metadata_larger_than_the_picture_is_shown_bounded(examiner: ChildExaminer) -> None:
    claims = examined(examiner, HOSTILE / "issue-metadata-extractor-65.jpg").claims
    assert sum(map(len, claims.values())) < 64 << 10


def test_an_inverted_cmyk_picture_is_not_shown_inverted(examiner: ChildExaminer) -> None:
    derived = {made.kind: made for made in examined(examiner, HOSTILE / "pil_sample_cmyk.jpg").derived}
    with (
        Image.open(io.BytesIO(derived[Kind.PREVIEW].content)) as ours,
        Image.open(HOSTILE / "pil_sample_cmyk.jpg") as theirs,
    ):
        expected = ImageStat.Stat(theirs.convert("RGB").resize(ours.size)).mean
        assert ImageStat.Stat(ours).mean == pytest.approx(expected, abs=12)
