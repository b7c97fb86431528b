"""The signed records of sealed statements: having those signed that wait for it, and checking all of them."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator

from custody import clock, installation, ledger
from custody.actions import Action
from custody.core import cades
from custody.core.entries import Entry
from custody.core.errors import CustodyError, EntryError
from custody.registrar import RegistrarRefused
from custody.verification import Inspection
from testimony.core import statement as tree
from testimony.core.errors import StatementError
from testimony.core.statement import StatementRecord
from testimony.models import Statement, StatementReceipt, WitnessFileReceipt
from testimony.statements.sealing import sign_receipt

_FACT = "statement-record"
_log = logging.getLogger("amana.statements")


def count_waiting() -> int:
    """How many records of sealed statements a crash left unsigned."""
    return StatementReceipt.objects.filter(signature=None).count()


def sign_waiting() -> int:
    """Sign the records that wait for it; return how many waited. For the worker. Raises ProcessUnavailable."""
    waiting = list(Statement.objects.filter(receipt__signature=None, receipt__isnull=False).select_related("receipt"))
    for statement in waiting:
        try:
            sign_receipt(statement)
        except (StatementError, RegistrarRefused) as error:
            # Altered rows: the check of the whole reports them, and they do not hold up the others.
            _log.error("record of statement %s: %s", statement.pk, error)
    return len(waiting)


def check_receipts(inspection: Inspection) -> None:
    """(1) The row of a statement and the entry of its sealing agree, and the row is there.

    (2) The record that the entry names is kept, says what the row says, and (3) is signed by the registrar. It does not
    prove what was said: that the text is the one that was sealed shows only when it is opened.
    """
    entries = dict(sealings(Action.STATEMENT_SEALED, "statement"))
    rows = Statement.objects.select_related("witness", "receipt").order_by("code")
    for statement in rows.iterator():
        sealing = entries.pop(str(statement.pk), None)
        if sealing is None:
            inspection.bad(_FACT, f"statement {statement.pk}", "no entry of the ledger says that it was sealed")
        else:
            _check(inspection, statement, sealing)
    for key in sorted(entries):
        inspection.bad(_FACT, f"statement {key}", "an entry says that it was sealed; its row is gone")


def sealings(action: Action, named: str) -> Iterator[tuple[str, Entry]]:
    """The entries with this verb that can be read, each by what its field ``named`` says it is about."""
    for stored in ledger.entries_with(action):
        try:
            entry = ledger.entry_of(stored)
        except EntryError:
            # The walk over the ledger reports it.
            continue
        yield entry.subject.get(named, ""), entry


def _check(inspection: Inspection, statement: Statement, sealing: Entry) -> None:
    subject = f"statement {statement.pk}"
    digests = {"text": statement.text_sha256, "sealed": statement.sealed_sha256}
    for name, value in digests.items():
        if sealing.subject.get(name) != value:
            inspection.bad(_FACT, subject, f"its row and the entry of its sealing differ in: {name}")
    receipt = StatementReceipt.objects.filter(statement=statement).first()
    if receipt is None:
        if "record" in sealing.subject:
            inspection.bad(_FACT, subject, "the record that the entry of its sealing names is gone")
        return
    inspection.counts["statement_records"] += 1
    if hashlib.sha256(bytes(receipt.record)).hexdigest() != sealing.subject.get("record"):
        inspection.bad(_FACT, subject, "its record is not the one that the entry of its sealing names")
        return
    record = _read(inspection, subject, receipt)
    if record is not None:
        _check_content(inspection, statement, record)
        if receipt.signature is None:
            words = "its record is not signed yet: the worker has it signed, or whoever next opens the statement"
            inspection.unknown(_FACT, subject, words)
        else:
            check_signature(inspection, subject, receipt, signer=record.signer, sealing=sealing)


def _read(inspection: Inspection, subject: str, receipt: StatementReceipt) -> StatementRecord | None:
    try:
        return tree.loads_record(bytes(receipt.record))
    except StatementError as error:
        inspection.bad(_FACT, subject, f"its record cannot be read: {error}")
        return None


def _check_content(inspection: Inspection, statement: Statement, record: StatementRecord) -> None:
    row = {
        "statement": str(statement.pk),
        "person": str(statement.witness.person),
        "case": str(statement.case_id),
        "text": statement.text_sha256,
        "sealed": statement.sealed_sha256,
        "follows": str(statement.follows_id or ""),
        "log": ledger.origin(),
    }
    for name, value in row.items():
        if getattr(record, name) != value:
            inspection.bad(_FACT, f"statement {statement.pk}", f"its row and its record differ in: {name}")


def check_signature(
    inspection: Inspection,
    subject: str,
    receipt: StatementReceipt | WitnessFileReceipt,
    *,
    signer: str,
    sealing: Entry,
) -> None:
    """The registrar signed this record, with the key that it names and that counted when the entry was written."""
    try:
        at = clock.parse(sealing.time)
        signature, record = bytes(receipt.signature or b""), bytes(receipt.record)
        facts = cades.verify(signature, record, anchor=installation.root_certificate(), at=at)
        inspection.signers.check(facts, named=signer, seq=sealing.seq)
    except (CustodyError, ValueError) as error:
        inspection.bad("signature", subject, f"the signature of its record does not hold: {error}")
