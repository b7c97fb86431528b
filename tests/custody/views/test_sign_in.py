"""Signing in: what is recorded, what is refused, and that guessing stops."""

from __future__ import annotations

import datetime

import pytest
import time_machine
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import reverse

from custody import ledger
from custody.actions import Action
from custody.actors import for_command
from custody.models import Entry
from tests.cast import PASSWORD, Cast, browser_of, ledger_size

SIGN_IN = reverse("custody:sign-in")


@pytest.fixture(autouse=True)
def _fresh_counts() -> None:
    cache.clear()


def _try(client: Client, email: str, password: str, **more: str) -> int:
    return client.post(SIGN_IN, {"email": email, "password": password, **more}).status_code


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
    assert set(subject) == {"login", "reason"}
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
