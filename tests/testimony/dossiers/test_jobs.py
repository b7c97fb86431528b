"""Jobs of builds: stopping, dead workers, people who left, words in errors."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import pytest

from custody.cases import end_membership
from custody.models import Membership
from custody.purposes import Purpose
from evidence.access import asker_for_command
from testimony.core import errors
from testimony.core.errors import ConsentError
from testimony.dossiers import building, jobs
from testimony.models import BuildState, Dossier, DossierBuild
from testimony.rendering import render
from tests.cast import Cast
from tests.custody.notary.ledgers import tamper
from tests.testimony import files


def test_a_build_that_was_told_to_be_stopped_is_not_kept(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asker = files.operator(cast.case)
    job = jobs.ask_build(plan=files.plan(files.file_of(cast.case, tmp_path / "in")), asker=asker)
    real, told = building._check_again, []

    def checked(*a: Any) -> Any:
        told.append(jobs.stop(job))
        return real(*a)

    monkeypatch.setattr(building, "_check_again", checked)
    with contextlib.suppress(errors.TestimonyError):
        jobs.run(job, asker)
    assert told == [True]  # the page said: Stopped. Nothing of it was kept
    job.refresh_from_db()
    assert (job.state, Dossier.objects.count()) == (BuildState.STOPPED, 0)


def test_a_build_at_the_console_is_not_taken_for_dead_by_the_worker(cast: Cast, tmp_path: Path) -> None:
    asker = files.operator(cast.case)
    job = jobs.ask_build(plan=files.plan(files.file_of(cast.case, tmp_path / "in")), asker=asker)
    seen: list[str] = []

    def look(*_a: Any) -> None:
        if not seen:
            jobs.run_waiting()  # the worker looks every few seconds
            seen.append(DossierBuild.objects.get(pk=job.pk).state)

    with contextlib.suppress(errors.TestimonyError):
        jobs.run(job, asker, look)
    assert seen == [BuildState.RUNNING]
    assert Dossier.objects.count() == 1


def test_a_builder_whose_membership_ends_during_the_build_keeps_nothing(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = files.plan(files.file_of(cast.case, tmp_path / "in"))
    asker = asker_for_command(case=cast.case, purpose=Purpose.CASE_PREPARATION, account=cast.lawyer)
    real = render

    def slowly(*a: Any, **k: Any) -> Any:
        end_membership(membership=Membership.objects.get(case=cast.case, account=cast.lawyer), actor=files.ACTOR)
        return real(*a, **k)

    monkeypatch.setattr("testimony.dossiers.building.render", slowly)
    with pytest.raises(ConsentError):
        building.build(plan=plan, asker=asker)


def test_a_builder_whose_account_was_switched_off_builds_nothing(cast: Cast, tmp_path: Path) -> None:
    plan = files.plan(files.file_of(cast.case, tmp_path / "in"))
    asker = asker_for_command(case=cast.case, purpose=Purpose.CASE_PREPARATION, account=cast.lawyer)
    job = jobs.ask_build(plan=plan, asker=asker)
    tamper("UPDATE custody_account SET is_active = false WHERE email = %s", cast.lawyer.email)
    jobs.run_waiting()
    job.refresh_from_db()
    assert job.state != BuildState.BUILT


def test_words_of_a_witness_do_not_stand_in_the_row_of_a_failed_build(cast: Cast, tmp_path: Path) -> None:
    file = files.file_of(cast.case, tmp_path / "in")
    other = files.give_statement(cast.case, file.victim, words="Amin hid in the mill \U0001f33f")
    files.agree(other.witness)
    job = jobs.ask_build(plan=files.plan(file), asker=files.operator(cast.case))
    jobs.run_waiting()
    job.refresh_from_db()
    assert job.state == BuildState.FAILED
    assert "Amin" not in " ".join(job.why)


def test_outside_parties_that_fail_do_not_make_a_kept_version_a_failed_build(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def vouch(_size: int) -> None:
        raise OSError("the network is gone")

    monkeypatch.setattr("custody.anchoring.enclosing.vouch_now", vouch)
    job = jobs.ask_build(plan=files.plan(files.file_of(cast.case, tmp_path / "in")), asker=files.operator(cast.case))
    jobs.run_waiting()
    job.refresh_from_db()
    assert Dossier.objects.count() == 1
    assert job.state == BuildState.BUILT


def test_the_worker_builds_what_waits_and_does_not_wait_for_itself(cast: Cast, tmp_path: Path) -> None:
    """The lock of the worker is not the door of the trays that each build takes."""
    job = jobs.ask_build(plan=files.plan(files.file_of(cast.case, tmp_path / "in")), asker=files.operator(cast.case))
    assert not {jobs._LOCK, jobs._lock_of(job)} & {"dossiers"}
    assert jobs.run_waiting() == 1
    job.refresh_from_db()
    assert job.state == BuildState.BUILT
