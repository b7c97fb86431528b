"""A bundle as it is really written, folder and ZIP, on the page that goes with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from evidence.bundles import hand_out_zip
from tests.custody.core.bundles import pages
from tests.custody.core.bundles.pages import Visit
from tests.evidence.bundles.handed import case_with_files, court, hand, order, quiet

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.skipif(pages.CHROMIUM is None, reason=pages.MISSING),
]


@pytest.mark.usefixtures("lasting_installation")
def test_the_page_finds_both_sound(tmp_path: Path) -> None:
    case, party = case_with_files(), court()
    hand(case, tmp_path / "first", party=party)
    hand(case, tmp_path / "second", party=party)
    hand_out_zip(order(case, party=party), to=tmp_path / "third.zip", progress=quiet)
    page = tmp_path / "second" / "verify" / "verify.html"
    with pages.chromium() as browser:
        visit = Visit(browser, page)
        for path in ("second", "third.zip"):
            verdict = visit.check(tmp_path / path)
            assert (verdict["bottom_line"], verdict["findings"]) == ("sound", [])
            assert verdict["counts"]["originals"] == 3
        assert visit.complaints == []
