"""The tamper table of examinations and of the pictures made from originals."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection

from custody.actors import for_process
from custody.models import Case
from custody.verification import Inspection, inspect
from evidence import examining
from evidence.access.asking import Form
from evidence.access.objects import find_object
from evidence.intake import TakenIn
from evidence.models import EvidenceItem, Examination
from tests.evidence.conftest import jpeg
from tests.evidence.verification.test_tampering import Act, sql, unfenced


@pytest.fixture
def examined(folder: Path, ingest: Callable[..., TakenIn]) -> Path:
    """Two pictures and a text, all examined."""
    (folder / "a.jpg").write_bytes(jpeg(colour="teal"))
    (folder / "b.jpg").write_bytes(jpeg(colour="olive"))
    (folder / "c.txt").write_bytes(b"no picture\n")
    ingest(folder)
    examining.examine_waiting(actor=for_process("worker"))
    return folder


def keys() -> list[str]:
    items = EvidenceItem.objects.order_by("ern")[:2]
    return [item.pk.hex if connection.vendor == "sqlite" else str(item.pk) for item in items]


def swap_the_pictures_of_two_items() -> None:
    one, other = keys()
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM evidence_derivative WHERE item_id = %s", [one])
        of_one = [key for (key,) in cursor.fetchall()]
        cursor.execute("UPDATE evidence_derivative SET item_id = %s WHERE item_id = %s", [one, other])
        for key in of_one:
            cursor.execute("UPDATE evidence_derivative SET item_id = %s WHERE id = %s", [other, key])


def replace_one_examination_by_none() -> None:
    """One goes, and an entry of another kind keeps the counts alike: only the digests tell."""
    lost = Examination.objects.order_by("pk").first()
    assert lost is not None
    key = lost.pk.hex if connection.vendor == "sqlite" else str(lost.pk)
    sql("DELETE FROM evidence_derivative WHERE examination_id = %s", key)
    sql("DELETE FROM evidence_examination WHERE id = %s", key)


TABLE: list[tuple[str, Act, str]] = [
    ("show a picture under another number", swap_the_pictures_of_two_items, "derivative"),
    ("call a picture by another type", lambda: sql("UPDATE evidence_derivative SET media_type = 'a/b'"), "derivative"),
    ("name another tool", lambda: sql("UPDATE evidence_examination SET tool = 'other 2'"), "examination"),
    ("alter what the examiner noted", lambda: sql("UPDATE evidence_examination SET notes = '[\"x\"]'"), "examination"),
    (
        "rewrite when it was examined",
        lambda: sql("UPDATE evidence_examination SET examined_at = '2020-01-01 00:00:00+00:00'"),
        "examination",
    ),
    ("remove one examination", replace_one_examination_by_none, "examination"),
]


@pytest.mark.usefixtures("examined")
def test_untouched_examinations_verify_clean() -> None:
    verdict = inspect(Inspection())
    assert (verdict.findings, verdict.bottom_line) == ((), "sound")
    assert not any("wait to be examined" in words for words in verdict.not_checked)


@pytest.mark.usefixtures("examined")
@pytest.mark.parametrize(("act", "fact"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_tampering_is_found(act: Act, fact: str) -> None:
    unfenced(act)()
    verdict = inspect(Inspection())
    assert verdict.bottom_line == "unsound"
    assert fact in {finding.fact for finding in verdict.findings}, verdict.findings


@pytest.mark.usefixtures("examined")
def test_a_picture_whose_examination_is_of_another_item_is_not_served(case: Case) -> None:
    item = EvidenceItem.objects.order_by("ern")[0]
    assert find_object(case, item, Form.PREVIEW) is not None
    unfenced(swap_the_pictures_of_two_items)()
    assert find_object(case, item, Form.PREVIEW) is None


def test_items_that_wait_to_be_examined_are_said(folder: Path, ingest: Callable[..., TakenIn]) -> None:
    (folder / "a.jpg").write_bytes(jpeg())
    ingest(folder)
    assert "1 items wait to be examined" in inspect(Inspection()).not_checked
