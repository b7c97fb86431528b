"""The shared real photographs: claims equal those that another program (exiftool) read from the same files."""

from __future__ import annotations

import csv
import io
import os

import pytest
from PIL import Image, ImageChops, ImageStat

from evidence.examination.findings import Findings, Kind, Note, State
from evidence.examination.sandbox import ChildExaminer
from tests.evidence.conftest import SHARED

PHOTOS = SHARED / "photos"
pytestmark = pytest.mark.skipif(not PHOTOS.is_dir(), reason=f"the shared photographs are not at {PHOTOS}")

TEXTS = {
    "EXIF_DateTimeOriginal": "exif.DateTimeOriginal",
    "EXIF_CreateDate": "exif.DateTimeDigitized",
    "EXIF_ModifyDate": "exif.DateTime",
    "EXIF_Make": "exif.Make",
    "EXIF_Model": "exif.Model",
    "EXIF_OffsetTimeOriginal": "exif.OffsetTimeOriginal",
}
NUMBERS = {"GPSLatitude_signed": "gps.latitude", "GPSLongitude_signed": "gps.longitude"}


def manifest() -> list[dict[str, str]]:
    if not PHOTOS.is_dir():
        return []
    with (PHOTOS / "manifest.csv").open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def findings(examiner: ChildExaminer) -> dict[str, Findings]:
    found = {}
    for row in manifest():
        descriptor = os.open(PHOTOS / row["path"], os.O_RDONLY)
        found[row["path"]] = examiner.examine(descriptor)
        os.close(descriptor)
    return found


@pytest.mark.parametrize("row", manifest(), ids=lambda row: row["path"])
def test_claims_are_those_another_program_reads(findings: dict[str, Findings], row: dict[str, str]) -> None:
    claims = findings[row["path"]].claims
    for column, claim in TEXTS.items():
        assert claims.get(claim, "") == row[column].strip(), claim
    for column, claim in NUMBERS.items():
        if row[column]:
            assert float(claims[claim]) == pytest.approx(float(row[column]), abs=1e-7)
        else:
            assert claim not in claims


@pytest.mark.parametrize(
    "row", [row for row in manifest() if row["pillow_status"] == "ok"], ids=lambda row: row["path"]
)
def test_a_picture_is_read_and_its_size_claimed(findings: dict[str, Findings], row: dict[str, str]) -> None:
    found = findings[row["path"]]
    assert found.state is State.READ
    assert (found.claims["image.width"], found.claims["image.height"]) == (row["pillow_width"], row["pillow_height"])
    assert len(found.derived) == 3


def test_a_camera_clock_never_set_gives_no_capture_time(findings: dict[str, Findings]) -> None:
    claims = findings["Sanyo S1.JPG"].claims
    assert claims["exif.DateTimeOriginal"] == "0000:00:00 00:00:00"
    assert "capture.time" not in claims


def test_a_position_of_zero_is_kept_and_marked(findings: dict[str, Findings]) -> None:
    found = findings["Issue 308.jpg"]
    assert (found.claims["gps.latitude"], found.claims["gps.longitude"]) == ("0", "0")
    assert Note.GPS_ZERO in found.notes


def test_all_eight_orientations_look_alike_once_upright(findings: dict[str, Findings]) -> None:
    pictures = []
    for place in range(1, 9):
        derived = {made.kind: made for made in findings[f"landscape_{place}.jpg"].derived}
        pictures.append(Image.open(io.BytesIO(derived[Kind.THUMBNAIL].content)).convert("L").resize((60, 40)))
    for turned in pictures[1:]:
        difference = ImageStat.Stat(ImageChops.difference(pictures[0], turned)).mean[0]
        assert difference < 16, "the printed digit differs, the scene does not"


def test_a_dark_deep_picture_is_stretched_to_be_seen(findings: dict[str, Findings]) -> None:
    found = findings["002.tiff"]
    preview = next(made for made in found.derived if made.kind is Kind.PREVIEW)
    low, high = Image.open(io.BytesIO(preview.content)).convert("L").getextrema()
    assert low < 16  # type: ignore[operator]
    assert high > 239  # type: ignore[operator]
