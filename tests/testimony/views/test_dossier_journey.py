"""A dossier from its plan to the hand of the court, by pages alone, in a real Chromium, in both languages.

The worker is called by its name where it would look by itself; everything else is clicked, dragged or typed.
"""

from __future__ import annotations

import hashlib
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from custody.core.bundles import verify_bundle
from custody.models import Account, Disclosure
from testimony.core.consent import State
from testimony.dossiers import jobs, plans
from testimony.models import Dossier, DossierPlan
from testimony.victims import create_victim, link_pictures
from tests.cast import Cast
from tests.config.test_in_a_browser import CHROMIUM, DESK, PHONE, Visitor, cast, chromium
from tests.testimony import files

__all__ = ["cast", "chromium"]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="NO Chromium: no dossier was made in a browser"),
]

LIST = "/cases/RWB-04/dossiers/"
PLAN = f"{LIST}D-0001/"
ROWS = ".order[data-may-order] > li"


@pytest.fixture
def numbers(cast: Cast, tmp_path: Path) -> list[str]:
    """Four pictures of one victim; one witness agreed, another wants to be asked first. There is a court."""
    items = files.take_in(cast.case, tmp_path / "in", count=4)
    victim = create_victim(case=cast.case, name_ar="سليم الحارث", actor=files.ACTOR)
    link_pictures(victim=victim, items=items, actor=files.ACTOR)
    for state in (State.YES, State.ASK_FIRST):
        files.agree(files.give_statement(cast.case, victim).witness, state)
    files.court(cast.case)
    return [item.ern for item in items]


def _planned() -> list[str]:
    return [item.ern for item in plans.items_of(DossierPlan.objects.get())]


def _rows(page: Page) -> list[str]:
    found: list[str] = page.locator(ROWS).evaluate_all("rows => rows.map(r => r.dataset.item)")
    return found


def _row(page: Page, number: str) -> Locator:
    return page.locator(f"{ROWS}[data-item='{number}']")


def _comes_to(page: Page, order: list[str]) -> None:
    """The page shows this order, and it is the one on record."""
    for place, number in enumerate(order):
        expect(page.locator(ROWS).nth(place)).to_have_attribute("data-item", number)
    page.wait_for_load_state("networkidle")
    assert (_rows(page), _planned()) == (order, order)


def _fits(page: Page) -> None:
    wide, shown = page.locator("html").evaluate("node => [node.scrollWidth, node.clientWidth]")
    assert wide <= shown, page.url


def _plan(visitor: Visitor) -> Page:
    page = visitor.go("/cases/RWB-04/victims/VF-0001/")
    page.locator("a[href*='/dossiers/new/']").click()
    page.wait_for_url("**/dossiers/new/?victim=VF-0001")
    page.locator("[name=recipient]").select_option(index=1)
    _fits(page)
    page.locator("form.form button[type=submit]").click()
    page.wait_for_url(f"**{PLAN}")
    return page


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_whole_way(
    chromium: Browser, live_server: Any, cast: Cast, numbers: list[str], language: str, tmp_path: Path
) -> None:
    lawyer = _visitor(chromium, live_server, cast.lawyer, cast, language)
    page = _plan(lawyer)
    _by_keys(page, numbers)
    _by_mouse(page, numbers)
    _gate(page)
    _preview(page, tmp_path)
    _build(page)
    _ask(page)
    lead = _visitor(chromium, live_server, cast.lead, cast, language)
    _approve(lead)
    lead.leave()
    _hand_out(page, tmp_path)
    lawyer.leave()


def _visitor(chromium: Browser, live_server: Any, account: Account, cast: Cast, language: str) -> Visitor:
    return Visitor(chromium, live_server.url, account, cast, viewport=DESK, language=language)


def _by_keys(page: Page, numbers: list[str]) -> None:
    one, two, three, four = numbers
    assert _rows(page) == numbers
    _row(page, one).locator("button[value=down]").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    _comes_to(page, [two, three, one, four])
    # The focus went with the row, and where it came to is told.
    assert page.evaluate("document.activeElement.closest('li').dataset.item") == one
    assert one in page.locator("#content > [role=status].unseen").inner_text()
    page.keyboard.press("ArrowUp")
    _comes_to(page, [two, one, three, four])
    _row(page, four).locator("button[value=up]").press("Enter")
    _comes_to(page, [two, one, four, three])


def _by_mouse(page: Page, numbers: list[str]) -> None:
    one, two, three, four = numbers
    _drag(page, three, two, before=True)
    _comes_to(page, [three, two, one, four])
    _drag(page, three, four, before=False)
    _comes_to(page, [two, one, four, three])


def _drag(page: Page, number: str, onto: str, *, before: bool) -> None:
    handle, aim = _row(page, number).locator(".handle").bounding_box(), _row(page, onto).bounding_box()
    assert handle is not None
    assert aim is not None
    page.mouse.move(handle["x"] + 8, handle["y"] + 8)
    page.mouse.down()
    page.mouse.move(handle["x"] + 8, aim["y"] + (2 if before else aim["height"] - 2), steps=8)
    assert page.locator("[data-over]").count() == 1
    page.mouse.up()


