"""Accounts: an address once, in any case of letters; a password change changes nothing else."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from custody import accounts, acts, ledger
from custody.accounts import Account
from custody.actions import Action
from custody.actors import for_command
from custody.core import entries

pytestmark = pytest.mark.usefixtures("installation")
PASSWORD = "seven grey herons"


def an_account(email: str = "hala@example.org") -> Account:
    return accounts.create_account(email=email, name="Hala", password=PASSWORD, actor=for_command())


@pytest.mark.parametrize("email", ["hala@example.org", "HALA@Example.ORG", " hala@example.org "])
def test_an_address_is_taken_in_any_case_of_letters(email: str) -> None:
    first, size = an_account(), ledger.size()
    with pytest.raises(ValidationError):
        an_account(email)
    assert ledger.size() == size
    assert accounts.find_account(email) == first


@pytest.mark.parametrize("password", ["", "short", "password1234", "hala@example.org"])
def test_a_weak_password_is_refused_and_nothing_is_written(password: str) -> None:
    size = ledger.size()
    with pytest.raises(ValidationError):
        accounts.create_account(email="hala@example.org", name="Hala", password=password, actor=for_command())
    assert not Account.objects.exists()
    assert ledger.size() == size


def test_neither_snapshot_nor_entry_holds_the_password() -> None:
    account = an_account()
    snapshot = bytes(account.history.get().snapshot)
    assert account.password.encode() not in snapshot
    assert account.password.rpartition("$")[2].encode() not in snapshot
    assert account.check_password(PASSWORD)
    assert not account.check_password(None)


def test_a_new_password_is_recorded_and_the_old_one_no_longer_opens() -> None:
    account = an_account()
    accounts.set_password(account=account, password="nine white storks", actor=for_command())
    entry = entries.decode(ledger.body_of(ledger.size() - 1) or b"")
    assert (entry.action, entry.subject["changed"]) == (Action.ACCOUNT_CHANGED, "password")
    kept = Account.objects.get()
    assert kept.check_password("nine white storks")
    assert not kept.check_password(PASSWORD)
    assert account.check_password("nine white storks"), "the caller's own copy stays signed in"


def test_a_password_change_does_not_undo_what_happened_meanwhile() -> None:
    stale = an_account()
    closed = Account.objects.get()
    closed.is_active = False
    with acts.act(actor=for_command()) as act:
        act.save(closed)
        act.record(Action.ACCOUNT_CHANGED, streams=(f"user/{closed.pk}",), subject={}, snapshots=[closed])
    accounts.set_password(account=stale, password="nine white storks", actor=for_command())
    assert not Account.objects.get().is_active
