"""Cases: strangers find nothing, which is recorded, and a membership ends once."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.http import Http404

from custody import accounts, cases, ledger
from custody.accounts import Account
from custody.actions import Action
from custody.actors import for_command
from custody.cases import Case, Membership, Role
from custody.core import entries
from custody.core.entries import Outcome

pytestmark = pytest.mark.usefixtures("installation")
PASSWORD = "seven grey herons"


def person(name: str, **more: bool) -> Account:
    return accounts.create_account(
        email=f"{name}@example.org", name=name, password=PASSWORD, actor=for_command(), **more
    )


def a_case(lead: Account | None = None) -> Case:
    return cases.create_case(code="RWB-04", title="Northern Hospital", actor=for_command(), lead=lead)


def last() -> entries.Entry:
    return entries.decode(ledger.body_of(ledger.size() - 1) or b"")


def test_a_member_finds_the_case_and_nothing_is_written() -> None:
    lead = person("hala")
    case = a_case(lead)
    size = ledger.size()
    assert cases.get_case_for(lead, "RWB-04", actor=for_command(lead)) == case
    assert list(cases.cases_for(lead)) == [case]
    assert ledger.size() == size


@pytest.mark.parametrize("administrator", [False, True])
def test_a_stranger_finds_nothing_and_the_refusal_is_recorded(administrator: bool) -> None:
    case, stranger = a_case(person("hala")), person("omar", administrator=administrator)
    size = ledger.size()
    with pytest.raises(Http404):
        cases.get_case_for(stranger, "RWB-04", actor=for_command(stranger))
    assert ledger.size() == size + 1
    entry = last()
    assert (entry.action, entry.outcome) == (Action.CASE_ACCESS_REFUSED, Outcome.DENIED)
    assert entry.subject == {"case": str(case.pk), "user": str(stranger.pk)}
    assert list(cases.cases_for(stranger)) == []


def test_asking_for_a_code_that_names_no_case_is_recorded_alike() -> None:
    stranger, size = person("omar"), ledger.size()
    with pytest.raises(Http404):
        cases.get_case_for(stranger, "NONE-1", actor=for_command(stranger))
    assert ledger.size() == size + 1
    assert last().subject == {"reason": "no-such-case", "user": str(stranger.pk)}


def test_whose_membership_ended_finds_nothing() -> None:
    lead, lawyer = person("hala"), person("layla")
    case = a_case(lead)
    membership = cases.grant_membership(case=case, account=lawyer, role=Role.LAWYER, actor=for_command())
    assert cases.role_in(lawyer, case) == Role.LAWYER
    cases.end_membership(membership=membership, actor=for_command())
    assert cases.role_in(lawyer, case) is None
    with pytest.raises(Http404):
        cases.get_case_for(lawyer, "RWB-04", actor=for_command())
    cases.grant_membership(case=case, account=lawyer, role=Role.AUDITOR, actor=for_command())
    assert cases.role_in(lawyer, case) == Role.AUDITOR
    assert Membership.objects.filter(account=lawyer).count() == 2


def test_a_membership_ends_once_and_keeps_its_date() -> None:
    lead = person("hala")
    membership = Membership.objects.get(case=a_case(lead))
    stale = Membership.objects.get(pk=membership.pk)
    cases.end_membership(membership=membership, actor=for_command())
    ended, size = Membership.objects.get().ended, ledger.size()
    with pytest.raises(ValidationError):
        cases.end_membership(membership=stale, actor=for_command())
    assert Membership.objects.get().ended == ended
    assert ledger.size() == size


def test_a_second_membership_of_one_person_is_refused_and_leaves_no_trace() -> None:
    lead = person("hala")
    case, size = a_case(lead), ledger.size()
    with pytest.raises(ValidationError):
        cases.grant_membership(case=case, account=lead, role=Role.AUDITOR, actor=for_command())
    assert ledger.size() == size
    assert Membership.objects.count() == Membership.history.count() == 1


@pytest.mark.parametrize("code", ["", "rwb-04", "RWB 04", "-A", "A" * 33, "RWB-04\n", "../x"])
def test_a_malformed_code_is_refused(code: str) -> None:
    size = ledger.size()
    with pytest.raises(ValidationError):
        cases.create_case(code=code, title="x", actor=for_command())
    assert ledger.size() == size


def test_the_ledger_names_no_one(installation: Path) -> None:
    a_case(person("hala"))
    written = b"".join(ledger.leaves_after(0, ledger.size()))
    for word in (b"hala", b"example.org", b"Northern"):
        assert word not in written


def in_person(account: Account) -> entries.Actor:
    return entries.Actor(id=str(account.pk), role="member", auth="password", session="")


@pytest.mark.parametrize("administrator", [False, True])
@pytest.mark.parametrize("role", list(Role))
def test_nobody_admits_themselves_and_the_attempt_is_recorded(administrator: bool, role: Role) -> None:
    case, omar = a_case(), person("omar", administrator=administrator)
    size = ledger.size()
    with pytest.raises(cases.MembershipRefused):
        cases.grant_membership(case=case, account=omar, role=role, actor=in_person(omar))
    assert cases.role_in(omar, case) is None
    assert ledger.size() == size + 1
    assert (last().action, last().outcome) == (Action.MEMBERSHIP_REFUSED, Outcome.DENIED)
    assert last().subject["reason"] == "not-oneself"


def test_an_administrator_appoints_a_lead_only_where_there_is_none() -> None:
    nadia, hala, omar = person("nadia", administrator=True), person("hala"), person("omar")
    case = a_case()
    cases.grant_membership(case=case, account=hala, role=Role.LEAD, actor=in_person(nadia))
    with pytest.raises(cases.MembershipRefused):
        cases.grant_membership(case=case, account=omar, role=Role.LEAD, actor=in_person(nadia))
    assert last().subject["reason"] == "not-the-lead"
    assert cases.role_in(omar, case) is None


@pytest.mark.parametrize("role", [Role.INVESTIGATOR, Role.LAWYER, Role.AUDITOR])
def test_an_administrator_admits_nobody_but_a_lead(role: Role) -> None:
    nadia, omar = person("nadia", administrator=True), person("omar")
    case = a_case()
    with pytest.raises(cases.MembershipRefused):
        cases.grant_membership(case=case, account=omar, role=role, actor=in_person(nadia))
    assert cases.role_in(omar, case) is None


def test_an_administrator_does_not_make_room_by_ending_the_lead() -> None:
    nadia, hala = person("nadia", administrator=True), person("hala")
    case = a_case(hala)
    with pytest.raises(cases.MembershipRefused):
        cases.end_membership(membership=Membership.objects.get(case=case), actor=in_person(nadia))
    assert cases.role_in(hala, case) is Role.LEAD
    assert (last().action, last().outcome) == (Action.MEMBERSHIP_REFUSED, Outcome.DENIED)
