"""Accounts and memberships: who may make them, and that an administrator gains no sight of a case by it."""

from __future__ import annotations

from django.urls import reverse

from custody.actions import Action
from custody.cases import cases_for, members_of, role_in
from custody.models import Account, Case, Entry, Role
from tests.cast import Cast, browser_of, ledger_size

NEW = {"name": "Rana Aziz", "email": "rana@example.org", "password": "nine brown sparrows"}


def test_an_administrator_makes_an_account(cast: Cast) -> None:
    assert browser_of(cast.administrator).post(reverse("custody:accounts"), NEW).status_code == 302
    made = Account.objects.get(email="rana@example.org")
    assert not made.is_administrator
    assert Entry.objects.order_by("-seq")[0].action == Action.ACCOUNT_CREATED


def test_nobody_else_does(cast: Cast) -> None:
    for account in (*cast.members, cast.outsider):
        before = ledger_size()
        assert browser_of(account).post(reverse("custody:accounts"), NEW).status_code == 404
        assert ledger_size() == before
    assert not Account.objects.filter(email="rana@example.org").exists()


def test_an_administrator_opens_a_case_and_is_not_in_it(cast: Cast) -> None:
    client = browser_of(cast.administrator)
    values = {"code": "NEW-01", "title": "A new matter", "title_ar": "قضية جديدة", "lead": str(cast.lead.pk)}
    assert client.post(reverse("custody:case-new"), values).status_code == 302
    case = Case.objects.get(code="NEW-01")
    assert role_in(cast.lead, case) is Role.LEAD
    assert not cases_for(cast.administrator).exists()


def test_a_code_that_is_taken_is_said_beside_its_field(cast: Cast) -> None:
    values = {"code": "RWB-04", "title": "Again", "lead": str(cast.lead.pk)}
    answer = browser_of(cast.administrator).post(reverse("custody:case-new"), values)
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode()


def test_the_lead_grants_and_ends_a_membership(cast: Cast) -> None:
    client, address = browser_of(cast.lead), reverse("custody:members", args=["RWB-04"])
    assert client.post(address, {"email": "omar@example.org", "role": "lawyer"}).status_code == 302
    assert role_in(cast.outsider, cast.case) is Role.LAWYER
    membership = members_of(cast.case).get(account=cast.outsider)
    assert client.post(address, {"end": str(membership.pk)}).status_code == 302
    assert role_in(cast.outsider, cast.case) is None
    assert [row.action for row in Entry.objects.order_by("-seq")[:2]] == [
        Action.MEMBERSHIP_ENDED,
        Action.MEMBERSHIP_GRANTED,
    ]


def test_other_members_and_strangers_do_not(cast: Cast) -> None:
    address = reverse("custody:members", args=["RWB-04"])
    for account in (cast.investigator, cast.lawyer, cast.auditor, cast.outsider):
        assert browser_of(account).post(address, {"email": "omar@example.org", "role": "lead"}).status_code == 404
    assert role_in(cast.outsider, cast.case) is None


def test_an_end_that_names_another_case_ends_nothing(cast: Cast) -> None:
    foreign = members_of(cast.other_case).get()
    answer = browser_of(cast.lead).post(reverse("custody:members", args=["RWB-04"]), {"end": str(foreign.pk)})
    assert answer.status_code == 404
    assert role_in(cast.outsider, cast.other_case) is Role.LEAD


def test_the_case_list_shows_one_s_own_cases(cast: Cast) -> None:
    for account, seen in ((cast.lead, True), (cast.auditor, True), (cast.outsider, False), (cast.administrator, False)):
        page = browser_of(account).get(reverse("custody:cases")).content.decode()
        assert ("RWB-04" in page) is seen


def test_an_administrator_does_not_walk_into_a_case_as_its_lead(cast: Cast) -> None:
    client, address = browser_of(cast.administrator), reverse("custody:members", args=["RWB-04"])
    for email in ("nadia@example.org", "omar@example.org"):
        assert client.post(address, {"email": email, "role": "lead"}).status_code == 422
    membership = members_of(cast.case).get(account=cast.lead)
    assert "Only the lead" in client.post(address, {"end": str(membership.pk)}, follow=True).content.decode()
    assert role_in(cast.lead, cast.case) is Role.LEAD
    assert role_in(cast.administrator, cast.case) is None


def test_looking_at_who_works_on_a_case_is_recorded(cast: Cast) -> None:
    for account in (cast.lead, cast.administrator):
        before = ledger_size()
        browser_of(account).get(reverse("custody:members", args=["RWB-04"]))
        rows = Entry.objects.filter(seq__gte=before)
        assert [(row.action, row.actor) for row in rows] == [(Action.CASE_VIEWED, str(account.pk))]
        assert b'"page":"members"' in bytes(rows[0].body)
