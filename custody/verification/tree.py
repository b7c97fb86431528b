"""The tree over the entries: signed checkpoints, the notary's memory, the static mirror."""

from __future__ import annotations

import contextlib
import datetime
import sqlite3
from collections.abc import Iterator, Sequence

from custody import clock, data, ledger, ledger_keys
from custody.core import merkle, tiles
from custody.core.checkpoints import Checkpoint
from custody.core.errors import CustodyError
from custody.core.merkle import Frontier
from custody.ledger_keys import LedgerKey
from custody.models import Entry, LedgerHead, SignedCheckpoint
from custody.notary import asking, state
from custody.notary.mirror import CHECKPOINT, Mirror
from custody.sockets import ProcessUnavailable
from custody.verification.entries import Leaves, checked_leaves
from custody.verification.inspection import Inspection

_LATE_SECONDS = 60
_AHEAD = datetime.timedelta(minutes=5)
_MEMORY = "the notary's memory"


class _Claims:
    """Every signed or remembered (size, root) that the tree must agree with, smallest first."""

    def __init__(self, claims: Iterator[tuple[int, bytes, str]] | list[tuple[int, bytes, str]]) -> None:
        self._left = sorted(claims)[::-1]

    def due(self, size: int) -> Iterator[tuple[bytes, str]]:
        """Those about a tree of this size."""
        while self._left and self._left[-1][0] == size:
            _size, root, what = self._left.pop()
            yield root, what

    def next_after(self, size: int) -> int | None:
        """The next size to stop at, when growing from this one."""
        return self._left[-1][0] if self._left and self._left[-1][0] > size else None

    def beyond(self) -> list[tuple[int, bytes, str]]:
        """Those about a larger tree than there is."""
        return self._left[::-1]


def check_ledger(inspection: Inspection) -> None:
    """One walk over the ledger: entries, then the tree they make against all that was signed, then the mirror.

    The mirror and the notary's memory may be ahead of the state of the database that is read here: what they say
    about entries to come is compared when the others have been read.
    """
    keys = _ledger_keys(inspection)
    mirror = Mirror()
    mirrored = _mirror_checkpoint(inspection, mirror, keys)
    claims = _Claims(_claims(inspection, keys, mirrored))
    frontier = Frontier()
    _compare_mirror(inspection, mirror, _to_compare(mirrored), _grow(inspection, frontier, claims))
    if beyond := claims.beyond():
        inspection.later(lambda: _look_beyond(inspection, frontier, beyond))
    _check_tail(inspection, frontier.size)
    _check_uses(inspection, frontier.size)
    _check_times(inspection)
    _check_recovery(inspection)


def _to_compare(mirrored: Checkpoint | None) -> int:
    """How many entries the mirror must hold: those of the newest checkpoint that mirror and database both know."""
    if mirrored is None:
        return 0
    known = SignedCheckpoint.objects.filter(size__lte=mirrored.size).order_by("-size").first()
    return known.size if known else mirrored.size


def _look_beyond(inspection: Inspection, frontier: Frontier, beyond: list[tuple[int, bytes, str]]) -> None:
    """Compare what was signed over more entries than the first reading found with those that are there now."""
    claims = _Claims(beyond)
    more = ledger.leaves_after(frontier.size, beyond[-1][0])
    for _page in _compared(inspection, frontier, claims, ([(merkle.leaf_hash(body), body)] for body in more)):
        pass
    for size, _root, what in claims.beyond():
        inspection.bad(
            "checkpoint", what, f"{what} covers {size} entries, the ledger holds {frontier.size}: entries are missing"
        )


def _ledger_keys(inspection: Inspection) -> list[LedgerKey]:
    keys = ledger_keys.ledger_keys()
    if not keys:
        inspection.bad("key", "ledger key", "no ledger key that an entry of the ledger names is on record")
    return keys


