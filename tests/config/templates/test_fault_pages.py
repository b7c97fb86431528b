"""The pages of last resort: they stand without a request, say what was kept, and hold to the content policy."""

from __future__ import annotations

import re

import pytest
import time_machine
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import translation

from custody import clock
from tests.cast import Cast, browser_of, ledger_size


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("name", ["400.html", "500.html"])
def test_they_need_neither_request_nor_database(name: str, language: str) -> None:
    with translation.override(language):
        page = render_to_string(name)
    assert f'lang="{language}"' in page
    assert page.count("<h1") == 1
    assert not re.search(r"<style|\sstyle=|<script", page)


def test_a_form_without_its_mark_is_refused_in_words_and_changes_nothing(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.administrator)
    before = ledger_size()
    answer = client.post(reverse("custody:accounts"), {"name": "x"})
    assert answer.status_code == 403
    assert "This page was open too long" in answer.content.decode()
    assert ledger_size() == before


def test_whoever_is_not_signed_in_is_sent_away_before_the_body_is_read(cast: Cast) -> None:
    """Otherwise anybody could fill the disk with uploads."""
    answer = Client(enforce_csrf_checks=True).post(reverse("evidence:intake", args=["RWB-04"]), {"x": "y"})
    assert answer["Location"].startswith(reverse("custody:sign-in"))


def test_a_page_that_is_not_there_looks_the_same_as_one_that_is_not_yours(cast: Cast) -> None:
    client = browser_of(cast.outsider)
    # The header tells the age of the checkpoint in seconds.
    with time_machine.travel(clock.now(), tick=False):
        pages = [client.get(f"/cases/{code}/").content.decode() for code in ("RWB-04", "NONE-99")]
    # The address itself stands in the form that switches the language, and each asking is one more entry.
    plain = [re.sub(r"RWB-04|NONE-99|<b>\d+</b>|value=\"\w{64}\"", "", page) for page in pages]
    assert plain[0] == plain[1]
