"""Signing in and out: what is recorded, and how many guesses are allowed."""

from __future__ import annotations

import datetime
import math

from django.core.cache import cache
from django.db import transaction
from django.utils.crypto import salted_hmac

from custody import clock, ledger
from custody.actions import Action
from custody.core.entries import Actor, Outcome
from custody.ledger import Draft
from custody.models import Account, Entry, StreamEntry

WINDOW = datetime.timedelta(minutes=15)
GUESSES_PER_LOGIN = 10
GUESSES_PER_ADDRESS = 60


def login_digest(login: str) -> str:
    """A keyed digest of an address as typed: the ledger can count guesses without holding the address."""
    return salted_hmac("amana.sign-in", login.strip().casefold(), algorithm="sha256").hexdigest()


def _account_with(login: str) -> Account | None:
    return Account.objects.filter(email__iexact=login.strip()).first()


def _stream(login: str) -> str:
    account = _account_with(login)
    return f"user/{account.pk}" if account else f"user/login-{login_digest(login)[:32]}"


def minutes_to_wait(*, login: str, address: str) -> int:
    """How long until the next guess is looked at; 0 when it may be made now.

    Counted per login from the ledger, so that a restart does not forget, and per caller's address in memory,
    so that one machine can't try a few passwords on each of many logins.
    """
    since = clock.stamp(clock.now() - WINDOW)
    # From the refusals down, not from the newest of the stream: what the owner does meanwhile must not hide a guess.
    refused = Entry.objects.filter(
        action=Action.ACCOUNT_SIGN_IN_REFUSED,
        time__gte=since,
        seq__in=StreamEntry.objects.filter(stream=_stream(login)).values("seq"),
    )
    times = sorted(refused.values_list("time", flat=True))
    if len(times) >= GUESSES_PER_LOGIN:
        free_at = clock.parse(times[-GUESSES_PER_LOGIN]) + WINDOW
        return max(1, math.ceil((free_at - clock.now()).total_seconds() / 60))
    return WINDOW.seconds // 60 if int(cache.get(_address_key(address), 0)) >= GUESSES_PER_ADDRESS else 0


def _address_key(address: str) -> str:
    return f"sign-in:{salted_hmac('amana.caller', address).hexdigest()}"


def _count_guess(address: str) -> None:
    key = _address_key(address)
    if cache.add(key, 1, timeout=WINDOW.seconds):
        return
    try:
        cache.incr(key)
    except ValueError:  # it ran out between the two calls
        cache.set(key, 1, timeout=WINDOW.seconds)


def record_refused(*, login: str, address: str, actor: Actor) -> None:
    """A wrong address or password. The ledger learns the account's id if there is one, never what was typed."""
    _count_guess(address)
    account = _account_with(login)
    reason = "account-closed" if account and not account.is_active else "wrong-credentials"
    ledger.append_alone(
        Draft(
            action=Action.ACCOUNT_SIGN_IN_REFUSED,
            actor=actor,
            streams=(_stream(login),),
            subject={"login": login_digest(login), "reason": reason},
            outcome=Outcome.DENIED,
        )
    )


def record_signed_in(*, account: Account, actor: Actor) -> None:
    """A new working session of this account."""
    _record(Action.ACCOUNT_SIGNED_IN, account, actor)


def record_signed_out(*, account: Account, actor: Actor) -> None:
    """The end of a working session by its owner."""
    _record(Action.ACCOUNT_SIGNED_OUT, account, actor)


def _record(action: Action, account: Account, actor: Actor) -> None:
    with transaction.atomic():
        ledger.append(
            Draft(action=action, actor=actor, streams=(f"user/{account.pk}",), subject={"account": str(account.pk)})
        )
