"""A tile mirror in memory, as a reader for the functions under test."""

from collections.abc import Iterable

from custody.core.tiles import Tile, grown_tiles


class Mirror:
    """Keeps every tile it was given, as files would be, and notes which were read."""

    def __init__(self) -> None:
        self.tiles: dict[Tile, bytes] = {}
        self.reads: list[Tile] = []
        self.size = 0

    def read(self, level: int, index: int, width: int) -> bytes:
        self.reads.append((level, index, width))
        return self.tiles[level, index, width]

    def grow(self, leaf_hashes: Iterable[bytes]) -> list[Tile]:
        """Append leaves; the tiles that were written."""
        counted = [0]

        def count() -> Iterable[bytes]:
            for leaf in leaf_hashes:
                counted[0] += 1
                yield leaf

        written = list(grown_tiles(self.size, count(), self.read))
        self.tiles |= dict(written)
        self.size += counted[0]
        return [tile for tile, _ in written]
