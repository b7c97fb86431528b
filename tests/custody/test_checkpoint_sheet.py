"""The checkpoint on paper: what is read aloud is the root, and the square code holds the very note that was signed."""

from __future__ import annotations

import base64
import datetime
import shutil
import subprocess
from pathlib import Path

import pytest
import time_machine
from django.urls import reverse

from custody import checkpoint_sheet, installation, notary
from custody.core import notes
from custody.models import SignedCheckpoint
from custody.papers import compose
from tests.cast import Cast, browser_of, entries_since, ledger_size
from tests.custody.notary.ledgers import grow_to, tamper
from tests.custody.papers.papers import pages

PAPER = reverse("custody:checkpoint-paper")


def newest() -> SignedCheckpoint:
    return SignedCheckpoint.objects.get(size=notary.ensure_checkpoint().size)


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="NO PAPER READ: needs poppler-utils")
def test_everything_stands_on_one_page(installation: Path, tmp_path: Path) -> None:
    grow_to(1234)
    row = newest()
    (text,) = pages(checkpoint_sheet.checkpoint_sheet(), tmp_path)
    root = bytes(row.root)
    groups = [root.hex()[start : start + 4] for start in range(0, 64, 4)]
    for start in range(0, 16, 4):
        assert " ".join(groups[start : start + 4]) in text
    assert base64.b64encode(root).decode() in text
    assert "test.amana.localhost/ledger" in text
    assert "1234" in text
    assert f"{row.signed.astimezone(datetime.UTC):%Y-%m-%d %H:%M:%S} UTC" in text
    for words in ("Read into the minutes of", "Clerk of the court"):
        assert words in text


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="NO PAPER READ: needs poppler-utils")
def test_the_keys_fingerprint_is_that_of_its_own_paper(installation: Path, tmp_path: Path) -> None:
    (text,) = pages(checkpoint_sheet.checkpoint_sheet(), tmp_path)
    fingerprint = notes.fingerprint(setup_key())
    assert " ".join(fingerprint[start : start + 8] for start in range(0, 32, 8)) in text


def setup_key() -> str:
    return installation.verifier_key().encode()


@pytest.mark.skipif(
    shutil.which("zbarimg") is None or shutil.which("pdftoppm") is None,
    reason="NO SQUARE CODE READ: needs zbar-tools and poppler-utils",
)
@pytest.mark.parametrize("resolution", [100, 150, 300])
def test_a_camera_reads_the_note_byte_by_byte(installation: Path, tmp_path: Path, resolution: int) -> None:
    row, pdf, picture = newest(), tmp_path / "sheet.pdf", tmp_path / "sheet"
    pdf.write_bytes(compose(checkpoint_sheet.checkpoint_sheet()))
    subprocess.run(["pdftoppm", "-r", str(resolution), "-singlefile", "-png", str(pdf), str(picture)], check=True)
    found = subprocess.run(
        ["zbarimg", "-q", "--raw", "-Sbinary", f"{picture}.png"], capture_output=True, check=True
    ).stdout
    assert found == bytes(row.note)


def test_a_copy_printed_next_year_is_the_same_file(installation: Path) -> None:
    today = compose(checkpoint_sheet.checkpoint_sheet())
    with time_machine.travel(datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=400)):
        assert compose(checkpoint_sheet.checkpoint_sheet()) == today


def test_whoever_sees_the_ledgers_page_prints_it_and_that_is_recorded(cast: Cast) -> None:
    notary.ensure_checkpoint()
    for account in (*cast.members, *cast.strangers):
        before = ledger_size()
        answer = browser_of(account).get(PAPER)
        assert answer["Content-Type"] == "application/pdf"
        assert answer.content == compose(checkpoint_sheet.checkpoint_sheet())
        assert [(row.action, row.actor) for row in entries_since(before)] == [("ledger.viewed", str(account.pk))]


def test_a_checkpoint_that_no_key_of_ours_signed_is_not_printed(cast: Cast) -> None:
    row = newest()
    tamper(
        "UPDATE custody_signedcheckpoint SET note = %s WHERE size = %s", bytes(row.note)[:-8] + b"AAAAAAA\n", row.size
    )
    with pytest.raises(checkpoint_sheet.NoCheckpoint):
        checkpoint_sheet.checkpoint_sheet()
    answer = browser_of(cast.auditor).get(PAPER, follow=True)
    assert "There is nothing to print" in answer.content.decode()


def test_without_a_checkpoint_there_is_nothing_to_print(cast: Cast) -> None:
    tamper("DELETE FROM custody_signedcheckpoint")
    with pytest.raises(checkpoint_sheet.NoCheckpoint):
        checkpoint_sheet.checkpoint_sheet()
