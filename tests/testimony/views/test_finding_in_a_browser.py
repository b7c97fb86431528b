"""Searching in statements and handing data out, on a phone, in a real Chromium, in both languages."""

from __future__ import annotations

import zipfile
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from custody.models import Disclosure
from custody.purposes import Purpose
from evidence.models import EvidenceItem
from testimony.core.consent import State
from testimony.victims import create_victim
from tests.cast import Cast
from tests.config.test_in_a_browser import CHROMIUM, PHONE, Visitor, cast, chromium, items
from tests.testimony import files

__all__ = ["cast", "chromium", "items"]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="NO Chromium: the pages were not looked at"),
]

CASE = "/cases/RWB-04/"


def _press(page: Page, selector: str) -> None:
    page.locator(selector).click()
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], page.url


@pytest.mark.parametrize("language", ["en", "ar"])
def test_words_are_searched_and_data_is_handed_out_on_a_phone(
    chromium: Browser, live_server: Any, cast: Cast, items: list[EvidenceItem], language: str
) -> None:
    statement = files.give_statement(cast.case, create_victim(case=cast.case, name_ar="نور", actor=files.ACTOR))
    files.agree(statement.witness, State.YES)
    files.court(cast.case, "COURT-1")
    visitor = Visitor(chromium, live_server.url, cast.lead, cast, viewport=PHONE, language=language)
    page = visitor.go(f"{CASE}find/words/")
    page.locator("[name=words]").fill("marigold")
    _press(page, "form.form button[type=submit]")
    assert page.locator("#found a").get_attribute("href") == f"{CASE}statements/{statement.code}/"
    page = visitor.go(f"{CASE}people/export/")
    page.locator("[name=party]").select_option("COURT-1")
    _press(page, "button[value=look]")
    assert not Disclosure.objects.exists()
    with page.expect_download() as coming:
        page.locator("button[value=hand-out]").click()
    with zipfile.ZipFile(coming.value.path()) as archive:
        assert "RWB-04-people-1/people.xlsx" in archive.namelist()
    assert Disclosure.objects.get().purpose == Purpose.DISCLOSURE
    visitor.leave()
