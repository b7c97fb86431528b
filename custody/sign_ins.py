"""Signing in and out: what is recorded, and how many guesses are allowed."""

from __future__ import annotations

import contextlib
import datetime
import fcntl
import ipaddress
import math
from collections.abc import Iterator

from django.core.cache import cache
from django.db import transaction
from django.utils.crypto import salted_hmac

from custody import clock, data, ledger
from custody.actions import Action
from custody.core import entries
from custody.core.entries import Actor, Outcome
from custody.ledger import Draft
from custody.models import Account, Entry, StreamEntry

WINDOW = datetime.timedelta(minutes=15)
GUESSES_PER_CALLER = 10
GUESSES_PER_LOGIN = 60
GUESSES_PER_ADDRESS = 60


def login_digest(login: str) -> str:
    """A keyed digest of an address as typed: the ledger can count guesses without holding the address."""
    return salted_hmac("amana.sign-in", login.strip().casefold(), algorithm="sha256").hexdigest()


def _account_with(login: str) -> Account | None:
    return Account.objects.filter(email__iexact=login.strip()).first()


def _stream(login: str) -> str:
    account = _account_with(login)
    return f"user/{account.pk}" if account else f"user/login-{login_digest(login)[:32]}"


@contextlib.contextmanager
def one_guess(*, login: str, address: str) -> Iterator[int]:
    """Look at one guess at a time for each login: yields the minutes to wait, 0 when this guess may be looked at.

    The lock is held while the password is checked and the refusal is recorded, so guesses sent side by side are
    counted one after the other. It holds among all processes that share the data folder.
    """
    folder = data.work() / "sign-in"
    folder.mkdir(mode=0o700, exist_ok=True)
    # A few locks for all logins there may be: a file for each login typed would fill the folder.
    with (folder / f"{login_digest(login)[:2]}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        wait = _minutes_to_wait(login=login, address=address)
        if not wait:
            _count_guess(address)
        yield wait


def _minutes_to_wait(*, login: str, address: str) -> int:
    """How long until the next guess is looked at; 0 when it may be made now.

    Counted in the ledger, so that a restart does not forget: per login and caller, and, higher, per login from
    everywhere, so that a stranger's guesses do not lock the owner out. Counted in memory per caller, so that one
    machine can't try a few passwords on each of many logins.
    """
    times, ours = _refused_since(login, caller_digest(address), clock.stamp(clock.now() - WINDOW))
    waits = [_wait(ours, GUESSES_PER_CALLER), _wait(times, GUESSES_PER_LOGIN)]
    if int(cache.get(_address_key(address), 0)) >= GUESSES_PER_ADDRESS:
        waits.append(WINDOW.seconds // 60)
    return max(waits)


def _refused_since(login: str, caller: str, since: str) -> tuple[list[str], list[str]]:
    """When guesses at this login were refused: by anybody, and by this caller."""
    # From the refusals down, not from the newest of the stream: what the owner does meanwhile must not hide a guess.
    refused = Entry.objects.filter(
        action=Action.ACCOUNT_SIGN_IN_REFUSED,
        time__gte=since,
        seq__in=StreamEntry.objects.filter(stream=_stream(login)).values("seq"),
    )
    rows = [(row.time, entries.decode(bytes(row.body))) for row in refused.order_by("time")]
    return [time for time, _ in rows], [time for time, entry in rows if entry.subject.get("caller") == caller]


def _wait(times: list[str], allowed: int) -> int:
    if len(times) < allowed:
        return 0
    free_at = clock.parse(times[-allowed]) + WINDOW
    return max(1, math.ceil((free_at - clock.now()).total_seconds() / 60))


def caller_digest(address: str) -> str:
    """A keyed digest of where a guess came from. IPv6 callers own at least a /64, so that counts as one."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        place = address
    else:
        prefix = 64 if found.version == 6 else 32
        place = str(ipaddress.ip_network((found, prefix), strict=False))
    return salted_hmac("amana.caller", place, algorithm="sha256").hexdigest()


def _address_key(address: str) -> str:
    return f"sign-in:{caller_digest(address)}"


def _count_guess(address: str) -> None:
    key = _address_key(address)
    if cache.add(key, 1, timeout=WINDOW.seconds):
        return
    try:
        cache.incr(key)
    except ValueError:  # it ran out between the two calls
        cache.set(key, 1, timeout=WINDOW.seconds)


def _forget_guess(address: str) -> None:
    with contextlib.suppress(ValueError):  # it ran out meanwhile
        cache.decr(_address_key(address))


def record_refused(*, login: str, address: str, actor: Actor) -> None:
    """A wrong address or password. The ledger learns the account's id if there is one, never what was typed."""
    account = _account_with(login)
    reason = "account-closed" if account and not account.is_active else "wrong-credentials"
    ledger.append_alone(
        Draft(
            action=Action.ACCOUNT_SIGN_IN_REFUSED,
            actor=actor,
            streams=(_stream(login),),
            subject={"login": login_digest(login), "caller": caller_digest(address), "reason": reason},
            outcome=Outcome.DENIED,
        )
    )


def record_right_guess(*, account: Account, address: str, actor: Actor) -> None:
    """A password that was right is no guess."""
    _forget_guess(address)
    record_signed_in(account=account, actor=actor)


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
