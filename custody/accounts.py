"""Accounts: making them, and changing a password."""

from __future__ import annotations

from django.contrib.auth import password_validation
from django.db.models import QuerySet

from custody import acts, clock
from custody.actions import Action
from custody.core.entries import Actor
from custody.models import Account

__all__ = ["Account", "active_accounts", "all_accounts", "create_account", "find_account", "set_password"]


def all_accounts() -> QuerySet[Account]:
    """Every account, by name; for administrators."""
    return Account.objects.order_by("name")


def active_accounts() -> QuerySet[Account]:
    """The accounts that may sign in, by name; for administrators, who choose members among them."""
    return all_accounts().filter(is_active=True)


def create_account(*, email: str, name: str, password: str, actor: Actor, administrator: bool = False) -> Account:
    """Make a sign-in. Raises ValidationError (address taken or malformed, password too weak)."""
    account = Account(email=email.strip(), name=name.strip(), is_administrator=administrator, created=clock.now())
    password_validation.validate_password(password, account)
    account.set_password(password)
    with acts.act(actor=actor) as act:
        act.save(account)
        act.record(
            Action.ACCOUNT_CREATED,
            streams=(f"user/{account.pk}",),
            subject={"user": str(account.pk), "administrator": "yes" if administrator else "no"},
            snapshots=[account],
        )
    return account


def set_password(*, account: Account, password: str, actor: Actor) -> None:
    """Replace a password. Raises ValidationError."""
    password_validation.validate_password(password, account)
    account.set_password(password)
    with acts.act(actor=actor) as act:
        # As it stands now: the caller's copy may be older than the closing of the account.
        current = Account.objects.select_for_update(no_key=True).get(pk=account.pk)
        current.password = account.password
        act.save(current)
        act.record(
            Action.ACCOUNT_CHANGED,
            streams=(f"user/{current.pk}",),
            subject={"user": str(current.pk), "changed": "password"},
            snapshots=[current],
        )


def find_account(email: str) -> Account | None:
    """The account with this address, in any case of letters."""
    return Account.objects.filter(email__iexact=email.strip()).first()
