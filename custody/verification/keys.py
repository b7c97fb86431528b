"""Fences and keys: that the triggers stand, and that each key on record was entered in the ledger."""

from __future__ import annotations

from custody import fences
from custody.actions import Action
from custody.core import entries
from custody.core.errors import EntryError
from custody.models import Entry, KeyRecord
from custody.verification.inspection import Inspection


def check_fences(inspection: Inspection) -> None:
    """Each database trigger that refuses changes is there, word for word."""
    for name in fences.missing():
        inspection.bad("fence", name, "the database trigger that refuses changes is missing or was altered")
    inspection.counts["fences"] = len(fences.fences())


def check_keys(inspection: Inspection) -> None:
    """Each key on record was entered in the ledger, and each key entered is still on record."""
    entered = set()
    for row in Entry.objects.filter(action=Action.KEY_CREATED):
        try:
            entered.add(entries.decode(bytes(row.body)).subject.get("fingerprint"))
        except EntryError:
            # The walk over the ledger reports it.
            continue
    recorded = set(KeyRecord.objects.values_list("fingerprint", flat=True))
    for fingerprint in sorted(recorded - entered):
        inspection.bad("key", f"key {fingerprint[:16]}", "the key is on record but was never entered in the ledger")
    for fingerprint in sorted(str(f) for f in entered - recorded):
        inspection.bad("key", f"key {fingerprint[:16]}", "the ledger knows the key, the record of it is gone")
    inspection.counts["keys"] = len(recorded)
