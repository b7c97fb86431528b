"""Releases that two people agreed on: that what left is what they agreed on, and no more."""

from __future__ import annotations

import contextlib
from collections import defaultdict

from custody import disclosures, ledger
from custody.actions import Action
from custody.core.entries import Outcome
from custody.core.errors import CustodyError
from custody.disclosures import Disclosure, DisclosureKind
from custody.models import ApprovalKind
from custody.verification import Inspection
from evidence.bundles.described import Agreed, bundle_in
from evidence.models import EvidenceItem

_FACT = "disclosure"
_AT_ONCE = 500


def check_releases(inspection: Inspection) -> None:
    """(1) Each bundle with an approval went to the recipient, for the purpose, on the authority that were approved.

    (2) Every original that was granted in its act has a number that was approved. (3) What it rests on was approved.
    (4) One that was agreed on as part of another release left in the act of that release, and not without it.
    That the approval was used in the very act is checked with the approvals; how many bundles had none is counted.
    """
    rows = Disclosure.objects.filter(kind=DisclosureKind.BUNDLE)
    inspection.counts["releases_by_two"] = rows.exclude(approval=None).count()
    inspection.counts["releases_by_one"] = rows.filter(approval=None).count()
    approved = {row.made_act: row for row in rows.exclude(approval=None).select_related("approval", "case")}
    left = _left_in(set(approved))
    for act, row in approved.items():
        _compare(inspection, row, left[act])


def _left_in(acts: set[str]) -> defaultdict[str, set[str]]:
    """The items granted in each of these acts, by id."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for stored in ledger.entries_with(Action.ITEM_DOWNLOADED) if acts else ():
        # The walk over the ledger reports what can't be read.
        with contextlib.suppress(CustodyError):
            entry = ledger.entry_of(stored)
            if entry.act in acts and entry.outcome is Outcome.GRANTED:
                found[entry.act].add(entry.subject.get("item", ""))
    return found


def _compare(inspection: Inspection, row: Disclosure, left: set[str]) -> None:
    if row.approval is None:
        return
    what = bundle_in(row.approval)
    facts: list[tuple[str, object, object]] = [
        ("case", row.case_id, row.approval.case_id),
        ("recipient", str(row.recipient_id or ""), what.get("party")),
        ("words for the recipient", row.recipient_words, what.get("words")),
        ("purpose", row.purpose, what.get("purpose")),
        ("authority", row.authority, row.approval.authority),
    ]
    differing = ", ".join(name for name, done, agreed in facts if done != agreed)
    if differing:
        inspection.bad(_FACT, f"release {row}", f"two people approved another release: {differing} differs")
    more = _more(Agreed(what), left)
    if more:
        inspection.bad(_FACT, f"release {row}", f"{more} items left that were not approved")
    touched = {f"{each.kind}/{each.subject}" for each in row.touched.all()}
    if touched - Agreed(what).rests_on:
        inspection.bad(_FACT, f"release {row}", "it holds or rests on what was not approved")
    if row.approval.kind != ApprovalKind.RELEASE and not _with_main(row):
        inspection.bad(
            _FACT, f"release {row}", "it was agreed on as part of another release, which was not made with it"
        )


def _with_main(row: Disclosure) -> bool:
    """Whether the release that it lies beside stands on the same approval, in the same act."""
    together = disclosures.made_in(row.made_act).filter(approval=row.approval)
    return together.exclude(kind=DisclosureKind.BUNDLE).exists()


def _more(agreed: Agreed, left: set[str]) -> int:
    """How many of these items have no number that was approved."""
    try:
        numbers = agreed.numbers
    except ValueError:
        return len(left)
    keys, more = sorted(left), 0
    for first in range(0, len(keys), _AT_ONCE):
        page = keys[first : first + _AT_ONCE]
        known = EvidenceItem.objects.filter(pk__in=page).values_list("ern", flat=True)
        more += len(page) - sum(ern in numbers for ern in known)
    return more
