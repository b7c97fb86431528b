"""The first page of an empty installation opens to this machine or to the holder of the console's token."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from custody import accounts, first_run
from custody.actors import for_command
from custody.installation import fingerprints, has_keys, set_up_keys
from custody.models import Account
from tests.cast import PASSWORD, Cast

FIRST_RUN = reverse("custody:first-run")
ANSWERS = {"name": "Salma Idris", "email": "salma@example.org", "password": "four quiet words here"}
ANSWERS["again"] = ANSWERS["password"]


@pytest.fixture
def empty(db: None, data_dir: Path) -> Path:
    return data_dir


def _here() -> Client:
    return Client(SERVER_NAME="127.0.0.1", REMOTE_ADDR="127.0.0.1")


def _elsewhere() -> Client:
    return Client(SERVER_NAME="testserver", REMOTE_ADDR="192.0.2.7")


def test_it_makes_keys_and_administrator_and_shows_every_fingerprint(empty: Path) -> None:
    client = _here()
    answer = client.post(FIRST_RUN, ANSWERS)
    assert answer.status_code == 302, answer.content.decode()
    account = Account.objects.get()
    assert account.is_administrator
    assert has_keys()
    page = client.get(reverse("custody:fingerprints")).content.decode()
    assert fingerprints()
    for key in fingerprints():
        assert all(key.fingerprint[start : start + 8] in page for start in range(0, 64, 8))


def test_it_works_once(empty: Path) -> None:
    _here().post(FIRST_RUN, ANSWERS)
    again = _here().post(FIRST_RUN, {**ANSWERS, "email": "other@example.org"})
    assert again["Location"] == reverse("custody:sign-in")
    assert Account.objects.count() == 1


def test_of_two_at_the_same_moment_one_is_administrator_and_the_other_is_told(
    empty: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def another_was_first() -> Iterator[None]:
        set_up_keys(actor=for_command())
        accounts.create_account(
            name="Nadia", email="other@example.org", password=PASSWORD, actor=for_command(), administrator=True
        )
        yield

    first_run.console_token()
    monkeypatch.setattr(first_run, "in_turn", another_was_first)
    told = _here().post(FIRST_RUN, ANSWERS, follow=True)
    assert [account.email for account in Account.objects.all()] == ["other@example.org"]
    assert told.redirect_chain[-1][0] == reverse("custody:sign-in")
    assert "The first administrator was made meanwhile" in told.content.decode()


def test_another_machine_gets_nothing_without_the_token(empty: Path) -> None:
    first_run.console_token()
    for client in (_elsewhere(), Client(SERVER_NAME="testserver", REMOTE_ADDR="127.0.0.1")):
        assert client.get(FIRST_RUN).status_code == 404
        assert client.post(FIRST_RUN, {**ANSWERS, "token": "guessed"}).status_code == 404
    assert not Account.objects.exists()


def test_a_wrong_token_is_told_and_blanks_around_the_right_one_do_not_matter(empty: Path) -> None:
    token = first_run.console_token()
    client = _elsewhere()
    assert "This is not the token" not in client.get(FIRST_RUN).content.decode()
    refused = client.get(FIRST_RUN, {"token": f"{token}x"})
    assert refused.status_code == 404
    assert "This is not the token" in refused.content.decode()
    assert client.get(FIRST_RUN, {"token": f" {token}\n"}).status_code == 200


def test_a_proxy_on_this_machine_does_not_open_it_to_the_world(empty: Path) -> None:
    proxied = Client(SERVER_NAME="127.0.0.1", REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR="192.0.2.7")
    assert proxied.get(FIRST_RUN).status_code == 404


def test_the_token_of_the_console_opens_it_from_anywhere_once(empty: Path) -> None:
    token = first_run.console_token()
    assert (empty / "work" / "first-run-token").stat().st_mode & 0o077 == 0
    client = _elsewhere()
    assert client.get(FIRST_RUN, {"token": token}).status_code == 200
    assert client.post(FIRST_RUN, {**ANSWERS, "token": token}).status_code == 302
    assert not (empty / "work" / "first-run-token").exists()


def test_a_weak_password_is_refused_and_nobody_is_made(empty: Path) -> None:
    answer = _here().post(FIRST_RUN, {**ANSWERS, "password": "password", "again": "password"})
    assert answer.status_code == 422
    assert not Account.objects.exists()


@pytest.mark.parametrize("password", ["short", "Salma@example.org"])
def test_a_weak_password_is_told_in_the_language_of_the_page(empty: Path, password: str) -> None:
    typed = {**ANSWERS, "name": "Salma Idris Yusuf", "password": password, "again": password}
    answer = _here().post(FIRST_RUN, typed, headers={"accept-language": "ar"})
    told = re.findall(r'class="field-error".*?<span>(.*?)</span>', answer.content.decode(), re.DOTALL)
    assert told
    assert not any("password" in words for words in told)


def test_an_empty_installation_leads_there_from_every_page(empty: Path) -> None:
    assert _here().get("/", follow=True).redirect_chain[-1][0] == FIRST_RUN


def test_fingerprints_are_for_administrators(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.lead)
    assert client.get(reverse("custody:fingerprints")).status_code == 404
