"""Writing entries. Nothing else in the house writes to the ledger's tables."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import connection, transaction

from custody import clock
from custody.actions import Action
from custody.core import canonical, entries
from custody.core.canonical import JsonValue
from custody.core.entries import Actor, Entry, Outcome, StreamLink
from custody.core.errors import CustodyError
from custody.ledger import closed, guard, statements
from custody.ledger.statements import Found, Rows

HEAD_MOVED: Final = "somebody wrote to the ledger's head without taking its lock"


class LedgerClosed(CustodyError):
    """The ledger can't take an entry: it was never opened, or the caller is outside a transaction."""


class LedgerDamaged(CustodyError):
    """The ledger's rows contradict each other. An alarm: nothing is written, and nothing is repaired."""


class RecoveryUnfinished(CustodyError):
    """A recovery of the ledger is not finished: any other entry would take the place of one that was signed."""


class IdTaken(CustodyError):
    """Another entry bears this id already: it was meant for the retry of one act, not for a second one."""


@dataclass(frozen=True, kw_only=True)
class Draft:
    """An entry before the ledger gives it its place and its time.

    ``streams`` 1 to 4 ids such as ``item/<uuid>``; ``subject`` ids, digests and codes, never names;
    ``detail`` is private: it stays in the database, salted, and the entry holds only its SHA-256.
    ``id`` makes a retry harmless: the same id twice gives the first entry back, if it is the same act.
    """

    action: Action
    actor: Actor
    streams: tuple[str, ...]
    subject: Mapping[str, str]
    outcome: Outcome = Outcome.DONE
    purpose: str | None = None
    authority: str | None = None
    occurred: str | None = None
    corrects: int | None = None
    act: str | None = None
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    detail: Mapping[str, JsonValue] | None = None


@dataclass(frozen=True)
class Appended:
    """Where an entry came to stand: its sequence number (= leaf index), leaf hash (32 bytes) and time."""

    seq: int
    leaf: bytes
    time: str


@dataclass(frozen=True)
class Place:
    """Where the next entry goes, read under the lock: name, size, last time, recovery's goal, what stands there."""

    origin: str
    size: int
    time: str
    goal: int | None
    found: Found

    def link(self, stream: str) -> StreamLink:
        """The next place in a stream."""
        n, leaf = self.found.ends.get(stream, (-1, None))
        return StreamLink(id=stream, n=n + 1, prev=leaf)

    def move(self, entry: Entry, leaf: bytes) -> None:
        """From here on this entry is the end of its streams."""
        self.found.ends.update({link.id: (link.n, leaf.hex()) for link in entry.streams})


def append(draft: Draft) -> Appended:
    """Write one entry. See ``append_many``."""
    return append_many([draft])[0]


def append_many(drafts: Sequence[Draft]) -> list[Appended]:
    """Write entries of one act, in order, as the last statement of the caller's transaction.

    Takes the ledger's lock (an advisory lock on PostgreSQL; on SQLite the transaction already holds the only
    write lock). Entries share an act id unless each names its own. Raises LedgerClosed outside a
    transaction or before ``open_ledger``, EntryError when an entry would break the format, IdTaken when an
    id names another entry, LedgerDamaged when the ledger's rows contradict each other, RecoveryUnfinished
    until a recovery that was begun has put back its last entry, CaseClosed for what a closed case takes no more.
    """
    if not drafts:
        return []
    if not connection.in_atomic_block:
        raise LedgerClosed("an entry is written inside the transaction of the act that it records")
    with guard.writing_entries():
        # The second time the lock is held from before the reading on.
        appended = _append(drafts) or _append(drafts)
    if appended is None:
        raise LedgerDamaged(HEAD_MOVED)
    guard.entries_written()
    return appended


def _append(drafts: Sequence[Draft]) -> list[Appended] | None:
    """None, and nothing written, if the ledger grew between what was read and the lock."""
    place = take([draft.id for draft in drafts], _streams(drafts))
    known = _known(drafts, place.found)
    fresh = _fresh(drafts, known)
    closed.refuse(fresh)
    written = _write(fresh, place) if fresh else {}
    return None if written is None else [known.get(draft.id) or written[draft.id] for draft in drafts]


