"""Locks end with their process: what nobody holds was left, and what is being made is never taken for that."""

from __future__ import annotations

import fcntl
import os
import threading
from pathlib import Path

import pytest

from custody import locks


def test_what_is_held_is_not_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "file"
    descriptor = locks.create_held(path)
    with locks.left_alone(path) as found:
        assert found is None
    os.close(descriptor)
    with locks.left_alone(path) as found:
        assert found is not None
        assert os.path.samestat(os.fstat(found), path.stat())
        with locks.left_alone(path) as again:
            assert again is None


def test_a_folder_can_be_held_too(tmp_path: Path) -> None:
    descriptor = os.open(tmp_path, os.O_RDONLY)
    assert locks.take(descriptor)
    with locks.left_alone(tmp_path) as found:
        assert found is None
    os.close(descriptor)


def test_a_link_a_pipe_and_what_is_gone_hold_nobody_up(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "link").symlink_to(tmp_path / "file")
    os.mkfifo(tmp_path / "pipe")
    for name, left in (("link", False), ("gone", False), ("pipe", True)):
        with locks.left_alone(tmp_path / name) as found:
            assert (found is not None) is left, name


def test_what_a_sweeper_removed_before_it_was_held_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, flock = tmp_path / "file", fcntl.flock
    swept: list[Path] = []

    def after_a_sweeper(descriptor: int, operation: int) -> None:
        if not swept:
            swept.append(path)
            path.unlink()
        flock(descriptor, operation)

    monkeypatch.setattr(fcntl, "flock", after_a_sweeper)
    descriptor = locks.create_held(path)
    assert swept
    assert os.path.samestat(os.fstat(descriptor), path.stat())
    os.close(descriptor)


def test_a_new_file_is_private_and_takes_nobodys_place(tmp_path: Path) -> None:
    descriptor = locks.create_held(tmp_path / "file")
    assert os.fstat(descriptor).st_mode & 0o777 == 0o600
    os.close(descriptor)
    with pytest.raises(FileExistsError):
        locks.create_held(tmp_path / "file")


def test_who_comes_second_waits_for_its_turn(data_dir: Path) -> None:
    said: list[str] = []

    def second() -> None:
        with locks.in_turn("name"):
            said.append("second")

    thread = threading.Thread(target=second)
    with locks.in_turn("name"):
        thread.start()
        thread.join(0.2)
        said.append("first")
    thread.join(10)
    assert said == ["first", "second"]
