"""Links, devices, pipes and sockets are listed and never opened, also when they take a file's place later."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from evidence import sources
from evidence.core.errors import UnreadableSourceError
from evidence.core.reasons import Reason
from evidence.sources import Found


def only(path: Path) -> Found:
    (found,) = sources.walk(sources.roots([os.fsencode(path)]))
    return found


def test_a_symbolic_link_is_refused_wherever_it_points(tmp_path: Path) -> None:
    (tmp_path / "box").mkdir()
    (tmp_path / "box" / "file").symlink_to("/etc/passwd")
    assert only(tmp_path / "box").reason is Reason.SYMBOLIC_LINK
    (tmp_path / "folder").symlink_to("box")
    assert only(tmp_path / "folder").reason is Reason.SYMBOLIC_LINK
    (tmp_path / "broken").symlink_to("nowhere")
    assert only(tmp_path / "broken").reason is Reason.SYMBOLIC_LINK


def test_a_loop_of_links_ends(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(".")
    assert only(tmp_path).reason is Reason.SYMBOLIC_LINK


def test_a_pipe_is_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert only(tmp_path).reason is Reason.FIFO


def test_a_socket_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("s")
        assert only(tmp_path).reason is Reason.SOCKET


def test_a_device_is_refused() -> None:
    assert only(Path("/dev/null")).reason is Reason.DEVICE


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read everything")
def test_what_may_not_be_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "shut").mkdir(mode=0o000)
    assert only(tmp_path).reason is Reason.FOLDER_UNREADABLE


@pytest.mark.parametrize("kind", ["link", "pipe", "gone", "folder-link"])
def test_what_took_the_place_of_a_file_after_the_walk_is_not_opened(tmp_path: Path, kind: str) -> None:
    box = tmp_path / "box"
    box.mkdir()
    (box / "file").write_bytes(b"x")
    found = only(tmp_path)
    (box / "file").unlink()
    expected = Reason.SYMBOLIC_LINK
    if kind == "link":
        (box / "file").symlink_to("/etc/passwd")
    elif kind == "pipe":
        os.mkfifo(box / "file")
        expected = Reason.FIFO
    elif kind == "gone":
        expected = Reason.VANISHED
    else:
        box.rmdir()
        (tmp_path / "elsewhere").mkdir()
        (tmp_path / "elsewhere" / "file").write_bytes(b"secret")
        box.symlink_to("elsewhere")
        expected = Reason.VANISHED  # a link where a folder is asked for: "not a directory"
    with pytest.raises(UnreadableSourceError) as caught:
        found.open()
    assert caught.value.reason == expected


def test_every_reason_says_in_plain_words_what_happened() -> None:
    for reason in Reason:
        assert reason.words.endswith(".")
        assert len(reason.words.split()) >= 6
