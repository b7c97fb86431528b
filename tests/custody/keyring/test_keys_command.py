"""``manage.py keys``: what it shows, and the paper."""

from __future__ import annotations

import io
import re
import shutil
from pathlib import Path

import pytest
from django.core.management import call_command

from custody import installation as setup
from custody import key_sheet
from custody.core import notes
from custody.papers import compose
from tests.custody.papers.papers import pages

pytestmark = pytest.mark.usefixtures("one_alone")


def told(*words: str) -> str:
    out = io.StringIO()
    call_command("keys", *words, stdout=out)
    return out.getvalue()


def test_the_list_names_every_key_and_its_state(installation: Path) -> None:
    old = setup.verifier_key().encode()
    assert re.findall(r"in force|retired", told("list")) == ["in force"] * 3
    shown = told("rotate", "ledger")
    listed = told("list")
    for vkey, state in ((old, "retired by entry"), (setup.verifier_key().encode(), "in force")):
        fingerprint = notes.fingerprint(vkey)
        assert fingerprint in shown
        assert re.search(rf"{fingerprint}\n +since .* UTC, {state}", listed)
    assert told("rotate", "registrar").startswith("retired  ")


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="NO pdftotext (poppler-utils): the paper was not read")
def test_the_paper_says_which_key_was_retired(installation: Path, tmp_path: Path) -> None:
    old = notes.fingerprint(setup.verifier_key().encode())
    told("rotate", "ledger")
    sheet = key_sheet.key_sheet()
    assert [each.value for each in sheet.digests if "retired" in each.label.en] == [old]
    text = "".join(pages(sheet, tmp_path))
    assert text.count("retired") == 1
    assert compose(key_sheet.key_sheet()) == compose(sheet), "another copy is the same file"


def test_the_paper_holds_every_fingerprint(installation: Path, tmp_path: Path) -> None:
    pikepdf = pytest.importorskip("pikepdf")
    told("rotate", "ledger")
    paper = tmp_path / "keys.pdf"
    told("paper", str(paper))
    with pikepdf.open(paper) as pdf:
        assert len(pdf.pages) >= 1
    assert len(setup.fingerprints()) == 4
