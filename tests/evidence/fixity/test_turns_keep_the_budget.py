"""The worker's turns: so many bytes an hour and no more, the oldest reading first, one process at a time."""

from __future__ import annotations

import datetime
import fcntl
import os

import pytest
import time_machine
from pytest_django import Settings

from custody import data
from custody.core.entries import Actor
from evidence import fixity
from evidence.core.errors import FixityError
from evidence.models import EvidenceItem, FixityAlarm, FixityCheck, FixitySweep, SweepState
from tests.cast import entries_since, ledger_size
from tests.evidence.fixity.conftest import SIZE, flip, hours


@pytest.fixture(autouse=True)
def _budget(settings: Settings) -> None:
    settings.AMANA_FIXITY_BYTES_PER_HOUR = SIZE


def _turn(worker: Actor) -> fixity.Turn:
    turn = fixity.take_turn(actor=worker)
    assert turn is not None
    return turn


def test_an_hour_s_bytes_are_read_and_the_rest_waits(
    items: list[EvidenceItem], worker: Actor, later: time_machine.Traveller
) -> None:
    assert _turn(worker).bytes == SIZE
    assert _turn(worker).bytes == 0
    later.shift(hours(0.5))
    assert _turn(worker).bytes == 0
    later.shift(hours(0.5))
    assert _turn(worker).bytes == SIZE
    assert FixityCheck.objects.count() == 2


def test_measured_over_hours_the_budget_is_kept(
    items: list[EvidenceItem], worker: Actor, later: time_machine.Traveller, settings: Settings
) -> None:
    settings.AMANA_FIXITY_BYTES_PER_HOUR = SIZE * 2 // 3
    read = 0
    for minute in range(0, 6 * 60, 5):
        read += _turn(worker).bytes
        # An hour's bytes were saved up at the start, and one object is larger than an hour's bytes.
        assert read <= settings.AMANA_FIXITY_BYTES_PER_HOUR * (minute / 60 + 1) + SIZE // 3 + 1
        later.shift(hours(5 / 60))
    assert read == 4 * SIZE


def test_never_read_comes_first_then_the_oldest(
    items: list[EvidenceItem], worker: Actor, later: time_machine.Traveller
) -> None:
    objects = sorted({item.sha256 for item in items})
    order = []
    for _hour in range(4):
        _turn(worker)
        order.append(FixityCheck.objects.order_by("-last_read")[0].sha256)
        later.shift(hours(1))
    assert order == objects
    FixityCheck.objects.filter(sha256=objects[2]).update(last_read=datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC))
    later.shift(hours(48))
    _turn(worker)
    _turn(worker)
    assert FixityCheck.objects.order_by("-last_read")[0].sha256 == objects[2]


def test_nothing_is_read_twice_within_a_day(
    items: list[EvidenceItem], worker: Actor, later: time_machine.Traveller, settings: Settings
) -> None:
    settings.AMANA_FIXITY_BYTES_PER_HOUR = 100 * SIZE
    assert (_turn(worker).read, _turn(worker).read) == (4, 0)
    assert FixitySweep.objects.count() == 1
    later.shift(hours(25))
    assert _turn(worker).read == 4
    assert FixitySweep.objects.count() == 2


def test_a_sweep_closes_when_nothing_is_due_and_once_a_day(
    items: list[EvidenceItem], worker: Actor, later: time_machine.Traveller
) -> None:
    _turn(worker)
    (sweep,) = FixitySweep.objects.all()
    assert sweep.state == SweepState.OPEN
    later.shift(hours(24))
    turn = _turn(worker)
    assert turn.sweep is not None
    assert turn.sweep.pk == sweep.pk
    assert (turn.sweep.state, bool(turn.sweep.signature)) == (SweepState.CLOSED, True)
    assert fixity.report_of(turn.sweep).never == 2


def test_with_nothing_stored_nothing_is_entered(cast: object, worker: Actor) -> None:
    before = ledger_size()
    assert _turn(worker).read == 0
    assert ledger_size() == before


def test_a_budget_of_nothing_switches_it_off_and_closes_what_is_open(
    items: list[EvidenceItem], worker: Actor, settings: Settings
) -> None:
    _turn(worker)
    settings.AMANA_FIXITY_BYTES_PER_HOUR = 0
    turn = _turn(worker)
    assert turn.read == 0
    assert FixitySweep.objects.get().state == SweepState.CLOSED
    before = ledger_size()
    assert _turn(worker).read == 0
    assert ledger_size() == before
    assert fixity.coverage().per_hour == 0


def test_while_another_process_reads_back_nobody_else_does(items: list[EvidenceItem], worker: Actor) -> None:
    descriptor = os.open(data.work() / "fixity.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        assert fixity.take_turn(actor=worker) is None
        with pytest.raises(FixityError, match="another process"):
            fixity.sweep_now(actor=worker, at_most=SIZE)
    finally:
        os.close(descriptor)
    assert not FixitySweep.objects.exists()


def test_with_too_many_alarms_reading_stops_until_somebody_looked(
    items: list[EvidenceItem], worker: Actor, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    """A disk that is not there would else sound an alarm for every original."""
    settings.AMANA_FIXITY_BYTES_PER_HOUR = 100 * SIZE
    monkeypatch.setattr("evidence.fixity.sweeping.MOST_ALARMS", 2)
    for item in items:
        flip(item) if item.duplicate_of is None else None
    turn = _turn(worker)
    assert (turn.failed, turn.halted) == (2, True)
    assert FixitySweep.objects.get().state == SweepState.CLOSED
    before = ledger_size()
    assert _turn(worker).halted
    assert entries_since(before) == []
    assert FixityAlarm.objects.count() == 2


def test_by_hand_so_many_bytes_are_read_and_at_least_one_object(items: list[EvidenceItem], worker: Actor) -> None:
    assert fixity.sweep_now(actor=worker, at_most=2 * SIZE + 1).bytes == 2 * SIZE
    assert fixity.sweep_now(actor=worker, at_most=1).bytes == SIZE
    assert FixityCheck.objects.count() == 3


def test_by_hand_the_worker_s_credit_is_left_alone(items: list[EvidenceItem], worker: Actor) -> None:
    fixity.sweep_now(actor=worker, at_most=2 * SIZE)
    assert _turn(worker).bytes == SIZE
