"""Putting entries back that the database lost: exact bytes that were signed, appended at the end, nothing changed.

Who calls it has proved that the bytes stand in a signed tree. Here each is held against the rows that are there: a
ledger that says something else is left as it is.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce

from custody.core import entries
from custody.core.entries import Entry, StreamLink
from custody.core.errors import EntryError
from custody.ledger import appending, guard, statements
from custody.ledger.appending import LedgerDamaged, Place
from custody.ledger.statements import Rows
from custody.models import LedgerHead


def begin_recovery(signed: int) -> int:
    """Close the ledger to every other entry until ``signed`` entries are there again; returns how many are there now.

    Without a head it is closed already, and where nothing is missing it stays open. Raises LedgerDamaged.
    """
    with transaction.atomic():
        if not LedgerHead.objects.filter(pk=1).exists():
            return 0
        size = appending.take([], [], recovering=True).size
        if size < signed:
            begun = Coalesce("recovering_from", "size")
            LedgerHead.objects.filter(pk=1).update(recovering_from=begun, recovering_to=signed)
    return size


def give_up_recovery() -> None:
    """Open the ledger again when nothing was put back; one that was put back in part stays closed."""
    LedgerHead.objects.filter(pk=1, recovering_from=F("size")).update(recovering_from=None, recovering_to=None)


def recovering_to() -> int | None:
    """How many entries there must be again before anything else is appended; None when no recovery is unfinished."""
    return LedgerHead.objects.filter(pk=1).values_list("recovering_to", flat=True).first()


def open_for_recovery(origin: str, signed: int) -> None:
    """Make the head of a ledger that has no row at all, closed to all but its recovery. Raises LedgerDamaged."""
    with transaction.atomic():
        LedgerHead.objects.get_or_create(pk=1, defaults={"origin": origin})
        begin_recovery(signed)


def put_back(bodies: Sequence[bytes]) -> list[Entry]:
    """Append these entries in one transaction, with their links; private details do not come back.

    With the entry that the recovery goes to the ledger is open again. Raises LedgerDamaged when the first does not
    take the next number, belongs to another ledger, does not follow in one of its streams, or is dated before the one
    before it.
    """
    found = [_read(body) for body in bodies]
    with transaction.atomic(), guard.writing_entries():
        place = appending.take([], list({link.id for entry in found for link in entry.streams}), recovering=True)
        rows, last_time = Rows(first=place.size, goal=place.goal), place.time
        for seq, (entry, body) in enumerate(zip(found, bodies, strict=True), start=place.size):
            _check_place(entry, place.origin, seq, last_time)
            for link in entry.streams:
                _check_link(entry.seq, link, place)
            place.move(entry, rows.add(entry, body))
            last_time = entry.time
        if found and not statements.write(rows):
            raise LedgerDamaged(appending.HEAD_MOVED)
    return found


def _read(body: bytes) -> Entry:
    try:
        return entries.decode(body)
    except EntryError as error:
        raise LedgerDamaged(f"an entry of the mirror can't be read: {error}") from error


def _check_place(entry: Entry, origin: str, size: int, last_time: str) -> None:
    if (entry.seq, entry.log) != (size, origin):
        raise LedgerDamaged(f"entry {entry.seq} of {entry.log} does not take the place of entry {size} of {origin}")
    if entry.time < last_time:
        raise LedgerDamaged(f"entry {entry.seq} is dated before the one before it")


def _check_link(seq: int, link: StreamLink, place: Place) -> None:
    if link != (wanted := place.link(link.id)):
        raise LedgerDamaged(f"entry {seq} does not follow in stream {link.id}, which ends at number {wanted.n - 1}")
