"""Checking sealed statements, of which nothing is opened.

What it does not prove: what was said. That the text is the one that was sealed shows only when it is opened.
"""

from __future__ import annotations

from typing import Final

from custody import ledger
from custody.actions import Action
from custody.verification import Inspection
from testimony.core import statement as tree
from testimony.models import Statement, StatementReceipt
from testimony.verification.records import Sealing, sealings

_FACT: Final = "statement-record"


def check_statements(inspection: Inspection) -> None:
    """(1) The row of a statement and the entry of its sealing agree, and the row is there.

    (2) The record that the entry names is kept, says what the row says, and (3) is signed by the registrar.
    """
    entries = dict(sealings(Action.STATEMENT_SEALED, "statement"))
    rows = Statement.objects.select_related("witness", "receipt").order_by("code")
    for statement in rows.iterator():
        subject, entry = f"statement {statement.pk}", entries.pop(str(statement.pk), None)
        if entry is None:
            inspection.bad(_FACT, subject, "no entry of the ledger says that it was sealed")
        else:
            _check(Sealing(inspection, _FACT, subject, "statement", entry), statement)
    for key in sorted(entries):
        inspection.bad(_FACT, f"statement {key}", "an entry says that it was sealed; its row is gone")


def _check(sealing: Sealing, statement: Statement) -> None:
    digests = {"text": statement.text_sha256, "sealed": statement.sealed_sha256}
    sealing.compare_digests(digests)
    receipt = StatementReceipt.objects.filter(statement=statement).first()
    if receipt is None:
        # Statements of the first days have none.
        if "record" in sealing.entry.subject:
            sealing.is_gone()
        return
    sealing.inspection.counts["statement_records"] += 1
    record = sealing.read(receipt, tree.loads_record)
    if record is None:
        return
    row = {
        "statement": str(statement.pk),
        "person": str(statement.witness.person),
        "case": str(statement.case_id),
        **digests,
        "follows": str(statement.follows_id or ""),
        "log": ledger.origin(),
    }
    sealing.compare_record(row, record)
    sealing.check_signature(receipt, record.signer)
