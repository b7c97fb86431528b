"""What a box covers: the decoded picture has the fill wherever a box stood, and is as it was elsewhere."""

from __future__ import annotations

import io
import tempfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from evidence.core.boxes import MARGIN, Box, BoxError, BoxReason, check, dumps, filled, loads
from evidence.examination.redacted import Outcome
from evidence.examination.redacting import encoded
from evidence.examination.sandbox import ChildExaminer
from tests.evidence.redactions.shots import noise

WIDTH, HEIGHT = 200, 140
# JPEG noise inside of one flat colour.
_NOISE = 2


@st.composite
def some_boxes(draw: st.DrawFn) -> list[Box]:
    found = set()
    for _ in range(draw(st.integers(1, 4))):
        left, top = draw(st.integers(0, WIDTH - 1)), draw(st.integers(0, HEIGHT - 1))
        width, height = draw(st.integers(1, WIDTH - left)), draw(st.integers(1, HEIGHT - top))
        found.add(Box(left, top, width, height, draw(st.sampled_from(BoxReason))))
    return sorted(found)


def _rows(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content)).convert("RGB")


@given(boxes=some_boxes(), seed=st.integers(0, 3))
@settings(max_examples=40, deadline=None)
def test_no_pixel_in_a_box_is_left_and_none_outside_of_the_margin_is_touched(boxes: list[Box], seed: int) -> None:
    original = _rows(noise(WIDTH, HEIGHT, seed=seed))
    redacted, untouched = _rows(encoded(original, tuple(boxes))), _rows(encoded(original, ()))
    areas = [filled(box, WIDTH, HEIGHT) for box in boxes]
    for y in range(HEIGHT):
        for x in range(WIDTH):
            pixel = redacted.getpixel((x, y))
            assert isinstance(pixel, tuple)
            if any(area.holds(x, y) for area in areas):
                assert max(pixel) <= _NOISE, (x, y)
            else:
                assert pixel == untouched.getpixel((x, y)), (x, y)


@given(boxes=some_boxes())
def test_what_is_filled_holds_the_box_with_its_margin_and_little_more(boxes: list[Box]) -> None:
    for box in boxes:
        area = filled(box, WIDTH, HEIGHT)
        assert area.left <= max(0, box.left - MARGIN)
        assert area.top <= max(0, box.top - MARGIN)
        assert area.right >= min(WIDTH, box.left + box.width + MARGIN)
        assert area.bottom >= min(HEIGHT, box.top + box.height + MARGIN)
        assert area.right - area.left < box.width + 2 * MARGIN + 16


@given(boxes=some_boxes())
def test_boxes_come_back_from_their_bytes(boxes: list[Box]) -> None:
    assert list(loads(dumps(boxes))) == boxes


@given(untrusted=st.binary(max_size=80))
def test_foreign_bytes_raise_nothing_but_what_is_declared(untrusted: bytes) -> None:
    try:
        loads(untrusted)
    except BoxError:
        return
    assert untrusted.strip() == b"[]"


@pytest.mark.parametrize(
    "box",
    [
        Box(190, 10, 11, 5, BoxReason.FACE),
        Box(0, 139, 5, 2, BoxReason.FACE),
        Box(-1, 0, 5, 5, BoxReason.FACE),
        Box(5, 5, 0, 5, BoxReason.FACE),
    ],
)
def test_a_box_outside_of_the_picture_is_refused(box: Box) -> None:
    with pytest.raises(BoxError):
        check([box], WIDTH, HEIGHT)


def test_the_child_turns_the_picture_before_it_fills_and_keeps_no_metadata(examiner: ChildExaminer) -> None:
    with tempfile.TemporaryFile() as file:
        file.write(noise(WIDTH, HEIGHT, orientation=6))
        file.flush()
        made = examiner.redact(file.fileno(), [Box(100, 150, 10, 10, BoxReason.NAME)])
    assert (made.outcome, made.width, made.height) == (Outcome.MADE, HEIGHT, WIDTH)
    picture = Image.open(io.BytesIO(made.content))
    assert picture.getpixel((105, 155)) == (0, 0, 0)
    assert not picture.getexif()
    assert b"Exif" not in made.content


@pytest.mark.parametrize(
    ("content", "outcome"),
    [(b"no picture at all", Outcome.UNDECODABLE), (noise(50, 40), Outcome.OTHER_SIZE)],
    ids=["text", "smaller"],
)
def test_the_child_says_why_there_is_no_picture(examiner: ChildExaminer, content: bytes, outcome: Outcome) -> None:
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.flush()
        made = examiner.redact(file.fileno(), [Box(100, 30, 10, 10, BoxReason.NAME)])
    assert (made.outcome, made.content) == (outcome, b"")
