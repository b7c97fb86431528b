"""The verifier's page in a real Chromium, opened from disk as the person who received a bundle opens it."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

import custody.core
from custody.core import packing

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
MISSING = "NO Chromium: the page was not tried in a browser"
QUIET = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
PARTS = Path(custody.core.__file__).parent / "page"


def packed_page() -> bytes:
    """The page as a bundle has it."""
    return packing.pack_page({path.name: path.read_bytes() for path in PARTS.iterdir()})


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser for a whole module."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


class Visit:
    """One opening of the page. What it complains of, and what it asks for beside itself, is kept."""

    def __init__(self, browser: Browser, file: Path, **options: Any) -> None:
        self.complaints: list[str] = []
        self.asked: list[str] = []
        # The context is cut off: only the page's own rule could otherwise be what holds.
        self.context = browser.new_context(offline=True, **options)
        self.page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(file.as_uri())

    def check(self, path: Path) -> dict[str, Any]:
        """Choose a folder or a ZIP file; the verdict."""
        if self.page.is_visible("#again"):
            self.page.click("#again")
        self.page.set_input_files("#folder" if path.is_dir() else "#zip", path)
        self.page.wait_for_selector("#result:not([hidden])", timeout=60_000)
        verdict: dict[str, Any] = json.loads(self.page.input_value("#json"))
        return verdict


def bad_facts(verdict: dict[str, Any]) -> set[str]:
    """The facts that do not hold."""
    return {finding["fact"] for finding in verdict["findings"] if finding["state"] == "bad"}
