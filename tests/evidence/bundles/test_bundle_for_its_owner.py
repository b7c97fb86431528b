"""What lies in a bundle is read by whoever it is handed to, and by nobody else on this machine."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from evidence.bundles import Offer, Piece, forget_part, register_part
from tests.evidence.bundles.handed import case_with_files, hand

pytestmark = pytest.mark.usefixtures("installation")


@pytest.fixture
def lax() -> Iterator[None]:
    """The usual mask of a shell, under which others read what is made."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def _modes(root: Path) -> set[tuple[bool, int]]:
    return {(path.is_dir(), stat.S_IMODE(path.lstat().st_mode)) for path in (root, *root.rglob("*"))}


@pytest.mark.usefixtures("lax")
@pytest.mark.parametrize("made", [False, True], ids=["a new folder", "one that was there"])
def test_folders_and_files_are_for_their_owner_alone(tmp_path: Path, *, made: bool) -> None:
    if made:
        (tmp_path / "b.unfinished").mkdir(mode=0o755)
    register_part("test", lambda _request: Offer(pieces=[Piece("data/statements/ST-1.json", b"told")]))
    try:
        hand(case_with_files(), tmp_path / "b")
    finally:
        forget_part("test")
    assert (tmp_path / "b" / "data" / "statements" / "ST-1.json").is_file()
    assert _modes(tmp_path / "b") == {(True, 0o700), (False, 0o600)}
