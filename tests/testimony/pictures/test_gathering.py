"""What a sheet shows of each kind of file, and what it says about the way there."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator

import pillow_heif
import pytest
from PIL import Image

from custody.models import Entry
from evidence import redactions
from evidence.models import EvidenceItem
from testimony.pictures.gathering import Fetched, Tray, tray
from tests.cast import Cast
from tests.evidence.redactions.shots import FACE, asker, examined, noise


def _saved(picture: Image.Image, form: str, **options: object) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, form, **options)
    return stream.getvalue()


def _colours(mode: str = "RGB", size: tuple[int, int] = (60, 40)) -> Image.Image:
    picture = Image.new("RGB", size, "teal")
    picture.paste("orange", (0, 0, 30, 20))
    return picture.convert(mode)


def _see_through() -> Image.Image:
    picture = _colours("RGBA")
    picture.putalpha(Image.linear_gradient("L").resize(picture.size))
    return picture


def _animation() -> bytes:
    return _saved(_colours("P"), "GIF", save_all=True, append_images=[Image.new("P", (60, 40), 3)])


def _pages() -> bytes:
    return _saved(_colours(), "TIFF", save_all=True, append_images=[Image.new("RGB", (60, 40), "red")])


def _deep(form: str) -> bytes:
    return _saved(Image.linear_gradient("L").convert("I").point(lambda value: value * 200).convert("I;16"), form)


def _ycck() -> bytes:
    """The same inks, said to be stored as brightness and colour: Adobe's marker, transform 2."""
    content = bytearray(_saved(_colours("CMYK"), "JPEG"))
    content[content.index(b"Adobe") + 11] = 2
    return bytes(content)


def _heic() -> bytes:
    stream = io.BytesIO()
    pillow_heif.from_pillow(_colours(size=(64, 64))).save(stream, format="HEIF")
    return stream.getvalue()


KINDS: dict[str, tuple[bytes, str]] = {
    "jpeg": (noise(), ""),
    "progressive": (_saved(_colours(), "JPEG", progressive=True), ""),
    "grey": (_saved(_colours("L"), "JPEG"), ""),
    "cmyk": (_saved(_colours("CMYK"), "JPEG"), "inks"),
    "ycck": (_ycck(), "inks"),
    "heic": (_heic(), "from image/hei"),
    "png": (_saved(_colours(), "PNG"), "from image/png"),
    "alpha": (_saved(_see_through(), "PNG"), "laid on white"),
    "palette": (_saved(_colours("P"), "PNG"), "palette"),
    "16-bit png": (_deep("PNG"), "deep greys"),
    "16-bit tiff": (_deep("TIFF"), "deep greys"),
    "pages": (_pages(), "the first of 2 pages"),
    "gif": (_animation(), "the first of 2 pictures"),
    "webp": (_saved(_colours(), "WEBP"), "from image/webp"),
    "truncated": (noise()[:-4000], "ends early"),
}


@pytest.fixture
def waiting(installation: object) -> Iterator[Tray]:
    with tray() as made:
        yield made


def _fetch(waiting: Tray, cast: Cast, item: EvidenceItem, **options: bool) -> Fetched:
    return waiting.fetch(asker(cast.case, cast.lawyer), item, **options)


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_has_a_plain_working_copy_that_says_what_was_done(waiting: Tray, cast: Cast, kind: str) -> None:
    content, words = KINDS[kind]
    picture = _fetch(waiting, cast, examined(cast.case, content)).picture
    assert picture is not None
    assert words in picture.recipe
    assert "at most 1600 px, sRGB" in picture.recipe
    assert (picture.is_original, picture.quarter_turns) == (False, 0)
    with waiting.open(picture.sha256) as stream:
        shown = Image.open(stream)
        assert (shown.format, shown.mode, max(shown.size) <= 1600) == (
            "JPEG",
            "L" if picture.components == 1 else "RGB",
            True,
        )
        assert not shown.getexif()
        assert "icc_profile" not in shown.info


def test_a_large_picture_is_brought_to_1600_pixels_and_stands_upright(waiting: Tray, cast: Cast) -> None:
    item = examined(cast.case, noise(2000, 500, orientation=6))
    picture = _fetch(waiting, cast, item).picture
    assert picture is not None
    assert (picture.width, picture.height) == (400, 1600)


WHOLE = {"jpeg", "progressive", "grey"}


@pytest.mark.parametrize("kind", KINDS)
def test_at_full_size_a_page_takes_the_bytes_of_a_jpeg_and_of_nothing_else(
    waiting: Tray, cast: Cast, kind: str
) -> None:
    content, _ = KINDS[kind]
    fetched = _fetch(waiting, cast, examined(cast.case, content), full_size=True)
    assert fetched.picture is not None
    assert fetched.picture.is_original == (kind in WHOLE)
    assert (fetched.picture.sha256 == hashlib.sha256(content).hexdigest()) == (kind in WHOLE)
    assert bool(fetched.why_copy) == (kind not in WHOLE)
    assert ("instead of the original" in fetched.picture.recipe) == (kind not in WHOLE)


@pytest.mark.parametrize(("orientation", "turns"), [(1, 0), (3, 2), (6, 1), (8, 3)])
def test_the_page_turns_an_original_and_not_its_bytes(waiting: Tray, cast: Cast, orientation: int, turns: int) -> None:
    fetched = _fetch(waiting, cast, examined(cast.case, noise(orientation=orientation)), full_size=True)
    assert fetched.picture is not None
    assert (fetched.picture.is_original, fetched.picture.quarter_turns) == (True, turns)


def test_a_mirrored_original_is_shown_by_its_working_copy(waiting: Tray, cast: Cast) -> None:
    fetched = _fetch(waiting, cast, examined(cast.case, noise(orientation=2)), full_size=True)
    assert "mirrored" in fetched.why_copy


@pytest.mark.parametrize("full_size", [True, False])
@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"words of a letter", "text/plain"),
        (b"%PDF-1.4 no picture", "no picture is made"),
        (noise()[:200], "make sense"),
    ],
    ids=["text", "pdf", "broken jpeg"],
)
def test_what_shows_nothing_has_a_slip_with_kind_size_digest_and_reason(
    waiting: Tray, cast: Cast, content: bytes, reason: str, full_size: bool
) -> None:
    item = examined(cast.case, content)
    fetched = _fetch(waiting, cast, item, full_size=full_size)
    assert fetched.picture is None
    for words in (reason, f"{item.size:,} bytes", item.sha256):
        assert words in fetched.why_not


def test_the_newest_redacted_picture_is_taken_when_it_is_wanted(waiting: Tray, cast: Cast) -> None:
    item = examined(cast.case)
    lead = asker(cast.case, cast.lead)
    redactions.redact(asker=lead, item=item, boxes=[FACE])
    newest = redactions.redact(asker=lead, item=item, boxes=[FACE])
    fetched = _fetch(waiting, cast, item, redacted=True, full_size=True)
    assert fetched.picture is not None
    assert fetched.picture.sha256 == newest.sha256
    assert fetched.picture.recipe.startswith(f"{item.ern}-RED2: redaction/1")
    plain = _fetch(waiting, cast, item)
    assert plain.picture is not None
    assert plain.picture.sha256 != newest.sha256


def test_the_original_is_not_opened_when_it_could_not_be_shown(waiting: Tray, cast: Cast) -> None:
    item = examined(cast.case, KINDS["png"][0])
    _fetch(waiting, cast, item, full_size=True)
    assert not Entry.objects.filter(action="item.downloaded").exists()
