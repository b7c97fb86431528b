"""The pages of a release on a phone, in both languages, without any script; and the bundle as a browser saves it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser

from custody.core.bundles import verify_bundle
from custody.models import Approval, ApprovalState
from tests.cast import Cast
from tests.config.test_in_a_browser import CHROMIUM, PHONE, Visitor, cast, chromium
from tests.evidence.releases.agreed import approved, ask, fill

__all__ = ["cast", "chromium"]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="NO Chromium: the pages were not tried in a browser"),
]


@pytest.mark.parametrize("language", ["en", "ar"])
def test_nothing_is_wider_than_a_phone(chromium: Browser, live_server: Any, cast: Cast, language: str) -> None:
    fill(cast.case)
    agreed, waiting = approved(cast), ask(cast)
    visitor = Visitor(
        chromium, live_server.url, cast.lawyer, cast, viewport=PHONE, language=language, java_script_enabled=False
    )
    for address in (
        reverse("custody:disclosures", args=["RWB-04"]),
        reverse("evidence:release", args=["RWB-04", agreed.pk]),
        reverse("evidence:release", args=["RWB-04", waiting.pk]),
        reverse("custody:approval", args=["RWB-04", waiting.pk]),
        reverse("evidence:release-new", args=["RWB-04"]),
    ):
        _fits(visitor.go(address), address)
    page = visitor.page
    page.locator("#id_party").fill("COURT-1")
    page.locator("#id_reason").fill("The court asked for it.")
    page.locator('button[value="look"]').click()
    page.locator('button[value="ask"]').wait_for()
    _fits(page, "what would leave")
    visitor.leave()


def _fits(page: Any, what: str) -> None:
    widths = page.locator("html").evaluate("node => [node.scrollWidth, node.clientWidth]")
    assert widths[0] <= widths[1], what


def test_it_is_saved_whole(chromium: Browser, live_server: Any, cast: Cast, tmp_path: Path) -> None:
    fill(cast.case)
    request = approved(cast)
    visitor = Visitor(chromium, live_server.url, cast.lawyer, cast, viewport=PHONE, java_script_enabled=False)
    page = visitor.go(reverse("evidence:release", args=["RWB-04", request.pk]))
    with page.expect_download() as coming:
        page.get_by_role("button", name="Take the bundle").click()
    coming.value.save_as(tmp_path / "b.zip")
    assert coming.value.suggested_filename.startswith("RWB-04-")
    visitor.leave()
    assert verify_bundle(tmp_path / "b.zip").bottom_line == "sound"
    assert Approval.objects.get().state == ApprovalState.USED
