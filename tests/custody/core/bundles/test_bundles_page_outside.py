"""The page beside what outside parties said: it checks none of it, says so, and takes their paper for what it is."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.custody.core.bundles import outsiders, pages
from tests.custody.core.bundles.outsiders import PAPER, TSA_PAPER
from tests.custody.core.bundles.pages import Visit
from tests.custody.core.bundles.samples import Ledger

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.skipif(pages.CHROMIUM is None, reason=pages.MISSING),
]


@pytest.fixture
def visit(tmp_path: Path) -> Iterator[Visit]:
    file = tmp_path / "verify.html"
    file.write_bytes(pages.packed_page())
    with pages.chromium() as browser:
        yield Visit(browser, file)


@pytest.mark.parametrize(("paper", "bottom_line"), [((*PAPER.values(), TSA_PAPER), "sound"), (("ab" * 32,), "unsound")])
def test_fingerprints_of_outside_parties_are_known_to_the_page(
    visit: Visit, root: Path, ledger: Ledger, paper: tuple[str, ...], bottom_line: str
) -> None:
    outsiders.vouch(root, ledger)
    visit.page.fill("#paper", "\n".join(paper))
    verdict = visit.check(root)
    assert verdict["bottom_line"] == bottom_line
    assert "outside parties: time-stamps" in " ".join(verdict["not_checked"])
    assert visit.complaints == []
