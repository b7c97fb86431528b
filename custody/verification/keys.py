"""Fences and keys: that the triggers stand, and that each key on record was entered in the ledger."""

from __future__ import annotations

from custody import fences, installation, ledger_keys
from custody.actions import Action
from custody.core import entries
from custody.core.errors import CustodyError, EntryError
from custody.models import Entry, KeyKind, KeyRecord
from custody.verification.inspection import Inspection


def check_fences(inspection: Inspection) -> None:
    """Each database trigger that refuses changes is there, word for word."""
    for name in fences.missing():
        inspection.bad("fence", name, "the database trigger that refuses changes is missing or was altered")
    for name in fences.unexpected():
        inspection.bad("fence", name, "a trigger, rule or view that is none of ours: it may hide or change rows")
    inspection.counts["fences"] = len(fences.fences())


def check_keys(inspection: Inspection) -> None:
    """Each key on record was entered in the ledger, and each key entered is still on record.

    (2) The public form of each gives its fingerprint. (3) Each ledger key was vouched for by the one before it, and no
    change of keys stands half done. (4) The key files are there.
    It does not prove that the keys are ours: that is what fingerprints on paper are for.
    """
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
    for key in KeyRecord.objects.all():
        if _computed(key) != key.fingerprint:
            inspection.bad("key", f"key {key.fingerprint[:16]}", "the public key on record has another fingerprint")
    _check_succession(inspection)
    for name in installation.missing_files():
        words = "the key file is not there: nothing can be signed or opened until it is restored"
        inspection.unknown("key", f"keys/{name}", words)


def _check_succession(inspection: Inspection) -> None:
    """Each ledger key was vouched for by the one before it, and ended for its successor; no rotation is half done."""
    trusted = {each.fingerprint for each in ledger_keys.ledger_keys()}
    for key in KeyRecord.objects.filter(kind=KeyKind.LEDGER).exclude(fingerprint__in=trusted):
        words = "no ledger key before it vouched for it: what it signs does not count"
        inspection.bad("key", f"key {key.fingerprint[:16]}", words)
    for seq in ledger_keys.idle_retirements():
        words = "it retires a ledger key that vouched for no such successor, or ended before: it does not count"
        inspection.bad("key", f"entry {seq}", words)
    for kind in (KeyKind.REGISTRAR, KeyKind.LEDGER, KeyKind.MASTER):
        if installation.is_changing(kind):
            words = f"another key was about to take its place; `manage.py keys rotate {kind}` completes it"
            inspection.unknown("key", f"{kind} key", words)


def _computed(key: KeyRecord) -> str:
    try:
        return installation.fingerprint_of(key.kind, key.public)
    except CustodyError:
        return ""
