"""Handing a version out takes two, is entered before anything lies there, and stops when a consent is taken back."""

from __future__ import annotations

import datetime
import hashlib
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError

from custody import approvals
from custody.actions import Action
from custody.core.entries import Actor
from custody.models import Approval, Disclosure, Entry
from custody.verification import Inspection, inspect
from evidence.access import Asker
from testimony.consents import withdraw
from testimony.core.errors import ConsentError, DossierError
from testimony.dossiers import building, release, versions
from testimony.dossiers.versions import State
from testimony.models import Dossier
from tests.cast import Cast
from tests.testimony import files


def _lawyer(cast: Cast) -> Asker:
    return files.signed_in(cast.case, cast.lawyer)


def _lead(cast: Cast) -> Actor:
    return files.signed_in(cast.case, cast.lead).actor


def _built(cast: Cast, tmp_path: Path) -> tuple[files.File, Dossier]:
    file = files.file_of(cast.case, tmp_path / "in")
    return file, files.for_a_court(file)


def _asked(cast: Cast, version: Dossier) -> Approval:
    return release.ask_release(version=version, asker=_lawyer(cast), reason="for the hearing")


def test_one_asks_another_agrees_and_the_folder_holds_what_was_agreed_on(cast: Cast, tmp_path: Path) -> None:
    _, version = _built(cast, tmp_path)
    handed = files.hand_out(version, tmp_path / "out", asker=cast.lawyer, decider=cast.lead)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted([*handed.files, release.SUMS])
    for line in (tmp_path / "out" / release.SUMS).read_text().splitlines():
        sha256, name = line.split("  ")
        assert hashlib.sha256((tmp_path / "out" / name).read_bytes()).hexdigest() == sha256
    assert (tmp_path / "out" / release.LETTER).read_bytes().startswith(b"%PDF")
    assert hashlib.sha256((tmp_path / "out" / handed.files[0]).read_bytes()).hexdigest() == version.sha256
    row = Disclosure.objects.get()
    assert (row.code, row.version, row.manifest, row.recipient) == ("D-0001", 1, version.sha256, version.recipient)
    assert versions.standing_of(version).state is State.RELEASED
    assert inspect(Inspection()).bottom_line == "sound"


def test_nobody_hands_out_what_nobody_else_approved(cast: Cast, tmp_path: Path) -> None:
    _, version = _built(cast, tmp_path)
    approval = _asked(cast, version)
    with pytest.raises(ValidationError):
        release.release(version=version, approval=approval, asker=_lawyer(cast), to=tmp_path / "out")
    with pytest.raises(ValidationError):
        approvals.approve(approval=approval, actor=_lawyer(cast).actor)
    assert not (tmp_path / "out").exists()
    assert not Disclosure.objects.exists()


def test_an_approval_is_for_one_version(cast: Cast, tmp_path: Path) -> None:
    _, first = _built(cast, tmp_path)
    assert first.plan is not None
    second = building.build(plan=first.plan, asker=files.operator(cast.case)).version
    approval = approvals.approve(approval=_asked(cast, first), actor=_lead(cast))
    with pytest.raises(ValidationError):
        release.release(version=second, approval=approval, asker=_lawyer(cast), to=tmp_path / "out")
    assert not Disclosure.objects.exists()


def _taken_back(file: files.File) -> None:
    withdraw(consent=file.witness.consents.get(), on=datetime.date(2025, 3, 1), actor=files.ACTOR)


def test_a_consent_taken_back_stops_the_asking_on_record(cast: Cast, tmp_path: Path) -> None:
    file, version = _built(cast, tmp_path)
    _taken_back(file)
    with pytest.raises(ConsentError, match="withdrew"):
        _asked(cast, version)
    assert Entry.objects.filter(action=Action.DOSSIER_REFUSED).count() == 1


def test_a_consent_taken_back_stops_the_handing_out_on_record(cast: Cast, tmp_path: Path) -> None:
    file, version = _built(cast, tmp_path)
    approval = approvals.approve(approval=_asked(cast, version), actor=_lead(cast))
    _taken_back(file)
    with pytest.raises(ConsentError, match="withdrew"):
        release.release(version=version, approval=approval, asker=_lawyer(cast), to=tmp_path / "out")
    assert Entry.objects.filter(action=Action.DOSSIER_REFUSED).count() == 1
    assert not (tmp_path / "out").exists()
    assert not list(tmp_path.glob(".out*"))


def test_a_consent_taken_back_afterwards_marks_the_version(cast: Cast, tmp_path: Path) -> None:
    file, version = _built(cast, tmp_path)
    files.hand_out(version, tmp_path / "out", asker=cast.lawyer, decider=cast.lead)
    _taken_back(file)
    standing = versions.standing_of(version)
    assert standing.state is State.TOUCHED
    assert standing.touched


def test_a_later_version_that_leaves_supersedes_the_earlier_one(cast: Cast, tmp_path: Path) -> None:
    _, first = _built(cast, tmp_path)
    assert first.plan is not None
    files.hand_out(first, tmp_path / "1", asker=cast.lawyer, decider=cast.lead)
    second = building.build(plan=first.plan, asker=files.operator(cast.case)).version
    assert versions.standing_of(first).state is State.RELEASED
    files.hand_out(second, tmp_path / "2", asker=cast.lawyer, decider=cast.lead)
    assert versions.standing_of(first).state is State.SUPERSEDED


def test_without_a_recipient_it_is_not_asked_for(cast: Cast, tmp_path: Path) -> None:
    version = files.build(files.file_of(cast.case, tmp_path / "in"))
    with pytest.raises(DossierError, match="recipient"):
        _asked(cast, version)


def test_a_folder_that_is_there_is_left_as_it_is(cast: Cast, tmp_path: Path) -> None:
    _, version = _built(cast, tmp_path)
    (tmp_path / "out").mkdir()
    with pytest.raises(DossierError, match="exists already"):
        files.hand_out(version, tmp_path / "out", asker=cast.lawyer, decider=cast.lead)
    assert not Disclosure.objects.exists()
