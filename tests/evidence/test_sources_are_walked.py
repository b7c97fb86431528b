"""Everything under the paths is found once, in a fixed order, under whatever name."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from evidence import sources
from evidence.core.errors import UnreadableSourceError
from evidence.core.reasons import Reason
from evidence.sources import Found

ODD_NAMES = [
    "صورة.jpg".encode(),
    "e\u0301.jpg".encode(),
    "\u00e9.jpg".encode(),
    "gpj\u202e.exe".encode(),
    b"new\nline",
    b"bad\xff\xfebytes",
    b"-dash",
    b".dot",
    b"space ",
    b"<b>.jpg",
    b"x" * 255,
]


def walked(*paths: Path | bytes, own: tuple[bytes, ...] = ()) -> list[Found]:
    return list(sources.walk(sources.roots([os.fsencode(path) for path in paths]), own_data=own))


def test_odd_names_are_found_in_byte_order_and_opened(tmp_path: Path) -> None:
    for name in ODD_NAMES:
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).write_bytes(name)
    found = walked(tmp_path)
    assert [each.name for each in found] == sorted(ODD_NAMES)
    for each in found:
        descriptor = each.open()
        assert os.read(descriptor, 300) == each.name
        os.close(descriptor)


def test_folders_are_entered_where_their_names_stand_in_the_order(tmp_path: Path) -> None:
    for place in ("b/2", "b/1", "a", "c", "b/d/x"):
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).touch()
    top = os.fsencode(tmp_path) + b"/"
    assert [each.location.removeprefix(top) for each in walked(tmp_path)] == [b"a", b"b/1", b"b/2", b"b/d/x", b"c"]


def test_a_path_inside_another_is_walked_once(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "file").touch()
    (tmp_path / "file").touch()
    assert len(walked(tmp_path / "in", tmp_path, tmp_path / "in" / "file", tmp_path)) == 2
    assert len(walked(tmp_path / "in", tmp_path / "file")) == 2


def test_a_folder_whose_name_only_begins_alike_is_another(tmp_path: Path) -> None:
    for name in ("box", "box2"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").touch()
    assert len(walked(tmp_path / "box", tmp_path / "box2")) == 2


def test_the_path_is_told_as_it_was_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "box").mkdir()
    (tmp_path / "box" / "a").touch()
    monkeypatch.chdir(tmp_path)
    (found,) = walked(b"./box/../box")
    assert found.given == b"./box/../box/a"
    assert found.location == os.fsencode(tmp_path.resolve() / "box" / "a")


def test_the_census_counts_without_opening(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"12345")
    (tmp_path / "b").write_bytes(b"123")
    (tmp_path / "link").symlink_to("a")
    assert sources.census(sources.roots([os.fsencode(tmp_path)])) == sources.Census(seen=3, size=8)


def test_our_own_data_is_not_swallowed(tmp_path: Path) -> None:
    (tmp_path / "var" / "vault").mkdir(parents=True)
    (tmp_path / "var" / "vault" / "object").touch()
    (tmp_path / "photo").touch()
    found = walked(tmp_path, own=(os.fsencode(tmp_path / "var" / "vault"),))
    assert [(each.name, each.reason) for each in found] == [(b"photo", None), (b"vault", Reason.OWN_DATA)]


def test_a_path_where_nothing_is_raises(tmp_path: Path) -> None:
    with pytest.raises(UnreadableSourceError):
        walked(tmp_path / "absent")


def test_a_very_deep_folder_is_reached(tmp_path: Path) -> None:
    here = os.open(tmp_path, os.O_RDONLY)
    try:
        for _ in range(30):
            os.mkdir("n" * 200, dir_fd=here)
            deeper = os.open("n" * 200, os.O_RDONLY, dir_fd=here)
            os.close(here)
            here = deeper
        os.close(os.open("bottom", os.O_CREAT | os.O_WRONLY, dir_fd=here))
    finally:
        os.close(here)
    (found,) = walked(tmp_path)
    assert found.name == b"bottom"
    assert len(found.location) > 4096
    os.close(found.open())
