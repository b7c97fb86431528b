"""What somebody typed, in a real Chromium: kept when the sign-in has ended, sent once, not left by mistake."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Browser, Dialog, Page

from custody.models import Account
from testimony.models import Victim
from tests.cast import Cast, browser_of
from tests.config.test_in_a_browser import Visitor, cast, chromium, pytestmark

__all__ = ["cast", "chromium", "pytestmark"]

VICTIMS = "/cases/RWB-04/victims/"
NOTES = "seen in the yard in May"


@pytest.fixture
def visitor(chromium: Browser, live_server: Any, cast: Cast) -> Visitor:
    return Visitor(chromium, live_server.url, cast.lead, cast)


def _typed(visitor: Visitor) -> Page:
    visitor.page.clock.install()
    page = visitor.go(VICTIMS)
    page.locator("[name=name_latin]").fill("Salim")
    page.locator("[name=notes]").fill(NOTES)
    return page


def _sign_in_again(visitor: Visitor, account: Account) -> None:
    cookie = browser_of(account).cookies["amana-session"].value
    visitor.context.add_cookies([{"name": "amana-session", "value": cookie, "url": visitor.origin}])


def test_words_outlast_the_sign_in_under_which_they_were_typed(visitor: Visitor, cast: Cast) -> None:
    page = _typed(visitor)
    Session.objects.all().delete()
    page.clock.fast_forward(120_000)
    page.locator("main button[type=submit]").last.click()
    page.wait_for_selector("[data-not-sent]")
    assert "Nothing was sent" in page.locator("[data-not-sent]").inner_text()
    assert page.locator("[name=notes]").input_value() == NOTES
    _sign_in_again(visitor, cast.lead)
    with page.expect_navigation():
        page.locator("main button[type=submit]").last.click()
    assert Victim.objects.get().notes == NOTES
    visitor.context.close()


def test_they_are_not_sent_in_the_name_of_another_who_signed_in_meanwhile(visitor: Visitor, cast: Cast) -> None:
    page = _typed(visitor)
    _sign_in_again(visitor, cast.investigator)
    page.clock.fast_forward(120_000)
    page.locator("main button[type=submit]").last.click()
    page.wait_for_selector("[data-not-sent]")
    assert page.locator("[name=notes]").input_value() == NOTES
    assert not Victim.objects.exists()
    visitor.context.close()


def test_a_double_click_makes_one(visitor: Visitor) -> None:
    page = _typed(visitor)
    button = page.locator("main button[type=submit]").last
    button.evaluate("button => { button.click(); setTimeout(() => button.click(), 15); }")
    page.wait_for_url("**/victims/VF-*/")
    assert Victim.objects.count() == 1
    visitor.leave()


@pytest.mark.parametrize(("typing", "asked"), [(True, ["beforeunload"]), (False, [])])
def test_the_other_language_is_no_way_to_lose_what_was_typed(visitor: Visitor, typing: bool, asked: list[str]) -> None:
    told: list[str] = []
    page = _typed(visitor) if typing else visitor.go(VICTIMS)

    def accept(dialog: Dialog) -> None:
        told.append(dialog.type)
        dialog.accept()

    page.on("dialog", accept)
    page.evaluate("document.querySelector('form.languages button').click()")
    page.wait_for_selector("html[lang=ar]")
    assert told == asked
    visitor.leave()
