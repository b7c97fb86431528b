"""Examining what waits: in limited children, signed, recorded; the rows are the queue, a message only a nudge.

(1) open a run by an entry, which allows its signatures; (2) claim some jobs; (3) children read the originals;
(4) what was derived goes into the vault, the records are signed; (5) rows and entries in one transaction;
(6) close the run. A worker that dies leaves claimed jobs, which the next one takes up: at once when no run lives
on this machine, otherwise after a while.
"""

from __future__ import annotations

import datetime
import fcntl
import hashlib
import os
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction
from django.db.models import F, Q

from custody import clock, data, ledger, locks
from custody.actions import Action
from custody.core import receipts
from custody.core.entries import Actor
from custody.core.receipts import ExaminationRecord, ExaminationState
from evidence import admissions, batches, holdings, intake, signing, similarity, vault
from evidence.core.errors import VaultError
from evidence.examination.findings import DERIVED_TYPE, RECIPES, Findings, Tool
from evidence.examination.sandbox import ChildExaminer
from evidence.models import Derivative, EvidenceItem, Examination, ExaminationJob, JobState
from evidence.vault import Placed, Run

JOBS_AT_ONCE = 24
STALE = datetime.timedelta(minutes=15)
MOST_ATTEMPTS = 3

Progress = Callable[[int], None]


@dataclass(frozen=True)
class _Examined:
    """One item with what was found in it and where its derived objects stand; no findings when the vault fails."""

    item: EvidenceItem
    moment: datetime.datetime
    tool: Tool
    findings: Findings | None
    placed: tuple[Placed, ...] = ()


@dataclass
class _Sitting:
    """One run of examinations: who acts, and the entry that allows its signatures."""

    id: uuid.UUID
    actor: Actor
    authority: int
    log: str


@contextmanager
def alone_here() -> Iterator[bool]:
    """Whether no other worker of this machine examines while the block runs: one uses all processors already."""
    with locks.alone("examining") as alone:
        yield alone


