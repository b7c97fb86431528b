"""A hand-out that is killed leaves nothing in clear that nobody knows of, and nothing spent that is not told."""

from __future__ import annotations

import fcntl
import shutil
import uuid
from pathlib import Path

import pytest

from custody import approvals, data, private_files
from custody.models import Approval, ApprovalState, Disclosure
from custody.verification import Inspection, inspect
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
    """The worker may look between any two steps, also before the lock is taken."""
    lock, looked = fcntl.flock, []

    def look_first(descriptor: int, how: int) -> None:
        if how == fcntl.LOCK_EX:
            looked.append(unfinished.clear_killed())
        lock(descriptor, how)

    monkeypatch.setattr(fcntl, "flock", look_first)
    with unfinished.unfinished(tmp_path / "out", str(uuid.uuid4())) as folder:
        assert looked == [[]]
        assert list(data.work().glob("release-*"))
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


def test_a_name_that_is_taken_by_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").symlink_to(tmp_path / "nowhere")
    with (
        pytest.raises(DossierError, match="exists already"),
        unfinished.unfinished(tmp_path / "out", str(uuid.uuid4())),
    ):
        pass
    assert not list(data.work().glob("release-*"))
