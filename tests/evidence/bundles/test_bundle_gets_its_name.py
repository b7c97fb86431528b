"""A finished bundle gets its own name once, and takes that of no other; the register says who may have it."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from custody import disclosures
from custody.core.bundles import verify_bundle
from custody.models import Case, Disclosure
from evidence.bundles import delivering, folders, hand_out_zip, proofs
from evidence.bundles.folders import BundleRefused
from evidence.bundles.resuming import Memory
from tests.evidence.bundles.handed import case_with_files, court, hand, order, quiet

pytestmark = pytest.mark.usefixtures("installation")


class _KilledError(BaseException):
    """Nothing that a killed process would not leave out runs after it: the code has no clean-up for it."""


def _die(*_: object, **__: object) -> None:
    raise _KilledError


def _no_links(*_: object, **__: object) -> None:
    raise OSError(errno.EPERM, "no hard links here")


def _full(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, "no space left")


@pytest.fixture
def case() -> Case:
    return case_with_files()


def _zip(case: Case, to: Path, **more: Any) -> None:
    hand_out_zip(order(case, **more), to=to, progress=quiet)


@pytest.mark.parametrize(("where", "name"), [(Memory, "forget"), (disclosures, "record_seal")])
def test_what_got_its_name_and_was_moved_away_is_not_said_to_have_broken_off(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: object, name: str
) -> None:
    def die_once_it_has_its_name(*_: object, **__: object) -> None:
        if (tmp_path / "b").exists():
            raise _KilledError

    with monkeypatch.context() as patch:
        patch.setattr(where, name, die_once_it_has_its_name)
        with pytest.raises(_KilledError):
            hand(case, tmp_path / "b")
    (tmp_path / "b").rename(tmp_path / "stick")
    hand(case, tmp_path / "b")
    assert verify_bundle(tmp_path / "stick").bottom_line == "sound"
    assert [row.broken_off for row in disclosures.disclosures_in(case)] == [None, None]


def test_a_run_that_waited_while_another_finished_touches_nothing(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other one comes to its end between the first look at the name and the making of the folder."""
    with monkeypatch.context() as patch:
        patch.setattr(delivering, "publish_folder", _die)
        with pytest.raises(_KilledError):
            hand(case, tmp_path / "b")
    make, others = Path.mkdir, [tmp_path / "b"]

    def after_the_other(path: Path, *about: Any, **more: Any) -> None:
        if path.name == "b.unfinished" and others:
            hand(case, others.pop())
        make(path, *about, **more)

    monkeypatch.setattr(Path, "mkdir", after_the_other)
    with pytest.raises(BundleRefused, match="is there already"):
        hand(case, tmp_path / "b")
    (row,) = disclosures.disclosures_in(case)
    assert (row.broken_off, row.sealed is None) == (None, False)
    assert verify_bundle(tmp_path / "b").bottom_line == "sound"
    assert not (tmp_path / "b.unfinished").exists()