@contextmanager
def at_work() -> Iterator[None]:
    """Say that jobs claimed while the block runs are in living hands; any number of processes may say so."""
    descriptor = os.open(_runs_lock(), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        yield
    finally:
        os.close(descriptor)


def _runs_lock() -> Path:
    return data.work() / "examination-runs.lock"


def take_up_dead() -> int:
    """Let jobs that a dead run holds wait again, and clear its files; returns how many jobs.

    Nothing is done while a run lives. A job that was tried too often has failed.
    """
    descriptor = os.open(_runs_lock(), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        if not locks.take(descriptor):
            return 0
        # First the files: while they are there, the jobs say where they come from.
        vault.sweep(intake.store(), holdings.known_objects)
        dead = ExaminationJob.objects.filter(state=JobState.RUNNING)
        dead.filter(attempts__gte=MOST_ATTEMPTS).update(state=JobState.FAILED)
        return dead.update(state=JobState.WAITING)
    finally:
        os.close(descriptor)


def failed() -> int:
    """How many items could not be examined."""
    return ExaminationJob.objects.filter(state=JobState.FAILED).count()


def waiting() -> int:
    """How many items are still to be examined."""
    return ExaminationJob.objects.filter(_claimable()).count()


def examine_waiting(*, actor: Actor, limit: int | None = None, progress: Progress | None = None) -> int:
    """Examine what waits, at most ``limit`` items; return how many were done. Nothing is recorded when none waits.

    Several processes may do so at once: each takes jobs that no other has. Afterwards the pictures that are new are
    compared with those that were there, as far as thumbnails were made of them.
    """
    take_up_dead()
    done = 0
    if waiting():
        with at_work():
            done = _examine_all(actor, limit, progress)
    similarity.catch_up(limit=limit)
    return done


def _examine_all(actor: Actor, limit: int | None, progress: Progress | None) -> int:
    done = 0
    sitting = _open(actor)
    children = [ChildExaminer() for _ in range(os.cpu_count() or 1)]
    try:
        with ThreadPoolExecutor(len(children), thread_name_prefix="examine") as threads:
            while limit is None or done < limit:
                jobs = _claim(sitting, JOBS_AT_ONCE if limit is None else min(JOBS_AT_ONCE, limit - done))
                if not jobs:
                    break
                _examine(sitting, jobs, children, threads)
                done += len(jobs)
                if progress:
                    progress(len(jobs))
    finally:
        for child in children:
            child.close()
        _close(sitting, done)
    return done


def _open(actor: Actor) -> _Sitting:
    run = uuid.uuid4()
    with transaction.atomic():
        appended = ledger.append(
            ledger.Draft(
                action=Action.EXAMINATION_OPENED,
                actor=actor,
                streams=(f"batch/{run}", f"user/{actor.id}"),
                subject={"run": str(run)},
            )
        )
    return _Sitting(id=run, actor=actor, authority=appended.seq, log=ledger.origin())


def _close(sitting: _Sitting, done: int) -> None:
    with transaction.atomic():
        ledger.append(
            ledger.Draft(
                action=Action.EXAMINATION_CLOSED,
                actor=sitting.actor,
                streams=(f"batch/{sitting.id}", f"user/{sitting.actor.id}"),
                subject={"run": str(sitting.id), "examined": str(done)},
            )
        )


def _claimable() -> Q:
    stale = Q(state=JobState.RUNNING, claimed_at__lt=clock.now() - STALE)
    return (Q(state=JobState.WAITING) | stale) & Q(attempts__lt=MOST_ATTEMPTS)


def _claim(sitting: _Sitting, most: int) -> list[EvidenceItem]:
    """Take jobs that nobody else has: the conditional update decides between two that want the same one."""
    wanted = list(ExaminationJob.objects.filter(_claimable()).order_by("pk").values_list("pk", flat=True)[:most])
    with transaction.atomic():
        ExaminationJob.objects.filter(_claimable(), pk__in=wanted).update(
            state=JobState.RUNNING, run=sitting.id, claimed_at=clock.now(), attempts=F("attempts") + 1
        )
    mine = ExaminationJob.objects.filter(pk__in=wanted, run=sitting.id, state=JobState.RUNNING)
    return list(EvidenceItem.objects.filter(job__in=mine).order_by("ern"))


def _examine(
    sitting: _Sitting, items: Sequence[EvidenceItem], children: Sequence[ChildExaminer], threads: ThreadPoolExecutor
) -> None:
    with vault.open_run(intake.store(), holdings.known_objects) as run:
        shares = [items[start :: len(children)] for start in range(len(children))]
        parts = threads.map(lambda child, share: list(_read(child, share, run)), children, shares)
        examined = sorted((each for part in parts for each in part), key=lambda each: each.item.ern)
        run.flush()
        _commit(sitting, [each for each in examined if each.findings is not None])
        _give_up(sitting, [each.item for each in examined if each.findings is None])
        run.release({placed.digests.sha256 for each in examined for placed in each.placed})


def _read(child: ChildExaminer, items: Sequence[EvidenceItem], run: Run) -> Iterator[_Examined]:
    for item in items:
        try:
            with intake.store().open(item.sha256) as original:
                findings = child.examine(original.fileno())
            placed = tuple(run.receive_bytes(made.content) for made in findings.derived)
        except VaultError:
            # Missing, damaged or not a file: nothing can be said of it here, and `verify` says it loudly.
            yield _Examined(item, clock.now(), child.tool, None)
        else:
            yield _Examined(item, clock.now(), child.tool, findings, placed)


def _give_up(sitting: _Sitting, items: Sequence[EvidenceItem]) -> None:
    ExaminationJob.objects.filter(item__in=items, run=sitting.id).update(state=JobState.FAILED)


def _commit(sitting: _Sitting, examined: Sequence[_Examined]) -> None:
    if not examined:
        return
    registrar = signing.signer()
    fingerprint = registrar.signer_fingerprint()
    records = [receipts.encode(_record(each, sitting.log, fingerprint)) for each in examined]
    signatures = registrar.sign_records(authority=sitting.authority, records=records)
    rows = [_row(*each) for each in zip(examined, records, signatures, strict=True)]
    cases = {each.item.pk: _case_streams(each.item) for each in examined}
    with transaction.atomic():
        Examination.objects.bulk_create(rows)
        Derivative.objects.bulk_create(
            [derivative for row, each in zip(rows, examined, strict=True) for derivative in _derivatives(row, each)]
        )
        ExaminationJob.objects.filter(item__in=[each.item for each in examined]).update(state=JobState.DONE)
        ledger.append_many([_draft(sitting, row, cases[row.item_id]) for row in rows])


def _record(each: _Examined, log: str, fingerprint: str) -> ExaminationRecord:
    findings = each.findings
    if findings is None:
        raise VaultError("nothing was read, so there is nothing to record")
    return ExaminationRecord(
        record=str(uuid.uuid4()),
        item=str(each.item.pk),
        original=each.item.sha256,
        examined=batches.stamp(each.moment),
        tool=receipts.Tool(name=each.tool.name, version=each.tool.version),
        media_type=findings.media_type,
        state=ExaminationState(findings.state),
        claims=findings.claims,
        derived=tuple(
            receipts.Derived(
                kind=str(made.kind),
                sha256=placed.digests.sha256,
                bytes=placed.digests.size,
                media_type=DERIVED_TYPE,
            )
            for made, placed in zip(findings.derived, each.placed, strict=True)
        ),
        note=" ".join(findings.notes) or None,
        software=signing.software(),
        log=log,
        signer=fingerprint,
    )


def _row(each: _Examined, record: bytes, signature: bytes) -> Examination:
    findings = each.findings
    if findings is None:
        raise VaultError("nothing was read, so there is nothing to keep")
    return Examination(
        item=each.item,
        examined_at=each.moment,
        tool=f"{each.tool.name} {each.tool.version}",
        media_type=findings.media_type or "",
        state=str(findings.state),
        claims=dict(findings.claims),
        notes=[str(note) for note in findings.notes],
        record=record,
        signature=signature,
        record_sha256=hashlib.sha256(record).hexdigest(),
    )


def _derivatives(row: Examination, each: _Examined) -> Iterator[Derivative]:
    made = each.findings.derived if each.findings else ()
    for derived, placed in zip(made, each.placed, strict=True):
        yield Derivative(
            item=each.item,
            examination=row,
            kind=str(derived.kind),
            sha256=placed.digests.sha256,
            size=placed.digests.size,
            width=derived.width,
            height=derived.height,
            media_type=DERIVED_TYPE,
            recipe=RECIPES[derived.kind],
        )


def _case_streams(item: EvidenceItem) -> tuple[str, ...]:
    """The streams of the cases that admit an item; an entry has room for a few, and the item's own is always there."""
    cases = admissions.cases_of(item).order_by("created")[:2]
    return tuple(f"case/{case.pk}" for case in cases)


def _draft(sitting: _Sitting, row: Examination, cases: tuple[str, ...]) -> ledger.Draft:
    return ledger.Draft(
        action=Action.ITEM_EXAMINED,
        actor=sitting.actor,
        streams=(f"item/{row.item_id}", *cases, f"batch/{sitting.id}"),
        subject={
            "item": str(row.item_id),
            "sha256": row.item.sha256,
            "record": row.record_sha256,
            "run": str(sitting.id),
            "state": row.state,
        },
    )
