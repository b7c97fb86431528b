"""The fingerprints on paper: those on record, the same on every day, for administrators."""

from __future__ import annotations

import datetime
import hashlib
import shutil
from pathlib import Path

import pytest
import time_machine
from django.urls import reverse

from custody import key_sheet
from custody.installation import fingerprints
from custody.papers import compose
from tests.cast import Cast, browser_of
from tests.custody.papers.papers import pages

PAPER = reverse("custody:fingerprints-paper")


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="needs poppler-utils")
def test_every_fingerprint_stands_on_it_in_groups(installation: Path, tmp_path: Path) -> None:
    text = "".join(pages(key_sheet.key_sheet(), tmp_path))
    assert len(fingerprints()) == 3
    for key in fingerprints():
        groups = [key.fingerprint[start : start + 8] for start in range(0, 64, 8)]
        assert " ".join(groups[:4]) in text
        assert " ".join(groups[4:]) in text


def test_the_square_code_holds_them_too(installation: Path) -> None:
    code = key_sheet.key_sheet().code
    assert all(key.fingerprint in code for key in fingerprints())


def test_a_copy_printed_next_year_is_the_same_file(installation: Path) -> None:
    today = compose(key_sheet.key_sheet())
    with time_machine.travel(datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=400)):
        assert compose(key_sheet.key_sheet()) == today


def test_it_is_for_administrators(cast: Cast) -> None:
    for account in cast.members:
        assert browser_of(account).get(PAPER).status_code == 404
    answer = browser_of(cast.administrator).get(PAPER)
    assert answer["Content-Type"] == "application/pdf"
    assert hashlib.sha256(answer.content).digest() == hashlib.sha256(compose(key_sheet.key_sheet())).digest()
    assert answer["Cache-Control"] == "no-store"
