"""The status of a tie between a body and a person: a table, and what no number of relatives can reach."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testimony.core.consent import Scope, State
from testimony.core.identifying import (
    PRIMARY,
    Bearing,
    Conflict,
    ConflictKind,
    Gone,
    Ground,
    Method,
    Need,
    Ruling,
    Status,
    Tie,
    conflicts,
    gone,
    may_confirm,
    standing,
)


def _since(ground: Ground) -> Ground:
    return dataclasses.replace(ground, since=True)


def _for(method: Method, source: str = "W-1") -> Ground:
    return Ground(method=method, bearing=Bearing.FOR, source=source)


def _against(*, answered: bool = False) -> Ground:
    return Ground(method=Method.MARKS, bearing=Bearing.AGAINST, source="W-9", answered=answered)


def _gone(ground: Ground, why: Gone = Gone.WITHDRAWN) -> Ground:
    return dataclasses.replace(ground, gone=why)


SIGHT, DNA = _for(Method.SIGHT), _for(Method.DNA, "lab")
SECOND_SIGHT, TATTOO = _for(Method.SIGHT, "W-2"), _for(Method.MARKS, "W-2")


@pytest.mark.parametrize(
    ("grounds", "ruling", "status", "need"),
    [
        ([], None, Status.ASSERTED, Need.SECOND_GROUND),
        ([SIGHT], None, Status.ASSERTED, Need.SECOND_GROUND),
        ([SIGHT], Ruling.CONFIRMED, Status.ASSERTED, Need.SECOND_GROUND),
        ([SIGHT, SECOND_SIGHT], None, Status.ASSERTED, Need.SECOND_GROUND),
        ([SIGHT, _for(Method.MARKS)], None, Status.ASSERTED, Need.SECOND_GROUND),
        ([SIGHT, TATTOO], None, Status.CORROBORATED, Need.PRIMARY),
        ([SIGHT, TATTOO], Ruling.CONFIRMED, Status.CORROBORATED, Need.PRIMARY),
        ([DNA], None, Status.CORROBORATED, Need.SECOND_PERSON),
        ([DNA], Ruling.CONFIRMED, Status.CONFIRMED, Need.NOTHING),
        ([DNA, _against()], Ruling.CONFIRMED, Status.DISPUTED, Need.CONTRARY_ANSWERED),
        ([DNA, _against(answered=True)], Ruling.CONFIRMED, Status.CONFIRMED, Need.NOTHING),
        ([SIGHT, _against()], None, Status.DISPUTED, Need.CONTRARY_ANSWERED),
        ([DNA, _since(_against())], Ruling.CONFIRMED, Status.DISPUTED, Need.CONTRARY_ANSWERED),
        ([DNA, _since(_against(answered=True))], Ruling.CONFIRMED, Status.CORROBORATED, Need.OBJECTED_SINCE),
        ([DNA, _since(_gone(_against()))], Ruling.CONFIRMED, Status.CORROBORATED, Need.OBJECTED_SINCE),
        ([DNA, _since(_against(answered=True))], None, Status.CORROBORATED, Need.SECOND_PERSON),
        ([DNA, _since(TATTOO)], Ruling.CONFIRMED, Status.CONFIRMED, Need.NOTHING),
        ([_since(DNA)], Ruling.EXCLUDED, Status.EXCLUDED, Need.NOTHING),
        ([SIGHT, _gone(TATTOO)], None, Status.ASSERTED, Need.SECOND_GROUND),
        ([_gone(DNA, Gone.ERASED), SIGHT, TATTOO], Ruling.CONFIRMED, Status.CORROBORATED, Need.PRIMARY),
        ([DNA, _gone(_against())], None, Status.CORROBORATED, Need.SECOND_PERSON),
        ([_gone(SIGHT)], None, Status.ASSERTED, Need.SECOND_GROUND),
        ([DNA], Ruling.EXCLUDED, Status.EXCLUDED, Need.NOTHING),
        ([DNA], Ruling.REOPENED, Status.CORROBORATED, Need.SECOND_PERSON),
    ],
)
def test_each_row_of_the_table(grounds: list[Ground], ruling: Ruling | None, status: Status, need: Need) -> None:
    found = standing(grounds, ruling)
    assert (found.status, found.need) == (status, need)


@pytest.mark.parametrize(
    ("grounds", "ruling", "status", "need"),
    [
        ([DNA], Ruling.CONFIRMED, Status.CORROBORATED, Need.SET_CHANGED),
        ([DNA, _since(_against(answered=True))], Ruling.CONFIRMED, Status.CORROBORATED, Need.SET_CHANGED),
        ([DNA, _against()], Ruling.CONFIRMED, Status.DISPUTED, Need.CONTRARY_ANSWERED),
        ([SIGHT], Ruling.CONFIRMED, Status.ASSERTED, Need.SECOND_GROUND),
        ([DNA], Ruling.EXCLUDED, Status.EXCLUDED, Need.SET_CHANGED),
        ([DNA], Ruling.REOPENED, Status.CORROBORATED, Need.SECOND_PERSON),
        ([DNA], None, Status.CORROBORATED, Need.SECOND_PERSON),
    ],
)
def test_a_decision_about_other_pictures_is_to_be_looked_at_again(
    grounds: list[Ground], ruling: Ruling | None, status: Status, need: Need
) -> None:
    found = standing(grounds, ruling, set_changed=True)
    assert (found.status, found.need) == (status, need)


_GROUNDS = st.lists(
    st.builds(
        Ground,
        method=st.sampled_from(Method),
        bearing=st.sampled_from(Bearing),
        source=st.sampled_from(["W-1", "W-2", "W-3"]),
        answered=st.booleans(),
        gone=st.none() | st.sampled_from(Gone),
        since=st.booleans(),
    ),
    max_size=8,
)
_SEEN = st.lists(
    st.builds(Ground, method=st.just(Method.SIGHT), bearing=st.just(Bearing.FOR), source=st.uuids().map(str)),
    max_size=40,
)


@given(_SEEN, st.none() | st.sampled_from(Ruling))
def test_recognition_alone_never_confirms_and_never_corroborates(grounds: list[Ground], ruling: Ruling | None) -> None:
    assert standing(grounds, ruling).status in {Status.ASSERTED, Status.EXCLUDED}
    assert not may_confirm(grounds)


@given(_GROUNDS, st.none() | st.sampled_from(Ruling))
def test_confirmed_means_a_primary_identifier_a_decision_and_nothing_unanswered(
    grounds: list[Ground], ruling: Ruling | None
) -> None:
    if standing(grounds, ruling).status is Status.CONFIRMED:
        assert ruling is Ruling.CONFIRMED
        counted = [ground for ground in grounds if ground.gone is None]
        assert any(ground.method in PRIMARY and ground.bearing is Bearing.FOR for ground in counted)
        assert all(ground.answered for ground in counted if ground.bearing is Bearing.AGAINST)
        assert not any(ground.since for ground in grounds if ground.bearing is Bearing.AGAINST)
        assert standing(grounds, ruling, set_changed=True).status is Status.CORROBORATED


@given(_GROUNDS, st.none() | st.sampled_from(Ruling))
def test_what_was_taken_back_is_as_if_nobody_had_said_it(grounds: list[Ground], ruling: Ruling | None) -> None:
    left = [ground for ground in grounds if ground.gone is None]
    assert may_confirm(grounds) == may_confirm(left)
    if standing(grounds, ruling).need is not Need.OBJECTED_SINCE:
        assert standing(grounds, ruling) == standing(left, ruling)


@pytest.mark.parametrize(
    ("answers", "why"),
    [
        ([], None),
        ([(Scope.MEDIA, State.NO)], None),
        ([(Scope.MEDIA, State.YES), (Scope.REPORT, State.WITHDRAWN)], None),
        ([(Scope.MEDIA, State.ASK_FIRST), (Scope.REPORT, State.WITHDRAWN)], None),
        ([(Scope.MEDIA, State.WITHDRAWN)], Gone.WITHDRAWN),
        ([(Scope.MEDIA, State.WITHDRAWN), (Scope.REPORT, State.NO)], Gone.WITHDRAWN),
        ([(Scope.KEEP, State.NO), (Scope.REPORT, State.YES)], Gone.WITHDRAWN),
        ([(Scope.KEEP, State.WITHDRAWN), (Scope.REPORT, State.YES)], Gone.WITHDRAWN),
        ([(Scope.KEEP, State.YES)], None),
    ],
)
def test_when_a_witness_has_taken_everything_back(answers: list[tuple[Scope, State]], why: Gone | None) -> None:
    assert gone(answers) is why


@given(_GROUNDS, st.none() | st.sampled_from(Ruling))
def test_one_unanswered_ground_against_it_never_leaves_it_higher_than_disputed(
    grounds: list[Ground], ruling: Ruling | None
) -> None:
    assert standing([*grounds, _against()], ruling).status in {Status.DISPUTED, Status.EXCLUDED}


def _tie(id_: str, body: str, person: str, status: Status = Status.ASSERTED) -> Tie:
    return Tie(id_, body, person, status)


def test_two_families_and_one_body_are_a_conflict_until_one_is_excluded() -> None:
    ties = [_tie("1", "B", "P"), _tie("2", "B", "Q")]
    assert conflicts(ties) == [Conflict(ConflictKind.TWO_PERSONS, "B", ("1", "2"))]
    assert conflicts([ties[0], _tie("2", "B", "Q", Status.EXCLUDED)]) == []


def test_one_person_and_two_bodies_are_a_conflict() -> None:
    assert conflicts([_tie("1", "B", "P"), _tie("2", "C", "P")]) == [Conflict(ConflictKind.TWO_BODIES, "P", ("1", "2"))]


_TIES = st.lists(
    st.builds(Tie, st.uuids().map(str), st.sampled_from("ABC"), st.sampled_from("PQR"), st.sampled_from(Status)),
    max_size=9,
)


@given(_TIES)
def test_conflicts_are_exactly_what_comparing_all_pairs_finds(ties: list[Tie]) -> None:
    living = [tie for tie in ties if tie.status is not Status.EXCLUDED]
    clashing = {
        one.id for one in living for other in living if (one.body == other.body) != (one.person == other.person)
    }
    assert {id_ for conflict in conflicts(ties) for id_ in conflict.ties} >= clashing
    alone = {tie.id for tie in living} - clashing
    in_conflict = {id_ for conflict in conflicts(ties) for id_ in conflict.ties}
    for tie in living:
        if tie.id in alone and tie.id in in_conflict:
            # It clashes with nothing itself only if another record says the very same of both.
            assert any(other.id != tie.id and (other.body, other.person) == (tie.body, tie.person) for other in living)
