"""The tamper table of the evidence: each row one named act on vault, rows or receipts, and the fact that fails."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection

from custody import cases, data, fences, ledger
from custody.actors import for_command
from custody.core import canonical
from custody.verification import Inspection, inspect
from evidence import collections, intake
from evidence.core.errors import UnreadObjectError
from evidence.models import Batch, EvidenceItem, Receipt
from evidence.vault import Vault
from evidence.verification.readers import Reading
from tests.prepared import prepared

Act = Callable[[], None]


def sql(statement: str, *parameters: str | bytes) -> None:
    """Run one statement as somebody with every right on the database would."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


@pytest.fixture
def house(installation: Path, tmp_path: Path) -> Path:
    """Six files in one batch: four of their own, a duplicate under another name, one refused."""
    source = tmp_path / "source"
    source.mkdir()
    for number in range(4):
        (source / f"photo-{number}.jpg").write_bytes(bytes([number]) * 5_000)
    (source / "photo-4-again.jpg").write_bytes(bytes([1]) * 5_000)
    (source / "link.jpg").symlink_to("photo-0.jpg")

    def make() -> None:
        case = cases.create_case(code="RWB-04", title="Northern Hospital", actor=for_command())
        collection = collections.collection_for(case=case, source=None, actor=for_command())
        intake.ingest_paths(case=case, collection=collection, actor=for_command(), paths=[os.fsencode(source)])

    prepared(f"{__name__}:house", make)
    return source


def item(number: int) -> EvidenceItem:
    return EvidenceItem.objects.order_by("ern")[number]


def vault_file(number: int) -> Path:
    path = Vault(data.vault()).path(item(number).sha256)
    path.chmod(0o600)
    path.parent.chmod(0o700)
    return path


def flip() -> None:
    path = vault_file(0)
    content = bytearray(path.read_bytes())
    content[2_500] ^= 1
    path.write_bytes(content)


def append() -> None:
    with vault_file(0).open("ab") as file:
        file.write(b"x")


def truncate() -> None:
    os.truncate(vault_file(0), 4_999)


def delete() -> None:
    vault_file(0).unlink()


def swap() -> None:
    one, other = vault_file(0), vault_file(2)
    first, second = one.read_bytes(), other.read_bytes()
    one.write_bytes(second)
    other.write_bytes(first)


def replace_by_a_link() -> None:
    path = vault_file(0)
    moved = path.with_name("elsewhere")
    path.rename(moved)
    path.symlink_to(moved)


def hide_an_extra_object() -> None:
    content = b"never received"
    digest = hashlib.sha256(content).hexdigest()
    path = Vault(data.vault()).path(digest)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def leave_a_file_in_the_vault() -> None:
    (data.vault() / "note.txt").write_text("hello")


def replace_a_receipt_by_another_valid_one() -> None:
    other = Receipt.objects.get(item=item(2))
    sql(
        "UPDATE evidence_receipt SET record = %s, signature = %s, record_sha256 = %s WHERE item_id = %s",
        bytes(other.record),
        bytes(other.signature),
        "0" * 64,
        _key(item(0)),
    )


def _key(row: EvidenceItem) -> str:
    return row.pk.hex if connection.vendor == "sqlite" else str(row.pk)


def alter_a_receipt() -> None:
    row = Receipt.objects.get(item=item(0))
    record = bytes(row.record).replace(b'"channel":"cli"', b'"channel":"web"')
    assert record != bytes(row.record)
    sql("UPDATE evidence_receipt SET record = %s WHERE item_id = %s", record, _key(item(0)))


def alter_a_signature() -> None:
    row = Receipt.objects.get(item=item(0))
    signature = bytearray(row.signature)
    signature[-1] ^= 1
    sql("UPDATE evidence_receipt SET signature = %s WHERE item_id = %s", bytes(signature), _key(item(0)))


def point_an_item_at_other_bytes() -> None:
    sql(
        "UPDATE evidence_item SET sha256 = %s, sha512 = %s WHERE id = %s",
        item(2).sha256,
        item(2).sha512,
        _key(item(0)),
    )


def remove_an_item_with_its_rows() -> None:
    target = item(3)
    connection.check_constraints()
    for table in ("evidence_receipt", "evidence_itemname", "evidence_examinationjob", "evidence_arrival"):
        sql(f"DELETE FROM {table} WHERE item_id = %s", _key(target))  # noqa: S608  our own table names
    path = Vault(data.vault()).path(target.sha256)
    path.unlink()
    sql("DELETE FROM evidence_item WHERE id = %s", _key(target))


