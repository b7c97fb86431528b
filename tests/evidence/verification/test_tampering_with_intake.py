"""The tamper table of what an intake saw: batches, arrivals, names as received."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection

from custody import ledger
from custody.verification import Inspection, inspect
from evidence import intake
from evidence.arrivals import Book
from evidence.intake import TakenIn
from evidence.models import Arrival, Batch, BatchState, EvidenceItem
from tests.evidence.verification.test_tampering import Act, sql, unfenced

Ingest = Callable[..., TakenIn]


@pytest.fixture
def house(folder: Path, ingest: Ingest) -> Path:
    """A batch of two items, a duplicate and a link; then one of refused files alone."""
    for name, content in (("a", b"one"), ("b", b"two"), ("c", b"one")):
        (folder / name).write_bytes(content)
    (folder / "link").symlink_to("a")
    ingest(folder)
    refused = folder.with_name("refused")
    refused.mkdir()
    (refused / "link").symlink_to("nowhere")
    ingest(refused)
    return folder


def key(row: Batch | EvidenceItem) -> str:
    return row.pk.hex if connection.vendor == "sqlite" else str(row.pk)


def first() -> Batch:
    return Batch.objects.order_by("opened")[0]


def second() -> Batch:
    return Batch.objects.order_by("opened")[1]


def set_on_arrivals(assignment: str, *parameters: str | bytes) -> Act:
    def act() -> None:
        sql(f"UPDATE evidence_arrival SET {assignment} WHERE batch_id = %s", *parameters, key(first()))  # noqa: S608

    return act


def set_on_batch(assignment: str, *parameters: str) -> Act:
    def act() -> None:
        sql(f"UPDATE evidence_batch SET {assignment} WHERE id = %s", *parameters, key(first()))  # noqa: S608

    return act


def point_an_arrival_at_another_item() -> None:
    one, other = EvidenceItem.objects.filter(duplicate_of=None).order_by("ern")
    sql("UPDATE evidence_arrival SET item_id = %s WHERE item_id = %s", key(other), key(one))


def alter_the_reason_of_a_refusal() -> None:
    sql("UPDATE evidence_arrival SET reason = 'unreadable' WHERE status = 'refused'")


def call_a_duplicate_stored() -> None:
    sql("UPDATE evidence_arrival SET status = 'stored', reason = '' WHERE status = 'duplicate'")
    sql("UPDATE evidence_batch SET stored = 3, duplicate = 0 WHERE id = %s", key(first()))


def remove_the_last_arrival_and_its_count() -> None:
    sql("DELETE FROM evidence_arrival WHERE status = 'refused' AND batch_id = %s", key(first()))
    sql("UPDATE evidence_batch SET refused = 0, seen = seen - 1 WHERE id = %s", key(first()))


def add_an_arrival() -> None:
    seen = Arrival.objects.filter(batch=second()).get()
    seen.pk = None
    seen.position = 7
    seen.save(force_insert=True)
    sql("UPDATE evidence_batch SET refused = 2, seen = 2 WHERE id = %s", key(second()))


def remove_a_batch_of_refused_files() -> None:
    target = key(second())
    for table in ("evidence_arrival", "evidence_numberrange"):
        sql(f"DELETE FROM {table} WHERE batch_id = %s", target)  # noqa: S608  our own table names
    sql("DELETE FROM evidence_batch WHERE id = %s", target)


def open_a_closed_batch_again() -> None:
    sql(
        "UPDATE evidence_batch SET state = 'open', closed = NULL, record = NULL, signature = NULL WHERE id = %s",
        key(first()),
    )


TABLE: list[tuple[str, Act, str]] = [
    ("rename an arrival", set_on_arrivals("name = %s", b"other"), "arrival"),
    ("move an arrival to another path", set_on_arrivals("path = %s", b"/other"), "arrival"),
    ("hide a path from being found again", set_on_arrivals("path_digest = %s", "0" * 64), "arrival"),
    ("cut an arrival's salt", set_on_arrivals("salt = %s", b"short"), "arrival"),
    ("alter the reason of a refusal", alter_the_reason_of_a_refusal, "arrival"),
    ("point an arrival at another item", point_an_arrival_at_another_item, "arrival"),
    ("call a duplicate stored", call_a_duplicate_stored, "arrival"),
    ("remove a refusal with its count", remove_the_last_arrival_and_its_count, "arrival"),
    ("add an arrival", add_an_arrival, "arrival"),
    ("remove a whole batch of refused files", remove_a_batch_of_refused_files, "batch"),
    ("open a closed batch again", open_a_closed_batch_again, "batch"),
    ("name another actor of a batch", set_on_batch("actor = 'somebody'"), "batch"),
    ("name another way of a batch", set_on_batch("channel = 'web'"), "batch"),
    ("name other places of a batch", set_on_batch("roots = %s", '["/elsewhere"]'), "batch"),
    ("rewrite when a batch was opened", set_on_batch("opened = '2020-01-01 00:00:00+00:00'"), "batch"),
    ("rewrite when a batch was closed", set_on_batch("closed = '2020-01-01 00:00:00+00:00'"), "batch"),
    ("remove the names as received", lambda: sql("DELETE FROM evidence_itemname"), "name"),
    ("show another name", lambda: sql("UPDATE evidence_itemname SET display = 'other.jpg'"), "name"),
]


@pytest.mark.usefixtures("house")
def test_untouched_intake_verifies_clean() -> None:
    verdict = inspect(Inspection())
    assert (verdict.findings, verdict.bottom_line) == ((), "sound")
    assert (verdict.counts["batches"], verdict.counts["arrivals"]) == (2, 5)


@pytest.mark.usefixtures("house")
@pytest.mark.parametrize(("act", "fact"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_tampering_is_found(act: Act, fact: str) -> None:
    unfenced(act)()
    verdict = inspect(Inspection())
    assert verdict.bottom_line == "unsound"
    assert fact in {finding.fact for finding in verdict.findings}, verdict.findings


def test_a_removed_arrival_does_not_accuse_those_after_it(house: Path) -> None:
    target = key(first())
    unfenced(lambda: sql("DELETE FROM evidence_arrival WHERE position = 0 AND batch_id = %s", target))()
    found = [finding for finding in inspect(Inspection()).findings if finding.fact == "arrival"]
    assert len(found) == 1
    assert "file 0" in found[0].message


def test_the_places_of_an_intake_stay_out_of_its_entry(house: Path) -> None:
    bodies = b"".join(stored.body for stored in ledger.stream_entries(f"batch/{first().pk}"))
    assert os.fsencode(house) not in bodies


def test_an_open_batch_is_compared_too(folder: Path, ingest: Ingest, monkeypatch: pytest.MonkeyPatch) -> None:
    class Crash(Exception):
        pass

    enter, calls = Book.enter, []

    def fail(book: Book, chunk: object) -> None:
        calls.append(chunk)
        if len(calls) > 1:
            raise Crash
        enter(book, chunk)  # type: ignore[arg-type]

    for name in "ab":
        (folder / name).write_bytes(name.encode())
    with monkeypatch.context() as crashing:
        crashing.setattr(intake, "FILES_PER_CHUNK", 1)
        crashing.setattr(Book, "enter", fail)
        with pytest.raises(Crash):
            ingest(folder)
    assert Batch.objects.get().state == BatchState.OPEN
    assert inspect(Inspection()).bottom_line == "sound"
    unfenced(set_on_batch("opened = '2020-01-01 00:00:00+00:00'"))()
    assert inspect(Inspection()).bottom_line == "unsound"


def test_a_record_that_waits_for_its_signature_is_said_and_the_next_intake_signs_it(house: Path) -> None:
    unfenced(set_on_batch("signature = NULL"))()
    assert inspect(Inspection()).bottom_line == "unknown"
    call_command("ingest", str(house), "--case", "RWB-04", "--json", stdout=io.StringIO())
    assert inspect(Inspection()).bottom_line == "sound"
