"""Who may read what sweeps found, and who may acknowledge an alarm.

A report speaks of the whole installation and names no case, so it is for administrators, and for those who lead or
audit a case. Evidence numbers are put beside its digests only for members of the cases that hold them.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.http import Http404

from custody.cases import cases_for
from custody.models import Account, Membership, Role
from evidence.admissions import cases_of, items_in
from evidence.models import EvidenceItem, FixityAlarm


def may_read(account: Account) -> bool:
    """Whether reports and alarms are shown to this person."""
    office = Membership.objects.filter(account=account, ended=None, role__in=(Role.LEAD, Role.AUDITOR))
    return account.is_administrator or office.exists()


def get_reader(account: Account) -> Account:
    """The same, as a view needs it: raises Http404 for everybody else."""
    if not may_read(account):
        raise Http404
    return account


def may_acknowledge(account: Account, alarm: FixityAlarm) -> bool:
    """An administrator, or who leads a case that admits an item with these bytes."""
    if account.is_administrator:
        return True
    led = Membership.objects.filter(account=account, ended=None, role=Role.LEAD).values_list("case", flat=True)
    items = EvidenceItem.objects.filter(sha256=alarm.sha256)
    return any(cases_of(item).filter(pk__in=list(led)).exists() for item in items)


def numbers_seen_by(account: Account, digests: Iterable[str]) -> dict[str, list[tuple[str, str]]]:
    """For each digest, code of the case and evidence number of the items in this person's own cases."""
    wanted, found = list(digests), dict[str, list[tuple[str, str]]]()
    for case in cases_for(account):
        for item in items_in(case).filter(sha256__in=wanted):
            found.setdefault(item.sha256, []).append((case.code, item.ern))
    return found
