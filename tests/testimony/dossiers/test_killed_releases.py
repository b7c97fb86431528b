"""A hand-out that is killed leaves nothing in clear that nobody knows of, and nothing spent that is not told."""

from __future__ import annotations

import fcntl
import itertools
import os
import shutil
import uuid
from pathlib import Path

import pytest

from custody import approvals, data, private_files
from custody.models import Approval, ApprovalState, Disclosure
from custody.verification import Inspection, inspect
from evidence.bundles import sinks
from testimony.core.errors import DossierError
from testimony.dossiers import release, unfinished, versions
from testimony.models import Dossier
from testimony.tasks import build_dossiers
from tests.cast import Cast
from tests.testimony import files


class _KillError(BaseException):
    """A process that is killed runs nothing any more, but lets go of its locks."""


def _die(*_: object) -> None:
    raise _KillError


@pytest.fixture
def version(cast: Cast, tmp_path: Path) -> Dossier:
    file = files.file_of(cast.case, tmp_path / "in")
    return files.build(file, recipient=files.court(cast.case))


def _approved(cast: Cast, version: Dossier) -> Approval:
    lawyer = files.signed_in(cast.case, cast.lawyer)
    asked = release.ask_release(version=version, asker=lawyer, reason="for the hearing", with_bundle=True)
    return approvals.approve(approval=asked, actor=files.signed_in(cast.case, cast.lead).actor)


def _hand_out(cast: Cast, version: Dossier, approval: Approval, to: Path) -> release.Handed:
    return release.release(version=version, approval=approval, asker=files.signed_in(cast.case, cast.lawyer), to=to)


