"""The receipt of an intake on paper: what its signed record says, and nothing that names a file or a person."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest
from django.urls import reverse

from custody.papers import Code, compose
from evidence.batch_receipt import batch_receipt
from evidence.core.errors import IntakeError
from evidence.models import Batch
from tests.cast import Cast, browser_of, entries_since, ledger_size
from tests.custody.papers.papers import pages
from tests.exhibits import picture, receive


@pytest.fixture
def batch(cast: Cast) -> Batch:
    receive(cast.case, {"one.jpg": picture(1), "two.jpg": picture(2), "again.jpg": picture(1)})
    return Batch.objects.get()


def _address(cast: Cast, batch: Batch) -> str:
    return reverse("evidence:batch-paper", args=[cast.case.code, batch.pk])


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="needs poppler-utils")
def test_it_says_what_the_record_says_and_names_no_file(batch: Batch, tmp_path: Path) -> None:
    text = "".join(pages(batch_receipt(batch), tmp_path))
    digest = hashlib.sha256(bytes(batch.record or b"")).hexdigest()
    groups = [digest[start : start + 8] for start in range(0, 64, 8)]
    assert " ".join(groups[:4]) in text
    assert " ".join(groups[4:]) in text
    first, last = batch.items.order_by("ern")[0].ern, batch.items.order_by("-ern")[0].ern
    assert f"{first} – {last}" in text
    assert str(batch.pk) in text
    assert "one.jpg" not in text
    assert "AMN" in text


def test_the_totals_are_those_of_the_record(batch: Batch) -> None:
    rows = {row.label.en: row.value for row in batch_receipt(batch).rows}
    assert rows["Stored + already held + refused = seen"] == Code("2 + 1 + 0 = 3", strong=True)
    assert (batch.stored, batch.duplicate, batch.refused, batch.seen) == (2, 1, 0, 3)


def test_it_is_the_same_file_each_time(batch: Batch) -> None:
    assert compose(batch_receipt(batch)) == compose(batch_receipt(Batch.objects.get()))


def test_what_is_not_signed_is_not_printed(batch: Batch, cast: Cast) -> None:
    Batch.objects.update(signature=None)
    with pytest.raises(IntakeError):
        batch_receipt(Batch.objects.get())
    assert browser_of(cast.lead).get(_address(cast, batch)).status_code == 404


def test_members_get_it_on_record_and_nobody_else(batch: Batch, cast: Cast) -> None:
    for account in cast.members:
        before = ledger_size()
        answer = browser_of(account).get(_address(cast, batch))
        assert answer["Content-Type"] == "application/pdf"
        assert answer.content.startswith(b"%PDF-1.7")
        assert [(row.action, row.actor) for row in entries_since(before)] == [("case.viewed", str(account.pk))]
    for account in cast.strangers:
        before = ledger_size()
        assert browser_of(account).get(_address(cast, batch)).status_code == 404
        assert [(row.outcome, row.actor) for row in entries_since(before)] == [("denied", str(account.pk))]
