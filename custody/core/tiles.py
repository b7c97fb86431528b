"""C2SP tlog-tiles (c2sp.org/tlog-tiles): the tree cut into static files of up to 256 hashes.

A tile at level l holds the roots of consecutive whole subtrees of 256**l entries. From a reader of tiles any root or
proof follows with a number of reads that grows with the logarithm of the size.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeAlias

from custody.core import merkle
from custody.core.errors import TileError
from custody.core.merkle import HASH_BYTES

TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT
MAX_ENTRY = 2**16 - 1

Tile: TypeAlias = tuple[int, int, int]
"""Level, index within the level, and width in hashes (1 to 256)."""

ReadTile: TypeAlias = Callable[[int, int, int], bytes]
"""Returns the bytes of tile (level, index, width): exactly width * 32. A mirror that has replaced a partial tile by
the full one cuts it to the width asked for."""


def hash_tile_path(level: int, index: int, width: int = TILE_WIDTH) -> str:
    """Path of a hash tile, such as `tile/0/x001/067` or `tile/1/000.p/17`."""
    if not 0 <= level <= 63:
        raise TileError("a tile level is out of range")
    return f"tile/{level}/{_index_path(index, width)}"


def entries_path(index: int, width: int = TILE_WIDTH) -> str:
    """Path of the bundle that holds the entries under level-0 tile `index`."""
    return f"tile/entries/{_index_path(index, width)}"


def encode_entries(entries: Sequence[bytes]) -> bytes:
    """An entry bundle: up to 256 entries, each after its length as two bytes, big end first."""
    if not 1 <= len(entries) <= TILE_WIDTH:
        raise TileError("an entry bundle holds 1 to 256 entries")
    if max(map(len, entries)) > MAX_ENTRY:
        raise TileError("an entry is longer than 65,535 bytes")
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def decode_entries(data: bytes) -> list[bytes]:
    """Read an entry bundle. Does not prove that the entries are in any tree: hash them and compare with the tile."""
    entries: list[bytes] = []
    at = 0
    while at < len(data):
        end = at + 2 + int.from_bytes(data[at : at + 2], "big")
        if at + 2 > len(data) or end > len(data) or len(entries) == TILE_WIDTH:
            raise TileError("an entry bundle is cut short or holds more than 256 entries")
        entries.append(data[at + 2 : end])
        at = end
    if not entries:
        raise TileError("an entry bundle is empty")
    return entries


def encode_tile(hashes: Sequence[bytes]) -> bytes:
    """The bytes of a hash tile: 1 to 256 hashes of 32 bytes, one after the other."""
    if not 1 <= len(hashes) <= TILE_WIDTH or set(map(len, hashes)) != {HASH_BYTES}:
        raise TileError("a tile holds 1 to 256 hashes of 32 bytes")
    return b"".join(hashes)


def decode_tile(data: bytes, width: int) -> list[bytes]:
    """The hashes of a tile that must hold `width` of them."""
    if not 1 <= width <= TILE_WIDTH or len(data) != width * HASH_BYTES:
        raise TileError(f"a tile of {width} hashes is {len(data)} bytes long")
    return [data[at : at + HASH_BYTES] for at in range(0, len(data), HASH_BYTES)]


def tile_width(level: int, index: int, size: int) -> int:
    """How many hashes tile `index` of `level` holds in a tree of `size`; 0 when the tree has no such tile."""
    count = size >> TILE_HEIGHT * level
    return max(0, min(TILE_WIDTH, count - index * TILE_WIDTH))


def tiles_for(old_size: int, new_size: int) -> Iterator[Tile]:
    """The tiles that a tree of `new_size` has and one of `old_size` has not, lowest level first, left to right."""
    _check_growth(old_size, new_size)
    level = 0
    while new_size >> TILE_HEIGHT * level:
        old_count, count = (size >> TILE_HEIGHT * level for size in (old_size, new_size))
        if count > old_count:
            for index in range(old_count // TILE_WIDTH, -(-count // TILE_WIDTH)):
                yield level, index, tile_width(level, index, new_size)
        level += 1


def upper_tile(level: int, index: int, width: int, read_tile: ReadTile) -> bytes:
    """The tile above full tiles: each hash is the root of one full tile of the level below (level at least 1)."""
    if level < 1:
        raise TileError("a tile of level 0 holds leaf hashes")
    first = index * TILE_WIDTH
    return encode_tile([_tile_root(read_tile(level - 1, lower, TILE_WIDTH)) for lower in range(first, first + width)])


def grown_tiles(old_size: int, leaf_hashes: Iterable[bytes], read_tile: ReadTile) -> Iterator[tuple[Tile, bytes]]:
    """The tiles that appear when `leaf_hashes` are appended to a tree of `old_size`, with their bytes.

    Gives what `tiles_for` names, though full tiles come as soon as they are full, at every level, so that memory stays
    flat for any number of leaves. `read_tile` is asked only for the partial tiles at the old tree's edge, and never
    when `old_size` is 0.
    """
    _check_growth(old_size, old_size)
    edges: list[_Edge] = []
    leaves = iter(leaf_hashes)
    while batch := list(islice(leaves, TILE_WIDTH)):
        level = 0
        while batch:
            if level == len(edges):
                edges.append(_Edge.of(level, old_size, read_tile))
            full = edges[level].add(batch)
            yield from full
            batch = [_tile_root(data) for _, data in full]
            level += 1
    for edge in edges:
        yield from edge.partial()


def root_from_tiles(size: int, read_tile: ReadTile) -> bytes:
    """Root of the tree of `size`, from the partial tiles at its right edge, at most one read a level.

    Does not prove that the tiles to the left, or those below, agree with it. Raises TileError.
    """
    return _Reader(size, read_tile).hash_ranges([(0, size)])[0]


def inclusion_proof_from_tiles(index: int, size: int, read_tile: ReadTile) -> list[bytes]:
    """Inclusion proof of entry `index` in the tree of `size`; verify it against a signed root before believing it."""
    return _Reader(size, read_tile).hash_ranges(merkle.inclusion_ranges(index, size))


def consistency_proof_from_tiles(old_size: int, size: int, read_tile: ReadTile) -> list[bytes]:
    """Consistency proof from `old_size` to `size`; verify it against both signed roots before believing it."""
    return _Reader(size, read_tile).hash_ranges(merkle.consistency_ranges(old_size, size))


class _Reader:
    """The tiles of one tree, each read at most once."""

    def __init__(self, size: int, read_tile: ReadTile) -> None:
        _check_growth(size, size)
        self._size = size
        self._read_tile = read_tile
        self._tiles: dict[tuple[int, int], list[bytes]] = {}

    def hash_ranges(self, ranges: Iterable[tuple[int, int]]) -> list[bytes]:
        return merkle.hash_ranges(ranges, self._whole)

    def _whole(self, height: int, index: int) -> bytes:
        """Root of the whole subtree number `index` among those of 2**height leaves."""
        level, inner = divmod(height, TILE_HEIGHT)
        first = index << inner
        at = first % TILE_WIDTH
        return merkle.root(self._tile(level, first // TILE_WIDTH)[at : at + (1 << inner)])

    def _tile(self, level: int, index: int) -> list[bytes]:
        if (level, index) not in self._tiles:
            width = tile_width(level, index, self._size)
            self._tiles[level, index] = decode_tile(self._read_tile(level, index, width), width)
        return self._tiles[level, index]


class _Edge:
    """The growing right edge of one level: the hashes of its last, not yet full tile."""

    def __init__(self, level: int, index: int, hashes: list[bytes]) -> None:
        self._level = level
        self._index = index
        self._hashes = hashes
        self._known = len(hashes)

    @classmethod
    def of(cls, level: int, size: int, read_tile: ReadTile) -> "_Edge":
        index, width = divmod(size >> TILE_HEIGHT * level, TILE_WIDTH)
        return cls(level, index, decode_tile(read_tile(level, index, width), width) if width else [])

    def add(self, hashes: list[bytes]) -> list[tuple[Tile, bytes]]:
        """Append hashes; the tiles that became full."""
        self._hashes += hashes
        full = []
        while len(self._hashes) >= TILE_WIDTH:
            full.append(((self._level, self._index, TILE_WIDTH), encode_tile(self._hashes[:TILE_WIDTH])))
            del self._hashes[:TILE_WIDTH]
            self._index += 1
            self._known = 0
        return full

    def partial(self) -> list[tuple[Tile, bytes]]:
        """The last tile, if it holds anything new."""
        if len(self._hashes) == self._known:
            return []
        return [((self._level, self._index, len(self._hashes)), encode_tile(self._hashes))]


def _tile_root(data: bytes) -> bytes:
    return merkle.root(decode_tile(data, TILE_WIDTH))


def _index_path(index: int, width: int) -> str:
    if index < 0 or not 1 <= width <= TILE_WIDTH:
        raise TileError("a tile index or width is out of range")
    path = f"{index % 1000:03}"
    while index := index // 1000:
        path = f"x{index % 1000:03}/{path}"
    return path if width == TILE_WIDTH else f"{path}.p/{width}"


def _check_growth(old_size: int, new_size: int) -> None:
    if not 0 <= old_size <= new_size <= merkle.MAX_SIZE:
        raise TileError("a tree size is out of range")
