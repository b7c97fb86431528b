"""The tree over the entries: signed checkpoints, the notary's memory, the static mirror."""

from __future__ import annotations

from collections.abc import Iterator

from custody import clock, installation, ledger
from custody.core import checkpoints, tiles
from custody.core.checkpoints import Checkpoint
from custody.core.errors import CustodyError
from custody.core.merkle import Frontier
from custody.core.notes import VerifierKey
from custody.models import SignedCheckpoint
from custody.notary import state
from custody.notary.mirror import CHECKPOINT, Mirror
from custody.verification.entries import checked_leaves
from custody.verification.inspection import Inspection

_LATE_SECONDS = 60


class _Claims:
    """Every signed or remembered (size, root) that the tree must agree with, smallest first."""

    def __init__(self, claims: Iterator[tuple[int, bytes, str]] | list[tuple[int, bytes, str]]) -> None:
        self._left = sorted(claims)[::-1]

    def due(self, size: int) -> Iterator[tuple[bytes, str]]:
        """Those about a tree of this size."""
        while self._left and self._left[-1][0] == size:
            _size, root, what = self._left.pop()
            yield root, what

    def beyond(self) -> list[tuple[int, bytes, str]]:
        """Those about a larger tree than there is."""
        return self._left[::-1]


def check_ledger(inspection: Inspection) -> None:
    """One walk over the ledger: entries, then the tree they make against all that was signed, then the mirror."""
    key = _ledger_key(inspection)
    mirror = Mirror()
    mirrored = _mirror_checkpoint(inspection, mirror, key)
    claims = _Claims(_claims(inspection, key, mirrored))
    frontier = Frontier()
    _compare_mirror(inspection, mirror, mirrored.size if mirrored else 0, _grow(inspection, frontier, claims))
    for size, _root, what in claims.beyond():
        inspection.bad(
            "checkpoint", what, f"{what} covers {size} entries, the ledger holds {frontier.size}: entries are missing"
        )
    _check_tail(inspection, frontier.size)


def _ledger_key(inspection: Inspection) -> VerifierKey | None:
    try:
        return installation.verifier_key()
    except CustodyError as error:
        inspection.bad("key", "ledger key", str(error))
        return None


def _open(inspection: Inspection, note: bytes, what: str, key: VerifierKey | None) -> Checkpoint | None:
    if key is None:
        return None
    try:
        return checkpoints.open_checkpoint(note, origin=ledger.origin(), keys=[key])
    except CustodyError as error:
        inspection.bad("checkpoint", what, f"the signature of {what} does not hold: {error}")
        return None


def _mirror_checkpoint(inspection: Inspection, mirror: Mirror, key: VerifierKey | None) -> Checkpoint | None:
    note = mirror.read(CHECKPOINT)
    if note is None:
        if SignedCheckpoint.objects.exists():
            inspection.bad("mirror", "tiles/checkpoint", "the mirror's checkpoint is gone")
        return None
    return _open(inspection, note, "the mirror's checkpoint", key)


def _claims(
    inspection: Inspection, key: VerifierKey | None, mirrored: Checkpoint | None
) -> Iterator[tuple[int, bytes, str]]:
    for row in SignedCheckpoint.objects.order_by("size").iterator(chunk_size=500):
        what = f"checkpoint {row.size}"
        found = _open(inspection, bytes(row.note), what, key)
        if found is None:
            continue
        if (found.size, found.root) != (row.size, bytes(row.root)):
            inspection.bad("checkpoint", what, "the row says something else than the signed note")
        inspection.counts["checkpoints"] += 1
        yield found.size, found.root, what
    if mirrored is not None:
        yield mirrored.size, mirrored.root, "the mirror's checkpoint"
    try:
        known = state.load()
    except CustodyError as error:
        inspection.bad("checkpoint", "the notary's memory", str(error))
        return
    if known.origin != ledger.origin():
        inspection.bad("origin", "the notary's memory", f"the notary signed for the ledger {known.origin}")
    elif known.size:
        yield known.size, known.frontier().root(), "the notary's memory"


def _grow(inspection: Inspection, frontier: Frontier, claims: _Claims) -> Iterator[bytes]:
    for leaf in checked_leaves(inspection):
        frontier.append(leaf)
        for root, what in claims.due(frontier.size):
            if root != frontier.root():
                inspection.bad(
                    "checkpoint", what, f"the first {frontier.size} entries are not the ones that {what} covers"
                )
        yield leaf


def _compare_mirror(inspection: Inspection, mirror: Mirror, size: int, leaves: Iterator[bytes]) -> None:
    """Compare every hash tile and entry bundle with what the database's entries make. Consumes all leaves."""

    def covered() -> Iterator[bytes]:
        for _ in range(size):
            leaf = next(leaves, None)
            if leaf is None:
                return
            yield leaf

    for (level, index, width), content in tiles.grown_tiles(0, covered(), mirror.read_tile):
        name = tiles.hash_tile_path(level, index, width)
        inspection.counts["tiles"] += 1
        if mirror.read(name) != content:
            inspection.bad("mirror", f"tiles/{name}", "the tile is missing or differs from the database's entries")
        if level == 0:
            _compare_bundle(inspection, mirror, index, width)
    for _leaf in leaves:
        pass


def _compare_bundle(inspection: Inspection, mirror: Mirror, index: int, width: int) -> None:
    first = index * tiles.TILE_WIDTH
    bodies = list(ledger.leaves_after(first, first + width))
    name = tiles.entries_path(index, width)
    if mirror.read(name) != (tiles.encode_entries(bodies) if bodies else b""):
        inspection.bad("mirror", f"tiles/{name}", "the entry bundle is missing or differs from the database's entries")


def _check_tail(inspection: Inspection, size: int) -> None:
    newest = SignedCheckpoint.objects.order_by("-size").first()
    signed = newest.size if newest else 0
    if size <= signed:
        return
    inspection.counts["unsigned_entries"] = size - signed
    first = ledger.find_entry(signed)
    words = f"the last {size - signed} entries are under no signed checkpoint yet"
    if first is not None and (clock.now() - clock.parse(first.time)).total_seconds() > _LATE_SECONDS:
        inspection.unknown("checkpoint", f"entry {signed}", f"{words}; start Amana so that the notary signs them")
    else:
        inspection.left_out.append(words)
