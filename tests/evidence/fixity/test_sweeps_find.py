"""A sweep reads everything back, and one changed byte is found, put on record at once, and told everywhere."""

from __future__ import annotations

import json
import logging
import os

import pytest

from custody import data, ledger
from custody.core.entries import Actor
from custody.core.fixity import Condition
from evidence import fixity
from evidence.core.errors import FixityError
from evidence.fixity import sweeping
from evidence.fixity.reading import read_back
from evidence.models import EvidenceItem, FixityAlarm, FixityCheck, FixitySweep, Receipt
from evidence.vault import Vault
from tests.cast import entries_since, ledger_size
from tests.evidence.fixity.conftest import SIZE, flip

ALL = 10**9


def _sweep(worker: Actor) -> fixity.Turn:
    return fixity.sweep_now(actor=worker, at_most=ALL)


def test_every_object_is_read_once_and_found_sound(items: list[EvidenceItem], worker: Actor) -> None:
    before = ledger_size()
    turn = _sweep(worker)
    assert (turn.read, turn.bytes, turn.failed, turn.ended) == (4, 4 * SIZE, 0, True)
    assert {row.condition for row in FixityCheck.objects.all()} == {Condition.SOUND}
    assert FixityCheck.objects.count() == 4
    assert [row.action for row in entries_since(before)] == ["fixity.opened", "fixity.closed"]
    assert not FixityAlarm.objects.exists()
    for item in items:
        found = fixity.last_checked(item)
        assert found is not None
        assert found.bytes == SIZE


def test_one_changed_byte_is_found(items: list[EvidenceItem], worker: Actor, caplog: pytest.LogCaptureFixture) -> None:
    flip(items[1])
    with caplog.at_level(logging.CRITICAL, "amana.alarm"):
        turn = _sweep(worker)
    assert turn.failed == 1
    row = fixity.last_checked(items[1])
    assert row is not None
    assert row.condition == Condition.DAMAGED
    assert row.found not in ("", items[1].sha256)
    assert [record.levelname for record in caplog.records] == ["CRITICAL"]
    assert items[1].sha256 in caplog.text
    (alarm,) = fixity.standing()
    assert (alarm.sha256, alarm.condition, alarm.found) == (items[1].sha256, "damaged", row.found)
    assert [one.pk for one in fixity.alarms_of(items[1])] == [alarm.pk]
    assert fixity.alarms_of(items[2]) == []


def test_the_entry_of_a_failure_is_written_before_the_next_object_is_read(
    items: list[EvidenceItem], worker: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    flip(min(items, key=lambda item: item.sha256))

    calls: list[list[EvidenceItem]] = []

    def dies(vault: Vault, shown: list[EvidenceItem]) -> object:
        if calls:
            raise KeyboardInterrupt
        calls.append(shown)
        return read_back(vault, shown)

    monkeypatch.setattr(sweeping, "read_back", dies)
    with pytest.raises(KeyboardInterrupt):
        _sweep(worker)
    failed = [row for row in entries_since(0) if row.action == "fixity.failed"]
    assert [row.outcome for row in failed] == ["failed"] * len(calls[0])
    assert fixity.standing().count() == 1


def test_the_entry_names_item_and_digest_found_and_no_case(items: list[EvidenceItem], worker: Actor) -> None:
    flip(items[1])
    _sweep(worker)
    (stored,) = [entry for entry in ledger.stream_entries(f"item/{items[1].pk}") if entry.action == "fixity.failed"]
    entry = ledger.entry_of(stored)
    row = fixity.last_checked(items[1])
    assert row is not None
    assert entry.subject == {
        "item": str(items[1].pk),
        "reason": "digest-mismatch",
        "sha256": items[1].sha256,
        "found": row.found,
    }
    assert not any(link.id.startswith("case/") for link in entry.streams)


def test_both_items_of_one_object_are_told(items: list[EvidenceItem], worker: Actor) -> None:
    same = [item for item in items if item.sha256 == items[0].sha256]
    assert len(same) == 2
    flip(items[0])
    _sweep(worker)
    for item in same:
        actions = [entry.action for entry in ledger.stream_entries(f"item/{item.pk}")]
        assert actions[-1] == "fixity.failed"
    assert fixity.standing().count() == 1


def _remove(item: EvidenceItem) -> None:
    path = Vault(data.vault()).path(item.sha256)
    path.parent.chmod(0o700)
    path.unlink()


def _make_unreadable(item: EvidenceItem) -> None:
    path = Vault(data.vault()).path(item.sha256)
    path.parent.chmod(0o700)
    moved = path.with_name("elsewhere")
    path.rename(moved)
    path.symlink_to(moved)


def _alter_the_receipt(item: EvidenceItem) -> None:
    row = Receipt.objects.get(item=item)
    record = bytes(row.record).replace(b'"channel":"cli"', b'"channel":"web"')
    Receipt.objects.filter(item=item).update(record=record)


def _grow(item: EvidenceItem) -> None:
    path = Vault(data.vault()).path(item.sha256)
    path.chmod(0o600)
    with path.open("ab") as file:
        file.write(b"x")


def _forget_the_size(item: EvidenceItem) -> None:
    EvidenceItem.objects.filter(pk=item.pk).update(size=1)


@pytest.mark.parametrize(
    ("act", "condition"),
    [
        (_remove, "missing"),
        (_make_unreadable, "unreadable"),
        (_alter_the_receipt, "record"),
        (_grow, "damaged"),
        (_forget_the_size, "record"),
        (flip, "damaged"),
    ],
)
def test_whatever_is_not_as_recorded_is_an_alarm(
    items: list[EvidenceItem], worker: Actor, act: object, condition: str
) -> None:
    act(items[2])  # type: ignore[operator]
    turn = _sweep(worker)
    assert [(read.sha256, read.condition) for read in turn.wrong] == [(items[2].sha256, condition)]
    assert [alarm.condition for alarm in fixity.standing()] == [condition]


def test_a_disk_that_is_full_of_open_files_is_no_fault_of_the_object(
    items: list[EvidenceItem], worker: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_many(*_: object) -> object:
        raise OSError(24, os.strerror(24))

    monkeypatch.setattr(Vault, "open", too_many)
    with pytest.raises(FixityError, match="can't be read now"):
        _sweep(worker)
    assert not FixityAlarm.objects.exists()
    assert not FixityCheck.objects.exists()


def test_the_report_says_it(items: list[EvidenceItem], worker: Actor) -> None:
    flip(items[1])
    sweep = _sweep(worker).sweep
    assert sweep is not None
    assert sweep.signature is not None
    report = fixity.report_of(sweep)
    assert (report.read, report.sound, report.objects, report.never, report.within) == (4, 3, 4, 0, 4)
    assert [(finding.sha256, finding.condition) for finding in report.findings] == [(items[1].sha256, "damaged")]
    assert json.loads(bytes(sweep.record or b""))["type"] == "fixity-report/1"
    lines = bytes(sweep.manifest or b"").decode().splitlines()
    assert [line.split()[0] for line in lines] == sorted({item.sha256 for item in items})
    assert FixitySweep.objects.count() == 1
