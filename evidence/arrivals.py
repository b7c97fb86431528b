"""What becomes of files that were read: decided, numbered, receipted and committed, a chunk at a time.

Order of work, so that a crash at any moment loses nothing and invents nothing: (1) decide against what the
database knows; (2) build the receipts and have them signed, the vault's folders flushed meanwhile; (3) one
transaction: look again, rows, entries last; (4) let the vault go. Before (3) nothing counts; after (3) all does.
"""

from __future__ import annotations

import datetime
import hashlib
import secrets
import uuid
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from django.db import connection, transaction
from django.db.models import F, Q
from django.db.models.lookups import IsNull

from custody import ledger
from custody.actions import Action
from custody.closed_cases import recorded_refusals
from custody.core import receipts
from custody.core.entries import Outcome
from custody.core.receipts import IngestRecord, Original, Received, Source
from evidence import admissions, batches, signing
from evidence.batches import Order
from evidence.core import names, numbers
from evidence.core.reasons import Reason
from evidence.models import Arrival, ArrivalStatus, Batch, EvidenceItem, ExaminationJob, ItemName, Receipt
from evidence.numbering import Numbers
from evidence.sources import Offered
from evidence.vault import Placed, Run

_LOCK = 0x616D616E61  # any number that no other advisory lock of ours uses
_NOT_A_FILE = {Reason.DEVICE, Reason.FIFO, Reason.OWN_DATA, Reason.SOCKET, Reason.SYMBOLIC_LINK}


@dataclass(frozen=True)
class Arrived:
    """A file after reading: in the vault, or refused with a reason."""

    offered: Offered
    moment: datetime.datetime
    placed: Placed | None = None
    reason: Reason | None = None


@dataclass
class _Line:
    """One arrival about to be written; a new item gets its receipt when it is signed."""

    arrived: Arrived
    status: ArrivalStatus
    reason: Reason | None
    salt: bytes
    item: EvidenceItem | None = None
    receipt: Receipt | None = None
    is_new: bool = False

    @property
    def name_digest(self) -> str:
        offered = self.arrived.offered
        return names.name_digest(salt=self.salt, name=offered.name, path=offered.location)


@dataclass
class _Known:
    """What the database says about the bytes and paths of a chunk."""

    firsts: dict[str, uuid.UUID]
    before: dict[str, list[Arrival]]

    def facts(self) -> tuple[object, ...]:
        """Everything that a decision rests on, to tell whether it still holds."""
        arrivals = {arrival.pk for found in self.before.values() for arrival in found}
        return dict(self.firsts), arrivals


class _Overtaken(Exception):
    """Another intake committed the same bytes between deciding and writing."""


