"""Checks of dossiers that were handed out: that what left is what two people agreed on, bundle and all."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from custody import approvals, disclosures, ledger
from custody.actions import Action
from custody.core.entries import Entry
from custody.core.errors import EntryError
from custody.disclosures import Disclosure, DisclosureKind
from custody.verification import Inspection
from evidence.bundles.described import BUNDLE, bundle_in
from testimony.dossiers.release import LEFT_OUT

_FACT = "disclosure"


def check_releases(inspection: Inspection) -> None:
    """(1) Each dossier with an approval is the version, for the recipient, that was approved.

    (2) Where a bundle was agreed on with it, its entry names the bundle that left in the same act, or says that it was
    left out and none did; where none was, none left. What the bundle held is checked with the bundles.
    """
    told = {entry.subject.get("disclosure", ""): entry for entry in _entries()}
    rows = Disclosure.objects.filter(kind=DisclosureKind.DOSSIER).exclude(approval=None).select_related("approval")
    for row in rows.iterator():
        _compare(inspection, row)
        entry = told.get(str(row.pk))
        if entry is not None and not _is_told(row, entry.subject.get(BUNDLE)):
            inspection.bad(_FACT, f"release {row}", "the bundle beside it is not as its entry and its approval tell")


def _compare(inspection: Inspection, row: Disclosure) -> None:
    if row.approval is None:
        return
    what = approvals.what_of(row.approval)
    facts: list[tuple[str, object, object]] = [
        ("case", row.case_id, row.approval.case_id),
        ("dossier", row.code, what.get("dossier")),
        ("version", row.version, what.get("version")),
        ("recipient", str(row.recipient_id or ""), what.get("party")),
        ("authority", row.authority, row.approval.authority),
    ]
    differing = ", ".join(name for name, done, agreed in facts if done != agreed)
    if differing:
        inspection.bad(_FACT, f"release {row}", f"two people approved another release: {differing} differs")


def _is_told(row: Disclosure, said: str | None) -> bool:
    agreed = row.approval is not None and bool(bundle_in(row.approval))
    bundle = disclosures.find_disclosure(row.made_act, DisclosureKind.BUNDLE)
    if not agreed:
        return said is None and bundle is None
    return said == (str(bundle.pk) if bundle else LEFT_OUT)


def _entries() -> Iterator[Entry]:
    for stored in ledger.entries_with(Action.DOSSIER_RELEASED):
        # The walk over the ledger reports an entry that can't be read.
        with contextlib.suppress(EntryError):
            yield ledger.entry_of(stored)
