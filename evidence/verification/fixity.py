"""Sweeps, their reports and manifests, the newest reading of each object, alarms, and digests added later."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography import x509

from custody import clock, installation, ledger
from custody.actions import Action
from custody.core import cades, fixity
from custody.core.entries import Entry
from custody.core.errors import CustodyError
from custody.core.fixity import DigestRecord, FixityReport, Line
from custody.verification import Inspection
from evidence.fixity.alarms import standing
from evidence.models import FixityAlarm, FixityCheck, FixitySweep, ItemDigest, Receipt, SweepState

_FACT = "fixity"


def check_fixity(inspection: Inspection) -> None:
    """(1) Every sweep has the entries that opened and closed it, and no entry tells of one that is gone.

    (2) Its report is signed, bound, and says what its row and its manifest say. (3) The newest reading of each object
    is the line of the manifest of its sweep. (4) No alarm stands; each that a failed reading raised is there, and none
    was put away without an entry. (5) Each digest added later is signed and bound. A sweep under way has no report
    yet, so its readings rest on its rows alone, but for those that failed.
    """
    try:
        root = installation.root_certificate()
    except CustodyError as error:
        inspection.bad("key", "root certificate", str(error))
        return
    _check_sweeps(inspection, root)
    _check_alarms(inspection)
    _check_digests(inspection, root)


def _entries(action: Action, key: str) -> dict[str, Entry]:
    """The first entry of this kind for each value of one key of its subject."""
    found: dict[str, Entry] = {}
    for stored in ledger.entries_with(action):
        try:
            entry = ledger.entry_of(stored)
        except CustodyError:
            # The walk over the ledger reports it.
            continue
        found.setdefault(entry.subject.get(key, ""), entry)
    return found


def _check_sweeps(inspection: Inspection, root: x509.Certificate) -> None:
    opened, closed = _entries(Action.FIXITY_OPENED, "sweep"), _entries(Action.FIXITY_CLOSED, "sweep")
    newer: set[bytes] = set()
    for sweep in FixitySweep.objects.order_by("-opened"):
        inspection.counts["sweeps"] += 1
        key = str(sweep.pk)
        opening = opened.pop(key, None)
        if opening is None or opening.actor.id != sweep.actor:
            inspection.bad(_FACT, f"sweep {key}", "no entry of the ledger says that it was opened by who it says")
        closing = closed.pop(key, None)
        if sweep.state == SweepState.OPEN:
            _check_open(inspection, sweep, closing, newer)
        else:
            _check_closed(inspection, sweep, closing, root, newer)
    for key, entry in (opened | closed).items():
        inspection.bad(_FACT, f"sweep {key}", f"entry {entry.seq} tells of it; its row is gone")


def _check_open(inspection: Inspection, sweep: FixitySweep, closing: Entry | None, newer: set[bytes]) -> None:
    if closing is not None:
        message = f"entry {closing.seq} says that it was closed, its row says that it is open"
        inspection.bad(_FACT, f"sweep {sweep.pk}", message)
    rows = FixityCheck.objects.filter(sweep=sweep)
    newer.update(bytes.fromhex(sha256) for sha256 in rows.values_list("sha256", flat=True))
    inspection.left_out.append(f"readings of the sweep under way ({rows.count()}): its report comes when it closes")


def _check_closed(
    inspection: Inspection, sweep: FixitySweep, closing: Entry | None, root: x509.Certificate, newer: set[bytes]
) -> None:
    subject, content, manifest = f"sweep {sweep.pk}", bytes(sweep.record or b""), bytes(sweep.manifest or b"")
    if closing is None or hashlib.sha256(content).hexdigest() != closing.subject.get("record"):
        inspection.bad(_FACT, subject, "no entry of the ledger binds its report")
    try:
        report = fixity.decode_report(content)
        lines = {bytes.fromhex(line.sha256): line for line in fixity.manifest_lines(manifest)}
    except CustodyError as error:
        inspection.bad(_FACT, subject, f"its report or its manifest can't be read: {error}")
        return
    _check_signature(inspection, sweep, subject, root, _Said.of(report.closed, report.signer, closing))
    differing = ", ".join(name for name, said, kept in _comparable(report, sweep, manifest, lines) if said != kept)
    if differing:
        inspection.bad(_FACT, subject, f"its row or its manifest says otherwise than its signed report: {differing}")
    _check_readings(inspection, sweep, lines, newer)
    newer.update(lines)


@dataclass(frozen=True)
class _Said:
    """What a record says of its signing, and the number of the entry that binds it."""

    time: str
    signer: str
    seq: int | None

    @classmethod
    def of(cls, time: str, signer: str, entry: Entry | None) -> _Said:
        return cls(time, signer, entry.seq if entry else None)


def _check_signature(
    inspection: Inspection, row: FixitySweep | ItemDigest, subject: str, root: x509.Certificate, said: _Said
) -> None:
    if row.signature is None:
        inspection.unknown(_FACT, subject, "its record is not signed yet: the worker signs it at its next turn")
        return
    try:
        content, at = bytes(row.record or b""), clock.parse(said.time)
        facts = cades.verify(bytes(row.signature), content, anchor=root, at=at)
        inspection.signers.check(facts, named=said.signer, seq=said.seq)
    except CustodyError as error:
        inspection.bad("signature", subject, f"the signature does not hold: {error}")


def _comparable(
    report: FixityReport, sweep: FixitySweep, manifest: bytes, lines: Mapping[bytes, Line]
) -> list[tuple[str, object, object]]:
    failed = [line for line in lines.values() if line.condition is not fixity.Condition.SOUND]
    said = {(finding.sha256, finding.condition, finding.read) for finding in report.findings}
    kept = {(line.sha256, line.condition, line.read) for line in failed}
    return [
        ("sweep", report.run, str(sweep.pk)),
        ("opened", report.opened, clock.stamp(sweep.opened)),
        ("closed", report.closed, clock.stamp(sweep.closed) if sweep.closed else ""),
        ("budget", report.per_hour, sweep.per_hour),
        ("manifest", report.manifest, hashlib.sha256(manifest).hexdigest()),
        ("objects read", report.read, len(lines)),
        ("sound objects", report.sound, len(lines) - len(failed)),
        ("bytes", report.bytes, sum(line.size for line in lines.values())),
        ("findings", said <= kept, True),
    ]


def _check_readings(inspection: Inspection, sweep: FixitySweep, lines: Mapping[bytes, Line], newer: set[bytes]) -> None:
    """Rows of this sweep are the lines of its manifest that no later sweep has read again."""
    expected = lines.keys() - newer
    for row in FixityCheck.objects.filter(sweep=sweep).iterator():
        inspection.counts["readings"] += 1
        key = bytes.fromhex(row.sha256)
        line = lines.get(key)
        kept = (row.sha256, row.condition, row.bytes, clock.stamp(row.last_read))
        if line is None or key in newer or kept != (line.sha256, line.condition.value, line.size, line.read):
            inspection.bad(_FACT, f"object {row.sha256}", "its last reading is not as the signed report has it")
        expected.discard(key)
    for key in sorted(expected):
        inspection.bad(_FACT, f"object {key.hex()}", f"sweep {sweep.pk} read it; the row of that reading is gone")


def _check_alarms(inspection: Inspection) -> None:
    for alarm in standing():
        message = f"an alarm stands since {clock.stamp(alarm.raised)}: {alarm.condition}"
        inspection.bad("alarm", f"object {alarm.sha256}", message)
    acknowledged = _entries(Action.FIXITY_ACKNOWLEDGED, "alarm")
    for alarm in FixityAlarm.objects.exclude(acknowledged=None):
        entry = acknowledged.pop(str(alarm.pk), None)
        detail = ledger.details_of([entry.id]).get(entry.id, {}) if entry else {}
        if entry is None or entry.actor.id != alarm.acknowledged_by or entry.subject.get("sha256") != alarm.sha256:
            inspection.bad("alarm", f"alarm {alarm.pk}", "no entry of the ledger says that a person acknowledged it")
        elif detail and detail.get("reason") != alarm.reason:
            inspection.bad("alarm", f"alarm {alarm.pk}", "its reason is not the one that was given")
    for key, entry in acknowledged.items():
        inspection.bad("alarm", f"alarm {key}", f"entry {entry.seq} says it was acknowledged; its row is gone or reset")
    raised = set(FixityAlarm.objects.values_list("sha256", flat=True))
    for sha256, entry in _entries(Action.FIXITY_FAILED, "sha256").items():
        if sha256 not in raised:
            inspection.bad(
                "alarm", f"object {sha256}", f"entry {entry.seq} tells of a failed reading; its alarm is gone"
            )


def _check_digests(inspection: Inspection, root: x509.Certificate) -> None:
    entered = _entries(Action.ITEM_DIGEST_ADDED, "record")
    for row in ItemDigest.objects.select_related("item"):
        inspection.counts["added_digests"] += 1
        content, subject = bytes(row.record), row.item.ern
        digest = hashlib.sha256(content).hexdigest()
        entry = entered.pop(digest, None)
        if entry is None or digest != row.record_sha256 or entry.subject.get("item") != str(row.item_id):
            inspection.bad(_FACT, subject, f"no entry of the ledger binds the {row.algorithm} that was added")
        try:
            record = fixity.decode_digest(content)
        except CustodyError as error:
            inspection.bad(_FACT, subject, f"the record of an added digest can't be read: {error}")
            continue
        _check_signature(inspection, row, subject, root, _Said.of(record.checked, record.signer, entry))
        _compare_digest(inspection, row, record)
    for entry in entered.values():
        inspection.bad(
            _FACT, f"item {entry.subject.get('item')}", f"entry {entry.seq} tells of an added digest; it is gone"
        )


def _compare_digest(inspection: Inspection, row: ItemDigest, record: DigestRecord) -> None:
    receipt = Receipt.objects.filter(item=row.item_id).first()
    said = (record.item, record.sha256, record.bytes, record.algorithm.value, record.digest, record.checked)
    item = row.item
    kept = (str(item.pk), item.sha256, item.size, row.algorithm, row.digest, clock.stamp(row.added))
    bound = hashlib.sha256(bytes(receipt.record)).hexdigest() if receipt else ""
    if said != kept or record.receipt != bound:
        inspection.bad(
            _FACT, item.ern, "an added digest, its item or its receipt says otherwise than its signed record"
        )
