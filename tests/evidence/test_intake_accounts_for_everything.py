"""Whatever lies in a folder is stored, linked or refused, and the totals say so under a signature."""

from __future__ import annotations

import hashlib
import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography import x509

from custody import clock, ledger, registrar
from custody.actions import Action
from custody.core import cades, entries, receipts
from custody.core.receipts import BatchRecord, IngestRecord
from custody.models import Case
from evidence import admissions, batches, intake
from evidence.core import names
from evidence.intake import TakenIn
from evidence.models import Arrival, BatchState, EvidenceItem, ExaminationJob, ItemName, Receipt
from tests.evidence.test_sources_are_walked import ODD_NAMES

Ingest = Callable[..., TakenIn]


def anchor() -> x509.Certificate:
    return x509.load_pem_x509_certificate(registrar.connect().ca_pem())


def fill(folder: Path) -> None:
    for name in ODD_NAMES:
        Path(os.fsdecode(os.fsencode(folder) + b"/" + name)).write_bytes(b"content of " + name)
    (folder / "empty").touch()
    (folder / "same").write_bytes(b"content of .dot")
    (folder / "link").symlink_to("/etc/passwd")
    os.mkfifo(folder / "pipe")
    with socket.socket(socket.AF_UNIX) as listening:
        here = Path.cwd()
        os.chdir(folder)
        listening.bind("socket")
        os.chdir(here)


def test_totals_balance_and_every_file_is_listed(ingest: Ingest, folder: Path) -> None:
    fill(folder)
    batch = ingest(folder).batch
    assert (batch.seen, batch.stored, batch.duplicate, batch.refused) == (len(ODD_NAMES) + 5, 12, 1, 3)
    assert batch.state == BatchState.CLOSED
    assert batches.recount(batch) == {"stored": 12, "duplicate": 1, "refused": 3}
    reasons = dict(Arrival.objects.filter(status="refused").values_list("name", "reason"))
    assert {bytes(name): reason for name, reason in reasons.items()} == {
        b"link": "symbolic-link",
        b"pipe": "fifo",
        b"socket": "socket",
    }


def test_originals_are_kept_bit_for_bit_under_any_name(ingest: Ingest, folder: Path) -> None:
    fill(folder)
    ingest(folder)
    for item in EvidenceItem.objects.select_related("name"):
        with intake.store().open(item.sha256) as stored:
            content = stored.read()
        source = Path(os.fsdecode(bytes(item.name.path)))
        assert content == source.read_bytes()
        assert (item.size, item.sha512) == (len(content), hashlib.sha512(content).hexdigest())
        assert item.name.display == names.display(source.name.encode("utf-8", "surrogateescape"))


def test_numbers_follow_the_order_of_paths(ingest: Ingest, folder: Path) -> None:
    fill(folder)
    ingest(folder)
    by_number = [bytes(name) for name in ItemName.objects.order_by("item__ern").values_list("name", flat=True)]
    assert by_number == sorted(by_number)
    erns = list(EvidenceItem.objects.order_by("ern").values_list("ern", flat=True))
    assert erns == [f"AMN-RWB-04-0000-{number:04d}" for number in range(1, 14)]


def test_each_item_has_a_receipt_that_a_stranger_can_check(ingest: Ingest, folder: Path) -> None:
    fill(folder)
    ingest(folder)
    assert Receipt.objects.count() == EvidenceItem.objects.count() == 13
    for receipt in Receipt.objects.select_related("item__name"):
        content, item = bytes(receipt.record), receipt.item
        cades.verify(bytes(receipt.signature), content, anchor=anchor(), at=clock.now())
        record = receipts.decode(content)
        assert isinstance(record, IngestRecord)
        assert (record.item, record.ern, record.original.sha256) == (str(item.pk), item.ern, item.sha256)
        name = item.name
        bound = receipts.name_digest(bytes(name.salt), bytes(name.name), bytes(name.path))
        assert record.original.name == bound


