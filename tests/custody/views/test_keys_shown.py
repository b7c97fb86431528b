"""Where keys are shown to be compared with paper: since when each counts, and until when it did."""

from __future__ import annotations

import datetime
import re
from pathlib import Path

import pytest
import time_machine
from django.urls import reverse

from custody import clock, keyring
from custody.accounts import create_account
from custody.actors import for_command
from custody.templatetags.look import spoken
from tests.cast import PASSWORD, Cast, browser_of

PAGES = [reverse("custody:fingerprints"), reverse("custody:ledger")]


def shown(page: str) -> str:
    """The page as an administrator sees it, who came after all that happened to the keys."""
    account = create_account(
        name="Nadia Karam", email="nadia@example.org", password=PASSWORD, actor=for_command(), administrator=True
    )
    return browser_of(account).get(page).content.decode()


@pytest.mark.usefixtures("one_alone")
@pytest.mark.parametrize("page", PAGES)
def test_each_key_is_told_with_the_days_on_which_it_began_and_ended(installation: Path, page: str) -> None:
    made = clock.now()
    changed, looked_at = (made + datetime.timedelta(days=days) for days in (40, 90))
    with time_machine.travel(changed, tick=False):
        keyring.rotate_registrar(actor=for_command())
    with time_machine.travel(looked_at, tick=False):
        text = shown(page)
    told = re.findall(r'<dd><code class="hash hash-full">.*?</dd>', text, re.DOTALL)
    keys = [each for each in told if "since" in each]
    assert [f"since {spoken(made)}" in each for each in keys] == [True, True, True, False]
    assert f"since {spoken(changed)}" in keys[3]
    assert [f"retired {spoken(changed)}" in each for each in keys] == [False, True, False, False]


def test_the_ledger_page_leads_administrators_to_the_paper(cast: Cast) -> None:
    found = {
        account.name: f'href="{PAGES[0]}"' in browser_of(account).get(PAGES[1]).content.decode()
        for account in (cast.administrator, cast.lead)
    }
    assert found == {cast.administrator.name: True, cast.lead.name: False}


def test_a_paper_does_not_say_that_the_keys_were_made_when_it_was_printed(installation: Path) -> None:
    made = clock.now()
    with time_machine.travel(made + datetime.timedelta(days=90), tick=False):
        text = shown(PAGES[0])
    assert "<dt>Made</dt>" not in text
