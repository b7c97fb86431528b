"""A disk that fails at the end: what was kept is told, and running again completes the very same release."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from custody import disclosures, ledger
from custody.actions import Action
from custody.core.bundles import verify_bundle
from custody.models import Case
from evidence.bundles import Written, bag, delivering, folders, hand_out, resuming, sinks
from evidence.bundles.folders import BundleRefused
from evidence.bundles.interruptions import BundleInterrupted
from tests.evidence.bundles.handed import case_with_files, hand, order, quiet, run

pytestmark = pytest.mark.usefixtures("installation")

Fail = Callable[[Case, Path], str]


def _broken(*_: object, **__: object) -> None:
    raise OSError(errno.EIO, os.strerror(errno.EIO))


@pytest.fixture
def case() -> Case:
    return case_with_files()


def _fails(where: object, name: str, case: Case, to: Path, at: int = 1, **more: Any) -> str:
    """Has this function fail the ``at``-th time; gives what the user is told."""
    really, calls = getattr(where, name), []

    def fail(*about: Any) -> Any:
        calls.append(about)
        return _broken() if len(calls) == at else really(*about)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(where, name, fail)
        with pytest.raises(BundleInterrupted) as told:
            hand(case, to, **more)
    assert isinstance(told.value.__cause__, OSError)
    return str(told.value)


def _complete(case: Case, to: Path, written: Written) -> None:
    """One release, one entry, and the folder is it."""
    (row,) = disclosures.disclosures_in(case)
    assert (row.broken_off, row.sealed is None, row.manifest) == (None, False, written.tagmanifest)
    assert (ledger.count(Action.EXPORT_CREATED), ledger.count(Action.DISCLOSURE_SEALED)) == (1, 1)
    assert (str(row.pk), written.path, written.resumed) == (written.disclosure, str(to), True)
    assert (written.items, written.originals) == (4, 3)
    assert verify_bundle(to).bottom_line == "sound"
    assert not to.with_name(f"{to.name}.unfinished").exists()
    assert not resuming.Memory(to).read()


def test_before_the_entry_nothing_is_entered_and_the_same_order_goes_on(case: Case, tmp_path: Path) -> None:
    told = _fails(bag.BagWriter, "sync", case, tmp_path / "b")
    assert "nothing is entered in the register" in told
    assert str(tmp_path / "b.unfinished") in told
    assert "Input/output error" in told
    assert not disclosures.disclosures_in(case)
    _complete(case, tmp_path / "b", hand(case, tmp_path / "b"))
    assert ledger.count(Action.ITEM_DOWNLOADED) == 4


AFTER_THE_ENTRY: dict[str, tuple[object, str, int]] = {
    "the sync of the seal": (bag.BagWriter, "sync", 2),
    "the note that it is sealed": (resuming.Memory, "note_sealed", 1),
    "the name": (folders, "publish_folder", 1),
}


@pytest.mark.parametrize("at", AFTER_THE_ENTRY.values(), ids=AFTER_THE_ENTRY.keys())
def test_after_the_entry_it_is_told_as_entered_and_the_same_release_is_finished(
    case: Case, tmp_path: Path, at: tuple[object, str, int]
) -> None:
    where, name, number = at
    told = _fails(delivering if where is folders else where, name, case, tmp_path / "b", number)
    (row,) = disclosures.disclosures_in(case)
    assert f"release {row} is entered in the register" in told
    assert str(tmp_path / "b.unfinished") in told
    assert (row.sealed, row.broken_off) == (None, None)
    assert not (tmp_path / "b").exists()
    _complete(case, tmp_path / "b", hand(case, tmp_path / "b"))


def test_with_its_name_it_is_told_as_whole_and_the_next_run_confirms_it(case: Case, tmp_path: Path) -> None:
    told = _fails(folders, "_sync_around", case, tmp_path / "b")
    (row,) = disclosures.disclosures_in(case)
    assert f"release {row} is whole and is {tmp_path / 'b'}" in told
    assert (row.sealed, row.broken_off) == (None, None)
    written = hand_out(order(case), to=tmp_path / "b", progress=quiet, must_resume=True)
    _complete(case, tmp_path / "b", written)
    with pytest.raises(BundleRefused, match="is there already"):
        hand(case, tmp_path / "b")


def test_a_disk_that_fails_again_is_told_again(case: Case, tmp_path: Path) -> None:
    for _ in range(2):
        assert "is whole and is" in _fails(folders, "_sync_around", case, tmp_path / "b")
    _complete(case, tmp_path / "b", hand(case, tmp_path / "b"))


def test_whoever_runs_the_command_again_finishes_it_and_nobody_else_does(case: Case, tmp_path: Path) -> None:
    told = _fails(folders, "_sync_around", case, tmp_path / "b", words="not named")
    assert "give the same command again" in told
    with pytest.raises(BundleRefused, match="is there already"):
        hand(case, tmp_path / "b", words="Somebody else")
    assert str(tmp_path / "b") in run(case.code, "--to", str(tmp_path / "b"))
    (row,) = disclosures.disclosures_in(case)
    assert row.sealed is not None


def test_a_name_that_was_taken_meanwhile_is_told_and_given_up(case: Case, tmp_path: Path) -> None:
    def take(_done: int, _total: int) -> None:
        (tmp_path / "b").mkdir(exist_ok=True)
        (tmp_path / "b" / "thesis.txt").write_text("years of work")

    with pytest.raises(BundleInterrupted, match=r"is not finished.*b\.unfinished"):
        hand_out(order(case), to=tmp_path / "b", progress=take)
    with pytest.raises(BundleRefused, match="Move it aside"):
        hand(case, tmp_path / "b")
    (tmp_path / "b").rename(tmp_path / "theirs")
    _complete(case, tmp_path / "b", hand(case, tmp_path / "b"))


def test_one_that_another_run_is_about_to_confirm_is_left_to_it(case: Case, tmp_path: Path) -> None:
    _fails(folders, "_sync_around", case, tmp_path / "b")
    with folders.finished_folder(tmp_path / "b"), pytest.raises(BundleRefused, match="another run is writing"):
        hand(case, tmp_path / "b")
    _complete(case, tmp_path / "b", hand(case, tmp_path / "b"))


def test_one_that_has_just_got_its_name_is_left_to_its_run(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle, refused = folders._sync_around, []

    def look_first(to: Path) -> None:
        with pytest.raises(BundleRefused, match="another run is writing") as error:
            hand(case, tmp_path / "b")
        refused.append(error)
        settle(to)

    monkeypatch.setattr(folders, "_sync_around", look_first)
    assert not hand(case, tmp_path / "b").resumed
    assert len(refused) == 1
    assert ledger.count(Action.DISCLOSURE_SEALED) == 1


def _damage(to: Path) -> None:
    next((to / "data" / "photos").iterdir()).write_bytes(b"x")


def _unseal(to: Path) -> None:
    next((to / "seal").iterdir()).unlink()


@pytest.mark.parametrize("spoil", [_damage, _unseal])
def test_what_is_not_whole_any_more_is_not_confirmed(case: Case, tmp_path: Path, spoil: Callable[[Path], None]) -> None:
    _fails(folders, "_sync_around", case, tmp_path / "b")
    spoil(tmp_path / "b")
    with pytest.raises(BundleRefused, match="not, or not whole any more, the bundle"):
        hand(case, tmp_path / "b")
    (row,) = disclosures.disclosures_in(case)
    assert (row.sealed, row.broken_off) == (None, None)


def test_a_link_in_its_place_is_not_followed(case: Case, tmp_path: Path) -> None:
    _fails(folders, "_sync_around", case, tmp_path / "b")
    (tmp_path / "b").rename(tmp_path / "stick")
    (tmp_path / "b").symlink_to(tmp_path / "stick")
    with pytest.raises(BundleRefused, match="is there already"):
        hand(case, tmp_path / "b")


@pytest.mark.parametrize(("at", "name"), [((bag.BagWriter, "sync"), "b.unfinished"), ((folders, "_sync_around"), "b")])
def test_what_is_there_is_read_from_the_disk_and_not_from_memory(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: tuple[object, str], name: str
) -> None:
    """What never reached the disk can still be read from memory, and its failure is told only once."""
    _fails(*at, case, tmp_path / "b")
    asked: set[Path] = set()
    ask = os.posix_fadvise

    def noting(descriptor: int, start: int, length: int, how: int) -> None:
        if how == os.POSIX_FADV_DONTNEED:
            asked.add(Path(f"/proc/self/fd/{descriptor}").readlink())
        ask(descriptor, start, length, how)

    monkeypatch.setattr(os, "posix_fadvise", noting)
    there = set((tmp_path / name / "data" / "photos").iterdir())
    hand(case, tmp_path / "b")
    assert {path.name for path in there} <= {path.name for path in asked}


def test_what_the_disk_lost_is_not_sealed_but_told_as_broken_off(case: Case, tmp_path: Path) -> None:
    _fails(bag.BagWriter, "sync", case, tmp_path / "b", 2)
    _damage(tmp_path / "b.unfinished")
    assert not hand(case, tmp_path / "b").resumed
    lost, made = disclosures.disclosures_in(case).order_by("version")
    assert (lost.broken_off is None, made.broken_off) == (False, None)
    assert verify_bundle(tmp_path / "b").bottom_line == "sound"


def test_the_last_syncs_are_two_before_and_one_after_the_name(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the failures above stand for: manifests, seal, name."""
    seen: list[tuple[int, bool]] = []
    whole = sinks.sync_file_system

    def noting(descriptor: int) -> None:
        seen.append((ledger.count(Action.EXPORT_CREATED), (tmp_path / "b").exists()))
        whole(descriptor)

    for module in (sinks, folders):
        monkeypatch.setattr(module, "sync_file_system", noting)
    hand(case, tmp_path / "b")
    assert seen == [(0, False), (1, False), (1, True)]
