"""Real photographs and hostile files: whatever comes, the child answers or the parent says that it did not."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from evidence.core.boxes import Box, BoxReason, filled
from evidence.core.errors import ExaminationError
from evidence.examination.findings import Kind
from evidence.examination.redacted import Outcome
from evidence.examination.sandbox import ChildExaminer
from tests.evidence.conftest import SHARED

PHOTOS, HOSTILE = SHARED / "photos", SHARED / "hostile"
# Some of them have one pixel.
BOX = Box(0, 0, 1, 1, BoxReason.FACE)

pytestmark = pytest.mark.slow


def _files(folder: Path) -> list[Path]:
    found = sorted(path for path in folder.glob("*") if path.suffix not in {".md", ".csv", ".txt", ".xmp"})
    return found or [folder]


@pytest.mark.skipif(not PHOTOS.is_dir(), reason="NO ../shared/photos: real photographs were not redacted")
@pytest.mark.parametrize("path", _files(PHOTOS), ids=lambda path: path.name)
def test_a_photograph_is_covered_and_stands_as_its_preview_does(examiner: ChildExaminer, path: Path) -> None:
    with path.open("rb") as file:
        made = examiner.redact(file.fileno(), [BOX])
        findings = examiner.examine(file.fileno())
    previews = [each for each in findings.derived if each.kind is Kind.PREVIEW]
    assert bool(previews) == (made.outcome is Outcome.MADE)
    if not previews:
        return
    assert abs(made.width / made.height - previews[0].width / previews[0].height) < 0.02
    with Image.open(io.BytesIO(made.content)) as picture:
        assert picture.size == (made.width, made.height)
        assert (picture.getexif(), picture.info.get("icc_profile")) == (Image.Exif(), None)
        area = filled(BOX, made.width, made.height)
        covered = picture.crop((area.left, area.top, area.right, area.bottom))
        assert max(high for _low, high in covered.convert("RGB").getextrema()) <= 2  # type: ignore[misc]


@pytest.mark.skipif(not HOSTILE.is_dir(), reason="NO ../shared/hostile: hostile files were not tried")
@pytest.mark.parametrize("path", _files(HOSTILE), ids=lambda path: path.name)
def test_a_hostile_file_is_answered_or_said_to_be_unreadable(path: Path) -> None:
    with ChildExaminer() as examiner, path.open("rb") as file:
        try:
            made = examiner.redact(file.fileno(), [BOX])
        except ExaminationError:
            return
    assert bool(made.content) == (made.outcome is Outcome.MADE)
