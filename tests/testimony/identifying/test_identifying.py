"""Ties between bodies and persons: grounds, answers, rulings of a second person, conflicts, and what stays sealed."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest

from custody.actions import Action
from custody.purposes import Purpose
from custody.verification import Inspection, inspect
from evidence.models import EvidenceItem
from testimony import bodies, identifying
from testimony.consents import Answered, consents_of, withdraw
from testimony.core.consent import Recipient, Scope, State
from testimony.core.errors import IdentificationError
from testimony.core.identifying import Bearing, ConflictKind, Method, Need, Ruling, Status
from testimony.identifying import Basis, recognitions
from testimony.identifying.recognitions import Shown, Words
from testimony.models import BodyIdentification, BodySet, Certainty, ProcedureKind, ProcedureResult, Victim
from testimony.victims import create_victim
from tests.cast import Cast, browser_of, entries_since, ledger_size
from tests.custody.approvals.releases import actor_of
from tests.testimony import files
from tests.testimony.bodies.test_bodies import sort

DAY = datetime.date(2025, 2, 3)
SAID = "the scar over the left brow, from the bicycle"


@pytest.fixture
def file(cast: Cast, tmp_path: Path) -> files.File:
    file = files.file_of(cast.case, tmp_path / "in")
    sort(cast, file.items)
    return file


@pytest.fixture
def body(cast: Cast, file: files.File) -> BodySet:
    return bodies.create_body(case=cast.case, items=file.items[:1], actor=files.ACTOR)


@pytest.fixture
def report(cast: Cast, tmp_path: Path) -> EvidenceItem:
    return files.take_in(cast.case, tmp_path / "report", count=6)[-1]


def _show(file: files.File, **changes: Any) -> Any:
    shown: dict[str, Any] = {
        "kind": ProcedureKind.ARRAY,
        "held_on": DAY,
        "items": file.items,
        "result": ProcedureResult.RECOGNISED,
        "chosen": frozenset({file.items[0].ern}),
        "certainty": Certainty.CERTAIN,
    } | changes
    return recognitions.record_recognition(
        witness=file.witness, shown=Shown(**shown), words=Words(said=SAID), actor=files.ACTOR
    )


def _tie(cast: Cast, body: BodySet, victim: Victim, basis: Basis) -> BodyIdentification:
    who = cast.investigator
    return identifying.identify(body=body, victim=victim, basis=basis, account=who, actor=actor_of(who))


def _rule(cast: Cast, tie: BodyIdentification, ruling: Ruling, who: str = "lead") -> None:
    account = getattr(cast, who)
    identifying.rule(tie=tie, ruling=ruling, reason="as the report says", account=account, actor=actor_of(account))


def _status(tie: BodyIdentification) -> Status:
    return identifying.standing_of(BodyIdentification.objects.get(pk=tie.pk)).status


def test_what_the_witness_said_is_sealed_and_opens_with_an_entry(cast: Cast, file: files.File) -> None:
    before = ledger_size()
    procedure = _show(file)
    assert procedure.code == "RP-0001"
    assert [picture.item for picture in procedure.shown.order_by("position")] == file.items
    assert all(SAID.encode() not in bytes(entry.body) for entry in entries_since(before))
    words = files.read_words(procedure)
    assert words.said == SAID
    assert entries_since(before)[-1].action == Action.SEALED_OPENED
    assert inspect(Inspection()).findings == ()


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"items": []}, "Name the pictures"),
        ({"chosen": frozenset({"AMN-RWB-0000-9999"})}, "not among those shown"),
        ({"chosen": frozenset()}, "A choice goes with"),
        ({"result": ProcedureResult.NOT_RECOGNISED}, "A choice goes with"),
        ({"kind": ProcedureKind.SINGLE}, "One picture alone"),
    ],
)
def test_a_procedure_that_contradicts_itself_is_refused(file: files.File, changes: dict[str, Any], why: str) -> None:
    with pytest.raises(IdentificationError, match=why):
        _show(file, **changes)


def test_recognition_stays_asserted_and_nobody_can_confirm_it(cast: Cast, file: files.File, body: BodySet) -> None:
    tie = _tie(cast, body, file.victim, Basis(method=Method.SIGHT, procedure=_show(file)))
    again = _tie(cast, body, file.victim, Basis(method=Method.SIGHT, statement=file.statement))
    assert (tie, tie.grounds.count()) == (again, 2)
    assert identifying.standing_of(tie).need is Need.SECOND_GROUND
    with pytest.raises(IdentificationError, match="never confirms"):
        _rule(cast, tie, Ruling.CONFIRMED)
    assert _status(tie) is Status.ASSERTED


def test_a_laboratory_and_a_second_person_confirm(
    cast: Cast, file: files.File, body: BodySet, report: EvidenceItem
) -> None:
    tie = _tie(cast, body, file.victim, Basis(method=Method.DNA, item=report))
    assert _status(tie) is Status.CORROBORATED
    with pytest.raises(IdentificationError, match="second person"):
        _rule(cast, tie, Ruling.CONFIRMED, "investigator")
    _rule(cast, tie, Ruling.CONFIRMED)
    assert _status(tie) is Status.CONFIRMED
    assert inspect(Inspection()).findings == ()


def test_what_speaks_against_it_is_answered_by_somebody_else(
    cast: Cast, file: files.File, body: BodySet, report: EvidenceItem
) -> None:
    tie = _tie(cast, body, file.victim, Basis(method=Method.DNA, item=report))
    _rule(cast, tie, Ruling.CONFIRMED)
    basis = Basis(method=Method.MARKS, bearing=Bearing.AGAINST, witness=file.witness)
    ground = identifying.add_ground(tie=tie, basis=basis, account=cast.investigator, actor=actor_of(cast.investigator))
    assert _status(tie) is Status.DISPUTED
    with pytest.raises(IdentificationError, match="Somebody else"):
        identifying.answer_ground(
            ground=ground, account=cast.investigator, item=report, actor=actor_of(cast.investigator)
        )
    identifying.answer_ground(ground=ground, account=cast.lead, item=report, actor=actor_of(cast.lead))
    now = identifying.standing_of(BodyIdentification.objects.get(pk=tie.pk))
    assert (now.status, now.need) == (Status.CORROBORATED, Need.OBJECTED_SINCE)
    _rule(cast, tie, Ruling.CONFIRMED)
    assert _status(tie) is Status.CONFIRMED


def test_a_decision_about_a_set_that_has_changed_since_is_to_be_looked_at_again(
    cast: Cast, file: files.File, report: EvidenceItem
) -> None:
    body = bodies.create_body(case=cast.case, items=file.items, actor=files.ACTOR)
    tie = _tie(cast, body, file.victim, Basis(method=Method.DNA, item=report))
    _rule(cast, tie, Ruling.CONFIRMED)
    other = bodies.move_images(source=body, images=list(bodies.images_of(body)[:1]), target=None, actor=files.ACTOR)
    now = identifying.standing_of(BodyIdentification.objects.get(pk=tie.pk))
    assert (now.status, now.need) == (Status.CORROBORATED, Need.SET_CHANGED)
    bodies.undo(body=body, actor=files.ACTOR)
    assert _status(tie) is Status.CONFIRMED
    second = bodies.move_images(source=body, images=list(bodies.images_of(body)[:1]), target=None, actor=files.ACTOR)
    _rule(cast, tie, Ruling.CONFIRMED)
    assert (other.code == second.code, _status(tie)) == (False, Status.CONFIRMED)
    bodies.merge(source=second, target=body, actor=files.ACTOR)
    assert _status(tie) is Status.CORROBORATED
    page = browser_of(cast.lawyer, purpose=Purpose.CASE_PREPARATION, case=cast.case)
    shown = page.get(f"/cases/RWB-04/identifications/{tie.code}/").content.decode()
    assert "To be looked at again: the set has changed since the decision." in shown


def test_the_words_of_a_witness_who_took_everything_back_are_shown_and_not_counted(
    cast: Cast, file: files.File, body: BodySet
) -> None:
    other = files.give_statement(cast.case, file.victim).witness
    tie = _tie(cast, body, file.victim, Basis(method=Method.SIGHT, witness=other))
    _tie(cast, body, file.victim, Basis(method=Method.CLOTHING, witness=file.witness))
    assert _status(tie) is Status.CORROBORATED
    files.answer(
        file.witness, Answered(state=State.YES, given_on=DAY, scope=Scope.RESEARCH, recipient=Recipient.RESEARCHERS)
    )
    for consent, status in zip(consents_of(file.witness), (Status.CORROBORATED, Status.ASSERTED), strict=True):
        withdraw(consent=consent, on=DAY, actor=files.ACTOR)
        assert _status(tie) is status
    page = (
        browser_of(cast.lawyer, purpose=Purpose.CASE_PREPARATION, case=cast.case)
        .get(f"/cases/RWB-04/identifications/{tie.code}/")
        .content.decode()
    )
    assert page.count("no longer counted: withdrawn") == 1
    files.answer(file.witness, Answered(state=State.YES, given_on=DAY + datetime.timedelta(days=1)))
    assert _status(tie) is Status.CORROBORATED


def test_two_families_and_one_body_are_shown_until_a_person_excludes_one(
    cast: Cast, file: files.File, body: BodySet
) -> None:
    other = create_victim(case=cast.case, actor=files.ACTOR)
    ties = [
        _tie(cast, body, victim, Basis(method=Method.SIGHT, witness=file.witness)) for victim in (file.victim, other)
    ]
    [(conflict, rows)] = identifying.conflicts_in(cast.case)
    assert (conflict.kind, rows) == (ConflictKind.TWO_PERSONS, ties)
    _rule(cast, ties[1], Ruling.EXCLUDED)
    assert identifying.conflicts_in(cast.case) == []
    with pytest.raises(IdentificationError, match="Open it again first"):
        _rule(cast, ties[1], Ruling.CONFIRMED)
    _rule(cast, ties[1], Ruling.REOPENED)
    assert len(identifying.conflicts_in(cast.case)) == 1


def test_one_person_and_two_bodies_are_a_conflict(cast: Cast, file: files.File, body: BodySet) -> None:
    second = bodies.create_body(case=cast.case, items=file.items[1:], actor=files.ACTOR)
    for each in (body, second):
        _tie(cast, each, file.victim, Basis(method=Method.CLOTHING, witness=file.witness))
    assert [conflict.kind for conflict, _ in identifying.conflicts_in(cast.case)] == [ConflictKind.TWO_BODIES]


def test_a_ground_rests_on_something_of_this_case(cast: Cast, file: files.File, body: BodySet, tmp_path: Path) -> None:
    foreign = files.take_in(cast.other_case, tmp_path / "other", count=1)[0]
    stopped = _show(file, result=ProcedureResult.STOPPED, chosen=frozenset())
    for basis, why in (
        (Basis(method=Method.SIGHT), "rests on a witness"),
        (Basis(method=Method.DNA, item=foreign), "not in this case"),
        (Basis(method=Method.SIGHT, procedure=stopped), "Nobody"),
    ):
        with pytest.raises(IdentificationError, match=why):
            _tie(cast, body, file.victim, basis)
    assert not BodyIdentification.objects.exists()


@pytest.mark.parametrize("method", [Method.DNA, Method.DENTAL, Method.FINGERPRINTS])
def test_a_primary_identifier_rests_on_a_report_and_nothing_else(
    cast: Cast, file: files.File, body: BodySet, report: EvidenceItem, method: Method
) -> None:
    wrong = (
        Basis(method=method, witness=file.witness),
        Basis(method=method, item=file.items[0]),
        Basis(method=method, item=report, procedure=_show(file)),
    )
    for basis in wrong:
        with pytest.raises(IdentificationError):
            _tie(cast, body, file.victim, basis)
    assert _status(_tie(cast, body, file.victim, Basis(method=method, item=report))) is Status.CORROBORATED


def test_who_chose_a_picture_of_another_body_recognised_another_body(cast: Cast, file: files.File) -> None:
    other = bodies.create_body(case=cast.case, items=file.items[1:], actor=files.ACTOR)
    with pytest.raises(IdentificationError, match="no picture of this body"):
        _tie(cast, other, file.victim, Basis(method=Method.SIGHT, procedure=_show(file)))


def test_ties_of_a_merged_set_are_those_of_the_set_it_went_into(cast: Cast, file: files.File, body: BodySet) -> None:
    second = bodies.create_body(case=cast.case, items=file.items[1:], actor=files.ACTOR)
    other = create_victim(case=cast.case, actor=files.ACTOR)
    for each, victim in ((body, file.victim), (second, other)):
        _tie(cast, each, victim, Basis(method=Method.CLOTHING, witness=file.witness))
    assert identifying.conflicts_in(cast.case) == []
    bodies.merge(source=second, target=body, actor=files.ACTOR)
    assert [conflict.kind for conflict, _ in identifying.conflicts_in(cast.case)] == [ConflictKind.TWO_PERSONS]
    with pytest.raises(IdentificationError, match="was merged"):
        _tie(cast, second, file.victim, Basis(method=Method.CLOTHING, witness=file.witness))
