"""Duplicates are linked, never dropped."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from custody import cases, ledger
from custody.actions import Action
from custody.actors import for_command
from custody.core import receipts
from custody.core.receipts import IngestRecord
from custody.models import Case
from custody.verification import Inspection, inspect
from evidence import admissions, collections, intake
from evidence.arrivals import Book
from evidence.intake import TakenIn
from evidence.models import Arrival, Batch, Collection, EvidenceItem, Receipt
from tests.evidence.conftest import SHARED

Ingest = Callable[..., TakenIn]


def statuses() -> list[tuple[str, str]]:
    return list(Arrival.objects.order_by("batch__opened", "position").values_list("status", "reason"))


def test_the_same_bytes_under_another_name_are_an_item_of_their_own(ingest: Ingest, folder: Path) -> None:
    (folder / "a").write_bytes(b"same")
    (folder / "b").write_bytes(b"same")
    ingest(folder)
    first, second = EvidenceItem.objects.order_by("ern")
    assert statuses() == [("stored", ""), ("duplicate", "same-bytes")]
    assert (first.duplicate_of, second.duplicate_of) == (None, first)
    record = receipts.decode(bytes(Receipt.objects.get(item=second).record))
    assert isinstance(record, IngestRecord)
    assert record.duplicate_of == str(first.pk)


def test_a_third_copy_points_at_the_first(ingest: Ingest, folder: Path) -> None:
    for name in ("a", "b", "c"):
        (folder / name).write_bytes(b"same")
    ingest(folder)
    first, *others = EvidenceItem.objects.order_by("ern")
    assert {other.duplicate_of for other in others} == {first}


def test_the_same_bytes_from_another_source_have_a_number_there(ingest: Ingest, folder: Path) -> None:
    (folder / "a").write_bytes(b"same")
    ingest(folder)
    ingest(folder, source="Hospital archive")
    second = EvidenceItem.objects.get(collection__code="HOSPITAL-ARCHIVE")
    assert second.ern == "AMN-HOSPITAL-ARCHIVE-0000-0001"
    assert second.duplicate_of == EvidenceItem.objects.get(collection__code="RWB-04")


def test_the_very_same_file_again_is_counted_and_makes_no_item(ingest: Ingest, folder: Path) -> None:
    (folder / "a").write_bytes(b"same")
    ingest(folder)
    again = ingest(folder).batch
    item = EvidenceItem.objects.get()
    assert (again.seen, again.stored, again.duplicate) == (1, 0, 1)
    assert statuses() == [("stored", ""), ("duplicate", "same-file")]
    assert Arrival.objects.get(batch=again).item == item
    verbs = [entry.action for entry in ledger.stream_entries(f"item/{item.pk}")]
    assert verbs == [Action.ITEM_RECEIVED, Action.ITEM_RECEIVED_AGAIN]


def test_a_file_changed_since_is_another_item(ingest: Ingest, folder: Path) -> None:
    (folder / "a").write_bytes(b"then")
    ingest(folder)
    (folder / "a").write_bytes(b"now")
    ingest(folder)
    first, second = EvidenceItem.objects.order_by("ern")
    assert (second.duplicate_of, second.ern) == (None, "AMN-RWB-04-0000-0002")
    assert first.sha256 == hashlib.sha256(b"then").hexdigest()


def test_two_files_of_one_name_in_two_folders_are_two(ingest: Ingest, folder: Path) -> None:
    for place in ("1", "2"):
        (folder / place).mkdir()
        (folder / place / "IMG_0001.JPG").write_bytes(place.encode())
    assert ingest(folder).batch.stored == 2


@pytest.mark.skipif(not SHARED.is_dir(), reason=f"the shared files are not at {SHARED}")
def test_files_of_one_md5_are_two_items(ingest: Ingest) -> None:
    batch = ingest(SHARED / "hostile" / "md5-1.jpg", SHARED / "hostile" / "md5-2.jpg").batch
    assert batch.stored == 2


def test_duplicates_are_stored_once_in_the_vault(ingest: Ingest, folder: Path) -> None:
    for name in ("a", "b"):
        (folder / name).write_bytes(b"same")
    ingest(folder)
    assert list(intake.store().objects()) == [hashlib.sha256(b"same").hexdigest()]


def test_another_intake_that_was_quicker_is_noticed(
    ingest: Ingest, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between deciding and writing, somebody else commits the same bytes: the decision is made again."""
    (folder / "late").mkdir()
    (folder / "late" / "a").write_bytes(b"same")
    (folder / "quick").mkdir()
    (folder / "quick" / "b").write_bytes(b"same")
    sign = Book._sign
    raced: list[bool] = []

    def race(book: Book, lines: object) -> None:
        if not raced:
            raced.append(True)
            ingest(folder / "quick", source="quick")
        sign(book, lines)  # type: ignore[arg-type]

    monkeypatch.setattr(Book, "_sign", race)
    ingest(folder / "late")
    first = EvidenceItem.objects.get(collection__code="QUICK")
    assert EvidenceItem.objects.get(collection__code="RWB-04").duplicate_of == first


def test_bytes_that_another_case_alone_holds_count_as_new_here(ingest: Ingest, folder: Path, tmp_path: Path) -> None:
    """Otherwise whoever hands in a file would learn what a case holds that is none of theirs."""
    (folder / "a").write_bytes(b"same")
    ingest(folder)
    other = cases.create_case(code="OTHER-1", title="Elsewhere", actor=for_command())
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    for name in ("b", "c"):
        (elsewhere / name).write_bytes(b"same")
    ingest_for(other, elsewhere)
    first, second, third = EvidenceItem.objects.order_by("collection__code", "ern")
    assert (first.collection.code, first.duplicate_of, second.duplicate_of) == ("OTHER-1", None, first)
    assert third.duplicate_of is None
    batch = Batch.objects.get(case=other)
    assert (batch.stored, batch.duplicate) == (1, 1)
    record = receipts.decode(bytes(Receipt.objects.get(item=first).record))
    assert isinstance(record, IngestRecord)
    assert record.duplicate_of is None
    assert list(intake.store().objects()) == [hashlib.sha256(b"same").hexdigest()]
    assert inspect(Inspection()).bottom_line == "sound"


def test_bytes_of_a_collection_that_both_cases_admit_are_a_duplicate_in_both(ingest: Ingest, folder: Path) -> None:
    (folder / "a").write_bytes(b"same")
    ingest(folder, source="Shared archive")
    other = cases.create_case(code="OTHER-1", title="Elsewhere", actor=for_command())
    archive = Collection.objects.get(code="SHARED-ARCHIVE")
    admissions.admit_collection(case=other, collection=archive, actor=for_command())
    ingest_for(other, folder)
    assert EvidenceItem.objects.get(collection__code="OTHER-1").duplicate_of == EvidenceItem.objects.get(
        collection=archive
    )


def ingest_for(case: Case, folder: Path) -> None:
    collection = collections.collection_for(case=case, source=None, actor=for_command())
    intake.ingest_paths(case=case, collection=collection, actor=for_command(), paths=[os.fsencode(folder)])
