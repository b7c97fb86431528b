"""Where tiles lie. Changing a path loses every mirror that was ever written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.core.errors import TileError
from custody.core.tiles import entries_path, hash_tile_path


@pytest.mark.parametrize(
    ("level", "index", "width", "path"),
    [
        # The example of c2sp.org/tlog-tiles: index 1234067 is x001/x234/067.
        (0, 1234067, 256, "tile/0/x001/x234/067"),
        (0, 0, 256, "tile/0/000"),
        (0, 999, 256, "tile/0/999"),
        (0, 1000, 256, "tile/0/x001/000"),
        (0, 1067, 256, "tile/0/x001/067"),
        (1, 17, 1, "tile/1/017.p/1"),
        (3, 1234067, 255, "tile/3/x001/x234/067.p/255"),
        (63, 10**9, 256, "tile/63/x001/x000/x000/000"),
    ],
)
def test_a_hash_tile_lies_here(level: int, index: int, width: int, path: str) -> None:
    assert hash_tile_path(level, index, width) == path


@pytest.mark.parametrize(
    ("index", "width", "path"),
    [(0, 256, "tile/entries/000"), (1234067, 256, "tile/entries/x001/x234/067"), (273, 112, "tile/entries/273.p/112")],
)
def test_an_entry_bundle_lies_here(index: int, width: int, path: str) -> None:
    assert entries_path(index, width) == path


def test_full_is_the_default() -> None:
    assert hash_tile_path(0, 5) == "tile/0/005"
    assert entries_path(5) == "tile/entries/005"


@pytest.mark.parametrize(("level", "index", "width"), [(-1, 0, 1), (64, 0, 1), (0, -1, 1), (0, 0, 0), (0, 0, 257)])
def test_an_impossible_address_is_refused(level: int, index: int, width: int) -> None:
    with pytest.raises(TileError):
        hash_tile_path(level, index, width)


@given(st.integers(0, 2**55))
def test_the_path_spells_the_index_and_no_file_is_also_a_folder(index: int) -> None:
    *folders, name = hash_tile_path(0, index).split("/")[2:]
    assert all(part[0] == "x" and len(part) == 4 for part in folders)
    assert len(name) == 3
    assert int("".join(part[1:] for part in folders) + name) == index