def _open(inspection: Inspection, note: bytes, what: str, keys: Sequence[LedgerKey]) -> Checkpoint | None:
    """Read a signed checkpoint under the key that was in force at its size."""
    if not keys:
        return None
    try:
        return ledger_keys.open_signed(note, keys=keys)
    except CustodyError as error:
        inspection.bad("checkpoint", what, f"the signature of {what} does not hold: {error}")
        return None


def _mirror_checkpoint(inspection: Inspection, mirror: Mirror, keys: Sequence[LedgerKey]) -> Checkpoint | None:
    note = mirror.read(CHECKPOINT)
    if note is None:
        if SignedCheckpoint.objects.exists():
            inspection.bad("mirror", "tiles/checkpoint", "the mirror's checkpoint is gone")
        return None
    return _open(inspection, note, "the mirror's checkpoint", keys)


def _claims(
    inspection: Inspection, keys: Sequence[LedgerKey], mirrored: Checkpoint | None
) -> Iterator[tuple[int, bytes, str]]:
    for row in SignedCheckpoint.objects.order_by("size").iterator(chunk_size=500):
        what = f"checkpoint {row.size}"
        found = _open(inspection, bytes(row.note), what, keys)
        if found is None:
            continue
        if (found.size, found.root) != (row.size, bytes(row.root)):
            inspection.bad("checkpoint", what, "the row says something else than the signed note")
        inspection.counts["checkpoints"] += 1
        yield found.size, found.root, what
    if mirrored is not None:
        yield mirrored.size, mirrored.root, "the mirror's checkpoint"
        _want_row(inspection, mirrored.size, "the mirror's checkpoint")
    if not SignedCheckpoint.objects.exists() and ledger.size():
        inspection.bad("checkpoint", "ledger", "entries exist, but no signed checkpoint is on record")
    known = _memory(inspection, keys)
    if known is not None and known.size:
        yield known.size, known.frontier().root(), _MEMORY
        _want_row(inspection, known.size, _MEMORY)
        inspection.later(lambda: _count_rows(inspection, known))


def _memory(inspection: Inspection, keys: Sequence[LedgerKey]) -> state.State | None:
    active = [each.key for each in keys if each.until is None]
    if not active:
        return None
    try:
        known = asking.remembered(active)
    except ProcessUnavailable as error:
        words = f"it lies in a folder that is closed to this user, and the notary was not there to show it: {error}"
        inspection.unknown("checkpoint", _MEMORY, words)
        return None
    except CustodyError as error:
        inspection.bad("checkpoint", _MEMORY, str(error))
        return None
    if known.origin != ledger.origin():
        inspection.bad("origin", _MEMORY, f"the notary signed for the ledger {known.origin}")
        return None
    return known


def _want_row(inspection: Inspection, size: int, what: str) -> None:
    """The database keeps what was signed. The row is written a moment after the memory: it is looked for twice."""

    def look() -> None:
        if not SignedCheckpoint.objects.filter(size=size).exists():
            words = f"{what} covers {size} entries; the database has no such checkpoint on record"
            inspection.bad("checkpoint", what, f"{words}: it was taken out, or Amana stopped just then: start it")

    if not SignedCheckpoint.objects.filter(size=size).exists():
        inspection.later(look)


def _count_rows(inspection: Inspection, known: state.State) -> None:
    count = SignedCheckpoint.objects.filter(size__lte=known.size).count()
    if count < known.checkpoints:
        words = f"{known.checkpoints} checkpoints were signed, {count} are on record: some were taken out"
        inspection.bad("checkpoint", _MEMORY, words)


def _grow(inspection: Inspection, frontier: Frontier, claims: _Claims) -> Iterator[Leaves]:
    yield from _compared(inspection, frontier, claims, checked_leaves(inspection))


def _compared(inspection: Inspection, frontier: Frontier, claims: _Claims, pages: Iterator[Leaves]) -> Iterator[Leaves]:
    """Grow the tree by each page, and stop at every size that something was said about."""
    for page in pages:
        leaves = [leaf for leaf, _body in page]
        while leaves:
            due = claims.next_after(frontier.size)
            step = len(leaves) if due is None else due - frontier.size
            frontier.extend(leaves[:step])
            del leaves[:step]
            for root, what in claims.due(frontier.size):
                if root != frontier.root():
                    words = f"the first {frontier.size} entries are not the ones that {what} covers"
                    inspection.bad("checkpoint", what, words)
        yield page


