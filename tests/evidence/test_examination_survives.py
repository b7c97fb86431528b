"""A file that kills, stalls or takes over the child costs one finding, not the rest of the work."""

from __future__ import annotations

import os
import signal
import socket
import struct
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from custody.confined.children import Child
from evidence.core.errors import ExaminationError
from evidence.examination import frames
from evidence.examination.findings import Note, State
from evidence.examination.sandbox import ChildExaminer
from tests.evidence.conftest import jpeg


@pytest.fixture
def picture(tmp_path: Path) -> Iterator[int]:
    (tmp_path / "picture").write_bytes(jpeg())
    descriptor = os.open(tmp_path / "picture", os.O_RDONLY)
    yield descriptor
    os.close(descriptor)


def test_a_child_that_was_stopped_says_nothing_of_the_next_file(picture: int) -> None:
    with ChildExaminer() as examiner:
        assert examiner.examine(picture).state is State.READ
        os.kill(examiner.process_id, signal.SIGKILL)
        assert examiner.examine(picture).state is State.READ


def test_a_file_of_which_two_die_is_a_finding_and_a_new_one_takes_over(
    picture: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask, stopped = Child.ask, []

    def dies(child: Child, wanted: bytes, descriptor: int, *, seconds: float) -> float:
        os.kill(child.process_id, signal.SIGKILL)
        stopped.append(child.process_id)
        return ask(child, wanted, descriptor, seconds=seconds)

    with ChildExaminer() as examiner:
        with monkeypatch.context() as patched:
            patched.setattr(Child, "ask", dies)
            died = examiner.examine(picture)
        assert (died.state, died.notes, died.derived) == (State.REFUSED, (Note.CHILD_DIED,), ())
        assert len(set(stopped)) == 2
        assert examiner.examine(picture).state is State.READ


def test_a_stalled_child_is_ended_in_time(picture: int) -> None:
    with ChildExaminer(seconds=0.3) as examiner:
        os.kill(examiner.process_id, signal.SIGSTOP)
        begun = time.monotonic()
        assert examiner.examine(picture).notes == (Note.TIME_LIMIT,)
        assert time.monotonic() - begun < 5


def test_no_child_is_left_behind(picture: int) -> None:
    with ChildExaminer() as examiner:
        examiner.examine(picture)
        process = examiner.process_id
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)


def test_a_child_serves_many_files_and_is_then_replaced(picture: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evidence.examination.sandbox.FILES_PER_CHILD", 2)
    with ChildExaminer() as examiner:
        processes = []
        for _ in range(4):
            examiner.examine(picture)
            processes.append(examiner.process_id)
    assert processes[0] == processes[1] != processes[2] == processes[3]


def answer(content: bytes) -> None:
    """What the parent makes of an answer; raises what it raises."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        sender = threading.Thread(target=_say, args=(theirs, content))
        sender.start()
        try:
            frames.receive(ours, deadline=time.monotonic() + 10)
        finally:
            sender.join()


def _say(channel: socket.socket, content: bytes) -> None:
    channel.sendall(content)
    channel.shutdown(socket.SHUT_WR)


def framed(content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + content


HEADER = b'{"state": "read", "media_type": %s, "claims": %s, "notes": [], "derived": %s}'
PICTURE = b'[{"kind": "thumbnail", "width": 64, "height": 48}]'


@pytest.mark.parametrize(
    "lie",
    [
        struct.pack(">I", 1 << 31),
        framed(b"not json"),
        framed(b"[" * 100_000),
        framed(b"{}"),
        framed(b'{"state": "fine", "media_type": null, "claims": {}, "notes": [], "derived": []}'),
        framed(HEADER % (b'"text/html; x=<script>"', b"{}", b"[]")),
        framed(HEADER % (b"null", b'{"a b": "x"}', b"[]")),
        framed(HEADER % (b"null", b'{"a": 1}', b"[]")),
        framed(HEADER % (b"null", b'{"a": "\\ud800"}', b"[]")),
        framed(HEADER % (b"null", b"{}", b'[{"kind": "thumbnail", "width": 100000, "height": 1}]')),
        framed(HEADER % (b"null", b"{}", PICTURE)) + framed(b"<html><script>alert(1)</script>"),
        framed(HEADER % (b"null", b"{}", PICTURE)) + framed(jpeg(comment=b"hidden")),
        framed(HEADER % (b"null", b"{}", PICTURE)) + framed(jpeg(size=(65, 48))),
        framed(HEADER % (b"null", b"{}", PICTURE)) + framed(jpeg() + b"<script>"),
        framed(HEADER % (b"null", b"{}", PICTURE)) + struct.pack(">I", 1 << 30),
    ],
    ids=range(15),
)
def test_a_lying_child_is_not_believed(lie: bytes) -> None:
    with pytest.raises(ExaminationError):
        answer(lie)


def test_an_honest_answer_is_accepted() -> None:
    answer(framed(HEADER % (b'"image/jpeg"', b'{"exif.Make": "Canon"}', PICTURE)) + framed(jpeg()))


def test_an_answer_that_stops_in_the_middle_is_a_death() -> None:
    with pytest.raises(EOFError):
        answer(framed(HEADER % (b"null", b"{}", PICTURE))[:20])
