"""The signed report that closes a sweep."""

from __future__ import annotations

import datetime
import hashlib
import logging
import uuid

from django.conf import settings
from django.db import transaction

from custody import clock, ledger
from custody.actions import Action
from custody.core import fixity
from custody.core.entries import Actor
from custody.core.fixity import Condition, Finding, FixityReport, Line
from custody.ledger import Draft
from evidence import signing
from evidence.core.errors import FixityError
from evidence.fixity.coverage import coverage
from evidence.models import FixityCheck, FixitySweep, SweepState

_ROWS_AT_ONCE = 5_000
_log = logging.getLogger(__name__)


def open_sweep() -> FixitySweep | None:
    """The sweep that is under way, or was when a process ended."""
    return FixitySweep.objects.filter(state=SweepState.OPEN).first()


def newest_sweeps(at_most: int) -> list[FixitySweep]:
    """The newest sweeps, without their manifests."""
    return list(FixitySweep.objects.defer("manifest").order_by("-opened")[:at_most])


def find_sweep(key: uuid.UUID) -> FixitySweep | None:
    """The sweep with this number."""
    return FixitySweep.objects.filter(pk=key).first()


def begin(*, actor: Actor, per_hour: int) -> FixitySweep:
    """Open a sweep by an entry. It starts with the credit that the last one left. Call while no other one is open."""
    last = FixitySweep.objects.order_by("-opened").first()
    moment = clock.now()
    sweep = FixitySweep(
        actor=actor.id,
        per_hour=per_hour,
        opened=moment,
        # The first sweep of all begins with a full hour's bytes.
        credit=last.credit if last else settings.AMANA_FIXITY_BYTES_PER_HOUR,
        credited=last.credited if last else moment,
    )
    with transaction.atomic():
        sweep.save(force_insert=True)
        ledger.append(_draft(sweep, Action.FIXITY_OPENED, actor, {}))
    return sweep


def close(sweep: FixitySweep, actor: Actor) -> FixitySweep:
    """Close the sweep under a signed report.

    (1) The manifest of what it read; (2) report and entry in one transaction; (3) signature, allowed by that entry.
    A crash after (2) leaves (3) to ``sign_all``. Call with the lock of sweeps held. Raises ProcessUnavailable.
    """
    manifest = b"".join(_line(row).encode() for row in _rows(sweep))
    record = fixity.encode(_report(sweep, manifest, closed=clock.now()))
    report = fixity.decode_report(record)
    with transaction.atomic():
        sweep.refresh_from_db()
        if sweep.state == SweepState.CLOSED:
            return sweep
        sweep.state, sweep.closed = SweepState.CLOSED, clock.parse(report.closed)
        sweep.manifest, sweep.record = manifest, record
        sweep.save()
        totals = {"read": str(report.read), "sound": str(report.sound), "bytes": str(report.bytes)}
        subject = {"record": hashlib.sha256(record).hexdigest(), "manifest": report.manifest, **totals}
        ledger.append(_draft(sweep, Action.FIXITY_CLOSED, actor, subject))
    return sign(sweep)


def sign(sweep: FixitySweep) -> FixitySweep:
    """Sign the report of a closed sweep, if that is still to be done."""
    if sweep.signature is None and sweep.record is not None:
        entries = ledger.stream_entries(f"batch/{sweep.pk}")
        closing = next((entry for entry in entries if entry.action == Action.FIXITY_CLOSED), None)
        if closing is None:
            raise FixityError("no entry of the ledger allows the signature of this report")
        (sweep.signature,) = signing.signer().sign_records(authority=closing.seq, records=[bytes(sweep.record)])
        sweep.save(update_fields=["signature"])
    return sweep


def sign_all() -> int:
    """Sign the reports that a crash left unsigned; return how many waited."""
    waiting = list(FixitySweep.objects.filter(state=SweepState.CLOSED, signature=None))
    for sweep in waiting:
        try:
            sign(sweep)
        except FixityError as error:
            # Altered rows: the check of the whole reports them, and they do not hold up the others.
            _log.error("report of sweep %s: %s", sweep.pk, error)
    return len(waiting)


def report_of(sweep: FixitySweep) -> FixityReport:
    """What the report of a closed sweep says. Raises FixityError while it is open, RecordError if unreadable."""
    if sweep.record is None:
        raise FixityError("the report is made when the sweep closes")
    return fixity.decode_report(bytes(sweep.record))


def _rows(sweep: FixitySweep) -> list[FixityCheck]:
    return list(FixityCheck.objects.filter(sweep=sweep).order_by("sha256").iterator(chunk_size=_ROWS_AT_ONCE))


def _line(row: FixityCheck) -> Line:
    return Line(row.sha256, Condition(row.condition), row.bytes, clock.stamp(row.last_read))


def _report(sweep: FixitySweep, manifest: bytes, *, closed: datetime.datetime) -> FixityReport:
    lines = list(fixity.manifest_lines(manifest))
    failed = FixityCheck.objects.filter(sweep=sweep).exclude(condition=Condition.SOUND.value).order_by("sha256")
    whole = coverage(now=closed)
    return FixityReport(
        record=str(uuid.uuid4()),
        run=str(sweep.pk),
        opened=clock.stamp(sweep.opened),
        closed=clock.stamp(closed),
        per_hour=sweep.per_hour,
        policy_days=whole.policy_days,
        objects=whole.objects,
        never=whole.never,
        within=whole.within,
        read=len(lines),
        sound=sum(line.condition is Condition.SOUND for line in lines),
        bytes=sum(line.size for line in lines),
        manifest=hashlib.sha256(manifest).hexdigest(),
        findings=tuple(_finding(row) for row in failed[: fixity.MAX_FINDINGS]),
        software=signing.software(),
        log=ledger.origin(),
        signer=signing.signer().signer_fingerprint(),
        oldest=clock.stamp(whole.oldest) if whole.oldest else None,
    )


def _finding(row: FixityCheck) -> Finding:
    return Finding(
        sha256=row.sha256,
        condition=Condition(row.condition),
        read=clock.stamp(row.last_read),
        found=row.found or None,
    )


def _draft(sweep: FixitySweep, action: Action, actor: Actor, subject: dict[str, str]) -> Draft:
    return Draft(
        action=action, actor=actor, streams=(f"batch/{sweep.pk}", "ledger"), subject={"sweep": str(sweep.pk), **subject}
    )
