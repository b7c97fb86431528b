"""The static mirror of the ledger: C2SP tlog-tiles files under ``tiles/``."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from custody import data
from custody.core import merkle, tiles
from custody.core.errors import TileError

CHECKPOINT = "checkpoint"


def _names(size: int) -> Iterator[tuple[str, str]]:
    """The files of a tree: each by its own name, and by that of the full one which may have taken its place."""
    for level, index, width in tiles.tiles_for(0, size):
        yield tiles.hash_tile_path(level, index, width), tiles.hash_tile_path(level, index)
        if level == 0:
            yield tiles.entries_path(index, width), tiles.entries_path(index)


def _nothing(level: int, index: int, _width: int) -> bytes:
    raise TileError(f"tile {level} {index} is made from nothing")


class Mirror:
    """Reads and writes tile files. A file is complete and durable before its name exists."""

    def __init__(self, root: Path | None = None) -> None:
        self._root = root or data.tiles()
        self._touched: set[Path] = set()

    def path(self, name: str) -> Path:
        """Where one file of the mirror lies."""
        return self._root / name

    def read(self, name: str) -> bytes | None:
        """One file's bytes, or None when the mirror lacks it."""
        try:
            return self.path(name).read_bytes()
        except FileNotFoundError:
            return None

    def read_tile(self, level: int, index: int, width: int) -> bytes:
        """A hash tile of exactly ``width`` hashes, cut from the full one if need be. Raises TileError."""
        exact = self.read(tiles.hash_tile_path(level, index, width))
        content = exact if exact is not None else self.read(tiles.hash_tile_path(level, index))
        if content is None or len(content) < width * 32:
            raise TileError(f"the mirror lacks {tiles.hash_tile_path(level, index, width)}")
        return content[: width * 32]

    def read_entries(self, index: int, width: int) -> bytes:
        """An entry bundle of at least ``width`` entries. Raises TileError."""
        exact = self.read(tiles.entries_path(index, width))
        content = exact if exact is not None else self.read(tiles.entries_path(index))
        if content is None:
            raise TileError(f"the mirror lacks {tiles.entries_path(index, width)}")
        return content

    def write(self, name: str, content: bytes) -> None:
        """Write one file by rename; ``settle`` makes the names durable."""
        path = self.path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        try:
            with temporary.open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        finally:
            # On a full disk the next try would leave another one, and so on until somebody looks.
            temporary.unlink(missing_ok=True)
        self._touched.update(folder for folder in path.parents if folder.is_relative_to(self._root))

    def complete(self, size: int, bodies: Callable[[], Iterable[bytes]]) -> None:
        """Write the tiles and bundles of a tree of this size that are not there; what is there is left as it is.

        ``bodies`` gives the tree's entries, once, when anything is missing. The caller has proved them.
        """
        if all(self._has(*names) for names in _names(size)):
            return
        for (level, index, width), content in tiles.grown_tiles(0, self._bundled(bodies(), size), _nothing):
            names = tiles.hash_tile_path(level, index, width), tiles.hash_tile_path(level, index)
            if not self._has(*names):
                self.write(names[0], content)
        self.settle()

    def _bundled(self, bodies: Iterable[bytes], size: int) -> Iterator[bytes]:
        """The leaf hashes; writes each missing bundle on the way."""
        bundle: list[bytes] = []
        for seq, body in enumerate(bodies):
            bundle.append(body)
            yield merkle.leaf_hash(body)
            if len(bundle) == tiles.TILE_WIDTH or seq == size - 1:
                index = seq // tiles.TILE_WIDTH
                names = tiles.entries_path(index, len(bundle)), tiles.entries_path(index)
                if not self._has(*names):
                    self.write(names[0], tiles.encode_entries(bundle))
                bundle = []

    def _has(self, *names: str) -> bool:
        return any(self.path(name).exists() for name in names)

    def settle(self) -> None:
        """Make every name written since the last call durable."""
        for folder in self._touched:
            handle = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
        self._touched.clear()

    def drop_partials(self, folders: Iterable[str]) -> None:
        """Remove folders of partial tiles whose full tile is there (C2SP tlog-tiles allows it)."""
        for folder in folders:
            shutil.rmtree(self.path(folder), ignore_errors=True)
