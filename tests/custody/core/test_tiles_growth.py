"""As the tree grows, exactly the tiles of c2sp.org/tlog-tiles appear, with the right hashes in them."""

import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custody.core import merkle
from custody.core.errors import TileError
from custody.core.tiles import Tile, encode_tile, grown_tiles, tile_width, tiles_for, upper_tile
from tests.custody.core.mirrors import Mirror
from tests.custody.core.samples import leaves

LEAVES = leaves(1100)


def _content(tile: Tile) -> bytes:
    """What the specification says a tile holds: MTH(D[(n * 256 + i) * 256**l : (n * 256 + i + 1) * 256**l])."""
    level, index, width = tile
    step = 256**level
    return b"".join(
        merkle.root(LEAVES[(index * 256 + at) * step : (index * 256 + at + 1) * step]) for at in range(width)
    )


def _nothing(_level: int, _index: int, _width: int) -> bytes:
    raise AssertionError("an empty tree has no tiles to read")


def test_the_tiles_of_a_tree_of_70_000() -> None:
    # The example of the specification.
    tiles = list(tiles_for(0, 70_000))
    assert [tile for tile in tiles if tile[0] == 0] == [(0, index, 256) for index in range(273)] + [(0, 273, 112)]
    assert [tile for tile in tiles if tile[0] > 0] == [(1, 0, 256), (1, 1, 17), (2, 0, 1)]


@pytest.mark.parametrize(
    ("old", "new", "tiles"),
    [
        (0, 0, []),
        (5, 5, []),
        (0, 1, [(0, 0, 1)]),
        (0, 256, [(0, 0, 256), (1, 0, 1)]),
        (255, 256, [(0, 0, 256), (1, 0, 1)]),
        (256, 257, [(0, 1, 1)]),
        (250, 520, [(0, 0, 256), (0, 1, 256), (0, 2, 8), (1, 0, 2)]),
        (65535, 65536, [(0, 255, 256), (1, 0, 256), (2, 0, 1)]),
    ],
)
def test_only_new_tiles_are_named(old: int, new: int, tiles: list[Tile]) -> None:
    assert list(tiles_for(old, new)) == tiles


@pytest.mark.parametrize(("old", "new"), [(2, 1), (-1, 1), (0, 2**63)])
def test_impossible_growth_is_refused(old: int, new: int) -> None:
    with pytest.raises(TileError):
        list(tiles_for(old, new))


@pytest.mark.parametrize(
    ("level", "index", "size", "width"),
    [(0, 0, 0, 0), (0, 0, 300, 256), (0, 1, 300, 44), (0, 2, 300, 0), (1, 0, 300, 1)],
)
def test_how_wide_a_tile_is(level: int, index: int, size: int, width: int) -> None:
    assert tile_width(level, index, size) == width


@settings(max_examples=40)
@given(st.lists(st.integers(0, 600), min_size=1, max_size=6))
def test_growing_in_portions_writes_the_named_tiles_with_the_right_hashes(portions: list[int]) -> None:
    mirror = Mirror()
    for portion in portions:
        old = mirror.size
        written = mirror.grow(LEAVES[old : old + portion])
        assert sorted(written) == list(tiles_for(old, mirror.size))
        for tile in written:
            assert mirror.tiles[tile] == _content(tile)


def test_growing_reads_only_the_partial_tiles_at_the_edge() -> None:
    mirror = Mirror()
    mirror.grow(LEAVES[:700])
    mirror.grow(LEAVES[700:1000])
    assert mirror.reads == [(0, 2, 188), (1, 0, 2)]


def test_an_upper_tile_follows_from_the_full_tiles_below() -> None:
    mirror = Mirror()
    mirror.grow(LEAVES)
    assert upper_tile(1, 0, 4, mirror.read) == mirror.tiles[1, 0, 4]
    assert mirror.reads == [(0, index, 256) for index in range(4)]


@pytest.mark.parametrize(("level", "width"), [(0, 1), (1, 0), (1, 257)])
def test_an_impossible_upper_tile_is_refused(level: int, width: int) -> None:
    with pytest.raises(TileError):
        upper_tile(level, 0, width, lambda _level, _index, width: bytes(32 * width))


def test_a_lower_tile_cut_short_is_refused() -> None:
    with pytest.raises(TileError):
        upper_tile(1, 0, 1, lambda _level, _index, _width: bytes(32 * 255))


def test_a_partial_tile_cut_short_is_refused() -> None:
    with pytest.raises(TileError):
        list(grown_tiles(5, LEAVES[:1], lambda _level, _index, _width: bytes(32 * 4)))


def test_a_leaf_hash_of_the_wrong_length_is_refused() -> None:
    with pytest.raises(TileError):
        list(grown_tiles(0, [*LEAVES[:5], b"short"], _nothing))


def test_memory_stays_flat_however_many_leaves_come() -> None:
    leaf = LEAVES[0]
    tracemalloc.start()
    try:
        count = sum(1 for _ in grown_tiles(0, (leaf for _ in range(100_000)), _nothing))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count == len(list(tiles_for(0, 100_000)))
    assert peak < 400_000


@pytest.mark.parametrize("old", [-1, 2**63])
def test_growing_from_an_impossible_size_is_refused(old: int) -> None:
    with pytest.raises(TileError, match="size"):
        list(grown_tiles(old, LEAVES[:1], _nothing))


def test_a_full_tile_comes_as_soon_as_it_is_full() -> None:
    first = next(grown_tiles(0, iter(LEAVES), _nothing))
    assert first == ((0, 0, 256), encode_tile(LEAVES[:256]))
