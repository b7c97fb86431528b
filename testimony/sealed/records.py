"""The signed record of something that was sealed: signed on the strength of the entry that names it."""

from __future__ import annotations

import uuid

from custody import ledger, registrar
from custody.actions import Action
from testimony.models import StatementReceipt, WitnessFileReceipt

Receipt = StatementReceipt | WitnessFileReceipt


def sign(receipt: Receipt, *, person: uuid.UUID, action: Action) -> bool:
    """Have this record signed, if that is still to be done; False where no entry of the person allows it.

    A crash between entry and signature is healed by asking again. Raises RegistrarRefused, ProcessUnavailable.
    """
    if receipt.signature is not None:
        return True
    for stored in ledger.entries_in_streams([f"person/{person}"], action):
        if ledger.entry_of(stored).subject.get("record") == receipt.record_sha256:
            record = bytes(receipt.record)
            (receipt.signature,) = registrar.connect().sign_records(authority=stored.seq, records=[record])
            receipt.save(update_fields=["signature"])
            return True
    return False
