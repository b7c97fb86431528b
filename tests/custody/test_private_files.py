"""Private files: whole or not there, for their owner alone, and never through a link that somebody laid."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from custody import private_files

Write = Callable[[Path, bytes], None]
WRITES = [private_files.replace, private_files.write_once]


class PowerCut(BaseException):
    """Nothing after this happens."""


def _stop(*_: object, **__: object) -> None:
    raise PowerCut


@pytest.mark.parametrize("write", WRITES)
def test_a_file_is_its_owners_alone_whatever_the_mask_allows(tmp_path: Path, write: Write) -> None:
    before = os.umask(0)
    try:
        write(tmp_path / "key", b"whole")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("key", b"whole")]


@pytest.mark.parametrize("write", WRITES)
def test_a_stop_before_the_content_is_on_disk_leaves_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: Write
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", _stop)
        with pytest.raises(PowerCut):
            write(tmp_path / "key", b"whole")
    assert list(tmp_path.iterdir()) == []
    write(tmp_path / "key", b"whole")
    assert (tmp_path / "key").read_bytes() == b"whole"


@pytest.mark.parametrize("write", WRITES)
def test_content_and_then_name_are_on_disk_before_it_returns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: Write
) -> None:
    synced: list[str] = []
    real = os.fsync

    def noted(handle: int) -> None:
        synced.append("folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file")
        real(handle)

    monkeypatch.setattr(os, "fsync", noted)
    write(tmp_path / "key", b"whole")
    assert synced == ["file", "folder"]


def test_one_takes_the_others_place_or_leaves_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "memory"
    private_files.replace(path, b"old")
    private_files.replace(path, b"new")
    assert path.read_bytes() == b"new"
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", _stop)
        with pytest.raises(PowerCut):
            private_files.replace(path, b"newer")
    assert [(each.name, each.read_bytes()) for each in tmp_path.iterdir()] == [("memory", b"new")]


def test_what_is_written_once_is_never_written_over(tmp_path: Path) -> None:
    private_files.write_once(tmp_path / "ca.p12", b"first")
    with pytest.raises(FileExistsError):
        private_files.write_once(tmp_path / "ca.p12", b"second")
    assert [(each.name, each.read_bytes()) for each in tmp_path.iterdir()] == [("ca.p12", b"first")]


def test_a_link_in_the_way_is_not_followed(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    folder.mkdir()
    (folder / "ca.p12").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FileExistsError):
        private_files.write_once(folder / "ca.p12", b"key")
    private_files.replace(folder / "ca.p12", b"key")
    assert not (tmp_path / "elsewhere").exists()
    assert not (folder / "ca.p12").is_symlink()


@pytest.mark.parametrize(("length", "fits"), [(8, True), (9, False)])
def test_a_file_larger_than_expected_is_not_read(tmp_path: Path, length: int, *, fits: bool) -> None:
    (tmp_path / "note").write_bytes(b"x" * length)
    if fits:
        assert private_files.read(tmp_path / "note", at_most=8) == b"x" * 8
        return
    with pytest.raises(OSError, match="larger than 8 bytes"):
        private_files.read(tmp_path / "note", at_most=8)