def _killed(cast: Cast, version: Dossier, approval: Approval, to: Path, at: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(at, _die)
        patch.setattr(unfinished, "_undo", _die)
        with pytest.raises(_KillError):
            _hand_out(cast, version, approval, to)


BEFORE = "testimony.dossiers.letter.compose"
AFTER = "evidence.bundles.proofs.write_seal"


def _parts(folder: Path) -> list[Path]:
    return list(folder.glob(".out.*.part"))


def test_killed_before_its_entry_it_is_cleared_away_and_the_approval_still_stands(
    cast: Cast, version: Dossier, tmp_path: Path
) -> None:
    approval = _approved(cast, version)
    _killed(cast, version, approval, tmp_path / "out", BEFORE)
    (left,) = _parts(tmp_path)
    assert list(left.glob("*.pdf"))
    _hand_out(cast, version, approval, tmp_path / "out")
    assert not _parts(tmp_path)
    assert Disclosure.objects.count() == 2
    assert inspect(Inspection()).bottom_line == "sound"


def test_killed_after_its_entry_it_is_told_and_can_be_asked_for_anew(
    cast: Cast, version: Dossier, tmp_path: Path
) -> None:
    approval = _approved(cast, version)
    _killed(cast, version, approval, tmp_path / "out", AFTER)
    (left,) = _parts(tmp_path)
    (killed,) = unfinished.clear_killed()
    assert (killed.folder, killed.removed) == (left, True)
    assert {row.kind for row in killed.broken_off} == {"bundle", "dossier"}
    assert not _parts(tmp_path)
    assert not Disclosure.objects.filter(broken_off=None).exists()
    assert Approval.objects.get().state == ApprovalState.USED
    assert versions.standing_of(version).state is versions.State.BUILT
    assert not unfinished.clear_killed()
    _hand_out(cast, version, _approved(cast, version), tmp_path / "out")
    assert inspect(Inspection()).bottom_line == "sound"


def test_the_worker_clears_it_away_by_itself(cast: Cast, version: Dossier, tmp_path: Path) -> None:
    _killed(cast, version, _approved(cast, version), tmp_path / "out", AFTER)
    build_dossiers()
    assert not _parts(tmp_path)
    assert Disclosure.objects.exclude(broken_off=None).count() == 2


def test_one_that_still_writes_is_left_alone(tmp_path: Path) -> None:
    with unfinished.unfinished(tmp_path / "out", str(uuid.uuid4())) as folder:
        assert unfinished.clear_killed() == []
        assert folder.is_dir()
        folder.rename(tmp_path / "out")
    assert (tmp_path / "out").is_dir()
    assert not list(data.work().glob("release-*"))


def test_one_that_got_its_name_counts_as_handed_out(
    cast: Cast, version: Dossier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _killed(cast, version, _approved(cast, version), tmp_path / "out", AFTER)
    (left,) = _parts(tmp_path)
    left.rename(tmp_path / "out")
    assert unfinished.clear_killed() == []
    assert (tmp_path / "out").is_dir()
    assert Disclosure.objects.filter(broken_off=None).count() == 2


@pytest.mark.parametrize("raised", [KeyboardInterrupt, OSError])
def test_what_fails_after_the_name_was_given_breaks_nothing_off(
    cast: Cast, version: Dossier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, raised: type[BaseException]
) -> None:
    out, settle = tmp_path / "out", private_files.settle

    def fail(folder: Path) -> None:
        if folder == out.parent:
            raise raised
        settle(folder)

    monkeypatch.setattr(release, "settle", fail)
    with pytest.raises(raised):
        _hand_out(cast, version, _approved(cast, version), out)
    assert (out / release.SUMS).is_file()
    assert Disclosure.objects.filter(broken_off=None).count() == 2
    assert not list(data.work().glob("release-*"))
    assert inspect(Inspection()).bottom_line == "sound"


def test_what_fails_before_the_name_was_given_breaks_off_what_was_entered(
    cast: Cast, version: Dossier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(release, "settle", _die)
    with pytest.raises(_KillError):
        _hand_out(cast, version, _approved(cast, version), tmp_path / "out")
    assert not _parts(tmp_path)
    assert Disclosure.objects.exclude(broken_off=None).count() == 2
    assert not list(data.work().glob("release-*"))


@pytest.mark.parametrize(("number", "entered"), [(1, 0), (2, 2)], ids=["before the entry", "after the entry"])
def test_a_disk_that_fails_under_the_bundle_beside_it_leaves_nothing_entered_that_nobody_has(
    cast: Cast, version: Dossier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, entered: int
) -> None:
    sync, calls = sinks.sync_file_system, itertools.count(1)

    def fail(descriptor: int) -> None:
        if next(calls) == number:
            raise OSError(5, "Input/output error")
        sync(descriptor)

    with monkeypatch.context() as patch:
        patch.setattr(sinks, "sync_file_system", fail)
        with pytest.raises(OSError, match="Input/output"):
            _hand_out(cast, version, _approved(cast, version), tmp_path / "out")
    assert not list(tmp_path.glob("*out*"))
    assert not list(data.work().glob("*release-*"))
    assert Disclosure.objects.exclude(broken_off=None).count() == Disclosure.objects.count() == entered


def test_what_cannot_be_removed_at_once_is_removed_later(
    cast: Cast, version: Dossier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    approval = _approved(cast, version)
    with monkeypatch.context() as patch:
        patch.setattr(release, "settle", _die)
        patch.setattr(shutil, "rmtree", refuse)
        with pytest.raises(_KillError):
            _hand_out(cast, version, approval, tmp_path / "out")
    assert _parts(tmp_path)
    (killed,) = unfinished.clear_killed()
    assert killed.removed
    assert not _parts(tmp_path)


def test_one_that_begins_is_not_taken_for_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker may look between any two steps, also before the lock is taken: what it removes then is made anew."""
    lock = fcntl.flock
    looked: list[list[unfinished.Killed]] = []

    def look_first(descriptor: int, how: int) -> None:
        if how == fcntl.LOCK_EX and not looked:
            looked.append(unfinished.clear_killed())
        lock(descriptor, how)

    monkeypatch.setattr(fcntl, "flock", look_first)
    with unfinished.unfinished(tmp_path / "out", str(uuid.uuid4())) as folder:
        assert looked == [[]]
        (told,) = data.work().glob("*release-*")
        assert told.name.startswith("release-")
        assert folder.is_dir()
        folder.rename(tmp_path / "out")
    assert not list(data.work().glob("*release-*"))


def test_a_place_that_is_out_of_reach_is_told_until_it_is_there_again(
    cast: Cast, version: Dossier, tmp_path: Path
) -> None:
    stick, drawer = tmp_path / "stick", tmp_path / "drawer"
    stick.mkdir()
    _killed(cast, version, _approved(cast, version), stick / "out", AFTER)
    stick.rename(drawer)
    for _ in range(2):
        (killed,) = unfinished.clear_killed()
        assert not killed.removed
    assert Disclosure.objects.filter(broken_off=None).count() == 2
    drawer.rename(stick)
    (killed,) = unfinished.clear_killed()
    assert killed.removed
    assert not list(stick.iterdir())


def test_what_lay_in_the_data_folder_has_left_nobody(cast: Cast, version: Dossier) -> None:
    """A page hands out through a folder there, which the next build sweeps away."""
    tray = data.work() / "dossier-x"
    tray.mkdir()
    _killed(cast, version, _approved(cast, version), tray / "out", AFTER)
    shutil.rmtree(tray)
    (killed,) = unfinished.clear_killed()
    assert len(killed.broken_off) == 2


def test_a_place_named_from_where_one_stands_is_found_from_elsewhere(
    cast: Cast, version: Dossier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    _killed(cast, version, _approved(cast, version), Path("out"), AFTER)
    monkeypatch.chdir("/")
    (killed,) = unfinished.clear_killed()
    assert killed.removed
    assert not _parts(tmp_path)


def test_nothing_but_what_is_told_of_is_removed(tmp_path: Path) -> None:
    (data.work() / "release-cut.json").write_bytes(b'{"type":"unfinis')
    (tmp_path / ".out.12345678.part").mkdir()
    assert unfinished.clear_killed() == []
    assert _parts(tmp_path)
    assert not list(data.work().glob("release-*"))


def _begun(tmp_path: Path, die_at: str) -> Path:
    """What is left in the data folder by one that is killed before it has a folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, die_at, _die)
        # A process that is killed removes nothing.
        patch.setattr(Path, "unlink", lambda *_, **__: None)
        with pytest.raises(_KillError), unfinished.unfinished(tmp_path / "out", str(uuid.uuid4())):
            pass
    (left,) = data.work().glob(".release-*.json")
    assert not list(tmp_path.glob("*out*"))
    return left


@pytest.mark.parametrize("die_at", ["fsync", "rename"])
def test_killed_while_its_memory_was_written_it_leaves_nothing(tmp_path: Path, die_at: str) -> None:
    left = _begun(tmp_path, die_at)
    assert unfinished.clear_killed() == []
    assert not left.exists()


@pytest.mark.usefixtures("installation")
def test_the_worker_clears_away_a_memory_that_never_got_its_name(tmp_path: Path) -> None:
    left = _begun(tmp_path, "fsync")
    build_dossiers()
    assert not left.exists()


def test_a_memory_that_is_being_written_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fsync = os.fsync
    looked: list[list[unfinished.Killed]] = []

    def look_first(descriptor: int) -> None:
        if not looked:
            looked.append(unfinished.clear_killed())
            assert list(data.work().glob(".release-*.json"))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", look_first)
    with unfinished.unfinished(tmp_path / "out", str(uuid.uuid4())) as folder:
        assert looked == [[]]
        folder.rename(tmp_path / "out")
    assert not list(data.work().glob("*release-*"))


def test_a_link_in_the_place_of_a_memory_is_not_followed(tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    theirs.write_bytes(b"x")
    link = data.work() / ".release-x.json"
    link.symlink_to(theirs)
    assert unfinished.clear_killed() == []
    link.unlink()
    assert theirs.read_bytes() == b"x"


def test_a_name_that_is_taken_by_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").symlink_to(tmp_path / "nowhere")
    with (
        pytest.raises(DossierError, match="exists already"),
        unfinished.unfinished(tmp_path / "out", str(uuid.uuid4())),
    ):
        pass
    assert not list(data.work().glob("release-*"))
