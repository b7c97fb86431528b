"""What the register could not hold is refused before anything is recorded or written."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import CommandError

from custody import ledger
from evidence.bundles.orders import OrderError
from tests.evidence.bundles.handed import case_with_files, order, run

pytestmark = pytest.mark.usefixtures("installation")


def test_as_many_words_as_the_register_holds_and_no_more() -> None:
    case = case_with_files()
    assert order(case, words="x" * 200).words == "x" * 200
    with pytest.raises(OrderError, match="at most 200"):
        order(case, words="x" * 201)


@pytest.mark.parametrize("authority", ["Order 7\nof 1 March", "x" * 257])
def test_an_authority_is_one_line_that_the_register_holds(authority: str) -> None:
    case = case_with_files()
    assert order(case, authority="Order 7 of 1 March").authority
    with pytest.raises(OrderError, match="authority"):
        order(case, authority=authority)


@pytest.mark.parametrize("more", [["--recipient", "x " * 150], ["--authority", "two\nlines"]])
@pytest.mark.parametrize("zipped", [[], ["--zip"]], ids=["folder", "zip"])
def test_the_command_says_so_before_it_writes(tmp_path: Path, more: list[str], zipped: list[str]) -> None:
    case_with_files()
    before = ledger.size()
    with pytest.raises(CommandError, match=r"at most|can't be entered"):
        run("RWB-04", "--to", str(tmp_path / "b"), *more, *zipped)
    assert ledger.size() == before
    assert not list(tmp_path.glob("b*"))