def append_alone(draft: Draft) -> Appended:
    """Write one entry in a transaction of its own: a refusal after the rollback, a heartbeat, a key's use.

    Raises RuntimeError inside another transaction, whose rollback would take the entry with it.
    """
    with transaction.atomic(durable=True):
        return append(draft)


def take(ids: Sequence[str], streams: Sequence[str], *, recovering: bool = False) -> Place:
    """Take the ledger's lock, and read its end, the entries with these ids, and the ends of these streams.

    Raises LedgerClosed, LedgerDamaged, and for all but the recovery (``recovering``) RecoveryUnfinished.
    """
    found = statements.look(ids, streams)
    head = found.head
    if head is None:
        raise LedgerClosed("the ledger is not open yet; run the setup first")
    if head.recovering_to is not None and not recovering:
        raise RecoveryUnfinished(
            f"the ledger is being recovered ({head.size} of {head.recovering_to} entries are back), and nothing else "
            "is entered until then: if no recovery runs, stop Amana and run `manage.py ledger recover`"
        )
    seq, time = found.last
    if seq + 1 != head.size:
        raise LedgerDamaged(f"the ledger's head counts {head.size} entries, but the last one is number {seq}")
    if head.last_time != time:
        # A head pushed ahead would date every later entry by it.
        raise LedgerDamaged(f"the ledger's head says {head.last_time or 'no time'}, its last entry says {time}")
    return Place(head.origin, head.size, time, head.recovering_to, found)


def _streams(drafts: Sequence[Draft]) -> list[str]:
    return list({stream: None for draft in drafts for stream in draft.streams})


def _known(drafts: Sequence[Draft], found: Found) -> dict[str, Appended]:
    """The entries that earlier tries wrote. Raises IdTaken when an id names another act's entry."""
    for draft in drafts if found.known else ():
        if (known := found.known.get(draft.id)) is None:
            continue
        entry = entries.decode(known.body)
        written = (entry.action, entry.outcome, entry.actor.id, tuple(link.id for link in entry.streams))
        if written != _kind(draft):
            raise IdTaken(f"the id {draft.id} belongs to entry {known.seq}, which records something else")
    return {name: Appended(known.seq, known.leaf, known.time) for name, known in found.known.items()}


def _kind(draft: Draft) -> tuple[str, Outcome, str, tuple[str, ...]]:
    return str(draft.action), draft.outcome, draft.actor.id, draft.streams


def _fresh(drafts: Sequence[Draft], known: Mapping[str, Appended]) -> list[Draft]:
    """The drafts to write, each id once."""
    fresh: dict[str, Draft] = {}
    for draft in drafts:
        if draft.id not in known and _kind(fresh.setdefault(draft.id, draft)) != _kind(draft):
            raise IdTaken(f"the id {draft.id} is given to two different entries at once")
    return list(fresh.values())


def _detail_bytes(draft: Draft) -> bytes | None:
    if draft.detail is None:
        return None
    return canonical.dumps({"salt": secrets.token_hex(16), "about": dict(draft.detail)})


def _entry(draft: Draft, place: Place, links: tuple[StreamLink, ...], detail: bytes | None, **given: Any) -> Entry:
    return Entry(
        v=1,
        log=place.origin,
        id=draft.id,
        action=str(draft.action),
        occurred=draft.occurred,
        actor=draft.actor,
        streams=links,
        subject=dict(draft.subject),
        authority=draft.authority,
        corrects=draft.corrects,
        outcome=draft.outcome,
        purpose=draft.purpose,
        detail=hashlib.sha256(detail).hexdigest() if detail is not None else None,
        salt=secrets.token_hex(16),
        **given,
    )


def _write(drafts: Sequence[Draft], place: Place) -> dict[str, Appended] | None:
    rows, written = Rows(first=place.size, goal=place.goal), {}
    act, time = str(uuid.uuid4()), max(clock.stamp(clock.now()), place.time)
    for seq, draft in enumerate(drafts, start=place.size):
        detail = _detail_bytes(draft)
        links = tuple(place.link(stream) for stream in draft.streams)
        entry = _entry(draft, place, links, detail, seq=seq, act=draft.act or act, time=time)
        body = entries.encode(entry)
        leaf = rows.add(entry, body)
        if detail is not None:
            rows.details.append((draft.id, detail))
        place.move(entry, leaf)
        written[draft.id] = Appended(seq, leaf, time)
    return written if statements.write(rows) else None