def forge_the_batch_totals() -> None:
    sql("UPDATE evidence_batch SET refused = 0, stored = stored + refused")


def alter_the_batch_record() -> None:
    batch = Batch.objects.get()
    value = canonical.loads(bytes(batch.record or b""))
    assert isinstance(value, dict)
    value["refused"] = 0
    value["stored"] = 5
    sql("UPDATE evidence_batch SET record = %s, refused = 0, stored = 5", canonical.dumps(value))


def unfenced(act: Act) -> Act:
    """The act of somebody who takes the triggers down, and puts them back afterwards."""

    def done() -> None:
        fences.remove()
        act()
        fences.install()

    return done


def rename_a_file_on_record() -> None:
    sql("UPDATE evidence_itemname SET name = %s WHERE item_id = %s", b"other.jpg", _key(item(0)))


def rewrite_when_it_came() -> None:
    sql("UPDATE evidence_item SET received_at = %s", "2020-01-01 00:00:00+00:00")


def unlink_a_duplicate() -> None:
    duplicate = EvidenceItem.objects.get(duplicate_of__isnull=False)
    sql("UPDATE evidence_item SET duplicate_of_id = NULL WHERE id = %s", _key(duplicate))


def admit_past_the_record() -> None:
    sql("UPDATE evidence_admission SET ended = since")


def delete_a_receipt() -> None:
    sql("DELETE FROM evidence_receipt WHERE item_id = %s", _key(item(0)))


TABLE: list[tuple[str, Act, str]] = [
    ("flip a bit of an original", flip, "original"),
    ("append a byte to an original", append, "original"),
    ("truncate an original by a byte", truncate, "original"),
    ("delete an original", delete, "original"),
    ("swap two originals", swap, "original"),
    ("replace an original by a link to it", replace_by_a_link, "original"),
    ("hide an extra object in the vault", hide_an_extra_object, "vault"),
    ("leave a file in the vault", leave_a_file_in_the_vault, "vault"),
    ("replace a receipt by another valid one", unfenced(replace_a_receipt_by_another_valid_one), "receipt"),
    ("alter a receipt", unfenced(alter_a_receipt), "signature"),
    ("alter a receipt's signature", unfenced(alter_a_signature), "signature"),
    ("delete a receipt", unfenced(delete_a_receipt), "receipt"),
    ("point an item at other bytes", unfenced(point_an_item_at_other_bytes), "item"),
    ("rewrite an item's number", unfenced(lambda: sql("UPDATE evidence_item SET ern = ern || 'X'")), "item"),
    ("rewrite when an item was received", unfenced(rewrite_when_it_came), "item"),
    ("unlink a duplicate", unfenced(unlink_a_duplicate), "item"),
    ("remove an item with its rows", unfenced(remove_an_item_with_its_rows), "item"),
    ("rename a file on record", unfenced(rename_a_file_on_record), "name"),
    ("forge the batch totals", unfenced(forge_the_batch_totals), "batch"),
    ("alter the batch record", unfenced(alter_the_batch_record), "batch"),
    ("end an admission past the record", admit_past_the_record, "history"),
]


def test_untouched_evidence_verifies_clean(house: Path) -> None:
    verdict = inspect(Inspection())
    assert verdict.findings == ()
    assert verdict.bottom_line == "sound"
    assert verdict.counts["originals"] == verdict.counts["receipts"] == 5
    assert verdict.counts["objects"] == 4


@pytest.mark.parametrize(("act", "fact"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_tampering_is_found(house: Path, act: Act, fact: str) -> None:
    act()
    verdict = inspect(Inspection())
    assert verdict.bottom_line == "unsound"
    assert fact in {finding.fact for finding in verdict.findings}, verdict.findings


def test_each_finding_names_the_item(house: Path) -> None:
    number = item(0).ern
    flip()
    assert [finding.subject for finding in inspect(Inspection()).findings] == [number]


def test_a_sample_says_that_it_is_one(house: Path) -> None:
    verdict = inspect(Inspection(sample=2))
    assert verdict.counts["originals"] == 2
    assert any("sample" in words for words in verdict.not_checked)
    assert verdict.counts["entries"] == ledger.size()


def test_originals_whose_readers_were_killed_can_not_be_told_about(
    house: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(_reading: Reading) -> None:
        raise UnreadObjectError("the stored file was not read: the process that should read it ended")

    monkeypatch.setattr(Reading, "result", killed)
    verdict = inspect(Inspection())
    assert (verdict.bottom_line, verdict.exit_code) == ("unknown", 2)
    assert {finding.subject for finding in verdict.findings} == {item(number).ern for number in range(5)}
