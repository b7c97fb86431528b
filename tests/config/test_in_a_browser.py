"""The pages in a real Chromium: no page wider than a phone, nothing fetched from elsewhere, keys, reveal, upload."""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright

from custody.models import Account, Entry
from custody.purposes import Purpose
from evidence.admissions import items_in
from evidence.models import EvidenceItem
from tests.cast import Cast, browser_of, make_cast
from tests.config.addresses.world import OF_ADMINISTRATORS, PAGES, World, world
from tests.custody.approvals.releases import procedures
from tests.exhibits import examine, picture, receive

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
QUIET = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
PHONE, DESK = {"width": 360, "height": 780}, {"width": 1280, "height": 900}

__all__ = ["procedures", "world"]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="NO Chromium: the pages were not tried in a browser"),
]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    # The driver keeps an event loop in this thread; the database is used outside of it all the same.
    with sync_playwright() as playwright, pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def cast(chromium: Browser, lasting_installation: Path) -> Cast:
    return make_cast()


@pytest.fixture
def items(cast: Cast) -> list[EvidenceItem]:
    found = receive(cast.case, {f"{number}.jpg": picture(10 * number) for number in range(1, 5)})
    for item in found:
        examine(item)
    return found


class Visitor:
    """A signed-in person at a screen. Anything that the page complains of, or asks of elsewhere, is kept."""

    def __init__(self, chromium: Browser, origin: str, account: Account, cast: Cast, **options: Any) -> None:
        client = browser_of(account, purpose=Purpose.IDENTIFICATION, case=cast.case)
        language = options.pop("language", "en")
        self.origin = origin
        self.complaints: list[str] = []
        self.elsewhere: list[str] = []
        self.context = chromium.new_context(viewport=options.pop("viewport", DESK), **options)
        cookies = {"amana-session": client.cookies["amana-session"].value, "amana-language": language}
        self.context.add_cookies([{"name": name, "value": value, "url": origin} for name, value in cookies.items()])
        self.page: Page = self.context.new_page()
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", self._asked)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(message.text)

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self.origin, "blob:")):
            self.elsewhere.append(request.url)

    def go(self, address: str) -> Page:
        self.page.goto(self.origin + address)
        self.page.wait_for_load_state("networkidle")
        return self.page

    def leave(self) -> None:
        self.context.close()
        assert self.complaints == []
        assert self.elsewhere == []


NAMELESS = """() => Array.from(document.querySelectorAll("a, button, input, select, textarea, img"))
    .filter(e => e.type !== "hidden")
    .filter(e => !(e.labels?.length || e.textContent.trim() || e.getAttribute("aria-label") || e.title
                   || e.getAttribute("alt") || e.querySelector("img[alt]")))
    .map(e => e.outerHTML.slice(0, 120))"""
"""Controls without a name, pictures without a text, fields without a label: what a screen reader can't tell."""


def _pages(world: World) -> Iterator[tuple[str, Account, str]]:
    """Every page: its name, who may see it, its address. Not what is saved as a file, or only posted to."""
    cast = world.cast
    for name in PAGES:
        who = cast.administrator if name in OF_ADMINISTRATORS else cast.lead
        client = browser_of(who, purpose=Purpose.IDENTIFICATION, case=cast.case)
        address = reverse(name, kwargs=world.values(client, name))
        answer = client.get(address)
        answer.close()
        saved = answer.get("Content-Disposition", "").startswith("attachment")
        if answer.status_code == 200 and not saved and answer["Content-Type"].startswith("text/html"):
            yield name, who, address


@pytest.mark.parametrize("language", ["en", "ar"])
def test_no_page_is_wider_than_a_phone_none_asks_elsewhere_and_every_control_has_a_name(
    chromium: Browser, live_server: Any, world: World, language: str
) -> None:
    cast = world.cast
    visitors = {
        who.pk: Visitor(chromium, live_server.url, who, cast, viewport=PHONE, language=language)
        for who in (cast.lead, cast.administrator)
    }
    wider, nameless = {}, {}
    for name, who, address in list(_pages(world)):
        page = visitors[who.pk].go(address)
        by = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if by > 0:
            wider[name] = by
        if without := page.evaluate(NAMELESS):
            nameless[name] = without
        assert page.evaluate("document.documentElement.dir") == ("rtl" if language == "ar" else "ltr"), name
    for visitor in visitors.values():
        visitor.leave()
    assert (wider, nameless) == ({}, {})


def test_keys_move_through_the_sheet_and_open_an_item(
    chromium: Browser, live_server: Any, cast: Cast, items: list[EvidenceItem]
) -> None:
    visitor = Visitor(chromium, live_server.url, cast.lead, cast)
    page = visitor.go(reverse("evidence:case", args=["RWB-04"]))
    for key in ("j", "j", "j", "k"):
        page.keyboard.press(key)
    assert "0000-0002" in page.evaluate("document.activeElement.textContent")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "q"
    page.keyboard.press("Escape")
    page.locator("body").click(position={"x": 2, "y": 2})
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/items/*0001/")
    visitor.leave()


def test_the_preview_comes_into_its_place_and_every_picture_was_really_shown(
    chromium: Browser, live_server: Any, cast: Cast, items: list[EvidenceItem]
) -> None:
    visitor = Visitor(chromium, live_server.url, cast.lead, cast)
    page = visitor.go(reverse("evidence:item", args=["RWB-04", items[0].ern]))
    veiled = page.locator("#figure img").get_attribute("src")
    page.locator("#figure form button").click()
    page.wait_for_selector("#figure .picture-shown img")
    assert page.locator("#figure img").get_attribute("src") != veiled
    assert page.locator("#figure img").evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    newest = Entry.objects.order_by("-seq")[0]
    assert b'"form":"preview"' in bytes(newest.body)
    visitor.leave()


@pytest.mark.parametrize("scripts", [True, False])
def test_files_come_in_with_and_without_javascript(
    chromium: Browser, live_server: Any, cast: Cast, tmp_path: Path, scripts: bool
) -> None:
    paths = []
    for name, content in (("one.jpg", picture(1)), ("صورة ١٢.jpg", picture(2)), ("empty.txt", b"")):
        (tmp_path / name).write_bytes(content)
        paths.append(tmp_path / name)
    visitor = Visitor(chromium, live_server.url, cast.investigator, cast, java_script_enabled=scripts)
    page = visitor.go(reverse("evidence:intake", args=["RWB-04"]))
    page.set_input_files("input[type=file]", paths)
    page.locator("main form button[type=submit]").click()
    page.wait_for_url(re.compile(r"/intake/[0-9a-f-]{36}/"))
    assert page.locator("tbody tr").count() == 3
    visitor.leave()
    digests = {hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}
    held = list(items_in(cast.case))
    assert {item.sha256 for item in held} == digests
    # Only a script can compute the digest before sending; the receipt says which it was.
    assert all((b'"source_digest"' in bytes(item.receipt.record)) is scripts for item in held)
