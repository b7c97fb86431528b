"""The watch: heartbeats when due, checkpoints when the ledger grew, and nothing that ends it."""

from __future__ import annotations

import datetime
import io
import threading
from pathlib import Path

import pytest
from django.db import OperationalError, connections

from custody import clock, ledger, notary
from custody.actions import Action
from custody.models import Entry
from custody.notary import Notary, NotaryRefused, signing
from tests.custody.notary.ledgers import grow_to, tamper

START = datetime.datetime(2030, 1, 1, 12, tzinfo=datetime.UTC)


class SteppedClock:
    """A clock that moves only when told."""

    def __init__(self) -> None:
        self.time = START

    def now(self) -> datetime.datetime:
        return self.time

    def step(self, **by: float) -> None:
        self.time += datetime.timedelta(**by)


@pytest.fixture
def hands(monkeypatch: pytest.MonkeyPatch, installation: Path) -> SteppedClock:
    stepped = SteppedClock()
    monkeypatch.setattr(clock, "now", stepped.now)
    monkeypatch.setattr(signing, "close_old_connections", lambda: None)
    return stepped


def heartbeats() -> int:
    return Entry.objects.filter(action=Action.NOTARY_HEARTBEAT).count()


def test_a_heartbeat_is_left_every_hour_and_not_more_often(hands: SteppedClock) -> None:
    watcher = Notary()
    counts = []
    for minutes in (0, 1, 58, 1, 59, 1, 180):
        hands.step(minutes=minutes)
        assert watcher.look() == ""
        counts.append(heartbeats())
    assert counts == [1, 1, 1, 2, 2, 3, 4]


def test_a_restart_does_not_hurry_the_heartbeat(hands: SteppedClock) -> None:
    Notary().look()
    hands.step(minutes=30)
    Notary().look()
    assert heartbeats() == 1
    hands.step(minutes=30)
    Notary().look()
    assert heartbeats() == 2


@pytest.mark.parametrize("restart", [True, False])
def test_a_clock_that_was_far_ahead_does_not_silence_the_notary(hands: SteppedClock, restart: bool) -> None:
    watcher = Notary()
    hands.step(days=365)
    watcher.look()
    hands.step(days=-365)
    watcher = Notary() if restart else watcher
    for _ in range(5):
        assert watcher.look() == ""
        hands.step(minutes=30)
    assert heartbeats() == 4
    times = list(Entry.objects.order_by("seq").values_list("time", flat=True))
    assert times == sorted(times)


def test_the_ledger_is_under_a_checkpoint_after_each_look(hands: SteppedClock) -> None:
    watcher = Notary()
    for size in (20, 21, 300):
        watcher.look()
        grow_to(size)
        watcher.look()
        latest = notary.latest()
        assert latest is not None
        assert latest[0].size == ledger.size() == size


@pytest.mark.parametrize("restart", [True, False])
def test_a_ledger_that_came_back_from_a_backup_is_not_written_to(hands: SteppedClock, restart: bool) -> None:
    """An entry of the watch's own (a heartbeat is due) would stand where a signed one is missing, for ever."""
    watcher = Notary()
    watcher.look()
    grow_to(50)
    watcher.publish()
    for table in ("custody_entry", "custody_streamentry"):
        tamper(f"DELETE FROM {table} WHERE seq >= 40")  # noqa: S608  a table of ours
    tamper("DELETE FROM custody_signedcheckpoint WHERE size > 40")
    tamper("UPDATE custody_ledgerhead SET size = 40")
    hands.step(hours=2)
    watcher = Notary() if restart else watcher
    assert "signed" in watcher.look()
    assert Entry.objects.count() == ledger.size() == 40


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE custody_entry SET time = 'soon' WHERE action = 'notary.heartbeat'",
        "UPDATE custody_ledgerhead SET last_time = '0001-01-01T00:00:00.000Z'",
    ],
    ids=["heartbeat", "head"],
)
def test_a_row_that_was_tampered_with_does_not_end_the_watch(hands: SteppedClock, statement: str) -> None:
    Notary().look()
    tamper(statement)
    assert "it could not look" in Notary().look()


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        (NotaryRefused("entries are missing"), "entries are missing"),
        (OSError(28, "No space left on device"), "No space left"),
        (OperationalError('DETAIL: Failing row contains ("Fatima")'), "OperationalError"),
    ],
)
def test_no_trouble_ends_the_watch_and_it_is_said_once(
    hands: SteppedClock, monkeypatch: pytest.MonkeyPatch, trouble: Exception, said: str
) -> None:
    stopping, errors = threading.Event(), io.StringIO()
    waits: list[float] = []
    watcher = Notary()
    publish = watcher.publish

    def wait(seconds: float) -> bool:
        waits.append(seconds)
        if len(waits) == 4:
            stopping.set()
        return stopping.is_set()

    def fail_thrice() -> bytes:
        if len(waits) < 3:
            raise trouble
        return publish()

    monkeypatch.setattr(connections, "close_all", lambda: None)
    monkeypatch.setattr(stopping, "wait", wait)
    monkeypatch.setattr(watcher, "publish", fail_thrice)
    watcher.watch(stopping, errors)
    assert said in errors.getvalue()
    assert "Fatima" not in errors.getvalue()
    assert errors.getvalue().count("notary:") == 1
    assert waits[0] == waits[2] > waits[3], "it looks less often while there is trouble"
    assert notary.ensure_checkpoint().size == ledger.size()


@pytest.mark.usefixtures("hands")
def test_what_was_entered_since_the_last_look_is_signed_before_it_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    """A command that made its entries while nothing else ran would leave them without a checkpoint."""
    watcher, stopping = Notary(), threading.Event()

    def wait(_seconds: float) -> bool:
        grow_to(ledger.size() + 3)
        stopping.set()
        return True

    monkeypatch.setattr(connections, "close_all", lambda: None)
    monkeypatch.setattr(stopping, "wait", wait)
    watcher.watch(stopping, io.StringIO())
    newest = notary.latest()
    assert newest is not None
    assert newest[0].size == ledger.size()


@pytest.mark.usefixtures("hands")
def test_after_trouble_it_does_not_look_once_more(monkeypatch: pytest.MonkeyPatch) -> None:
    watcher, stopping, looks = Notary(), threading.Event(), []

    def look() -> str:
        looks.append("")
        stopping.set()
        return "the disk is full"

    monkeypatch.setattr(watcher, "look", look)
    monkeypatch.setattr(connections, "close_all", lambda: None)
    watcher.watch(stopping, io.StringIO())
    assert len(looks) == 1
