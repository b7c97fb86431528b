"""Closed cases against the ledger: the row says what the last step says, and nothing was added in between."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Iterator

from django.db.models import Q

from custody import clock, ledger
from custody.actions import Action
from custody.core.entries import Entry
from custody.core.errors import EntryError
from custody.ledger import closed
from custody.models import Case, Membership, Role
from custody.verification.inspection import Inspection

_FACT = "closing"


def check_closings(inspection: Inspection) -> None:
    """(1) A case is closed exactly when the last of its closings and reopenings says so.

    (2) Closings and reopenings take turns. (3) Whoever took such a step led the case at that moment. (4) While it was
    closed nothing was added that a closed case does not take. That the row was not changed otherwise is what its
    history is checked for.
    """
    stepped = set(_cases_with_steps())
    for case in Case.objects.order_by("code"):
        inspection.counts["cases"] += 1
        entries = list(_entries(case)) if case.pk in stepped else []
        _check_state(inspection, case, _walk(inspection, case, entries))


def _cases_with_steps() -> Iterator[uuid.UUID]:
    for action in (Action.CASE_CLOSED, Action.CASE_REOPENED):
        for stored in ledger.entries_with(action):
            # The walk over the ledger reports what can't be read.
            with contextlib.suppress(EntryError, KeyError, ValueError):
                yield uuid.UUID(ledger.entry_of(stored).subject["case"])


def _entries(case: Case) -> Iterator[Entry]:
    for stored in ledger.stream_entries(f"case/{case.pk}"):
        with contextlib.suppress(EntryError):
            yield ledger.entry_of(stored)


def _walk(inspection: Inspection, case: Case, entries: list[Entry]) -> Entry | None:
    """The closing that stands after the last entry, or None."""
    standing: Entry | None = None
    for entry in entries:
        if entry.action in {Action.CASE_CLOSED, Action.CASE_REOPENED}:
            closing = entry.action == Action.CASE_CLOSED
            if closing is (standing is not None):
                words = "closes a case that is closed" if closing else "reopens a case that is open"
                inspection.bad(_FACT, f"case {case.code}", f"entry {entry.seq} {words}")
            _check_office(inspection, case, entry)
            standing = entry if closing else None
        elif standing is not None and closed.adds(entry):
            words = f"entry {entry.seq} ({entry.action}) adds to it, which entry {standing.seq} had closed"
            inspection.bad(_FACT, f"case {case.code}", words)
    return standing


def _check_office(inspection: Inspection, case: Case, entry: Entry) -> None:
    moment = clock.parse(entry.time)
    then = Q(since__lte=moment) & (Q(ended=None) | Q(ended__gte=moment))
    leads = Membership.objects.filter(then, case=case, role=Role.LEAD).values_list("account", flat=True)
    if entry.actor.id not in {str(account) for account in leads}:
        words = f"entry {entry.seq} ({entry.action}) is of somebody who did not lead it then"
        inspection.bad(_FACT, f"case {case.code}", words)


def _check_state(inspection: Inspection, case: Case, standing: Entry | None) -> None:
    if standing is None and case.closed is not None:
        inspection.bad(_FACT, f"case {case.code}", "its row says that it is closed; the ledger's last word is open")
    if standing is not None and case.closed is None:
        words = f"its row says that it is open; entry {standing.seq} closed it"
        inspection.bad(_FACT, f"case {case.code}", words)
