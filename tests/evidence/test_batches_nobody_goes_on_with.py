"""An interrupted batch whose files are gone is closed with what it recorded, by hand or, for uploads, by the sweep."""

from __future__ import annotations

import datetime
import io
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from custody import clock
from custody.actors import for_command
from evidence import batches, intake
from evidence.arrivals import Book
from evidence.core.errors import IntakeError
from evidence.intake import TakenIn
from evidence.models import Batch, BatchState, Channel

Ingest = Callable[..., TakenIn]


class Crash(Exception):
    """Stands for the end of the process."""


@pytest.fixture
def interrupted(ingest: Ingest, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Batch:
    """A batch of which two files are recorded and two are not."""
    for name in ("a", "b", "c", "d"):
        (folder / name).write_bytes(name.encode())
    enter = Book.enter
    calls = []

    def fail(book: Book, chunk: object) -> None:
        calls.append(chunk)
        if len(calls) > 1:
            raise Crash
        enter(book, chunk)  # type: ignore[arg-type]

    with monkeypatch.context() as crashing:
        crashing.setattr(intake, "FILES_PER_CHUNK", 2)
        crashing.setattr(Book, "enter", fail)
        with pytest.raises(Crash):
            ingest(folder)
    return Batch.objects.get()


def test_the_command_closes_it_with_what_it_recorded(interrupted: Batch) -> None:
    out = io.StringIO()
    call_command("close_batch", str(interrupted.pk), stdout=out)
    batch = Batch.objects.get()
    assert (batch.state, batch.seen, batch.stored) == (BatchState.CLOSED, 2, 2)
    assert batch.signature is not None
    assert "2 seen: 2 stored" in out.getvalue()


def test_files_that_turn_up_later_are_a_batch_of_their_own(interrupted: Batch, ingest: Ingest, folder: Path) -> None:
    batches.close_interrupted(interrupted.pk, for_command())
    later = ingest(folder).batch
    assert later != interrupted
    assert (later.stored, later.duplicate) == (2, 2)


def test_a_batch_that_still_runs_is_not_closed(interrupted: Batch) -> None:
    with batches.held(interrupted.source_key), pytest.raises(IntakeError, match="running"):
        batches.close_interrupted(interrupted.pk, for_command())
    assert Batch.objects.get().state == BatchState.OPEN


@pytest.mark.usefixtures("installation")
def test_an_unknown_batch_is_an_error() -> None:
    with pytest.raises(CommandError, match="no open batch") as caught:
        call_command("close_batch", str(uuid.uuid4()))
    assert caught.value.returncode == 2


def test_an_upload_cut_off_long_ago_is_closed_by_the_sweep(interrupted: Batch) -> None:
    old = clock.now() - datetime.timedelta(hours=2)
    assert batches.close_lost_uploads(for_command()) == 0
    Batch.objects.update(channel=Channel.WEB)
    assert batches.close_lost_uploads(for_command()) == 0, "it may still be sent again"
    Batch.objects.update(opened=old)
    assert batches.close_lost_uploads(for_command()) == 1
    assert Batch.objects.get(pk=interrupted.pk).state == BatchState.CLOSED


def test_one_that_was_begun_by_a_clock_that_was_ahead_is_closed_once_it_is_right(interrupted: Batch) -> None:
    Batch.objects.update(channel=Channel.WEB, opened=clock.now() + datetime.timedelta(days=400))
    assert batches.close_lost_uploads(for_command()) == 1
    assert Batch.objects.get(pk=interrupted.pk).state == BatchState.CLOSED
