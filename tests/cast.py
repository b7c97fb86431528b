"""The people of every test: they work on one case, but for two who must see nothing of it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from django.test import Client

from custody.accounts import create_account
from custody.actors import for_command
from custody.cases import create_case, grant_membership
from custody.models import Account, Case, Entry, Role
from custody.purposes import Purpose
from tests.prepared import prepared

PASSWORD = "seven grey herons"


@dataclass(frozen=True)
class Cast:
    """Hala leads RWB-04; Idris investigates, Layla is the lawyer, Tariq the auditor.

    Omar leads another case; Nadia administers the house and works on none.
    """

    case: Case
    other_case: Case
    lead: Account
    investigator: Account
    lawyer: Account
    auditor: Account
    outsider: Account
    administrator: Account

    @property
    def members(self) -> tuple[Account, ...]:
        return (self.lead, self.investigator, self.lawyer, self.auditor)

    @property
    def strangers(self) -> tuple[Account, ...]:
        return (self.outsider, self.administrator)


def _account(name: str, *, administrator: bool = False) -> Account:
    email = f"{name.split(maxsplit=1)[0].lower()}@example.org"
    return create_account(email=email, name=name, password=PASSWORD, actor=for_command(), administrator=administrator)


def make_cast() -> Cast:
    """Everybody, recorded as in life."""
    made: Cast = prepared("cast", _make_cast)
    return made


def _make_cast() -> Cast:
    lead, investigator = _account("Hala Mansour"), _account("Idris Faraj")
    lawyer, auditor = _account("Layla Haddad"), _account("Tariq Nasser")
    outsider, administrator = _account("Omar Saleh"), _account("Nadia Karam", administrator=True)
    case = create_case(
        code="RWB-04",
        title="Northern Hospital photographs",
        title_ar="صور المشفى الشمالي",
        lead=lead,
        actor=for_command(),
    )
    other_case = create_case(code="SHD-01", title="Another matter", lead=outsider, actor=for_command())
    for account, role in ((investigator, Role.INVESTIGATOR), (lawyer, Role.LAWYER), (auditor, Role.AUDITOR)):
        grant_membership(case=case, account=account, role=role, actor=for_command())
    return Cast(case, other_case, lead, investigator, lawyer, auditor, outsider, administrator)


@pytest.fixture
def cast(installation: object) -> Cast:
    """The people, in a fresh installation."""
    return make_cast()


def browser_of(account: Account | None, *, purpose: Purpose | None = None, case: Case | None = None) -> Client:
    """A browser with this person signed in (nobody for None), and a purpose chosen when one is given."""
    client = Client()
    if account is not None:
        client.force_login(account)
    if purpose is not None and case is not None:
        session = client.session
        session["purposes"] = {str(case.pk): purpose.value}
        session.save()
    return client


def entries_since(seq: int) -> list[Entry]:
    """What the ledger gained."""
    return list(Entry.objects.filter(seq__gte=seq))


def ledger_size() -> int:
    """Where the ledger stands now."""
    return Entry.objects.count()
