"""Disposals: that each tombstone is genuine and allowed, and that exactly its bytes have gone."""

from __future__ import annotations

import hashlib

from cryptography import x509
from django.db.models import Q

from custody import clock, data, installation, ledger
from custody.actions import Action
from custody.core import cades, disposals
from custody.core.disposals import DisposalRecord
from custody.core.entries import Entry
from custody.core.errors import CustodyError
from custody.models import Approval, ApprovalKind
from custody.verification import Inspection
from evidence import holds, tombstones
from evidence.models import LegalHold, Receipt, Tombstone
from evidence.vault.store import Vault

_FACT = "disposal"


def check_disposals(inspection: Inspection) -> None:
    """(1) Each tombstone is signed by the registrar and bound by an entry that tells of the disposal; none is gone.

    (2) It says what item, receipt and approval say; the approval was used in the very act. (3) No hold stood then.
    (4) Its bytes have gone, unless something else that is kept has the same. What a crash left to do is told as
    "unknown" until the worker has done it. (5) A hold that was lifted has the entry of its lifting.
    """
    try:
        root = installation.root_certificate()
    except CustodyError as error:
        inspection.bad("key", "root certificate", str(error))
        return
    entered, removed = _by_record(Action.ITEM_DISPOSED), _by_record(Action.ITEM_BYTES_REMOVED)
    vault = Vault(data.vault())
    for stone in Tombstone.objects.select_related("item", "approval"):
        inspection.counts["disposals"] += 1
        entry = entered.pop(stone.record_sha256, None)
        record = _check_record(inspection, stone, root, entry)
        if entry is None:
            inspection.bad(_FACT, stone.item.ern, "no entry of the ledger says that it was disposed of")
        elif record is not None:
            _compare(inspection, stone, record, entry)
        _check_holds(inspection, stone)
        _check_bytes(inspection, vault, stone, entered_as_removed=removed.pop(stone.record_sha256, None) is not None)
    for entry in entered.values():
        inspection.bad(_FACT, f"entry {entry.seq}", "it tells of a disposal; the tombstone is gone")
    for entry in removed.values():
        inspection.bad(_FACT, f"entry {entry.seq}", "it tells of removed bytes; the tombstone is gone")
    _check_lifted(inspection)


def _by_record(action: Action) -> dict[str, Entry]:
    """The first entry of this kind for each tombstone."""
    found: dict[str, Entry] = {}
    for stored in ledger.entries_with(action):
        try:
            entry = ledger.entry_of(stored)
        except CustodyError:
            # The walk over the ledger reports it.
            continue
        found.setdefault(entry.subject.get("record", ""), entry)
    return found


def _check_record(
    inspection: Inspection, stone: Tombstone, root: x509.Certificate, entry: Entry | None
) -> DisposalRecord | None:
    content = bytes(stone.record)
    if hashlib.sha256(content).hexdigest() != stone.record_sha256:
        inspection.bad(_FACT, stone.item.ern, "the digest beside the tombstone is not that of its bytes")
    try:
        record = disposals.decode(content)
    except CustodyError as error:
        inspection.bad(_FACT, stone.item.ern, f"the tombstone can't be read: {error}")
        return None
    if stone.signature is None:
        inspection.unknown(_FACT, stone.item.ern, "the tombstone is waiting to be signed")
        return record
    try:
        facts = cades.verify(bytes(stone.signature), content, anchor=root, at=clock.parse(record.disposed))
        inspection.signers.check(facts, named=record.signer, seq=entry.seq if entry else None)
    except CustodyError as error:
        inspection.bad("signature", stone.item.ern, f"the tombstone's signature does not hold: {error}")
    return record


def _compare(inspection: Inspection, stone: Tombstone, record: DisposalRecord, entry: Entry) -> None:
    item, approval, decision = stone.item, stone.approval, record.decision
    receipt = Receipt.objects.filter(item=item).values_list("record_sha256", flat=True).first()
    facts: list[tuple[str, object, object]] = [
        ("item", record.item, str(item.pk)),
        ("number", record.ern, item.ern),
        ("receipt", record.receipt, receipt),
        ("SHA-256", record.original.sha256, item.sha256),
        ("SHA-512", record.original.sha512, item.sha512),
        ("bytes", record.original.bytes, item.size),
        ("time", record.disposed, clock.stamp(stone.disposed)),
        ("case", record.case, str(approval.case_id)),
        ("the item in its entry", entry.subject.get("item"), str(item.pk)),
        ("who carried it out", decision.carried_out_by, entry.actor.id),
        *_approved(record, approval),
        ("the authority in its entry", decision.authority, entry.authority),
        ("the act of the approval", approval.used_act, entry.act),
    ]
    differing = ", ".join(name for name, said, beside in facts if said != beside)
    if differing:
        inspection.bad(_FACT, item.ern, f"the tombstone does not say what is on record: {differing} differs")


def _approved(record: DisposalRecord, approval: Approval) -> list[tuple[str, object, object]]:
    decision = record.decision
    return [
        ("kind of approval", approval.kind, ApprovalKind.DISPOSAL.value),
        ("approval", decision.approval, str(approval.pk)),
        ("what was approved", decision.content, approval.content),
        ("authority", decision.authority, approval.authority),
        ("who asked", decision.asked_by, str(approval.asked_by_id)),
        ("who approved", decision.approved_by, str(approval.decided_by_id)),
        ("the item among those approved", record.item in approval.description, True),
    ]


def _check_holds(inspection: Inspection, stone: Tombstone) -> None:
    stood = Q(lifted=None) | Q(lifted__gt=stone.disposed)
    if holds.covering([stone.item_id]).filter(stood, placed__lte=stone.disposed).exists():
        inspection.bad(_FACT, stone.item.ern, "it was disposed of while a legal hold covered it")


def _check_bytes(inspection: Inspection, vault: Vault, stone: Tombstone, *, entered_as_removed: bool) -> None:
    objects = tombstones.objects_of(stone.item)
    there = sorted(sha256 for sha256 in objects - tombstones.still_needed(objects) if vault.path(sha256).exists())
    if (stone.removed is not None) != entered_as_removed:
        inspection.bad(_FACT, stone.item.ern, "ledger and tombstone differ on whether its bytes were removed")
    if stone.removed is None:
        # What stands there goes with the next sweep of the worker.
        inspection.unknown(_FACT, stone.item.ern, f"{len(there)} objects are waiting to be removed")
    elif there:
        inspection.bad(_FACT, stone.item.ern, f"it was disposed of, but {len(there)} of its objects are in the vault")


def _check_lifted(inspection: Inspection) -> None:
    told = set()
    for stored in ledger.entries_with(Action.HOLD_LIFTED):
        try:
            told.add(ledger.entry_of(stored).subject.get(holds.SUBJECT))
        except CustodyError:
            # The walk over the ledger reports it.
            continue
    for hold in LegalHold.objects.filter(lifted__isnull=False):
        if str(hold.pk) not in told:
            inspection.bad("hold", f"hold {hold.pk}", "no entry of the ledger says that it was lifted")
