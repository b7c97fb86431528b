"""What concerns one file refuses that file; what concerns the whole installation stops the intake."""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from custody import data, ledger
from custody.actions import Action
from evidence import digesting, intake
from evidence.core.errors import UnreadableSourceError
from evidence.intake import TakenIn
from evidence.models import Arrival, Batch, BatchState, EvidenceItem
from evidence.sources import Found

Ingest = Callable[..., TakenIn]


def reasons() -> list[str]:
    return list(Arrival.objects.order_by("position").values_list("reason", flat=True))


def test_a_file_gone_after_the_count_is_refused(ingest: Ingest, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "a").write_bytes(b"x")
    (folder / "b").write_bytes(b"y")
    opened = Found.open

    def vanish(found: Found) -> int:
        if found.name == b"a":
            (folder / "a").unlink()
        return opened(found)

    monkeypatch.setattr(Found, "open", vanish)
    batch = ingest(folder).batch
    assert (batch.stored, batch.refused, reasons()) == (1, 1, ["vanished", ""])


def test_a_file_written_to_meanwhile_is_refused(ingest: Ingest, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "a").write_bytes(b"x")
    os.utime(folder / "a", ns=(0, 0))
    write_all = digesting.write_all

    def disturb(descriptor: int, piece: memoryview) -> None:
        (folder / "a").write_bytes(b"disturbed")
        write_all(descriptor, piece)

    monkeypatch.setattr("evidence.vault.writing.write_all", disturb)
    batch = ingest(folder).batch
    assert (batch.refused, reasons()) == (1, ["changed-while-read"])
    assert list(intake.store().objects()) == []


def test_a_bad_medium_refuses_the_file(ingest: Ingest, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "a").write_bytes(b"x")

    def fail(_source: int, _buffers: object) -> int:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "readv", fail)
    assert ingest(folder).batch.refused == 1
    assert reasons() == ["read-error"]


def test_a_full_disk_stops_the_intake_and_leaves_the_batch_open(
    ingest: Ingest, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "a").write_bytes(b"x")

    def full(_descriptor: int, _piece: memoryview) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as filled:
        filled.setattr("evidence.vault.writing.write_all", full)
        with pytest.raises(OSError, match="No space"):
            ingest(folder)
    assert Batch.objects.get().state == BatchState.OPEN
    assert Arrival.objects.count() == 0
    assert ingest(folder).batch.stored == 1


def test_a_damaged_copy_in_the_vault_is_reported_and_the_good_bytes_kept(ingest: Ingest, folder: Path) -> None:
    (folder / "a").write_bytes(b"good")
    ingest(folder)
    place = intake.store().path(hashlib.sha256(b"good").hexdigest())
    place.chmod(0o600)
    place.write_bytes(b"evil")
    (folder / "b").write_bytes(b"good")
    batch = ingest(folder / "b").batch
    assert (batch.refused, EvidenceItem.objects.count()) == (1, 1)
    assert reasons()[-1] == "damaged-in-vault"
    (kept,) = intake.store().quarantined()
    assert (intake.store().root / ".quarantine" / kept).read_bytes() == b"good"


def test_a_refusal_is_recorded_with_its_reason_and_without_the_name(ingest: Ingest, folder: Path) -> None:
    (folder / "secret-name").symlink_to("elsewhere")
    batch = ingest(folder).batch
    (entry,) = [
        ledger.entry_of(e) for e in ledger.stream_entries(f"batch/{batch.pk}") if e.action == Action.FILE_REFUSED
    ]
    assert entry.subject["reason"] == "symbolic-link"
    assert entry.outcome == "denied"
    arrival = Arrival.objects.get()
    bound = hashlib.sha256(bytes(arrival.salt) + bytes(arrival.name) + b"\x00" + bytes(arrival.path)).hexdigest()
    assert entry.subject["name"] == bound


@pytest.mark.parametrize("below", [".", "..", "keys", "work/note", "amana.sqlite3"])
def test_the_data_folder_is_not_taken_into_itself(ingest: Ingest, folder: Path, below: str) -> None:
    """The database beside the vault was: with it go passwords, sessions and names of victims."""
    for path in (data.work() / "note", data.root() / "amana.sqlite3"):
        path.write_bytes(b"ours")
    (folder / "a").write_bytes(b"x")
    batch = ingest(data.root() / below).batch
    stored = Arrival.objects.filter(batch=batch).exclude(reason="own-data").values_list("name", flat=True)
    assert [bytes(name) for name in stored] == ([b"a"] if below == ".." else [])
    assert batch.refused == 1


def test_a_path_where_nothing_is_takes_nothing_in(ingest: Ingest, folder: Path) -> None:
    with pytest.raises(UnreadableSourceError, match=r"received/absent: No such file"):
        ingest(folder, folder / "absent")
    assert not Batch.objects.exists()
