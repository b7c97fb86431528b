"""Reading the ledger: always the stored bytes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from custody.actions import Action
from custody.core import canonical, entries
from custody.core.canonical import JsonValue
from custody.core.entries import Entry as EntryRecord
from custody.core.entries import Outcome
from custody.models import Entry, EntryDetail, LedgerHead, StreamEntry

_ROWS_AT_ONCE = 5_000
_PLACES_AT_ONCE = 500  # SQLite takes a few thousand values in one question


class StoredEntry(NamedTuple):
    """One row of the ledger: the exact bytes, the stored leaf hash, and the columns that index it."""

    seq: int
    id: str
    body: bytes
    leaf: bytes
    act: str
    action: str
    outcome: str
    actor: str
    time: str


def size() -> int:
    """How many entries the ledger says it holds."""
    head = LedgerHead.objects.filter(pk=1).first()
    return head.size if head else 0


def _bytes(value: bytes | memoryview | str) -> bytes:
    """SQLite keeps text in a column of bytes when somebody puts it there; its bytes are then what is checked."""
    return value.encode(errors="surrogateescape") if isinstance(value, str) else bytes(value)


_COLUMNS = ("seq", "entry_id", "body", "leaf", "act", "action", "outcome", "actor", "time")


def _stored(row: Entry) -> StoredEntry:
    return _of_columns(tuple(getattr(row, name) for name in _COLUMNS))


def _of_columns(values: tuple[Any, ...]) -> StoredEntry:
    seq, name, body, leaf, *rest = values
    if type(body) is bytes and type(leaf) is bytes:
        return StoredEntry._make(values)
    return StoredEntry(seq, name, _bytes(body), _bytes(leaf), *rest)


def entries_after(start: int, stop: int | None = None) -> Iterator[StoredEntry]:
    """Entries with ``start <= seq < stop`` in order, a few thousand in memory at a time."""
    while stop is None or start < stop:
        # Columns, not models: a whole ledger is read this way, a million entries at a time.
        rows = Entry.objects.filter(seq__gte=start).order_by("seq").values_list(*_COLUMNS)
        page = list((rows if stop is None else rows.filter(seq__lt=stop))[:_ROWS_AT_ONCE])
        yield from map(_of_columns, page)
        if len(page) < _ROWS_AT_ONCE:
            return
        start = page[-1][0] + 1


def leaves_after(start: int, stop: int) -> Iterator[bytes]:
    """The exact entry bytes with ``start <= seq < stop``."""
    return (entry.body for entry in entries_after(start, stop))


def find_entry(seq: int) -> StoredEntry | None:
    """The entry at one place, or None."""
    row = Entry.objects.filter(seq=seq).first()
    return _stored(row) if row else None


def find_entries(seqs: Sequence[int]) -> list[StoredEntry]:
    """The entries at these places, in the order asked for; a place without one is left out."""
    found: dict[int, StoredEntry] = {}
    for start in range(0, len(seqs), _PLACES_AT_ONCE):
        rows = Entry.objects.filter(seq__in=seqs[start : start + _PLACES_AT_ONCE]).values_list(*_COLUMNS)
        found |= {stored.seq: stored for stored in map(_of_columns, rows)}
    return [found[seq] for seq in seqs if seq in found]


def entry_of(stored: StoredEntry) -> EntryRecord:
    """Decode an entry's bytes. Raises EntryError."""
    return entries.decode(stored.body)


def body_of(seq: int) -> bytes | None:
    """The exact bytes of one entry, or None."""
    found = find_entry(seq)
    return found.body if found else None


def newest(count: int, *, before: int | None = None) -> list[StoredEntry]:
    """The last ``count`` entries, newest first; ``before`` pages back."""
    rows = Entry.objects.order_by("-seq")
    return [_stored(row) for row in (rows if before is None else rows.filter(seq__lt=before))[:count]]


def stream_entries(stream: str) -> Iterator[StoredEntry]:
    """All entries of one stream in order."""
    start = 0
    while True:
        links = list(StreamEntry.objects.filter(stream=stream, n__gte=start).order_by("n")[:_ROWS_AT_ONCE])
        rows = {row.seq: row for row in Entry.objects.filter(seq__in=[link.seq for link in links])}
        yield from (_stored(rows[link.seq]) for link in links if link.seq in rows)
        if len(links) < _ROWS_AT_ONCE:
            return
        start = links[-1].n + 1


def stream_starts(streams: Sequence[str]) -> dict[str, StoredEntry]:
    """The first entry of each stream that has one."""
    links = dict(StreamEntry.objects.filter(stream__in=streams, n=0).values_list("seq", "stream"))
    return {links[row.seq]: _stored(row) for row in Entry.objects.filter(seq__in=list(links))}


def stream_has(stream: str, action: Action) -> bool:
    """Whether an entry with this verb stands in the stream."""
    rows = Entry.objects.filter(action=action, seq__in=StreamEntry.objects.filter(stream=stream).values("seq"))
    return rows.exists()


def entries_with(action: Action) -> Iterator[StoredEntry]:
    """All entries with this verb, in order."""
    return map(_stored, Entry.objects.filter(action=action).order_by("seq").iterator(chunk_size=_ROWS_AT_ONCE))


def entries_in_streams(streams: Sequence[str], action: Action) -> Iterator[StoredEntry]:
    """The entries with this verb in any of these streams, in order; at most a few hundred streams."""
    links = StreamEntry.objects.filter(stream__in=streams).values("seq")
    return map(_stored, Entry.objects.filter(action=action, seq__in=links).order_by("seq"))


def count(action: Action) -> int:
    """How many entries have this verb."""
    return Entry.objects.filter(action=action).count()


def newest_with(action: Action, *, outcome: Outcome | None = None) -> StoredEntry | None:
    """The newest entry with this verb (and outcome), or None."""
    rows = Entry.objects.filter(action=action)
    row = (rows if outcome is None else rows.filter(outcome=outcome)).order_by("-seq").first()
    return _stored(row) if row else None


def last_time(action: Action) -> str | None:
    """When the newest entry with this verb was written (RFC 3339), or None."""
    row = Entry.objects.filter(action=action).order_by("-seq").first()
    return row.time if row else None


def details_of(ids: Sequence[str]) -> dict[str, dict[str, JsonValue]]:
    """The private details of entries by entry id, where they have any. Raises CanonicalError."""
    found = {}
    for row in EntryDetail.objects.filter(entry__in=ids):
        value = canonical.loads(bytes(row.body))
        about = value.get("about") if isinstance(value, dict) else None
        found[row.entry] = about if isinstance(about, dict) else {}
    return found
