"""Readings that were dated ahead count as none once the clock is right again: they would vouch for years to come."""

from __future__ import annotations

import datetime

import pytest
import time_machine
from pytest_django import Settings

from custody import clock
from custody.core.entries import Actor
from evidence import fixity
from evidence.models import EvidenceItem, FixityCheck, FixitySweep, SweepState
from tests.evidence.fixity.conftest import SIZE, flip, hours

YEARS = datetime.timedelta(days=1000)
pytestmark = pytest.mark.usefixtures("items")


@pytest.fixture
def ahead(worker: Actor, later: time_machine.Traveller, settings: Settings) -> time_machine.Traveller:
    """The clock, right again after a sweep of all four objects while it was years ahead."""
    settings.AMANA_FIXITY_BYTES_PER_HOUR = 4 * SIZE
    later.shift(YEARS)
    turn = fixity.take_turn(actor=worker)
    assert turn is not None
    assert turn.read == 4
    later.shift(-YEARS)
    return later


def test_nothing_counts_as_read(ahead: time_machine.Traveller) -> None:
    whole = fixity.coverage()
    assert (whole.within, whole.overdue, whole.state) == (0, 4, "unknown")
    assert sum(bucket.count for bucket in whole.buckets) == 0


def test_the_worker_earns_and_reads_again(
    items: list[EvidenceItem], worker: Actor, ahead: time_machine.Traveller
) -> None:
    flip(items[1])
    for _ in range(4):
        fixity.take_turn(actor=worker)
        ahead.shift(hours(1))
    assert not FixityCheck.objects.filter(last_read__gt=clock.now()).exists()
    whole = fixity.coverage()
    assert (whole.within, whole.failed) == (4, 1)


def test_so_does_whoever_reads_by_hand(items: list[EvidenceItem], worker: Actor, ahead: time_machine.Traveller) -> None:
    flip(items[1])
    turn = fixity.sweep_now(actor=worker, at_most=100 * SIZE)
    assert (turn.read, turn.failed) == (4, 1)
    assert fixity.coverage().within == 4


def test_a_sweep_that_was_opened_ahead_is_closed(
    worker: Actor, later: time_machine.Traveller, settings: Settings
) -> None:
    settings.AMANA_FIXITY_BYTES_PER_HOUR = SIZE
    later.shift(YEARS)
    fixity.take_turn(actor=worker)
    later.shift(-YEARS)
    fixity.take_turn(actor=worker)
    assert FixitySweep.objects.get().state == SweepState.CLOSED


def test_a_clock_put_right_by_a_moment_changes_nothing(
    worker: Actor, later: time_machine.Traveller, settings: Settings
) -> None:
    settings.AMANA_FIXITY_BYTES_PER_HOUR = 4 * SIZE
    fixity.take_turn(actor=worker)
    later.shift(datetime.timedelta(seconds=-30))
    assert (fixity.coverage().within, fixity.coverage().state) == (4, "sound")
    turn = fixity.take_turn(actor=worker)
    assert turn is not None
    assert turn.read == 0
