"""Objects slipped into the vault, and what an unfinished run leaves there: told apart."""

from __future__ import annotations

import hashlib
import os
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest

from custody import clock
from custody.core.verdicts import Verdict
from custody.verification import Inspection, inspect
from evidence import examining, holdings, intake, vault
from evidence.intake import TakenIn
from evidence.models import ExaminationJob, JobState
from evidence.vault import INCOMING, QUARANTINE
from tests.evidence.conftest import nothing_known

CONTENT = b"never received"
DIGEST = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def house(folder: Path, ingest: Callable[..., TakenIn]) -> Path:
    """One file received; returns its object."""
    (folder / "a").write_bytes(b"received")
    ingest(folder)
    return intake.store().path(hashlib.sha256(b"received").hexdigest())


def plant() -> Path:
    path = intake.store().path(DIGEST)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(CONTENT)
    path.chmod(0o400)
    return path


def run_folder() -> Path:
    folder = intake.store().root / INCOMING / uuid.uuid4().hex
    folder.mkdir()
    return folder


def name_here(folder: Path) -> Path:
    return folder / f"{DIGEST}.{uuid.uuid4().hex}"


def interrupt_an_examination() -> None:
    ExaminationJob.objects.update(state=JobState.RUNNING, attempts=1, claimed_at=clock.now())


def verify() -> Verdict:
    return inspect(Inspection())


@pytest.mark.usefixtures("house")
def test_a_file_of_the_same_name_under_incoming_does_not_hide_a_planted_object() -> None:
    interrupt_an_examination()
    plant()
    name_here(run_folder()).write_bytes(CONTENT)
    verdict = verify()
    assert [(finding.fact, finding.subject) for finding in verdict.findings] == [("vault", f"vault/{DIGEST}")]


@pytest.mark.usefixtures("house")
def test_a_second_name_does_not_hide_it_either_when_no_run_is_unfinished() -> None:
    os.link(plant(), name_here(run_folder()))
    assert verify().bottom_line == "unsound"


@pytest.mark.usefixtures("house")
def test_what_an_examination_that_was_cut_off_left_is_said_and_cleared() -> None:
    interrupt_an_examination()
    os.link(plant(), name_here(run_folder()))
    verdict = verify()
    assert (verdict.bottom_line, verdict.findings) == ("sound", ())
    assert any("an examination that was cut off" in words for words in verdict.not_checked)
    assert examining.take_up_dead() == 1
    assert not intake.store().contains(DIGEST)
    assert verify().bottom_line == "sound"


@pytest.mark.usefixtures("house")
def test_an_object_of_a_run_that_is_at_work_is_no_stray() -> None:
    with vault.open_run(intake.store(), holdings.known_objects) as run:
        run.receive_bytes(CONTENT)
        verdict = verify()
        assert (verdict.bottom_line, verdict.findings) == ("sound", ())
        assert any("at work now" in words for words in verdict.not_checked)
        intake.store().path(DIGEST).unlink()
        run.release([DIGEST])


@pytest.mark.usefixtures("house")
def test_an_object_whose_row_was_committed_meanwhile_is_no_stray(monkeypatch: pytest.MonkeyPatch) -> None:
    plant()
    asked: list[object] = []

    def known(digests: object) -> set[str]:
        asked.append(digests)
        return {DIGEST} if len(asked) > 1 else set()

    monkeypatch.setitem(holdings._holders, "somebody", known)
    assert verify().findings == ()
    assert len(asked) > 1


@pytest.mark.usefixtures("house")
@pytest.mark.parametrize("place", [INCOMING, QUARANTINE])
def test_junk_beside_the_objects_is_found(place: str) -> None:
    (intake.store().root / place / "note.txt").write_text("hello")
    assert [finding.subject for finding in verify().findings] == [f"vault/{place}/note.txt"]


@pytest.mark.usefixtures("house")
def test_junk_in_a_run_folder_is_found_and_does_not_stop_the_sweep() -> None:
    folder = run_folder()
    (folder / "nested").mkdir()
    assert [finding.subject for finding in verify().findings] == [f"vault/{INCOMING}/{folder.name}/nested"]
    vault.sweep(intake.store(), nothing_known)
    assert (folder / "nested").is_dir()


@pytest.mark.usefixtures("house")
def test_a_fragment_that_no_unfinished_run_explains_is_unknown_until_it_is_cleared() -> None:
    (run_folder() / f"{uuid.uuid4().hex}.part").write_bytes(b"half")
    assert verify().bottom_line == "unknown"
    examining.take_up_dead()
    assert verify().bottom_line == "sound"


def test_an_original_that_others_may_write_to_is_found(house: Path) -> None:
    house.chmod(0o422)
    assert [finding.fact for finding in verify().findings] == ["vault"]


def test_an_original_with_a_name_outside_the_vault_is_told(house: Path, tmp_path: Path) -> None:
    os.link(house, tmp_path / "outside")
    verdict = verify()
    assert (verdict.bottom_line, [finding.fact for finding in verdict.findings]) == ("unknown", ["vault"])


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_an_original_of_another_owner_is_found(house: Path) -> None:
    os.chown(house, 12345, -1)
    assert [finding.fact for finding in verify().findings] == ["vault"]
