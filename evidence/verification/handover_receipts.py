"""Signed records of hand-overs: each signed, bound by its decision, and saying what rows and ledger say."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence

from cryptography import x509

from custody import clock, installation, ledger
from custody.actions import Action
from custody.core import cades, handovers
from custody.core.entries import Entry
from custody.core.errors import CustodyError
from custody.verification import Inspection
from evidence.handovers.reading import pieces_of
from evidence.handovers.receipts import STEPS, content_of, proposal_of
from evidence.models import Handover, HandoverReceipt

_FACT = "hand-over record"
# Made anew each time, or the program's own: nothing on record to compare them with.
_ITS_OWN = frozenset({"record", "software"})


def check_handover_receipts(inspection: Inspection) -> None:
    """(1) Every decision whose entries bind a signed record has it, with the bytes that they bind.

    (2) Its signature holds and counts. (3) It says what the rows, the proposal's entries and the act of the decision
    say. (4) No record is there that no decision binds. (5) A decision without a record was made before the first that
    has one: those are counted and named as not signed, any later one is a finding. A record that waits for its
    signature is told as unknown. It cannot tell whether people spoke the truth about what they found.
    """
    try:
        root = installation.root_certificate()
    except CustodyError as error:
        inspection.bad("key", "root certificate", str(error))
        return
    decisions = _decisions()
    _check_unsigned(inspection, decisions)
    for receipt in HandoverReceipt.objects.select_related("handover__items", "handover__form").order_by("handover"):
        inspection.counts["handover_records"] += 1
        decision = decisions.pop(str(receipt.pk), [])
        bound = [entry for entry in decision if "receipt" in entry.subject]
        if not bound:
            inspection.bad(_FACT, _named(receipt.pk), "no entry of the ledger binds its signed record")
        else:
            _check(inspection, receipt, bound, root)
    for key, decision in decisions.items():
        binding = next((entry for entry in decision if "receipt" in entry.subject), None)
        if binding is not None:
            inspection.bad(_FACT, _named(key), f"entry {binding.seq} binds its signed record; the record is gone")


def _named(key: object) -> str:
    return f"hand-over {key}"


def _decisions() -> dict[str, list[Entry]]:
    """The entries of the deciding step of each hand-over, in order."""
    found: dict[str, list[Entry]] = {}
    for entry in sorted(_entries(), key=lambda entry: entry.seq):
        found.setdefault(entry.subject.get("handover", ""), []).append(entry)
    return found


def _entries() -> Iterator[Entry]:
    for action in STEPS:
        for stored in ledger.entries_with(action):
            try:
                yield ledger.entry_of(stored)
            except CustodyError:
                # The walk over the ledger reports it.
                continue


def _check_unsigned(inspection: Inspection, decisions: Mapping[str, Sequence[Entry]]) -> None:
    """Since the first entry that binds a signed record every decision has one."""
    since = min(
        (entry.seq for decision in decisions.values() for entry in decision if "receipt" in entry.subject), default=None
    )
    before = 0
    for key, decision in decisions.items():
        bare = next((entry for entry in decision if "receipt" not in entry.subject), None)
        if bare is None:
            continue
        if since is not None and bare.seq > since:
            message = f"entry {bare.seq} decides it without a signed record; since entry {since} every decision has one"
            inspection.bad(_FACT, _named(key), message)
        else:
            before += 1
    if before:
        inspection.counts["handovers_before_records"] += before
        inspection.left_out.append(f"signatures of {before} hand-overs: they were made before records were signed")


def _check(inspection: Inspection, receipt: HandoverReceipt, bound: Sequence[Entry], root: x509.Certificate) -> None:
    subject, content = _named(receipt.pk), bytes(receipt.record)
    digest = hashlib.sha256(content).hexdigest()
    if digest != receipt.record_sha256:
        inspection.bad(_FACT, subject, "the digest beside its signed record is not that of its bytes")
    if {entry.subject.get("receipt") for entry in bound} != {digest}:
        inspection.bad(_FACT, subject, f"its signed record is not the one that entry {bound[0].seq} binds")
    try:
        record = handovers.decode(content)
    except CustodyError as error:
        inspection.bad(_FACT, subject, f"its signed record can't be read: {error}")
        return
    _check_signature(inspection, receipt, root, at=record.decided, seq=bound[0].seq)
    try:
        differing = ", ".join(_differing(receipt.handover, record, bound[0]))
    except CustodyError as error:
        inspection.bad(_FACT, subject, f"its signed record has nothing to be compared with: {error}")
        return
    if differing:
        inspection.bad(_FACT, subject, f"its signed record says otherwise than rows and ledger: {differing}")


def _check_signature(
    inspection: Inspection, receipt: HandoverReceipt, root: x509.Certificate, *, at: str, seq: int
) -> None:
    subject = _named(receipt.pk)
    if receipt.signature is None:
        inspection.unknown(_FACT, subject, "its record is not signed yet: the worker has it signed at its next turn")
        return
    try:
        facts = cades.verify(bytes(receipt.signature), bytes(receipt.record), anchor=root, at=clock.parse(at))
        inspection.signers.check(facts, named=None, seq=seq)
    except CustodyError as error:
        inspection.bad("signature", subject, f"the signature of its record does not hold: {error}")


def _differing(handover: Handover, record: handovers.HandoverReceipt, entry: Entry) -> Iterator[str]:
    if handover.decided is None:
        yield "whether it was decided"
        return
    pieces = pieces_of(handover)
    kept = vars(content_of(handover, pieces, act=entry.act, proposal=proposal_of(handover, pieces)))
    said = vars(record)
    yield from (name for name in sorted(kept.keys() - _ITS_OWN) if said[name] != kept[name])
    if (record.step, record.handover) != (STEPS[Action(entry.action)], entry.subject.get("handover")):
        yield "the step of its entry"
