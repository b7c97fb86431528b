"""The same command goes on where an interrupted one stopped: nothing lost, nothing twice, no number skipped."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from custody import ledger
from custody.actions import Action
from evidence import batches, intake, numbering
from evidence.arrivals import Arrived, Book
from evidence.core.errors import IntakeError
from evidence.intake import TakenIn
from evidence.models import Arrival, Batch, BatchState, EvidenceItem, NumberCounter
from evidence.vault import INCOMING, Run

Ingest = Callable[..., TakenIn]
FILES = 10


class Crash(Exception):
    """Stands for the end of the process."""


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "FILES_PER_CHUNK", 3)


@pytest.fixture
def photos(folder: Path) -> Path:
    for number in range(FILES):
        (folder / f"{number:02d}").write_bytes(f"photo {number}".encode())
    (folder / "link").symlink_to("00")
    (folder / "twin").write_bytes(b"photo 0")
    return folder


def crash_in(monkeypatch: pytest.MonkeyPatch, step: str, *, after: int) -> None:
    """Let the n-th call of one step of the work never return."""
    owner: type = Run if step in {"receive", "flush", "release"} else Book
    original = getattr(owner, step)
    calls = []

    def fail(self: object, *args: object) -> object:
        calls.append(step)
        if len(calls) > after:
            raise Crash
        return original(self, *args)

    monkeypatch.setattr(owner, step, fail)


STEPS = [
    (step, after)
    for step in ("receive", "_look", "_sign", "flush", "_commit", "_write", "release")
    for after in (0, 1, 2)
]


@pytest.mark.parametrize(("step", "after"), STEPS)
def test_a_crash_at_any_step_is_made_good(
    ingest: Ingest, photos: Path, monkeypatch: pytest.MonkeyPatch, step: str, after: int
) -> None:
    with monkeypatch.context() as crashing:
        crash_in(crashing, step, after=after)
        with pytest.raises(Crash):
            ingest(photos)
    standing = Batch.objects.get()
    assert standing.state == BatchState.OPEN
    batch = ingest(photos).batch
    assert batch == standing
    assert (batch.seen, batch.stored, batch.duplicate, batch.refused) == (FILES + 2, FILES, 1, 1)
    assert batches.recount(batch) == {"stored": FILES, "duplicate": 1, "refused": 1}
    erns = list(EvidenceItem.objects.order_by("ern").values_list("ern", flat=True))
    assert erns == [f"AMN-RWB-04-0000-{number:04d}" for number in range(1, FILES + 2)]
    objects = set(intake.store().objects())
    assert objects == set(EvidenceItem.objects.values_list("sha256", flat=True)), "no orphan, nothing lost"
    assert [path.name for path in (intake.store().root / INCOMING).iterdir()] == ["lock"]


def test_going_on_is_recorded(ingest: Ingest, photos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as crashing:
        crash_in(crashing, "_commit", after=1)
        with pytest.raises(Crash):
            ingest(photos)
    batch = ingest(photos).batch
    verbs = [entry.action for entry in ledger.stream_entries(f"batch/{batch.pk}")]
    assert verbs[0] == Action.BATCH_OPENED
    assert verbs.count(Action.BATCH_RESUMED) == 1
    assert verbs[-1] == Action.BATCH_CLOSED


def test_a_crash_between_closing_and_signing_is_made_good(
    ingest: Ingest, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(batch: Batch) -> Batch:
        raise Crash

    with monkeypatch.context() as crashing:
        crashing.setattr(batches, "sign_closed", crash)
        with pytest.raises(Crash):
            ingest(photos)
    batch = Batch.objects.get()
    assert (batch.state, batch.signature) == (BatchState.CLOSED, None)
    assert batches.sign_all_closed() == 1
    assert Batch.objects.get().signature is not None


def test_another_folder_does_not_go_on_with_it(
    ingest: Ingest, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as crashing:
        crash_in(crashing, "_commit", after=0)
        with pytest.raises(Crash):
            ingest(photos)
    other = tmp_path / "other"
    other.mkdir()
    (other / "file").write_bytes(b"other")
    assert ingest(other).batch.seen == 1
    assert Batch.objects.filter(state=BatchState.OPEN).count() == 1


def test_the_same_intake_twice_at_once_is_refused(
    ingest: Ingest, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused: list[bool] = []

    def again(self: Book, chunk: Sequence[Arrived]) -> None:
        if not refused:
            with pytest.raises(IntakeError, match="running already"):
                ingest(photos)
            refused.append(True)
        enter(self, chunk)

    enter = Book.enter
    monkeypatch.setattr(Book, "enter", again)
    assert ingest(photos).batch.seen == FILES + 2
    assert refused


def test_files_that_came_meanwhile_are_taken_in_too(
    ingest: Ingest, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as crashing:
        crash_in(crashing, "_commit", after=1)
        with pytest.raises(Crash):
            ingest(photos)
    for number in range(5):
        (photos / f"new {number}").write_bytes(f"new {number}".encode())
    batch = ingest(photos).batch
    assert batch.stored == FILES + 5
    assert EvidenceItem.objects.count() == len(set(EvidenceItem.objects.values_list("ern", flat=True))) == FILES + 6


def test_a_file_that_is_gone_when_going_on_stays_counted(
    ingest: Ingest, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as crashing:
        crash_in(crashing, "_commit", after=1)
        with pytest.raises(Crash):
            ingest(photos)
    counted = Arrival.objects.count()
    for path in photos.iterdir():
        path.unlink()
    batch = ingest(photos).batch
    assert (batch.seen, batch.state) == (counted, BatchState.CLOSED)
    assert NumberCounter.objects.get().next_number == counted + 1, "unused numbers went back"
    assert numbering.Numbers(batch).want(0) == []
