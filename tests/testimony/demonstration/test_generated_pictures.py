"""The pictures of the demonstration: the same at each run, with a card, and with the claims of a camera."""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path

from PIL import ExifTags, Image

from testimony.demonstration import pictures


def _digests(folder: Path, count: int) -> list[str]:
    list(pictures.make_many(count, folder))
    return [hashlib.sha256((folder / pictures.shot(index).path).read_bytes()).hexdigest() for index in range(count)]


def test_two_runs_make_the_same_bytes(tmp_path: Path) -> None:
    assert _digests(tmp_path / "one", 8) == _digests(tmp_path / "two", 8)


def test_no_two_pictures_are_the_same(tmp_path: Path) -> None:
    digests = _digests(tmp_path, 12)
    assert len(set(digests)) == len(digests)


def test_the_real_number_of_pictures_has_a_path_for_each() -> None:
    assert len({pictures.shot(index).path for index in range(53_275)}) == 53_275


def test_the_real_number_of_sets_takes_exactly_the_real_number_of_pictures() -> None:
    places = [pictures.set_of(index) for index in range(pictures.PHOTOS)]
    groups = [group for group, _place in places]
    assert groups == sorted(groups)
    assert set(groups) == set(range(pictures.SETS))
    assert set(Counter(groups[80:]).values()) == {7, 8}
    assert all(place == 0 for before, (_g, place) in zip([-1, *groups], places, strict=False) if before != _g)


def test_the_four_of_one_set_carry_one_card() -> None:
    assert len({pictures.shot(index).numbers for index in range(4)}) == 1
    assert pictures.shot(3).numbers != pictures.shot(4).numbers


def test_the_card_is_drawn_in_arabic_indic_digits() -> None:
    assert pictures.Numbers("900", "2217", "481/ج").drawn == ("٩٠٠", "٢٢١٧", "٤٨١/ج")


def test_the_camera_claims_a_device_and_a_time(tmp_path: Path) -> None:
    list(pictures.make_many(1, tmp_path))
    with Image.open(tmp_path / pictures.shot(0).path) as image:
        exif = image.getexif()
        details = exif.get_ifd(ExifTags.IFD.Exif)
    assert exif[ExifTags.Base.Model] == "Invented Camera D-1"
    assert details[ExifTags.Base.DateTimeOriginal].startswith("2013:05:14 ")