@dataclass
class Book:
    """Writes arrivals of one batch. For one thread."""

    batch: Batch
    order: Order
    run: Run
    prior: tuple[str, ...]
    authority: int
    log: str
    numbers: Numbers
    _beside: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, thread_name_prefix="flush"))

    def enter(self, chunk: Sequence[Arrived]) -> None:
        """Commit one chunk in the order given. Raises what the registrar, the ledger or the disk raises."""
        while True:
            known = self._look(chunk)
            lines = self._decide(chunk, known)
            flushed = self._beside.submit(self.run.flush)
            self._sign(lines)
            flushed.result()
            try:
                self._commit(chunk, lines, known)
            except _Overtaken:
                self.numbers.reload()
                self.batch.refresh_from_db()
                continue
            break
        self.run.release({arrived.placed.digests.sha256 for arrived in chunk if arrived.placed})

    def close(self) -> None:
        """Let the helper thread end."""
        self._beside.shutdown()

    # (1) Decide

    def _look(self, chunk: Sequence[Arrived]) -> _Known:
        digests = {arrived.placed.digests.sha256 for arrived in chunk if arrived.placed}
        here = Q(batch=self.batch) | Q(item__collection=self.order.collection)
        paths = {_path_digest(arrived.offered) for arrived in chunk}
        before: dict[str, list[Arrival]] = defaultdict(list)
        standing = Arrival.objects.filter(here, path_digest__in=paths, item__tombstone=None)
        for arrival in standing.select_related("item").order_by("pk"):
            before[arrival.path_digest].append(arrival)
        return _Known(self._firsts(digests), before)

    def _firsts(self, digests: set[str]) -> dict[str, uuid.UUID]:
        """The item that came first with these bytes, among those that this case admits.

        Nobody may learn by handing in a file what another case holds: bytes known only there count as new here.
        """
        seen = admissions.items_in(self.order.case) | EvidenceItem.objects.filter(collection=self.order.collection)
        # One that points at an item outside this case is itself the first here, unless there is a better one.
        rows = seen.filter(sha256__in=digests, tombstone=None)
        rows = rows.order_by(IsNull(F("duplicate_of"), True).desc(), "received_at", "ern")
        firsts: dict[str, uuid.UUID] = {}
        for sha256, item in rows.values_list("sha256", "pk"):
            firsts.setdefault(sha256, item)
        return firsts

    def _decide(self, chunk: Sequence[Arrived], known: _Known) -> list[_Line]:
        firsts = dict(known.firsts)
        lines = []
        for arrived in chunk:
            line = self._line(arrived, known.before.get(_path_digest(arrived.offered), []), firsts)
            if line is not None:
                lines.append(line)
        fresh = [line for line in lines if line.is_new]
        code = self.order.collection.code
        for line, number in zip(fresh, self.numbers.want(len(fresh)), strict=True):
            if line.item is not None:
                line.item.ern = numbers.ern(code, number)
        return lines

    def _line(self, arrived: Arrived, before: Sequence[Arrival], firsts: dict[str, uuid.UUID]) -> _Line | None:
        """Return what to write, or None when this batch counted the very same file before it was interrupted."""
        salt = secrets.token_bytes(names.SALT_BYTES)
        if arrived.placed is None:
            counted = any(each.batch_id == self.batch.pk and each.item is None for each in before)
            return None if counted else _Line(arrived, ArrivalStatus.REFUSED, arrived.reason, salt)
        sha256 = arrived.placed.digests.sha256
        same = [each for each in before if each.item is not None and each.item.sha256 == sha256]
        if any(each.batch_id == self.batch.pk for each in same):
            return None
        if same:
            return _Line(arrived, ArrivalStatus.DUPLICATE, Reason.SAME_FILE, salt, same[0].item)
        item = self._item(arrived, arrived.placed, firsts.get(sha256))
        firsts.setdefault(sha256, item.pk)
        if item.duplicate_of_id is None:
            return _Line(arrived, ArrivalStatus.STORED, None, salt, item, is_new=True)
        return _Line(arrived, ArrivalStatus.DUPLICATE, Reason.SAME_BYTES, salt, item, is_new=True)

    def _item(self, arrived: Arrived, placed: Placed, first: uuid.UUID | None) -> EvidenceItem:
        return EvidenceItem(
            batch=self.batch,
            collection=self.order.collection,
            sha256=placed.digests.sha256,
            sha512=placed.digests.sha512,
            size=placed.digests.size,
            duplicate_of_id=first,
            received_at=arrived.moment,
        )

    # (2) Receipts

    def _sign(self, lines: Sequence[_Line]) -> None:
        registrar = signing.signer()
        fresh = [(line, line.item) for line in lines if line.item is not None and line.is_new]
        if not fresh:
            return
        fingerprint = registrar.signer_fingerprint()
        records = [receipts.encode(self._record(line, item, fingerprint)) for line, item in fresh]
        signatures = registrar.sign_records(authority=self.authority, records=records)
        for (line, item), record, signature in zip(fresh, records, signatures, strict=True):
            digest = hashlib.sha256(record).hexdigest()
            line.receipt = Receipt(item=item, record=record, signature=signature, record_sha256=digest)

    def _record(self, line: _Line, item: EvidenceItem, fingerprint: str) -> IngestRecord:
        source = self.order.collection.source_id
        return IngestRecord(
            record=str(uuid.uuid4()),
            item=str(item.pk),
            ern=item.ern,
            original=Original(bytes=item.size, sha256=item.sha256, sha512=item.sha512, name=line.name_digest),
            received=self._received(line, item),
            source=Source(
                collection=str(self.order.collection.pk),
                party=str(source) if source else None,
                prior_custody=self.prior,
            ),
            duplicate_of=str(item.duplicate_of_id) if item.duplicate_of_id else None,
            batch=str(self.batch.pk),
            software=signing.software(),
            log=self.log,
            signer=fingerprint,
        )

    def _received(self, line: _Line, item: EvidenceItem) -> Received:
        told = line.arrived.offered.source_digest
        return Received(
            time=batches.stamp(item.received_at),
            channel=str(self.order.channel),
            account=self.order.actor.id,
            source_digest=f"sha256:{told}" if told else None,
            match=told == item.sha256 if told else None,
        )

    # (3) One transaction

    def _commit(self, chunk: Sequence[Arrived], lines: Sequence[_Line], known: _Known) -> None:
        if not lines:
            return
        with recorded_refusals(self.order.actor), transaction.atomic():
            _lock_intakes()
            if self._look(chunk).facts() != known.facts():
                raise _Overtaken
            self._write(lines)
            ledger.append_many([self._draft(line) for line in lines])

    def _write(self, lines: Sequence[_Line]) -> None:
        made = [(line, line.receipt, line.receipt.item) for line in lines if line.receipt is not None]
        EvidenceItem.objects.bulk_create([item for _, _, item in made])
        ItemName.objects.bulk_create([_item_name(line, item) for line, _, item in made])
        Receipt.objects.bulk_create([receipt for _, receipt, _ in made])
        ExaminationJob.objects.bulk_create([ExaminationJob(item=item) for _, _, item in made])
        first = self.batch.seen
        Arrival.objects.bulk_create([self._arrival(line, position) for position, line in enumerate(lines, start=first)])
        self.numbers.keep(len(made))
        self._count(lines)

    def _count(self, lines: Sequence[_Line]) -> None:
        self.batch.seen += len(lines)
        self.batch.stored += sum(line.status == ArrivalStatus.STORED for line in lines)
        self.batch.duplicate += sum(line.status == ArrivalStatus.DUPLICATE for line in lines)
        self.batch.refused += sum(line.status == ArrivalStatus.REFUSED for line in lines)
        self.batch.save(update_fields=["seen", "stored", "duplicate", "refused"])

    def _arrival(self, line: _Line, position: int) -> Arrival:
        offered = line.arrived.offered
        return Arrival(
            batch=self.batch,
            position=position,
            status=line.status,
            reason=line.reason or "",
            item=line.item,
            salt=line.salt,
            name=offered.name,
            path=offered.location,
            path_digest=_path_digest(offered),
        )

    def _draft(self, line: _Line) -> ledger.Draft:
        about = (f"batch/{self.batch.pk}", f"case/{self.batch.case_id}", f"user/{self.order.actor.id}")
        subject = {"batch": str(self.batch.pk), "name": line.name_digest}
        if line.item is None:
            refused = Outcome.DENIED if line.reason in _NOT_A_FILE else Outcome.FAILED
            return self._entry(Action.FILE_REFUSED, about, {**subject, "reason": str(line.reason)}, refused)
        subject |= {"item": str(line.item.pk), "sha256": line.item.sha256}
        streams = (f"item/{line.item.pk}", *about)
        if line.receipt is None:
            return self._entry(Action.ITEM_RECEIVED_AGAIN, streams, subject)
        subject["receipt"] = line.receipt.record_sha256
        if line.item.duplicate_of_id:
            subject["duplicate_of"] = str(line.item.duplicate_of_id)
        return self._entry(Action.ITEM_RECEIVED, streams, subject)

    def _entry(
        self, action: Action, streams: tuple[str, ...], subject: dict[str, str], outcome: Outcome = Outcome.DONE
    ) -> ledger.Draft:
        return ledger.Draft(
            action=action,
            actor=self.order.actor,
            streams=streams,
            subject=subject,
            outcome=outcome,
            purpose="intake",
        )


def _path_digest(offered: Offered) -> str:
    return hashlib.sha256(offered.location).hexdigest()


def _item_name(line: _Line, item: EvidenceItem) -> ItemName:
    offered = line.arrived.offered
    return ItemName(
        item=item, salt=line.salt, name=offered.name, path=offered.location, display=names.display(offered.name)
    )


def _lock_intakes() -> None:
    """One intake writes at a time, so that two of them can't both think that they received some bytes first.

    On SQLite the transaction holds the only write lock already.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
