"""The page as a person meets it: both languages, a phone, a keyboard, no network, no Python."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.custody.core.bundles import pages
from tests.custody.core.bundles.acts import PHOTO
from tests.custody.core.bundles.archives import zip_folder
from tests.custody.core.bundles.pages import Visit
from tests.custody.core.bundles.samples import put, rebag

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.skipif(pages.CHROMIUM is None, reason=pages.MISSING),
]
PHONE = {"width": 360, "height": 780}

NAMELESS = """() => Array.from(document.querySelectorAll("a, button, input, textarea, progress"))
    .filter(e => !(e.labels?.length || e.textContent.trim() || e.getAttribute("aria-label")
                   || e.getAttribute("aria-labelledby")))
    .map(e => e.outerHTML.slice(0, 120))"""
WIDER = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with pages.chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "verify.html"
    path.write_bytes(pages.packed_page())
    return path


def _leave(visit: Visit, file: Path) -> None:
    visit.context.close()
    assert visit.complaints == []
    assert visit.asked == [file.as_uri()]


@pytest.mark.parametrize("language", ["en", "ar"])
def test_nothing_is_wider_than_a_phone(browser: Browser, file: Path, root: Path, language: str) -> None:
    visit = Visit(browser, file, viewport=PHONE, locale=language)
    page = visit.page
    assert page.locator("html").get_attribute("dir") == ("rtl" if language == "ar" else "ltr")
    assert page.evaluate(WIDER) == 0
    visit.check(root)
    page.click("summary")
    assert page.evaluate(WIDER) == 0
    put(root, "data/" + "very-long-name" * 15, b"x")
    (root / PHOTO).write_bytes(b"x")
    visit.check(root)
    assert page.evaluate(WIDER) == 0
    assert page.evaluate(NAMELESS) == []
    _leave(visit, file)


def test_the_language_changes_also_after_a_verdict(browser: Browser, file: Path, root: Path) -> None:
    visit = Visit(browser, file, locale="en")
    (root / PHOTO).write_bytes(b"x")
    english = visit.check(root)
    shown = visit.page.inner_text("main")
    assert "Unsound" in shown
    visit.page.click("#language")
    assert visit.page.locator("html").get_attribute("lang") == "ar"
    arabic = visit.page.inner_text("main")
    assert "غير سليمة" in arabic
    assert "Unsound" not in arabic.split("{")[0]
    # The form for machines stays the same, whoever looks.
    assert json.loads(visit.page.input_value("#json")) == english
    _leave(visit, file)


def test_every_control_is_reached_by_the_keyboard(browser: Browser, file: Path, root: Path) -> None:
    visit = Visit(browser, file)
    page = visit.page
    # The browser is told early to hand choosers over: told with the key's press, it may be late.
    page.on("filechooser", lambda _: None)
    reached = []
    for _ in range(4):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("() => document.activeElement.id"))
    assert reached == ["language", "paper", "folder", "zip"]
    with page.expect_file_chooser() as chosen:
        page.keyboard.press("Space")
    chosen.value.set_files(zip_folder(root, root.parent / "b.zip"))
    page.wait_for_selector("#result:not([hidden])")
    # What changed is where the person is.
    assert page.evaluate("() => document.activeElement.id") == "line"
    assert page.inner_text("#line") == "Sound"
    _leave(visit, file)


def test_a_dropped_zip_is_checked(browser: Browser, file: Path, root: Path) -> None:
    visit = Visit(browser, file)
    data = zip_folder(root, root.parent / "b.zip").read_bytes()
    transfer = visit.page.evaluate_handle(
        "bytes => { const made = new DataTransfer();"
        " made.items.add(new File([new Uint8Array(bytes)], 'b.zip')); return made; }",
        list(data),
    )
    visit.page.dispatch_event("#choose", "drop", {"dataTransfer": transfer})
    visit.page.wait_for_selector("#result:not([hidden])")
    assert visit.page.inner_text("#line") == "Sound"
    _leave(visit, file)


def test_the_verdict_is_there_for_scripts(browser: Browser, file: Path, root: Path) -> None:
    visit = Visit(browser, file)
    verdict = visit.check(root)
    assert visit.page.evaluate("() => window.verdict") == verdict
    _leave(visit, file)


def test_names_are_text_and_never_markup(browser: Browser, file: Path, root: Path) -> None:
    visit = Visit(browser, file)
    put(root, "data/<img src=x onerror=alert(1)>\u202egpj.exe", b"x")
    visit.check(root)
    shown = visit.page.inner_text("#facts")
    assert "<img src=x onerror=alert(1)>\\u{202e}gpj.exe" in shown
    assert visit.page.locator("#facts img").count() == 0
    _leave(visit, file)


def test_the_page_itself_may_ask_for_nothing(browser: Browser, file: Path) -> None:
    """Its own rule holds, even against its own script."""
    visit = Visit(browser, file)
    refused = "() => fetch('https://example.org/').then(() => 'sent', error => String(error))"
    assert "Failed to fetch" in visit.page.evaluate(refused)
    assert any("Content Security Policy" in text for text in visit.complaints)
    visit.context.close()


def test_a_large_file_goes_through_in_pieces(browser: Browser, file: Path, tmp_path: Path) -> None:
    """Over 64 MiB the page computes both digests itself; a manifest of the right ones agrees."""
    folder = tmp_path / "bag"
    put(folder, "data/large", b"")
    with (folder / "data/large").open("r+b") as large:
        large.truncate(70 * 1024 * 1024)
        large.write(b"not only noughts")
    rebag(folder)
    visit = Visit(browser, file)
    for path in (folder, zip_folder(folder, tmp_path / "b.zip")):
        verdict = visit.check(path)
        assert not {finding["fact"] for finding in verdict["findings"]} & {"file", "manifest", "bag", "path", "zip"}
        assert verdict["counts"]["bytes"] > 70 * 1024 * 1024
    _leave(visit, file)
