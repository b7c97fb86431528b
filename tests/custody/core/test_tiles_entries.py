"""Entry bundles: up to 256 entries, each after its length."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.core.errors import TileError
from custody.core.tiles import decode_entries, decode_tile, encode_entries, encode_tile
from tests.custody.core import probes
from tests.custody.core.samples import leaves

BUNDLE = encode_entries([b"first", b"", b"third"])


def test_the_written_form_stays_what_it_is() -> None:
    assert BUNDLE == b"\x00\x05first\x00\x00\x00\x05third"


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=256))
def test_what_was_written_is_read_back(entries: list[bytes]) -> None:
    assert decode_entries(encode_entries(entries)) == entries


def test_the_longest_entry_and_the_widest_bundle_pass() -> None:
    assert decode_entries(encode_entries([b"x" * 65535])) == [b"x" * 65535]
    assert decode_entries(encode_entries([b"x"] * 256)) == [b"x"] * 256


@pytest.mark.parametrize("entries", [[], [b"x"] * 257, [b"x" * 65536]])
def test_what_does_not_fit_is_not_written(entries: list[bytes]) -> None:
    with pytest.raises(TileError):
        encode_entries(entries)


@pytest.mark.parametrize(
    "data", [b"", b"\x00", b"\x00\x01", b"\x00\x05firs", BUNDLE + b"\x00", BUNDLE[:-1], b"\x00\x00" * 257]
)
def test_a_malformed_bundle_is_refused(data: bytes) -> None:
    with pytest.raises(TileError):
        decode_entries(data)


@given(st.binary(max_size=200))
def test_no_bytes_raise_anything_else(data: bytes) -> None:
    try:
        entries = decode_entries(data)
    except TileError:
        return
    assert encode_entries(entries) == data


def test_tampered_bundles_are_refused_or_hold_other_entries() -> None:
    for name, changed in probes.every(BUNDLE):
        try:
            entries = decode_entries(changed)
        except TileError:
            continue
        assert entries != [b"first", b"", b"third"], name


def test_a_tile_is_its_hashes_one_after_the_other() -> None:
    hashes = leaves(3)
    assert encode_tile(hashes) == hashes[0] + hashes[1] + hashes[2]
    assert decode_tile(encode_tile(hashes), 3) == hashes


@pytest.mark.parametrize(("size", "width"), [(0, 0), (32, 2), (64, 1), (31, 1), (33, 1), (32 * 257, 257), (32, -1)])
def test_a_tile_of_another_width_is_refused(size: int, width: int) -> None:
    with pytest.raises(TileError):
        decode_tile(bytes(size), width)


@pytest.mark.parametrize("hashes", [[], leaves(257), [b"short"], [*leaves(2), bytes(33)]])
def test_a_malformed_tile_is_not_written(hashes: list[bytes]) -> None:
    with pytest.raises(TileError):
        encode_tile(hashes)
