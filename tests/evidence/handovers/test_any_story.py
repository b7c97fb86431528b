"""Whatever people do in whatever order, the drive has one holder, and the record holds together."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from custody.models import Account
from custody.verification import Inspection
from evidence.handovers import (
    HandoverRefused,
    Holder,
    accept,
    decline,
    holder_of,
    propose_return,
    withdraw,
)
from evidence.handovers.holders import first_holder_of
from evidence.handovers.reading import steps_of
from evidence.models import Condition, Handover, HandoverState, PhysicalObject
from evidence.verification.handovers import check_handovers
from tests.cast import Cast
from tests.evidence.handovers.hands import accepted, asker, drive, proposed, reply

PEOPLE = ("lead", "investigator", "lawyer", "outsider", "the one asked", "the holder")
VERBS = ("propose", "accept", "decline", "withdraw", "return", "another seal")
# Steps that are allowed when their turn comes; among them everything that anybody might try.
FAIR = (
    ("propose", "lead", "investigator"),
    ("propose", "lead", "lawyer"),
    ("accept", "the one asked", "lead"),
    ("another seal", "the one asked", "lead"),
    ("return", "the holder", "lead"),
)
ANY = st.tuples(st.sampled_from(VERBS), st.sampled_from(PEOPLE), st.sampled_from(PEOPLE))
STEPS = st.lists(st.sampled_from(FAIR) | ANY, min_size=4, max_size=16)


class Told:
    """The story as plain rules tell it, beside the database."""

    def __init__(self, cast: Cast, disk: PhysicalObject) -> None:
        self.cast, self.disk = cast, disk
        self.holder = cast.lead

    def newest(self) -> Handover | None:
        return Handover.objects.filter(pieces__object=self.disk).order_by("-number").first()

    def person(self, name: str) -> Account:
        """Somebody of the cast, or whoever is asked or holds the drive just now: so that steps often are allowed."""
        newest = self.newest()
        if name == "the one asked" and newest is not None and newest.receiver_account is not None:
            return newest.receiver_account
        found: Account = getattr(self.cast, name, self.holder)
        return found

    def take(self, verb: str, who: Account, other: Account) -> None:
        by, newest = asker(who, self.cast.case), self.newest()
        steps: dict[str, Callable[[Handover], object]] = {
            "accept": lambda one: accept(asker=by, handover=one, reply=reply(one)),
            "another seal": lambda one: accept(
                asker=by, handover=one, reply=reply(one, seal="S-X", condition=Condition.OPENED)
            ),
            "decline": lambda one: decline(asker=by, handover=one, reply=reply(one)),
            "withdraw": lambda one: withdraw(asker=by, handover=one),
            "return": lambda one: propose_return(asker=by, handover=one, reason="Done"),
        }
        if verb == "propose":
            proposed(self.cast, [self.disk], by=who, to=Holder(account=other))
        elif newest is not None:
            steps[verb](newest)
            if verb in {"accept", "another seal"}:
                assert newest.receiver_account is not None
                assert who == newest.receiver_account != newest.proposed_by
                self.holder = newest.receiver_account
                event("custody moved")


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_there_is_one_holder_and_the_check_agrees(cast: Cast, steps: list[tuple[str, str, str]]) -> None:
    story = Told(cast, drive(cast))
    for verb, who, other in steps:
        with contextlib.suppress(HandoverRefused):
            story.take(verb, story.person(who), story.person(other))
        assert holder_of(story.disk).account == story.holder
    chain = list(Handover.objects.filter(pieces__object=story.disk).order_by("number"))
    _each_gives_what_the_one_before_received(story.disk, chain)
    open_ = [one for one in chain if one.state == HandoverState.PROPOSED]
    assert len(open_) <= 1
    for one in chain:
        assert len(steps_of(one)) == (1 if one in open_ else 2)
    inspection = Inspection()
    check_handovers(inspection)
    assert inspection.findings == []


def _each_gives_what_the_one_before_received(disk: PhysicalObject, chain: list[Handover]) -> None:
    holder = first_holder_of(disk).account
    for one in chain:
        assert one.giver_account == holder
        if one.state in {HandoverState.ACCEPTED, HandoverState.RETURNED}:
            holder = one.receiver_account


@pytest.mark.parametrize("times", [1, 3])
def test_going_round_leaves_every_hand_over_in_the_line(cast: Cast, times: int) -> None:
    disk = drive(cast)
    for _ in range(times):
        there = accepted(cast, proposed(cast, [disk]))
        back = propose_return(asker=asker(cast.investigator, cast.case), handover=there, reason="Done")
        accept(asker=asker(cast.lead, cast.case), handover=back, reply=reply(back))
    states = list(Handover.objects.order_by("number").values_list("state", flat=True))
    assert states == [HandoverState.RETURNED, HandoverState.ACCEPTED] * times