def _compare_mirror(inspection: Inspection, mirror: Mirror, size: int, pages: Iterator[Leaves]) -> None:
    """Compare every hash tile and entry bundle with what the database's entries make. Consumes all pages."""
    # Those of the tiles that grow; a tile is compared as soon as it is full.
    bodies: list[bytes] = []

    def covered() -> Iterator[bytes]:
        left = size
        for page in pages:
            mirrored = page[:left]
            left -= len(mirrored)
            bodies.extend(body for _leaf, body in mirrored)
            yield from [leaf for leaf, _body in mirrored]

    for (level, index, width), content in tiles.grown_tiles(0, covered(), mirror.read_tile):
        name = tiles.hash_tile_path(level, index, width)
        inspection.counts["tiles"] += 1
        if _mirrored(mirror, name, tiles.hash_tile_path(level, index), content) != content:
            inspection.bad("mirror", f"tiles/{name}", "the tile is missing or differs from the database's entries")
        if level == 0:
            _compare_bundle(inspection, mirror, index, bodies[:width])
            del bodies[:width]


def _compare_bundle(inspection: Inspection, mirror: Mirror, index: int, bodies: list[bytes]) -> None:
    name = tiles.entries_path(index, len(bodies))
    content = tiles.encode_entries(bodies) if bodies else b""
    if _mirrored(mirror, name, tiles.entries_path(index), content) != content:
        inspection.bad("mirror", f"tiles/{name}", "the entry bundle is missing or differs from the database's entries")


def _mirrored(mirror: Mirror, name: str, full: str, content: bytes) -> bytes | None:
    """A file of the mirror; in place of a partial one that is gone, as much of the full one that took its place."""
    found = mirror.read(name)
    if found is None and name != full:
        whole = mirror.read(full)
        found = whole[: len(content)] if whole is not None else None
    return found


def _check_uses(inspection: Inspection, size: int) -> None:
    """The registrar remembers by itself which entries it acted upon: none of them may be gone."""
    path = data.keys() / "registrar-uses.sqlite3"
    if not path.exists():
        return
    try:
        with contextlib.closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=10)) as database:
            (last,) = database.execute("SELECT MAX(seq) FROM uses").fetchone()
    except sqlite3.Error as error:
        inspection.unknown("key", "the registrar's uses", f"its note of used entries can't be read: {error}")
        return
    if last is not None and last >= size:
        inspection.later(lambda: _look_for_used(inspection, last))


def _look_for_used(inspection: Inspection, last: int) -> None:
    if ledger.find_entry(last) is None:
        words = "the registrar used a key on the strength of it; it is gone: entries are missing"
        inspection.bad("checkpoint", f"entry {last}", words)


def _check_recovery(inspection: Inspection) -> None:
    """No recovery stands half done: until it is completed nothing else is entered."""
    if (goal := ledger.recovering_to()) is not None:
        words = f"a recovery to {goal} entries is not finished; `manage.py ledger recover` completes it"
        inspection.unknown("head", "ledger", words)


def _check_times(inspection: Inspection) -> None:
    """The head's time is the last entry's, and no entry is dated ahead of this machine's clock."""
    head = LedgerHead.objects.filter(pk=1).first()
    newest = Entry.objects.order_by("-seq").first()
    if head is not None and newest is not None and head.last_time != newest.time:
        words = f"the head row says {head.last_time or 'no time'}, the last entry says {newest.time}"
        inspection.bad("head", "ledger", words)
    ahead = Entry.objects.filter(time__gt=clock.stamp(clock.now() + _AHEAD)).order_by("seq")
    if count := ahead.count():
        words = f"{count} entries from this one on are dated later than this machine's clock"
        inspection.bad("time", f"entry {ahead[0].seq}", words)


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
