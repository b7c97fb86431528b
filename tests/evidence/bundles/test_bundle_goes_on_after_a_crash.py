"""A bundle whose writing was killed: the next run clears what is left, and nothing that others put there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from custody.core.bundles import verify_bundle
from evidence.bundles.bag import BagWriter
from evidence.bundles.folders import BundleRefused, unfinished_folder
from evidence.intake import TakenIn


@pytest.fixture
def held(folder: Path, ingest: Callable[..., TakenIn]) -> Path:
    """A case with one file."""
    (folder / "a").write_bytes(b"received")
    ingest(folder)
    return folder


def leave_behind(to: Path) -> Path:
    """What a run leaves that is killed while it writes originals."""
    unfinished = to.with_name(f"{to.name}.unfinished")
    unfinished.mkdir()
    BagWriter(unfinished).add_bytes("data/originals/half", b"half")
    return unfinished


@pytest.mark.usefixtures("held")
def test_what_a_dead_run_left_is_cleared_by_the_next(tmp_path: Path) -> None:
    unfinished = leave_behind(tmp_path / "bundle")
    call_command("bundle", "RWB-04", "--to", str(tmp_path / "bundle"))
    assert verify_bundle(tmp_path / "bundle").bottom_line == "sound"
    assert not unfinished.exists()
    assert not (tmp_path / "bundle" / "data/originals/half").exists()


@pytest.mark.usefixtures("held")
def test_a_folder_that_a_living_run_writes_is_left_to_it(tmp_path: Path) -> None:
    with unfinished_folder(tmp_path / "bundle") as unfinished:
        (unfinished / "data").mkdir()
        with pytest.raises(CommandError, match="another run is writing"):
            call_command("bundle", "RWB-04", "--to", str(tmp_path / "bundle"))
        assert (unfinished / "data").is_dir()


def test_a_folder_that_holds_something_else_is_not_touched(tmp_path: Path) -> None:
    unfinished = leave_behind(tmp_path / "bundle")
    (unfinished / "thesis.txt").write_text("years of work")
    with pytest.raises(BundleRefused, match=r"thesis\.txt"), unfinished_folder(tmp_path / "bundle"):
        raise AssertionError("it was given away")
    assert (unfinished / "data/originals/half").is_file()
