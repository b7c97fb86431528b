"""Photographs stand in the file byte for byte, or not at all."""

import hashlib
import io
from dataclasses import replace

import pikepdf
import pytest
from PIL import Image

from custody.typesetting.errors import PictureError
from custody.typesetting.pictures import JpegFrame, read_frame
from testimony.rendering import render
from tests.testimony import trees
from tests.testimony.rendering.reading import file_of


def _encoded(mode: str, kind: str = "JPEG") -> bytes:
    stream = io.BytesIO()
    Image.new(mode, (40, 30)).save(stream, kind)
    return stream.getvalue()


def test_the_bytes_in_the_file_are_those_of_the_evidence() -> None:
    with pikepdf.open(file_of(trees.dossier())) as pdf:
        digests = {
            hashlib.sha256(image.read_raw_bytes()).hexdigest()
            for page in pdf.pages
            for image in page.Resources.get("/XObject", {}).values()
        }
    assert digests == set(trees.pictures())


def test_other_bytes_under_the_digest_stop_the_dossier() -> None:
    with pytest.raises(PictureError, match="have another digest"):
        render(trees.dossier(), lambda _: io.BytesIO(trees.jpeg(9)), lambda _: io.BytesIO())


def test_a_wrong_size_in_the_tree_stops_the_dossier() -> None:
    dossier = trees.dossier()
    picture = dossier.exhibits[0].picture
    assert picture is not None
    exhibit = replace(dossier.exhibits[0], picture=replace(picture, width=641))
    with pytest.raises(PictureError, match="does not have the announced size"):
        render(trees.dossier(exhibits=(exhibit,)), trees.reader, lambda _: io.BytesIO())


@pytest.mark.parametrize(("mode", "components"), [("RGB", 3), ("L", 1)])
def test_size_and_components_are_read_from_the_head(mode: str, components: int) -> None:
    assert read_frame(_encoded(mode)) == JpegFrame(40, 30, components)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "not a JPEG"),
        (_encoded("RGB", "PNG"), "not a JPEG"),
        (_encoded("CMYK"), "4 components"),
        (b"\xff\xd8\xff\xe0\x00\x04ab", "without a frame header"),
        (b"\xff\xd8\xff\xe0\x00\x00" + b"\x00" * 40, "without a readable frame header"),
        (b"\xff\xd8\xff\xc0\x00\x11\x08\x00", "ends inside its frame header"),
        (b"\xff\xd8\xff\xc0\x00\x11\x08\x00\x00\x00\x10\x03", "without a size"),
        (b"\xff\xd8" + b"\xff\x00" * 3, "without a"),
    ],
)
def test_what_cannot_be_shown_as_it_is_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(PictureError, match=message):
        read_frame(data)
