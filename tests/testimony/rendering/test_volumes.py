"""Volumes: none above its limit, numbers that run on, contents that name volume and page, no picture cut."""

import hashlib
import io
import re
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from testimony.core import dossier as tree
from testimony.core.dossier.loadfile import loadfile_rows
from testimony.rendering import Rendered
from testimony.rendering.keys import exhibit_key
from testimony.rendering.volumes import Extent, Share, shares
from tests.testimony import trees
from tests.testimony.rendering.reading import needs_poppler, texts_of, volumes_of

Parted = tuple[tree.Dossier, Rendered, list[io.BytesIO]]
_LIMIT = 1_600_000
_SIZE = (640, 480)


def _picture(index: int) -> bytes:
    """A JPEG of about 200 kB: what follows its end is carried along."""
    return trees.jpeg(index % 40) + hashlib.sha256(str(index).encode()).digest() * 6000


def _many(count: int) -> tuple[tree.Dossier, dict[str, bytes]]:
    data = [_picture(index) for index in range(count)]
    exhibits = tuple(trees.exhibit(index, each, _SIZE) for index, each in enumerate(data, start=1))
    return trees.dossier(exhibits=exhibits), {hashlib.sha256(each).hexdigest(): each for each in data}


@pytest.fixture(scope="module")
def parted() -> Parted:
    dossier, pictures = _many(24)
    rendered, files = volumes_of(dossier, lambda digest: io.BytesIO(pictures[digest]), limit=_LIMIT)
    return dossier, rendered, files


def test_no_volume_is_larger_than_the_limit_and_numbers_run_on(parted: Parted) -> None:
    _, rendered, files = parted
    assert len(files) == len(rendered.volumes) > 3
    first = 1
    for volume, file in zip(rendered.volumes, files, strict=True):
        data = file.getvalue()
        assert volume.size == len(data) <= _LIMIT
        assert volume.sha256 == hashlib.sha256(data).hexdigest()
        assert volume.first_page == first
        with pikepdf.open(file) as pdf:
            assert len(pdf.pages) == volume.pages
        first += volume.pages


def test_each_picture_stands_whole_in_one_volume_in_the_order_of_the_exhibits(parted: Parted) -> None:
    dossier, rendered, files = parted
    found: list[str] = []
    for file in files:
        with pikepdf.open(file) as pdf:
            images = [image for page in pdf.pages for image in page.Resources.get("/XObject", {}).values()]
            found += [hashlib.sha256(image.read_raw_bytes()).hexdigest() for image in images]
    assert found == [exhibit.sha256 for exhibit in dossier.exhibits]
    places = [(each.volume, each.first) for each in rendered.exhibits]
    assert places == sorted(places)
    assert all(each.volume == 1 for each in rendered.statements)


@needs_poppler
def test_each_volume_says_which_it_is_and_the_contents_name_volume_and_page(parted: Parted, tmp_path: Path) -> None:
    dossier, rendered, files = parted
    pages = [texts_of(file, tmp_path) for file in files]
    total = sum(map(len, pages))
    for number, texts in enumerate(pages, start=1):
        assert f"Volume {number} of {len(files)}" in texts[0]
    everything = [text for texts in pages for text in texts]
    for index, text in enumerate(everything, start=1):
        assert f"D-0007-{index:06d}" in text
        assert re.search(rf"\b{index} ?/ ?{total}\b", text)
    contents = "\n".join(pages[0][2:5])
    for exhibit, placed in zip(dossier.exhibits, rendered.exhibits, strict=True):
        line = next(line for line in contents.splitlines() if re.match(rf"{exhibit.mark} .*{exhibit.ern}", line))
        assert re.search(rf"\b{placed.volume} +{placed.first}\s*$", line)
        assert exhibit.ern in everything[placed.first - 1]


def test_links_of_a_volume_lead_to_its_own_pages(parted: Parted) -> None:
    _, rendered, files = parted
    with pikepdf.open(files[-1]) as pdf:
        links = [link for page in pdf.pages for link in page.get("/Annots", [])]
        inside = [each for each in rendered.exhibits if each.volume == len(files)]
        assert len(links) == len(inside)


def test_the_same_volumes_come_out_twice() -> None:
    dossier, pictures = _many(8)
    first = volumes_of(dossier, lambda digest: io.BytesIO(pictures[digest]), limit=_LIMIT)
    second = volumes_of(dossier, lambda digest: io.BytesIO(pictures[digest]), limit=_LIMIT)
    assert first[0] == second[0]
    assert [file.getvalue() for file in first[1]] == [file.getvalue() for file in second[1]]


def test_a_picture_larger_than_the_limit_has_a_volume_of_its_own() -> None:
    dossier, pictures = _many(3)
    rendered, files = volumes_of(dossier, lambda digest: io.BytesIO(pictures[digest]), limit=100_000)
    assert [each.volume for each in rendered.exhibits] == [2, 3, 4]
    assert len(files) == 4


def test_the_load_file_knows_the_volume_of_each_piece(parted: Parted) -> None:
    dossier, rendered, _ = parted
    rows = loadfile_rows(dossier, rendered.ranges)
    assert [int(row["volume"]) for row in rows] == [each.volume for each in rendered.ranges]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, 4_000_000), max_size=40), st.integers(0, 20_000_000))
def test_shares_hold_every_exhibit_once_and_in_order(sizes: list[int], limit: int) -> None:
    base = trees.dossier().exhibits[0]
    assert base.picture is not None
    exhibits = tuple(
        replace(base, mark=f"P-{index}", picture=replace(base.picture, size=size)) for index, size in enumerate(sizes)
    )
    extents = {exhibit_key(each.mark): Extent(1, at, at) for at, each in enumerate(exhibits, start=21)}
    parts = shares(trees.dossier(exhibits=exhibits, statements=()), extents, 20 + len(sizes), limit, 0)
    assert [place for part in parts for place in range(part.start, part.end)] == list(range(len(sizes)))
    assert all(part.end > part.start for part in parts[1:])
    if not limit:
        assert parts == [Share(0, len(sizes))]
