"""The disclosure register against the ledger: no release without its entry, no entry without its row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from custody import disclosures, ledger
from custody.actions import Action
from custody.core.entries import Entry
from custody.core.errors import CustodyError
from custody.models import Disclosure, DisclosureNotice
from custody.verification.inspection import Inspection

_FACT = "disclosure"
_MADE = (Action.EXPORT_CREATED, Action.DOSSIER_BUILT, Action.DOSSIER_RELEASED, Action.PEOPLE_EXPORTED)
_CHANGED = (
    Action.DISCLOSURE_BROKEN_OFF,
    Action.DISCLOSURE_RECEIVED,
    Action.DISCLOSURE_SEALED,
    Action.DISCLOSURE_TOLD,
)


def check_disclosures(inspection: Inspection) -> None:
    """(1) Each row is the release that an entry tells of, word for word, and its list gives the digest entered.

    (2) No entry tells of a release whose row is gone. (3) What is said to have come back, to have broken off, or to
    have been told stands in an entry, and the other way round. That the row itself was not changed since is what its
    history is checked for.
    """
    made = {entry.subject["disclosure"]: entry for entry in _entries(*_MADE) if "disclosure" in entry.subject}
    later = list(_entries(*_CHANGED))
    for row in Disclosure.objects.prefetch_related("touched").order_by("released").iterator(chunk_size=200):
        inspection.counts["disclosures"] += 1
        entry = made.pop(str(row.pk), None)
        if entry is None:
            inspection.bad(_FACT, f"release {row}", "no entry of the ledger says that it was made")
        else:
            _compare(inspection, row, entry, [each for each in later if each.subject.get("disclosure") == str(row.pk)])
    for key, entry in sorted(made.items()):
        inspection.bad(_FACT, f"entry {entry.seq}", f"it tells of release {key}; its row is gone")


def _entries(*actions: Action) -> Iterator[Entry]:
    for action in actions:
        for stored in ledger.entries_with(action):
            try:
                yield ledger.entry_of(stored)
            except CustodyError:
                # The walk over the ledger reports it.
                continue


def _compare(inspection: Inspection, row: Disclosure, entry: Entry, later: list[Entry]) -> None:
    touched = [(each.kind, each.subject) for each in row.touched.all()]
    told = entry.subject
    facts: list[tuple[str, object, object]] = [
        ("case", str(row.case_id), told.get("case")),
        ("recipient", str(row.recipient_id) if row.recipient_id else None, told.get("recipient")),
        ("items", str(row.items), told.get("items")),
        ("manifest", row.manifest, told.get("tagmanifest", told.get("sha256"))),
        ("what it rests on", disclosures.touches_digest(touched), told.get("touches")),
        ("purpose", row.purpose or None, entry.purpose),
        ("authority", row.authority or None, entry.authority),
        ("its act", row.made_act, entry.act),
        ("approval", str(row.approval_id or disclosures.NO_APPROVAL), told.get("approval", disclosures.NO_APPROVAL)),
        ("who released it", _released_by(row, entry), entry.actor.id),
        ("receipt", _receipt(row), _receipt_told(later)),
        ("breaking off", row.broken_off is not None, _has(later, Action.DISCLOSURE_BROKEN_OFF)),
        ("seal", row.sealed is not None, _has(later, Action.DISCLOSURE_SEALED)),
        ("notices", _notices(row), _notices_told(later)),
    ]
    differing = ", ".join(name for name, kept, said in facts if kept != said)
    if differing:
        inspection.bad(_FACT, f"release {row}", f"it is not as the ledger tells: {differing} differs")


def _released_by(row: Disclosure, entry: Entry) -> str:
    """The operator at the console has no account."""
    return str(row.released_by_id) if row.released_by_id else entry.actor.id


def _receipt(row: Disclosure) -> tuple[bool, str]:
    return row.receipt_on is not None, row.receipt_sha256


def _receipt_told(later: list[Entry]) -> tuple[bool, str]:
    found: list[Mapping[str, str]] = [each.subject for each in later if each.action == Action.DISCLOSURE_RECEIVED]
    return len(found) == 1, found[0].get("receipt", "") if found else ""


def _has(later: list[Entry], action: Action) -> bool:
    return any(each.action == action for each in later)


def _notices(row: Disclosure) -> list[str]:
    rows = DisclosureNotice.objects.filter(disclosure=row)
    return sorted(f"{each.kind}/{each.subject} {each.reason}" for each in rows)


def _notices_told(later: list[Entry]) -> list[str]:
    told = [each.subject for each in later if each.action == Action.DISCLOSURE_TOLD]
    return sorted(f"{each.get('about', '')} {each.get('reason', '')}" for each in told)
