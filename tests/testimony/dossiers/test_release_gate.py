"""What was built, and what the rules say when it leaves. What changed since stops it."""

from __future__ import annotations

import datetime
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from custody import approvals
from custody.models import Approval
from evidence.descriptions import describe_item
from testimony.consents import Answered, withdraw
from testimony.core.consent import Disclosure, State
from testimony.core.errors import ConsentError, DossierError
from testimony.dossiers import plans, release, versions
from testimony.models import Dossier, PicturesWish, Witness, WitnessRole
from testimony.models.consents import ConsentDisclosure
from testimony.rendering import render
from testimony.victims import set_wish
from testimony.witnesses import Identity, create_witness
from tests.cast import Cast
from tests.testimony import files
from tests.testimony.assembly.records import show
from tests.testimony.bodies.test_bodies import sort


def _approved(cast: Cast, version: Dossier) -> Approval:
    who = files.signed_in(cast.case, cast.lawyer)
    approval = release.ask_release(version=version, asker=who, reason="hearing")
    return approvals.approve(approval=approval, actor=files.signed_in(cast.case, cast.lead).actor)


def _release(cast: Cast, version: Dossier, approval: Approval, tmp_path: Path) -> None:
    release.release(
        version=version, approval=approval, asker=files.signed_in(cast.case, cast.lawyer), to=tmp_path / "out"
    )


def test_a_family_that_objects_after_the_build_stops_the_release(cast: Cast, tmp_path: Path) -> None:
    file = files.file_of(cast.case, tmp_path / "in")
    version = files.build(file, recipient=files.court(cast.case))
    assert version.exhibits == 2
    approval = _approved(cast, version)
    set_wish(victim=file.victim, wish=PicturesWish.OBJECTS, actor=files.ACTOR)
    with pytest.raises((ConsentError, DossierError)):
        _release(cast, version, approval, tmp_path)


def test_a_picture_privileged_after_the_build_stops_the_release(cast: Cast, tmp_path: Path) -> None:
    file = files.file_of(cast.case, tmp_path / "in")
    version = files.build(file, recipient=files.court(cast.case))
    approval = _approved(cast, version)
    describe_item(item=file.items[0], case=cast.case, actor=files.ACTOR, words={"privileged": True})
    with pytest.raises((ConsentError, DossierError)):
        _release(cast, version, approval, tmp_path)


def _with_recognition(cast: Cast, tmp_path: Path) -> tuple[files.File, Witness, Dossier]:
    file = files.file_of(cast.case, tmp_path / "in")
    sort(cast, file.items)
    other = create_witness(
        case=cast.case, role=WitnessRole.RELATIVE, identity=Identity(name_ar="x", name_latin="x"), actor=files.ACTOR
    )
    files.agree(other)
    row = show(other, file.items)
    version = files.build(file, recipient=files.court(cast.case))
    content = files.content_of(version)
    assert [one.code for sheet in content.victims for one in sheet.recognitions] == [row.code]
    assert [one.witness for sheet in content.victims for one in sheet.recognitions] == [other.code]
    return file, other, version


def test_the_withdrawal_of_a_witness_who_only_recognised_stops_the_release(cast: Cast, tmp_path: Path) -> None:
    _file, other, version = _with_recognition(cast, tmp_path)
    approval = _approved(cast, version)
    withdraw(consent=other.consents.get(), on=datetime.date(2025, 3, 1), actor=files.ACTOR)
    with pytest.raises((ConsentError, DossierError)):
        _release(cast, version, approval, tmp_path)


def test_a_withdrawal_after_the_release_of_a_witness_who_only_recognised_marks_the_version(
    cast: Cast, tmp_path: Path
) -> None:
    _file, other, version = _with_recognition(cast, tmp_path)
    _release(cast, version, _approved(cast, version), tmp_path)
    withdraw(consent=other.consents.get(), on=datetime.date(2025, 3, 1), actor=files.ACTOR)
    assert versions.standing_of(version).state is versions.State.TOUCHED


def test_the_erasure_of_a_witness_who_only_recognised_closes_the_kept_version(cast: Cast, tmp_path: Path) -> None:
    """The key has a share for each witness who stands in it, not only for those with a statement."""
    _file, other, version = _with_recognition(cast, tmp_path)
    assert version.shares.filter(witness=other).exists()


def test_a_withdrawal_of_a_witness_who_only_recognised_during_the_build_stops_it(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = files.file_of(cast.case, tmp_path / "in")
    sort(cast, file.items)
    other = create_witness(
        case=cast.case, role=WitnessRole.RELATIVE, identity=Identity(name_ar="x", name_latin="x"), actor=files.ACTOR
    )
    files.agree(other)
    show(other, file.items)

    def slowly(*a: Any, **k: Any) -> Any:
        withdraw(consent=other.consents.get(), on=datetime.date(2025, 3, 1), actor=files.ACTOR)
        return render(*a, **k)

    monkeypatch.setattr("testimony.dossiers.building.render", slowly)
    with pytest.raises(ConsentError):
        files.build(file)


def test_the_level_at_which_it_was_built_is_the_level_at_which_it_is_released(cast: Cast, tmp_path: Path) -> None:
    """Built with codes; the witness narrows to anonymous; somebody sets the plan to anonymous; the codes leave."""
    file = files.file_of(cast.case, tmp_path / "in")
    version = files.build(file, recipient=files.court(cast.case))  # pseudonym
    approval = _approved(cast, version)
    later = files.DAY + datetime.timedelta(days=5)
    files.answer(
        file.witness,
        Answered(state=State.YES, given_on=later, disclosure=Disclosure.ANONYMOUS),
    )
    asker = files.operator(cast.case)
    assert not all(d.allowed for _r, d in versions.decisions_of(version))
    plan = files.plan_of(version)
    choices = plans.Choices(**{each.name: getattr(plan, each.name) for each in fields(plans.Choices)})
    plans.change_plan(plan=plan, asker=asker, choices=replace(choices, disclosure=ConsentDisclosure.ANONYMOUS))
    version = versions.versions_of(plan)[0]
    with pytest.raises((ConsentError, DossierError)):
        _release(cast, version, approval, tmp_path)
