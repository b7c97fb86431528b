"""A witness signs on the screen of a phone, by finger or mouse, and the sealed form opens again, in real Chromium."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from testimony.models import ConsentConversation, Opening, Witness, WitnessFile
from tests.cast import Cast
from tests.config.test_in_a_browser import CHROMIUM, PHONE, Visitor, cast, chromium
from tests.testimony import scans
from tests.testimony.statements import taking

__all__ = ["cast", "chromium"]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="NO Chromium: nobody signed on its screen"),
]

PAGE = "/cases/RWB-04/witnesses/W-0001/"
DURATION = """audio => audio.readyState ? audio.duration : new Promise(
    known => audio.addEventListener("loadedmetadata", () => known(audio.duration)))"""
LINE = [(0.1, 0.8), (0.3, 0.2), (0.5, 0.8), (0.7, 0.3)]


@pytest.fixture
def witness(cast: Cast) -> Witness:
    return taking.witness_of(cast.case)


def _answer(page: Page) -> None:
    for box in page.locator("input[name=information]").all():
        box.check()
    page.locator("[name=answer_court-dossier_court]").select_option("yes")


def _places(page: Page) -> list[tuple[float, float]]:
    field = page.locator("canvas")
    field.scroll_into_view_if_needed()
    box = field.bounding_box()
    assert box is not None
    return [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in LINE]


def _by_mouse(page: Page) -> None:
    first, *others = _places(page)
    page.mouse.move(*first)
    page.mouse.down()
    for place in others:
        page.mouse.move(*place, steps=6)
    page.mouse.up()


def _by_finger(page: Page) -> None:
    screen = page.context.new_cdp_session(page)
    first, *others = [{"x": x, "y": y} for x, y in _places(page)]
    screen.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [first]})
    for place in others:
        screen.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [place]})
    screen.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def _fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], page.url


@pytest.mark.parametrize(("language", "draw"), [("en", _by_mouse), ("ar", _by_finger)], ids=["mouse", "finger"])
def test_the_form_is_signed_on_the_screen_and_opened_again(
    chromium: Browser, live_server: Any, cast: Cast, witness: Witness, language: str, draw: Any
) -> None:
    visitor = Visitor(
        chromium, live_server.url, cast.investigator, cast, viewport=PHONE, language=language, has_touch=True
    )
    page = visitor.go(f"{PAGE}consent/")
    _fits(page)
    _answer(page)
    draw(page)
    assert page.locator("[name=how]").input_value() == "on-screen"
    assert page.locator("[name=drawn]").input_value().startswith("[[[10")
    page.locator("form.form button[type=submit]").click()
    page.wait_for_load_state("networkidle")
    file = WitnessFile.objects.get()
    assert ConsentConversation.objects.get().file == file
    page.locator("a[href$='/files/F-0001/']").first.click()
    page.locator("[name=reason]").fill("To look at the signature")
    page.locator("form.form button[type=submit]").click()
    page.wait_for_load_state("networkidle")
    _fits(page)
    assert Opening.objects.get().subject == file.pk
    with page.expect_download() as download:
        page.locator("a[href$='?save']").click()
    saved = Path(download.value.path()).read_bytes()
    assert saved.startswith(b"%PDF")
    assert hashlib.sha256(saved).hexdigest() == scans.open_at_the_console(file).sha256
    visitor.leave()


def test_what_was_signed_is_signed_again_when_an_answer_changes(
    chromium: Browser, live_server: Any, cast: Cast, witness: Witness
) -> None:
    visitor = Visitor(chromium, live_server.url, cast.investigator, cast, viewport=PHONE)
    page = visitor.go(f"{PAGE}consent/")
    _answer(page)
    _by_mouse(page)
    drawn = page.locator("[name=drawn]")
    assert drawn.input_value() != ""
    page.locator("[name=answer_media_media]").select_option("no")
    assert drawn.input_value() == ""
    assert "sign again" in page.locator("[data-signing-line]").inner_text()
    _by_mouse(page)
    assert drawn.input_value() != ""
    page.locator("[data-signing-paper]").focus()
    page.keyboard.press("Enter")
    assert (drawn.input_value(), page.locator("[name=how]").input_value()) == ("", "signature")
    assert page.evaluate("document.activeElement.name") == "file"
    visitor.leave()


def test_only_the_language_of_the_conversation_is_shown_to_read(
    chromium: Browser, live_server: Any, cast: Cast, witness: Witness
) -> None:
    visitor = Visitor(chromium, live_server.url, cast.investigator, cast, viewport=PHONE)
    page = visitor.go(f"{PAGE}consent/")
    shown = "Array.from(document.querySelectorAll('[data-spoken]:not([hidden])')).map(e => e.lang)"
    assert page.evaluate(shown) == ["ar"]
    page.locator("select[name=language]").select_option("en")
    assert page.evaluate(shown) == ["en"]
    page.locator("select[name=language]").select_option("ku")
    assert page.evaluate(shown) == ["ar", "en"]
    visitor.leave()


def test_without_javascript_the_paper_way_remains(
    chromium: Browser, live_server: Any, cast: Cast, witness: Witness, tmp_path: Path
) -> None:
    visitor = Visitor(chromium, live_server.url, cast.investigator, cast, viewport=PHONE, java_script_enabled=False)
    page = visitor.go(f"{PAGE}consent/")
    assert not page.locator("canvas").is_visible()
    assert page.locator("noscript p").first.is_visible()
    _answer(page)
    scan = tmp_path / "form.jpg"
    scan.write_bytes(scans.scan())
    page.locator("[name=how]").select_option("thumbprint")
    page.locator("[name=file]").set_input_files(scan)
    page.locator("form.form button[type=submit]").click()
    page.wait_for_load_state("networkidle")
    assert scans.read(WitnessFile.objects.get()) == scans.scan()
    visitor.leave()


def test_a_picture_and_a_recording_are_shown_in_the_page(
    chromium: Browser, live_server: Any, cast: Cast, witness: Witness
) -> None:
    scans.keep(witness, scans.scan(size=900))
    silence = b"RIFF" + (36 + 80_000).to_bytes(4, "little") + b"WAVEfmt " + bytes.fromhex("10000000")
    silence += bytes.fromhex("0100010040 1f0000 401f0000 0100 0800".replace(" ", "")) + b"data"
    scans.keep(witness, silence + (80_000).to_bytes(4, "little") + bytes([128]) * 80_000, name="hearing.wav")
    visitor = Visitor(chromium, live_server.url, cast.investigator, cast, viewport=PHONE)
    for code in ("F-0001", "F-0002"):
        page = visitor.go(f"/cases/RWB-04/files/{code}/")
        page.locator("[name=reason]").fill("To look and to listen")
        page.locator("form.form button[type=submit]").click()
        page.wait_for_load_state("networkidle")
        _fits(page)
        if code == "F-0001":
            assert page.evaluate("document.querySelector('img.opened').naturalWidth") == 900
        else:
            assert page.locator("audio").evaluate(DURATION) > 9
    visitor.leave()
