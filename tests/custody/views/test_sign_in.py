"""Signing in: what is recorded, what is refused, and that guessing stops."""

from __future__ import annotations

import datetime
import threading

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from custody import ledger, sign_ins
from custody.actions import Action
from custody.actors import for_command
from custody.models import Entry
from tests.cast import PASSWORD, Cast, browser_of, ledger_size

SIGN_IN = reverse("custody:sign-in")


@pytest.fixture(autouse=True)
def _fresh_counts() -> None:
    cache.clear()


def _try(client: Client, email: str, password: str, *, address: str = "127.0.0.1") -> int:
    values = {"email": email, "password": password}
    return client.post(SIGN_IN, values, REMOTE_ADDR=address).status_code


def _last_entry() -> tuple[Entry, dict[str, str]]:
    row = Entry.objects.order_by("-seq")[0]
    stored = ledger.find_entry(row.seq)
    assert stored is not None
    return row, dict(ledger.entry_of(stored).subject)


def test_the_right_password_opens_a_session_and_is_recorded(cast: Cast) -> None:
    client = Client()
    assert _try(client, "HALA@example.org", PASSWORD) == 302
    row, subject = _last_entry()
    assert (row.action, row.outcome, row.actor) == (Action.ACCOUNT_SIGNED_IN, "done", str(cast.lead.pk))
    assert subject == {"account": str(cast.lead.pk)}
    assert client.get(reverse("custody:cases")).status_code == 200


@pytest.mark.parametrize("email", ["hala@example.org", "nobody@example.org"])
def test_a_wrong_guess_is_recorded_without_what_was_typed(cast: Cast, email: str) -> None:
    client = Client()
    assert _try(client, email, "a wrong password") == 422
    row, subject = _last_entry()
    assert (row.action, row.outcome) == (Action.ACCOUNT_SIGN_IN_REFUSED, "denied")
    assert set(subject) == {"login", "caller", "reason"}
    assert b"@" not in bytes(row.body)
    assert client.get(reverse("custody:cases")).status_code == 302


def test_known_and_unknown_addresses_get_the_same_answer(cast: Cast) -> None:
    pages = [
        Client().post(SIGN_IN, {"email": email, "password": "a wrong password"}).content
        for email in ("hala@example.org", "hula@example.org")
    ]
    without = [page.split(b'name="csrfmiddlewaretoken"')[0] for page in pages]
    assert without[0] == without[1]


def test_after_ten_wrong_guesses_even_the_right_password_waits(cast: Cast) -> None:
    client = Client()
    for _ in range(10):
        _try(client, "hala@example.org", "a wrong password")
    before = ledger_size()
    assert _try(client, "hala@example.org", PASSWORD) == 429
    assert ledger_size() == before
    assert client.get(reverse("custody:cases")).status_code == 302


def test_the_wait_ends(cast: Cast) -> None:
    client = Client()
    for _ in range(10):
        _try(client, "hala@example.org", "a wrong password")
    later = datetime.datetime.now(datetime.UTC) + datetime.timedelta(minutes=16)
    with time_machine.travel(later, tick=True):
        assert _try(client, "hala@example.org", PASSWORD) == 302


def test_one_caller_cannot_spread_guesses_over_many_addresses(cast: Cast) -> None:
    client = Client()
    for number in range(60):
        _try(client, f"somebody{number}@example.org", "a wrong password")
    assert _try(client, "hala@example.org", PASSWORD) == 429


def test_it_leads_back_to_our_own_pages_only(cast: Cast) -> None:
    for wanted, expected in (("/ledger/", "/ledger/"), ("https://evil.example/", "/"), ("//evil.example/", "/")):
        answer = Client().post(SIGN_IN, {"email": "hala@example.org", "password": PASSWORD, "next": wanted})
        assert answer["Location"] == expected


def test_signing_out_is_recorded_and_ends_the_session(cast: Cast) -> None:
    client = browser_of(cast.lead)
    assert client.post(reverse("custody:sign-out")).status_code == 302
    assert _last_entry()[0].action == Action.ACCOUNT_SIGNED_OUT
    assert client.get(reverse("custody:cases")).status_code == 302


def test_signing_out_is_not_done_by_a_link(cast: Cast) -> None:
    assert browser_of(cast.lead).get(reverse("custody:sign-out")).status_code == 405


def test_the_owner_s_own_work_does_not_push_guesses_out_of_sight(cast: Cast) -> None:
    client = Client()
    for _ in range(10):
        _try(client, "hala@example.org", "a wrong password")
    with transaction.atomic():
        mine = (f"user/{cast.lead.pk}",)
        ledger.append_many(
            [
                ledger.Draft(action=Action.LEDGER_VIEWED, actor=for_command(cast.lead), streams=mine, subject={})
                for _ in range(80)
            ]
        )
    assert _try(client, "hala@example.org", PASSWORD) == 429


def test_a_stranger_s_guesses_do_not_lock_the_owner_out(cast: Cast) -> None:
    for _ in range(12):
        _try(Client(), "hala@example.org", "a wrong password", address="198.51.100.7")
    assert _try(Client(), "hala@example.org", PASSWORD, address="198.51.100.7") == 429
    assert _try(Client(), "hala@example.org", PASSWORD, address="192.0.2.1") == 302


def test_addresses_of_one_ipv6_network_are_one_caller(cast: Cast) -> None:
    for number in range(10):
        _try(Client(), "hala@example.org", "a wrong password", address=f"2001:db8::{number + 1:x}")
    assert _try(Client(), "hala@example.org", PASSWORD, address="2001:db8::ff") == 429


def test_guesses_from_everywhere_together_end_too(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sign_ins, "GUESSES_PER_LOGIN", 12)
    for number in range(12):
        _try(Client(), "hala@example.org", "a wrong password", address=f"198.51.100.{number}")
    assert _try(Client(), "hala@example.org", PASSWORD, address="192.0.2.1") == 429


def test_right_passwords_do_not_count_as_guesses(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sign_ins, "GUESSES_PER_ADDRESS", 3)
    assert [_try(Client(), "hala@example.org", PASSWORD) for _ in range(5)] == [302] * 5


def test_while_one_guess_is_looked_at_no_other_at_this_login_is(cast: Cast) -> None:
    """Twenty-four guesses sent side by side were all counted before the first was recorded."""
    looked_at: list[str] = []

    def guess_beside() -> None:
        try:
            with sign_ins.one_guess(login="HALA@example.org ", address="127.0.0.1"):
                looked_at.append("second")
        finally:
            connection.close()

    with sign_ins.one_guess(login="hala@example.org", address="127.0.0.1") as wait:
        assert wait == 0
        beside = threading.Thread(target=guess_beside)
        beside.start()
        beside.join(timeout=0.3)
        assert beside.is_alive()
        assert looked_at == []
        looked_at.append("first")
    beside.join()
    assert looked_at[0] == "first"
