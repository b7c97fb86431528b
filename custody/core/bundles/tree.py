"""The tree of a bundle: its checkpoint, all its hash tiles, and the exported entries as its leaves."""

from collections.abc import Collection, Iterator
from itertools import count

from custody.core import checkpoints, tiles
from custody.core.bags import Bag
from custody.core.bundles import layout
from custody.core.checkpoints import Checkpoint
from custody.core.errors import BundleError, CheckpointError, NoteError, TileError
from custody.core.merkle import EMPTY_ROOT, HASH_BYTES, Frontier
from custody.core.notes import VerifierKey
from custody.core.reports import Report
from custody.core.tiles import TILE_WIDTH

MAX_NOTE_BYTES = 1024 * 1024

_EXPECTED = "CREATE TABLE tile (path TEXT PRIMARY KEY) WITHOUT ROWID"


def open_checkpoint(bag: Bag, report: Report, key: VerifierKey | None, path: str) -> Checkpoint | None:
    """The checkpoint at `path` if the ledger's key signed it, else None with a finding."""
    if key is None:
        report.unknown("checkpoint", path, "there is no key to check its signature with")
        return None
    try:
        note = bag.read(path, limit=MAX_NOTE_BYTES)
        checkpoint = checkpoints.open_checkpoint(note, origin=key.name, keys=[key])
    except (BundleError, NoteError, CheckpointError) as error:
        report.bad("checkpoint", path, f"it is not a checkpoint signed with the ledger's key: {error}")
        return None
    report.ok("checkpoint", path, f"the ledger's key signed the tree of {checkpoint.size} entries of {key.name}")
    return checkpoint


def check(bag: Bag, report: Report, checkpoint: Checkpoint | None, sizes: Collection[int] = ()) -> dict[int, bytes]:
    """Check that the tiles, all of them, make up the checkpoint's tree and that exported entries are its leaves.

    Returns the roots of the smaller trees of these `sizes`, as far as they follow from tiles that give the root signed.

    Tiles are read one at a time, from the first leaf on; the tiles above are computed from those below and compared.
    Reading ends at the first tile that is missing or not whole.
    """
    if checkpoint is None:
        report.unknown("tree", layout.TILES, "without a checkpoint there is nothing to hold the tiles against")
        return {}
    bag.index.execute(_EXPECTED)
    frontier = _Growing(sizes)
    try:
        for (level, index, width), data in tiles.grown_tiles(0, _leaves(bag, report, checkpoint, frontier), _no_tile):
            _check_tile(bag, report, layout.tile_path(level, index, width), data, computed=level > 0)
    except (BundleError, TileError) as error:
        report.unknown("tree", layout.TILES, f"the tree cannot be computed: {error}")
        return {}
    query = "SELECT path FROM file LEFT JOIN tile USING (path) WHERE tile.path IS NULL AND substr(path, 1, ?) = ?"
    for (path,) in bag.index.execute(query, (len(layout.TILES), layout.TILES)):
        report.bad("tile", path, "an extra file: the tree has no such tile")
    if frontier.root() != checkpoint.root:
        report.bad("tree", layout.CHECKPOINT, "the tiles give another root than the checkpoint states")
        return {}
    report.ok("tree", layout.CHECKPOINT, f"the {report.counts['tiles']} tiles give the root that the checkpoint states")
    report.ok("entry", "all", "every exported entry is in that tree, at its number")
    return frontier.roots


class _Growing(Frontier):
    """A tree that grows by leaves and notes its root at some sizes on the way."""

    def __init__(self, sizes: Collection[int]) -> None:
        super().__init__()
        self.roots: dict[int, bytes] = {0: EMPTY_ROOT} if 0 in sizes else {}
        self._waiting = sorted((size for size in set(sizes) if size > 0), reverse=True)

    def grow(self, leaves: list[bytes]) -> None:
        """Take the next leaves."""
        begin, done = self.size, 0
        while self._waiting and self._waiting[-1] <= begin + len(leaves):
            size = self._waiting.pop()
            self.extend(leaves[done : size - begin])
            done = size - begin
            self.roots[size] = self.root()
        self.extend(leaves[done:])


def _leaves(bag: Bag, report: Report, checkpoint: Checkpoint, frontier: _Growing) -> Iterator[bytes]:
    """The leaf hashes from the level-0 tiles, fed to `frontier` and compared with exported entries on the way."""
    exported = bag.index.execute("SELECT seq, leaf, stream FROM entry ORDER BY seq")
    waiting = exported.fetchone()
    for index in count():
        width = min(TILE_WIDTH, checkpoint.size - index * TILE_WIDTH)
        if width <= 0:
            return
        leaves = _read_tile(bag, report, layout.tile_path(0, index, width), width)
        frontier.grow(leaves)
        while waiting and waiting[0] < index * TILE_WIDTH + width:
            if leaves[waiting[0] % TILE_WIDTH] != waiting[1]:
                report.bad("entry", f"entry {waiting[0]}", f"the entry in stream {waiting[2]} is not the ledger's")
            waiting = exported.fetchone()
        yield from leaves


def _read_tile(bag: Bag, report: Report, path: str, width: int) -> list[bytes]:
    try:
        return tiles.decode_tile(bag.read(path, limit=TILE_WIDTH * HASH_BYTES), width)
    except (BundleError, TileError) as error:
        report.bad("tile", path, f"it cannot be read: {error}")
        raise


def _check_tile(bag: Bag, report: Report, path: str, data: bytes, *, computed: bool) -> None:
    bag.index.execute("INSERT INTO tile VALUES (?)", (path,))
    report.counts["tiles"] += 1
    if not computed:
        return
    try:
        if bag.read(path, limit=TILE_WIDTH * HASH_BYTES) != data:
            report.bad("tile", path, "it does not follow from the tiles below it")
    except BundleError as error:
        report.bad("tile", path, f"it cannot be read: {error}")


def _no_tile(level: int, index: int, width: int) -> bytes:
    raise TileError(f"tile {level}/{index} of width {width} is not known yet")