def test_what_another_run_left_meanwhile_is_read_once_the_folder_is_held(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other one was killed before its seal: it is gone on with, not begun anew beside it."""
    make, others = Path.mkdir, [tmp_path / "b"]

    def after_the_other(path: Path, *about: Any, **more: Any) -> None:
        if path.name == "b.unfinished" and others:
            with monkeypatch.context() as patch:
                patch.setattr(proofs, "write_seal", _die)
                with pytest.raises(_KilledError):
                    hand(case, others.pop())
        make(path, *about, **more)

    monkeypatch.setattr(Path, "mkdir", after_the_other)
    assert hand(case, tmp_path / "b").resumed
    (row,) = disclosures.disclosures_in(case)
    assert (row.broken_off, row.sealed is None) == (None, False)


@pytest.mark.parametrize("links", [True, False], ids=["with links", "without links"])
def test_a_zip_takes_the_name_of_no_other(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, links: bool
) -> None:
    to = tmp_path / "b.zip"

    def make_another(_done: int, _total: int) -> None:
        to.write_bytes(b"another")

    if not links:
        monkeypatch.setattr(os, "link", _no_links)
    with pytest.raises(BundleRefused, match="was made meanwhile"):
        hand_out_zip(order(case), to=to, progress=make_another)
    assert to.read_bytes() == b"another"
    assert verify_bundle(tmp_path / "b.zip.unfinished").bottom_line == "sound"
    (row,) = disclosures.disclosures_in(case)
    assert (row.sealed, row.broken_off) == (None, None)


def test_a_zip_gets_its_name_where_there_are_no_links(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "link", _no_links)
    _zip(case, tmp_path / "b.zip")
    assert verify_bundle(tmp_path / "b.zip").bottom_line == "sound"
    assert list(tmp_path.glob("b.zip*")) == [tmp_path / "b.zip"]


def test_a_second_zip_run_that_saw_no_file_yet_leaves_the_finished_one(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    to, remove = tmp_path / "b.zip", folders._remove_dead

    def after_the_other(part: Path) -> None:
        monkeypatch.setattr(folders, "_remove_dead", remove)
        _zip(case, to, words="The first")
        remove(part)

    monkeypatch.setattr(folders, "_remove_dead", after_the_other)
    with pytest.raises(BundleRefused, match="is there already"):
        _zip(case, to, words="The second")
    (row,) = disclosures.disclosures_in(case)
    assert (row.recipient_words, row.broken_off) == ("The first", None)
    assert verify_bundle(to).bottom_line == "sound"
    assert list(tmp_path.glob("b.zip*")) == [to]


def test_a_zip_that_another_run_writes_is_left_to_it(case: Case, tmp_path: Path) -> None:
    with folders.unfinished_file(tmp_path / "b.zip") as (file, part):
        file.write(b"half")
        with pytest.raises(BundleRefused, match="another run is writing"):
            _zip(case, tmp_path / "b.zip")
        file.flush()
        assert part.read_bytes() == b"half"


def test_the_second_name_of_a_finished_zip_is_removed_and_not_written_over(case: Case, tmp_path: Path) -> None:
    """Killed between the two steps that give a name: both names stand for the same bytes."""
    _zip(case, tmp_path / "b.zip")
    (tmp_path / "b.zip.unfinished").hardlink_to(tmp_path / "b.zip")
    (tmp_path / "b.zip").rename(tmp_path / "stick.zip")
    _zip(case, tmp_path / "b.zip")
    assert verify_bundle(tmp_path / "stick.zip").bottom_line == "sound"


def test_no_proof_begins_with_a_zip_that_did_not_get_its_name(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    party = court()
    with monkeypatch.context() as patch:
        patch.setattr(delivering, "publish_file", _full)
        with pytest.raises(OSError, match="no space"):
            _zip(case, tmp_path / "b.zip", party=party)
    assert verify_bundle(tmp_path / "b.zip.unfinished").bottom_line == "sound"
    (row,) = disclosures.disclosures_in(case)
    assert (row.sealed, row.broken_off) == (None, None)
    assert hand(case, tmp_path / "next", party=party).since is None
    assert hand(case, tmp_path / "last", party=party).since is not None


def test_no_proof_begins_with_a_folder_that_was_given_up(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    party = court()
    with monkeypatch.context() as patch:
        patch.setattr(proofs, "write_seal", _die)
        with pytest.raises(_KilledError):
            hand(case, tmp_path / "b", party=party)
    assert hand(case, tmp_path / "next", party=party).since is None


def test_a_zip_that_is_lost_is_gone_before_the_register_says_that_nobody_has_it(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there: list[bool] = []
    break_off = disclosures.break_off

    def noting(row: Disclosure, **more: Any) -> None:
        there.append((tmp_path / "b.zip.unfinished").exists())
        break_off(row, **more)

    monkeypatch.setattr(disclosures, "break_off", noting)
    monkeypatch.setattr(proofs, "write_seal", _die)
    with pytest.raises(_KilledError):
        _zip(case, tmp_path / "b.zip")
    assert there == [False]
    assert disclosures.disclosures_in(case)[0].broken_off is not None
