"""The hash of how a picture looks, and the index that finds near ones without comparing every two."""

from __future__ import annotations

import io

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageEnhance, ImageOps

from evidence.core.perceptual import HEIGHT, REACH, WIDTH, HashIndex, dhash, distance
from evidence.examination.pictures import UndecodableError, look_of
from tests.evidence.looks import encoded, photo

HASHES = st.integers(0, 2**64 - 1)
SEEDS = st.integers(0, 10_000)


@st.composite
def crowds(draw: st.DrawFn) -> list[int]:
    """Hashes of which many lie about the edge of the reach, in whatever bands their differences fall."""
    middles = draw(st.lists(HASHES, min_size=1, max_size=3))
    flips = st.lists(st.integers(0, 63), max_size=REACH + 2)
    moved = draw(st.lists(st.tuples(st.sampled_from(middles), flips), max_size=30))
    return middles + [middle ^ sum(1 << bit for bit in set(bits)) for middle, bits in moved]


@given(crowds())
@example([0, 0b1111111, 1 | 1 << 20 | 1 << 40 | 1 << 60 | 2 << 20 | 2 << 40 | 2 << 60])
def test_the_index_finds_exactly_what_comparing_with_each_finds(hashes: list[int]) -> None:
    index: HashIndex[int] = HashIndex()
    for place, value in enumerate(hashes):
        found = index.search(value, most=len(hashes))
        near = {other: distance(value, hashes[other]) for other in range(place)}
        assert {each.key: each.distance for each in found.near} == {k: d for k, d in near.items() if d <= REACH}
        assert (found.left_out, found.complete) == (0, True)
        index.add(place, value)


@given(crowds(), st.integers(0, 10))
def test_the_nearest_are_given_first_and_the_others_are_counted(hashes: list[int], most: int) -> None:
    index: HashIndex[int] = HashIndex()
    for place, value in enumerate(hashes):
        index.add(place, value)
    every = sorted(d for d in (distance(hashes[0], value) for value in hashes) if d <= REACH)
    found = index.search(hashes[0], most)
    assert [each.distance for each in found.near] == every[:most]
    assert found.left_out == len(every) - len(found.near)


def test_equal_pictures_however_many_are_one_place_to_look_at() -> None:
    index: HashIndex[int] = HashIndex(most_compared=4)
    for place in range(5_000):
        index.add(place, 7)
    found = index.search(7, most=3)
    assert len(index) == 1
    assert [each.key for each in found.near] == [0, 1, 2]
    assert (found.left_out, found.complete) == (4_997, True)


def test_a_crowd_in_one_band_is_not_gone_through_without_end_and_that_is_said() -> None:
    index: HashIndex[int] = HashIndex(most_compared=100)
    for place in range(500):
        index.add(place, place << 40)
    found = index.search(499 << 40, most=1_000)
    assert not found.complete
    assert found.near[0].key == 499


def test_only_72_greys_make_a_hash() -> None:
    with pytest.raises(ValueError, match="72"):
        dhash(bytes(71))


@given(st.integers(0, 255))
def test_a_picture_of_one_grey_has_no_hash(grey: int) -> None:
    assert dhash(bytes([grey]) * (WIDTH * HEIGHT)) is None


def test_the_bits_say_where_the_right_one_is_lighter() -> None:
    rising, falling = bytes(range(0, 90, 10)), bytes(range(80, -10, -10))
    assert dhash(rising * HEIGHT) == 2**64 - 1
    assert dhash(falling * HEIGHT) == 0
    assert dhash(rising + falling * 7) == 0xFF << 56


def _look(picture: Image.Image, quality: int = 90) -> int:
    value = look_of(io.BytesIO(encoded(picture, quality)))
    assert value is not None
    return value


@given(SEEDS, st.integers(70, 95))
@settings(max_examples=25, deadline=None)
def test_saving_anew_scaling_and_a_little_light_keep_a_picture_within_reach(seed: int, quality: int) -> None:
    picture = photo(seed)
    whole = _look(picture)
    assert distance(whole, _look(picture, quality)) <= REACH
    assert distance(whole, _look(picture.resize((picture.width // 2, picture.height // 2)))) <= REACH
    for light in (0.9, 1.1):
        assert distance(whole, _look(ImageEnhance.Brightness(picture).enhance(light))) <= REACH


@given(SEEDS, SEEDS)
@settings(max_examples=40, deadline=None)
def test_other_pictures_stay_apart(seed: int, other: int) -> None:
    if seed != other:
        assert distance(_look(photo(seed)), _look(photo(other))) > REACH


def test_a_picture_on_its_head_is_another_picture() -> None:
    assert distance(_look(photo(1)), _look(ImageOps.flip(photo(1)))) > REACH


@pytest.mark.parametrize("content", [b"", b"no picture", encoded(photo(1))[:300]])
def test_what_is_no_whole_thumbnail_has_no_look(content: bytes) -> None:
    with pytest.raises(UndecodableError):
        look_of(io.BytesIO(content))
