"""A bundle whose writing broke off anywhere: gone on with, without opening again what is whole, or begun anew."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from custody import cases, disclosures, ledger
from custody.actions import Action
from custody.actors import for_command
from custody.core.bundles import layout, verify_bundle
from custody.models import Case
from evidence.access import exporting
from evidence.bundles import contents, delivering, folders, hand_out, proofs, sinks, writing
from evidence.bundles.folders import BundleRefused
from evidence.descriptions import describe_item
from evidence.models import EvidenceItem
from tests.evidence.bundles.handed import case_with_files, hand, order, quiet
from tests.exhibits import receive

pytestmark = pytest.mark.usefixtures("installation")


Kill = Callable[[object, str], None]


class _KilledError(BaseException):
    """Nothing that a killed process would not leave out runs after it: the code has no clean-up for it."""


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Digests of the originals that were opened."""
    found: list[str] = []
    open_it = exporting.open_exported

    def noting(asker: Any, item: Any, export: Any) -> Any:
        found.append(item.sha256)
        return open_it(asker, item, export)

    monkeypatch.setattr(contents, "open_exported", noting)
    return found


@pytest.fixture
def case() -> Case:
    return case_with_files()


@pytest.fixture
def kill(case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Kill:
    """Has the writing of a bundle die where this function would be called."""

    def kill_in(where: object, name: str) -> None:
        def die(*_: object, **__: object) -> None:
            raise _KilledError

        with monkeypatch.context() as patch:
            patch.setattr(where, name, die)
            with pytest.raises(_KilledError):
                hand(case, tmp_path / "b")

    return kill_in


def granted() -> int:
    return ledger.count(Action.ITEM_DOWNLOADED)


LATE: dict[str, tuple[object, str]] = {
    "before the receipts": (contents, "write_records"),
    "before the histories": (contents, "write_streams"),
    "before the proof": (proofs, "write_proofs"),
    "before the verifier": (writing, "write_verifier"),
    "before the manifests": (writing, "info"),
    "before the entry": (writing, "enter_created"),
}


@pytest.mark.parametrize(("where", "name"), LATE.values(), ids=LATE.keys())
def test_what_is_whole_is_not_opened_again(
    case: Case, tmp_path: Path, kill: Kill, opened: list[str], where: object, name: str
) -> None:
    kill(where, name)
    assert not (tmp_path / "b").exists()
    assert (len(opened), granted()) == (3, 4)
    written = hand(case, tmp_path / "b")
    assert (len(opened), granted()) == (3, 4)
    assert written.resumed
    assert verify_bundle(tmp_path / "b").bottom_line == "sound"
    assert not (tmp_path / "b.unfinished").exists()


def test_in_the_middle_of_the_originals_the_rest_is_opened(case: Case, tmp_path: Path, opened: list[str]) -> None:
    def die_after_two(done: int, _total: int) -> None:
        if done == 2:
            raise _KilledError

    with pytest.raises(_KilledError):
        hand_out(order(case), to=tmp_path / "b", progress=die_after_two)
    first, second = opened
    half = next((tmp_path / "b.unfinished" / "data" / "photos").glob(f"{first}*"))
    half.write_bytes(half.read_bytes()[:-1])
    before = len(opened)
    assert hand_out(order(case), to=tmp_path / "b", progress=quiet, must_resume=True).resumed
    assert set(opened[before:]) == set(EvidenceItem.objects.values_list("sha256", flat=True)) - {second}
    assert verify_bundle(tmp_path / "b").bottom_line == "sound"


@pytest.mark.parametrize("name", ["write_seal", "publish_folder"])
def test_after_the_entry_only_the_seal_is_made_anew(
    case: Case, tmp_path: Path, kill: Kill, opened: list[str], name: str
) -> None:
    kill(proofs if name == "write_seal" else delivering, name)
    assert verify_bundle(tmp_path / "b.unfinished").bottom_line == ("unsound" if name == "write_seal" else "sound")
    written = hand(case, tmp_path / "b")
    assert (len(opened), ledger.count(Action.EXPORT_CREATED), written.resumed) == (3, 1, True)
    assert verify_bundle(tmp_path / "b").bottom_line == "sound"
    assert disclosures.disclosures_in(case).count() == 1


def test_a_lost_bundle_that_was_entered_is_recorded_as_broken_off(case: Case, tmp_path: Path, kill: Kill) -> None:
    kill(proofs, "write_seal")
    photo = next((tmp_path / "b.unfinished" / "data" / "photos").iterdir())
    photo.write_bytes(b"x")
    written = hand(case, tmp_path / "b")
    assert not written.resumed
    lost, made = disclosures.disclosures_in(case).order_by("version")
    assert lost.broken_off is not None
    assert made.broken_off is None
    assert ledger.count(Action.DISCLOSURE_BROKEN_OFF) == 1
    assert verify_bundle(tmp_path / "b").bottom_line == "sound"
    item = EvidenceItem.objects.order_by("ern")[0]
    assert disclosures.touched_by("item", str(item.pk), case=case) == [made]


def test_rules_that_changed_since_begin_it_anew(case: Case, tmp_path: Path, kill: Kill) -> None:
    kill(contents, "write_records")
    item = EvidenceItem.objects.order_by("ern")[1]
    describe_item(item=item, case=case, actor=for_command(), words={"privileged": True})
    with pytest.raises(BundleRefused, match="nothing to go on with"):
        hand_out(order(case), to=tmp_path / "b", progress=quiet, must_resume=True)
    written = hand(case, tmp_path / "b")
    assert (written.resumed, written.items, written.withheld) == (False, 3, {str(item.pk): "privileged"})
    assert not (tmp_path / "b" / layout.original_path(item.sha256, "jpg")).exists()
    assert verify_bundle(tmp_path / "b").bottom_line == "sound"


def test_another_order_begins_anew(case: Case, tmp_path: Path, kill: Kill) -> None:
    kill(contents, "write_records")
    written = hand(case, tmp_path / "b", words="Somebody else")
    assert not written.resumed
    assert granted() == 8
    assert verify_bundle(tmp_path / "b").bottom_line == "sound"


def test_a_link_put_in_place_of_an_original_is_not_followed(
    case: Case, tmp_path: Path, kill: Kill, opened: list[str]
) -> None:
    kill(contents, "write_records")
    photo = next((tmp_path / "b.unfinished" / "data" / "photos").iterdir())
    elsewhere = tmp_path / "elsewhere"
    photo.rename(elsewhere)
    photo.symlink_to(elsewhere)
    before = elsewhere.read_bytes()
    hand(case, tmp_path / "b")
    assert len(opened) == 4
    assert (tmp_path / "b" / "data" / "photos" / photo.name).is_symlink() is False
    assert elsewhere.read_bytes() == before


def test_what_somebody_put_beside_the_originals_is_removed(case: Case, tmp_path: Path, kill: Kill) -> None:
    kill(contents, "write_records")
    (tmp_path / "b.unfinished" / "data" / "photos" / "stranger.jpg").write_bytes(b"x")
    assert hand(case, tmp_path / "b").resumed
    assert verify_bundle(tmp_path / "b").bottom_line == "sound"


def test_a_folder_of_links_is_refused_or_cleared(case: Case, tmp_path: Path, kill: Kill) -> None:
    kill(contents, "write_records")
    unfinished = tmp_path / "b.unfinished"
    (unfinished / "data" / "photos").rename(tmp_path / "photos")
    (unfinished / "data" / "photos").symlink_to(tmp_path / "photos")
    hand(case, tmp_path / "b")
    assert not (tmp_path / "b" / "data" / "photos").is_symlink()
    assert len(list((tmp_path / "photos").iterdir())) == 3
    assert verify_bundle(tmp_path / "b").bottom_line == "sound"


def test_few_waits_for_the_disk_however_many_files(case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[int] = []
    inside: list[str] = []
    fsync, whole = os.fsync, sinks.sync_file_system

    def one(descriptor: int) -> None:
        name = str(Path(f"/proc/self/fd/{descriptor}").readlink())
        if str(tmp_path / "b") in name:
            inside.append(name)
        fsync(descriptor)

    def all_of_them(descriptor: int) -> None:
        waited.append(descriptor)
        whole(descriptor)

    monkeypatch.setattr(os, "fsync", one)
    for module in (sinks, folders):
        monkeypatch.setattr(module, "sync_file_system", all_of_them)
    hand(case, tmp_path / "b")
    assert inside == []
    assert 2 <= len(waited) <= 4


def test_the_same_bytes_under_another_ending_do_not_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    case = cases.create_case(code="RWB-04", title="Northern Hospital", actor=for_command())
    receive(case, {"a.jpg": b"same" * 50, "b.png": b"same" * 50})
    with monkeypatch.context() as patch:
        patch.setattr(contents, "write_records", _die)
        with pytest.raises(_KilledError):
            hand(case, tmp_path / "b")
    (photo,) = (tmp_path / "b.unfinished" / "data" / "photos").iterdir()
    photo.with_suffix(".png" if photo.suffix == ".jpg" else ".jpg").write_bytes(photo.read_bytes())
    assert hand(case, tmp_path / "b").resumed
    assert [path.name for path in (tmp_path / "b" / "data" / "photos").iterdir()] == [photo.name]
    assert verify_bundle(tmp_path / "b").bottom_line == "sound"


def _die(*_: object, **__: object) -> None:
    raise _KilledError