def test_the_batch_record_is_signed_and_says_the_same(ingest: Ingest, folder: Path) -> None:
    fill(folder)
    batch = ingest(folder).batch
    content = bytes(batch.record or b"")
    cades.verify(bytes(batch.signature or b""), content, anchor=anchor(), at=clock.now())
    record = receipts.decode(content)
    assert isinstance(record, BatchRecord)
    assert (record.seen, record.stored, record.duplicate, record.refused) == (16, 12, 1, 3)
    assert (record.first_ern, record.last_ern) == ("AMN-RWB-04-0000-0001", "AMN-RWB-04-0000-0013")
    stored = EvidenceItem.objects.order_by("ern").values_list("pk", "sha256")
    assert record.items == receipts.items_digest((str(item), sha256) for item, sha256 in stored)


def test_every_file_has_its_entry_and_no_entry_or_receipt_holds_a_name(ingest: Ingest, folder: Path) -> None:
    (folder / "Fatima_al-Hassan.jpg").write_bytes(b"x")
    (folder / "link-to-Fatima").symlink_to("x")
    before = ledger.size()
    ingest(folder)
    written = list(ledger.entries_after(before))
    verbs = [entry.action for entry in written]
    assert verbs == [
        Action.COLLECTION_CREATED,
        Action.COLLECTION_ADMITTED,
        Action.BATCH_OPENED,
        Action.ITEM_RECEIVED,
        Action.FILE_REFUSED,
        Action.BATCH_CLOSED,
    ]
    bodies = b"".join(entry.body for entry in written)
    records = b"".join(bytes(record) for record in Receipt.objects.values_list("record", flat=True))
    for secret in (b"Fatima", os.fsencode(folder)):
        assert secret not in bodies + records


def test_the_entry_of_a_stored_file_stands_in_four_histories(ingest: Ingest, folder: Path, case: Case) -> None:
    (folder / "a").write_bytes(b"x")
    batch = ingest(folder).batch
    item = EvidenceItem.objects.get()
    entry = next(ledger.entry_of(stored) for stored in ledger.stream_entries(f"item/{item.pk}"))
    assert [link.id for link in entry.streams] == [
        f"item/{item.pk}",
        f"batch/{batch.pk}",
        f"case/{case.pk}",
        "user/operator",
    ]
    assert entry.subject["receipt"] == item.receipt.record_sha256
    assert entry.subject["sha256"] == item.sha256
    assert entry.outcome is entries.Outcome.DONE


def test_the_checkpoint_covers_the_closing_entry(ingest: Ingest, folder: Path) -> None:
    (folder / "a").write_bytes(b"x")
    taken = ingest(folder)
    (closing,) = [e for e in ledger.stream_entries(f"batch/{taken.batch.pk}") if e.action == Action.BATCH_CLOSED]
    assert closing.seq < taken.checkpoint.size


def test_an_empty_folder_is_a_batch_of_nothing(ingest: Ingest, folder: Path) -> None:
    batch = ingest(folder).batch
    assert (batch.seen, batch.state) == (0, BatchState.CLOSED)


def test_what_was_stored_waits_to_be_examined(ingest: Ingest, folder: Path, case: Case) -> None:
    fill(folder)
    ingest(folder)
    assert ExaminationJob.objects.filter(state="waiting").count() == 13
    assert admissions.items_in(case).count() == 13


@pytest.mark.parametrize("size", [1, 3, 7])
def test_chunks_change_nothing(ingest: Ingest, folder: Path, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    monkeypatch.setattr(intake, "FILES_PER_CHUNK", size)
    fill(folder)
    batch = ingest(folder).batch
    assert (batch.seen, batch.stored, batch.duplicate, batch.refused) == (16, 12, 1, 3)
    positions = list(Arrival.objects.values_list("position", flat=True))
    assert positions == list(range(16))