def _gate(page: Page) -> None:
    build = page.locator(f"form[action='{PLAN}build/'] button")
    expect(build).to_be_disabled()
    asked = page.locator(".gate form[data-key=statement-ST-0002] button")
    asked.click()
    expect(build).to_be_enabled()
    assert page.locator(".gate > section.hatched li").count() == 1
    assert page.evaluate("document.activeElement.closest('form').dataset.key") == "statement-ST-0002"
    _fits(page)


def _preview(page: Page, tmp_path: Path) -> None:
    with page.expect_download() as coming:
        page.locator(f"form[action='{PLAN}preview/'] button").click()
    coming.value.save_as(tmp_path / "preview.pdf")
    assert (tmp_path / "preview.pdf").read_bytes().startswith(b"%PDF")
    assert not Dossier.objects.exists()


def _build(page: Page) -> None:
    page.locator(f"form[action='{PLAN}build/'] button").click()
    page.wait_for_url("**/builds/**")
    assert page.locator("progress").count() == 1
    page.locator("a[href='?stop=1']").click()
    page.wait_for_url("**?stop=1")
    page.locator(".actions a.btn-plain[href*='/builds/']").click()
    page.wait_for_url(re.compile(r"/builds/[0-9a-f-]{36}/$"))
    assert jobs.run_waiting() == 1
    # The page asks again by itself.
    result = page.locator(f"a.btn[href='{PLAN}1/']")
    expect(result).to_be_visible(timeout=15_000)
    _fits(page)
    result.click()
    page.wait_for_url(f"**{PLAN}1/")


def _ask(page: Page) -> None:
    page.locator("[name=reason]").fill("for the hearing")
    expect(page.locator("[name=with_bundle]")).to_be_checked()
    _fits(page)
    page.locator(f"form[action='{PLAN}1/ask/'] button").click()
    page.wait_for_load_state("networkidle")
    assert page.locator("a[href*='/approvals/']", has_text=re.compile(r".+")).count() >= 1
    assert page.locator(f"form[action='{PLAN}1/hand-out/']").count() == 0


def _approve(lead: Visitor) -> None:
    page = lead.go(f"{PLAN}1/")
    page.locator("#release a[href*='/approvals/']").click()
    page.wait_for_url("**/approvals/**")
    _fits(page)
    page.locator("button[value=approve]").click()
    page.wait_for_load_state("networkidle")


def _hand_out(page: Page, tmp_path: Path) -> None:
    page.reload()
    with page.expect_download() as coming:
        page.locator(f"form[action='{PLAN}1/hand-out/'] button").click()
    coming.value.save_as(tmp_path / "handed.zip")
    version = Dossier.objects.get()
    with zipfile.ZipFile(tmp_path / "handed.zip") as packed:
        volume = packed.read("RWB-04-D-0001-1/RWB-04-D-0001-1.pdf")
        packed.extractall(tmp_path)
    assert verify_bundle(tmp_path / "RWB-04-D-0001-1/bundle").bottom_line == "sound"
    assert hashlib.sha256(volume).hexdigest() == version.sha256 == Disclosure.objects.get(kind="dossier").manifest
    page.reload()
    assert page.locator("#release a[href*='/disclosures/']").count() == 1
    assert page.locator(f"form[action='{PLAN}1/hand-out/']").count() == 0


def test_a_finger_drags_on_a_phone(chromium: Browser, live_server: Any, cast: Cast, numbers: list[str]) -> None:
    visitor = Visitor(chromium, live_server.url, cast.lawyer, cast, viewport=PHONE, has_touch=True, language="ar")
    page = _plan(visitor)
    _fits(page)
    one, two, three, four = numbers
    handle = _row(page, one).locator(".handle")
    # Away from the edges, where dragging scrolls.
    handle.evaluate("each => each.scrollIntoView({block: 'center'})")
    box, aim = handle.bounding_box(), _row(page, two).bounding_box()
    assert box is not None
    assert aim is not None
    screen = page.context.new_cdp_session(page)
    # The middle of it: near its edge a browser takes a finger to mean the button beside it.
    x, begun, ended = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, aim["y"] + aim["height"] - 2
    screen.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": begun}]})
    for step in range(1, 9):
        place = {"x": x, "y": begun + (ended - begun) * step / 8}
        screen.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [place]})
    screen.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    _comes_to(page, [two, one, three, four])
    visitor.leave()


def test_without_a_script_the_buttons_do_the_same(
    chromium: Browser, live_server: Any, cast: Cast, numbers: list[str]
) -> None:
    visitor = Visitor(chromium, live_server.url, cast.lawyer, cast, java_script_enabled=False)
    page = _plan(visitor)
    one, two, three, four = numbers
    _row(page, two).locator("button[value=up]").click()
    page.wait_for_url(f"**{PLAN}#exhibits")
    assert _planned() == [two, one, three, four]
    page.locator(f"form[data-key='exhibit-{four}'] button").click()
    page.wait_for_load_state("networkidle")
    assert _planned() == [two, one, three]
    page.locator(f"form[data-key='exhibit-{four}'] button").click()
    page.wait_for_load_state("networkidle")
    assert _planned() == [two, one, three, four]
    visitor.leave()
