"""New files hold exactly what was written: where direct writing is taken, where it is refused, and where in part."""

from __future__ import annotations

import errno
import fcntl
import mmap
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evidence.vault.writing import BLOCK, NewFile

Write = Callable[[int, bytes | memoryview], int]


def piece(content: bytes) -> memoryview:
    """The content in memory that begins at a page, as a reader's buffer does."""
    memory = mmap.mmap(-1, max(len(content), 1))
    memory[: len(content)] = content
    return memoryview(memory)[: len(content)]


def written(path: Path, pieces: list[bytes]) -> bytes:
    file = NewFile(path)
    try:
        for content in pieces:
            file.write(piece(content))
    finally:
        file.close()
    return path.read_bytes()


@pytest.mark.parametrize("size", [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK, 5 * BLOCK + 7, 1 << 20])
def test_the_bytes_are_those_written(tmp_path: Path, size: int) -> None:
    content = os.urandom(size)
    assert written(tmp_path / "file", [content]) == content


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(sizes=st.lists(st.sampled_from([0, 1, 511, 512, BLOCK - 1, BLOCK, 2 * BLOCK, 2 * BLOCK + 3]), max_size=6))
def test_pieces_of_any_length_follow_each_other(tmp_path: Path, sizes: list[int]) -> None:
    path = tmp_path / os.urandom(8).hex()
    pieces = [os.urandom(size) for size in sizes]
    assert written(path, pieces) == b"".join(pieces)


def test_memory_that_begins_inside_a_block_is_written_too(tmp_path: Path) -> None:
    content = os.urandom(4 * BLOCK)
    file = NewFile(tmp_path / "file")
    file.write(piece(b"\x00" + content)[1:])
    file.close()
    assert (tmp_path / "file").read_bytes() == content


def test_a_file_system_without_direct_writing_gets_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_flags = fcntl.fcntl

    def refuse(descriptor: int, command: int, argument: int = 0) -> int:
        if command == fcntl.F_SETFL and argument & os.O_DIRECT:
            raise OSError(errno.EINVAL, "Invalid argument")
        return set_flags(descriptor, command, argument)

    monkeypatch.setattr(fcntl, "fcntl", refuse)
    content = os.urandom(3 * BLOCK + 5)
    assert written(tmp_path / "file", [content, content]) == content * 2


@pytest.mark.parametrize("part", [BLOCK, BLOCK + 512, 100])
def test_what_a_write_leaves_over_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: int) -> None:
    write: Write = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, content: write(descriptor, bytes(content[:part])))
    content = os.urandom(6 * BLOCK + 9)
    assert written(tmp_path / "file", [content]) == content


def test_a_full_disk_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int, _content: memoryview) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(OSError, match="No space"):
        written(tmp_path / "file", [bytes(2 * BLOCK)])


def test_nothing_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"there")
    with pytest.raises(FileExistsError):
        NewFile(tmp_path / "file")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    with pytest.raises(FileExistsError):
        NewFile(tmp_path / "link")


def test_a_new_file_is_its_owners_alone(tmp_path: Path) -> None:
    NewFile(tmp_path / "file").close()
    assert (tmp_path / "file").stat().st_mode & 0o777 == 0o600
