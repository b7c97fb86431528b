"""Batches: opened by an entry, closed by a signed record whose totals balance."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import hashlib
import os
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, Q

from custody import clock, data, ledger, locks
from custody.actions import Action
from custody.closed_cases import recorded_refusals
from custody.core import receipts
from custody.core.canonical import JsonValue
from custody.core.entries import Actor
from custody.core.receipts import BatchRecord
from custody.models import Case
from evidence import numbering, signing
from evidence.core import names, numbers
from evidence.core.errors import IntakeError
from evidence.models import Arrival, ArrivalStatus, Batch, BatchState, Channel, Collection, EvidenceItem
from evidence.sources import Census

_ROWS_AT_ONCE = 2_000
_UPLOAD_LOST = datetime.timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Order:
    """What an intake is for: which case and collection, by whom, by which way, from which places.

    ``places`` are absolute paths or other names that stay the same when the same intake is tried again.
    """

    case: Case
    collection: Collection
    actor: Actor
    channel: Channel
    places: tuple[bytes, ...]

    @property
    def key(self) -> str:
        """SHA-256 that an interrupted batch is found by: the same case, collection, way and places."""
        digest = hashlib.sha256(f"{self.case.pk} {self.collection.pk} {self.channel}".encode())
        for place in sorted(self.places):
            digest.update(b"\x00" + place)
        return digest.hexdigest()


@contextmanager
def held(key: str) -> Iterator[None]:
    """Hold the right to work on the batch of this order. Raises IntakeError when another process holds it."""
    path = data.work() / f"intake-{key[:32]}.lock"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    # The file stays: removing it while another process waits to lock it would let two in.
    try:
        if not locks.take(descriptor):
            raise IntakeError("the same intake is running already")
        yield
    finally:
        os.close(descriptor)


def open_or_resume(order: Order, expected: Census) -> Batch:
    """The interrupted batch of this order, or a new one with its numbers set aside. Call with the order held.

    Raises CaseClosed, recorded.
    """
    standing = Batch.objects.filter(state=BatchState.OPEN, source_key=order.key).order_by("opened").first()
    if standing:
        _record_resumption(standing, order.actor)
        return standing
    batch = Batch(
        case=order.case,
        collection=order.collection,
        channel=order.channel,
        actor=order.actor.id,
        roots=[names.display(place) for place in order.places],
        source_key=order.key,
        expected_files=expected.seen,
        expected_bytes=expected.size,
        opened=clock.now(),
    )
    with recorded_refusals(order.actor), transaction.atomic():
        batch.save(force_insert=True)
        numbering.reserve(batch, expected.seen)
        opening = _draft(batch, Action.BATCH_OPENED, order.actor, {"channel": str(order.channel)})
        ledger.append(dataclasses.replace(opening, detail=order_told(batch)))
    return batch


def order_told(batch: Batch) -> dict[str, JsonValue]:
    """What the opening entry keeps in its private detail: places may name people, so the entry itself holds none."""
    return {
        "roots": list(batch.roots),
        "source_key": batch.source_key,
        "expected_files": batch.expected_files,
        "expected_bytes": batch.expected_bytes,
        "opened": stamp(batch.opened),
    }


def _record_resumption(batch: Batch, actor: Actor) -> None:
    with recorded_refusals(actor), transaction.atomic():
        ledger.append(_draft(batch, Action.BATCH_RESUMED, actor, {"seen": str(batch.seen)}))


def close(batch: Batch, actor: Actor) -> Batch:
    """Close the batch under a signed record, which names every item it stored by digest.

    (1) digest over what was stored; (2) numbers left over go back or are void; (3) record and entry in one
    transaction; (4) signature, allowed by that entry. A crash after (3) leaves (4) to ``sign_closed``.
    """
    items = receipts.items_digest(_stored_items(batch))
    signer, log = signing.signer().signer_fingerprint(), ledger.origin()
    with transaction.atomic():
        batch.refresh_from_db()
        if batch.state == BatchState.CLOSED:
            return batch
        void = numbering.give_back(batch)
        batch.closed = clock.now()
        batch.state = BatchState.CLOSED
        batch.record = receipts.encode(_record(batch, items=items, void=void, signer=signer, log=log))
        batch.save()
        subject = {"record": hashlib.sha256(batch.record).hexdigest(), **_totals(batch)}
        ledger.append(_draft(batch, Action.BATCH_CLOSED, actor, subject))
    return sign_closed(batch)


def sign_closed(batch: Batch) -> Batch:
    """Sign the record of a closed batch, if that is still to be done."""
    if batch.signature is None and batch.record is not None:
        closing = next(e for e in ledger.stream_entries(f"batch/{batch.pk}") if e.action == Action.BATCH_CLOSED)
        (batch.signature,) = signing.signer().sign_records(authority=closing.seq, records=[bytes(batch.record)])
        batch.save(update_fields=["signature"])
    return batch


def sign_all_closed() -> int:
    """Sign the records of closed batches that a crash left unsigned; return how many."""
    waiting = list(Batch.objects.filter(state=BatchState.CLOSED, signature=None))
    for batch in waiting:
        sign_closed(batch)
    return len(waiting)


def open_batches(case: Case) -> list[Batch]:
    """The batches of a case that were interrupted or still run."""
    return list(Batch.objects.filter(case=case, state=BatchState.OPEN))


def close_interrupted(key: uuid.UUID, actor: Actor) -> Batch:
    """Close a batch that nobody will go on with: it holds what it recorded.

    Raises IntakeError when there is no such open batch or its intake still runs.
    """
    batch = Batch.objects.filter(pk=key, state=BatchState.OPEN).first()
    if batch is None:
        raise IntakeError("there is no open batch of this number")
    with held(batch.source_key):
        return close(batch, actor)


def close_lost_uploads(actor: Actor) -> int:
    """Close batches whose uploads were cut off an hour ago: the files received are gone, so nothing can go on.

    So are those that were begun by a clock that was ahead of this one by more than that. Returns how many.
    """
    now = clock.now()
    away = Q(opened__lt=now - _UPLOAD_LOST) | Q(opened__gt=now + _UPLOAD_LOST)
    lost = Batch.objects.filter(away, state=BatchState.OPEN, channel=Channel.WEB)
    closed = 0
    for batch in lost:
        with contextlib.suppress(IntakeError):
            close_interrupted(batch.pk, actor)
            closed += 1
    return closed


def recount(batch: Batch) -> dict[str, int]:
    """Totals by counting the arrivals themselves."""
    rows = Arrival.objects.filter(batch=batch).values_list("status").annotate(count=Count("pk")).order_by()
    counted = dict(rows)
    return {status: counted.get(status, 0) for status in ArrivalStatus.values}


def _stored_items(batch: Batch) -> Iterator[tuple[str, str]]:
    rows = EvidenceItem.objects.filter(batch=batch).order_by("ern").values_list("pk", "sha256")
    return ((str(item), sha256) for item, sha256 in rows.iterator(chunk_size=_ROWS_AT_ONCE))


def _record(batch: Batch, *, items: str, void: Sequence[int], signer: str, log: str) -> BatchRecord:
    code = batch.collection.code
    erns = EvidenceItem.objects.filter(batch=batch).order_by("ern").values_list("ern", flat=True)
    if batch.closed is None:
        raise IntakeError("a batch record is made when the batch closes")
    return BatchRecord(
        record=str(uuid.uuid4()),
        batch=str(batch.pk),
        case=str(batch.case_id),
        collection=str(batch.collection_id),
        seen=batch.seen,
        stored=batch.stored,
        duplicate=batch.duplicate,
        refused=batch.refused,
        first_ern=erns.first(),
        last_ern=erns.last(),
        void_erns=tuple(numbers.ern(code, number) for number in void),
        items=items,
        opened=stamp(batch.opened),
        closed=stamp(batch.closed),
        software=signing.software(),
        log=log,
        signer=signer,
    )


def stamp(moment: datetime.datetime) -> str:
    """A moment as records hold it."""
    return clock.stamp(moment)


def _totals(batch: Batch) -> dict[str, str]:
    return {
        "seen": str(batch.seen),
        "stored": str(batch.stored),
        "duplicate": str(batch.duplicate),
        "refused": str(batch.refused),
    }


def _draft(batch: Batch, action: Action, actor: Actor, subject: dict[str, str]) -> ledger.Draft:
    # The batch's own stream comes first: there the registrar looks whether the batch is closed.
    return ledger.Draft(
        action=action,
        actor=actor,
        streams=(
            f"batch/{batch.pk}",
            f"case/{batch.case_id}",
            f"collection/{batch.collection_id}",
            f"user/{actor.id}",
        ),
        subject={
            "batch": str(batch.pk),
            "case": str(batch.case_id),
            "collection": str(batch.collection_id),
            **subject,
        },
        purpose="intake",
    )
