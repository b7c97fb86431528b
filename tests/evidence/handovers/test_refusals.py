"""Steps that are not somebody's to take: refused, on record, and nothing changed in the database."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from custody.actions import Action
from custody.ledger import entry_of, newest
from custody.models import Account
from custody.models.history import Recorded
from evidence.handovers import (
    HandoverRefused,
    Holder,
    Refused,
    Reply,
    accept,
    decline,
    propose_return,
    proposing,
    standing,
    withdraw,
)
from evidence.models import HandedObject, Handover, HandoverState, PhysicalObject
from tests.cast import Cast, ledger_size
from tests.evidence.handovers import hands
from tests.evidence.handovers.hands import accepted, asker, drive, items, party, proposed, reply
from tests.exhibits import picture, receive

Step = Callable[[], Any]
MEMBERS = ("lead", "investigator", "lawyer", "auditor")


def rows() -> list[dict[str, Any]]:
    """Everything the database holds of hand-overs, as it stands now."""
    models: tuple[type[Recorded], ...] = (Handover, HandedObject, PhysicalObject)
    return [dict(row) for model in models for row in model.objects.order_by("pk").values()]


def refused(step: Step, why: Refused, by: Account) -> None:
    """The step is refused for this reason; the refusal is the only thing that was written."""
    before, size = rows(), ledger_size()
    with pytest.raises(HandoverRefused) as refusal:
        step()
    assert refusal.value.code == why
    assert rows() == before
    assert ledger_size() == size + 1
    entry = entry_of(newest(1)[0])
    assert (entry.action, entry.outcome, entry.actor.id) == (Action.HANDOVER_REFUSED, "denied", str(by.pk))
    assert entry.subject["reason"] == why


@pytest.mark.parametrize("who", ["lawyer", "auditor", "outsider", "administrator"])
def test_only_lead_and_investigator_propose(cast: Cast, who: str) -> None:
    disk, person = drive(cast), getattr(cast, who)
    refused(lambda: proposed(cast, [disk], by=person), Refused.MAY_NOT_PROPOSE, person)


@pytest.mark.parametrize("who", ["lawyer", "auditor", "outsider", "administrator"])
def test_only_lead_and_investigator_note_objects_down(cast: Cast, who: str) -> None:
    disk, person = drive(cast), getattr(cast, who)
    step = lambda: hands.change_seal(asker(person, cast.case), disk)  # noqa: E731
    refused(step, Refused.MAY_NOT_PROPOSE, person)


@pytest.mark.parametrize("step", [accept, decline])
def test_nobody_decides_on_their_own_proposal(cast: Cast, step: Any) -> None:
    inside = proposed(cast, [drive(cast)])
    outside = proposed(cast, [drive(cast)], to=Holder(party=party()))
    for handover in (inside, outside):
        call = lambda handover=handover: step(  # noqa: E731
            asker=asker(cast.lead, cast.case), handover=handover, reply=reply(handover)
        )
        refused(call, Refused.OWN_PROPOSAL, cast.lead)


@pytest.mark.parametrize("step", [accept, decline])
@pytest.mark.parametrize("who", ["lawyer", "auditor", "outsider", "administrator"])
def test_only_the_named_receiver_decides(cast: Cast, who: str, step: Any) -> None:
    handover, person = proposed(cast, [drive(cast)]), getattr(cast, who)
    call = lambda: step(asker=asker(person, cast.case), handover=handover, reply=reply(handover))  # noqa: E731
    refused(call, Refused.NOT_THE_OTHER_SIDE, person)


@pytest.mark.parametrize("who", ["lawyer", "auditor", "outsider"])
def test_the_word_of_a_party_is_recorded_by_lead_or_investigator(cast: Cast, who: str) -> None:
    *held, form = items(cast, 2)
    handover, person = proposed(cast, held=held, to=Holder(party=party())), getattr(cast, who)
    refused(
        lambda: accepted(cast, handover, by=person, answer=reply(handover, form=form)),
        Refused.NOT_THE_OTHER_SIDE,
        person,
    )


def test_the_word_of_a_party_needs_the_signed_form(cast: Cast) -> None:
    handover = proposed(cast, [drive(cast)], to=Holder(party=party()))
    refused(lambda: accepted(cast, handover), Refused.NO_FORM, cast.investigator)


def test_what_comes_from_a_party_needs_its_form_too(cast: Cast) -> None:
    disk = drive(cast, holder=Holder(party=party()))
    handover = proposed(cast, [disk])
    assert handover.giver_party == disk.first_party
    refused(lambda: accepted(cast, handover), Refused.NO_FORM, cast.investigator)


def test_the_form_is_an_item_of_this_case_and_not_of_the_set(cast: Cast) -> None:
    held = items(cast, 2)
    handover = proposed(cast, held=held, to=Holder(party=party()))
    theirs = receive(cast.other_case, {"form.jpg": picture(77)}, source="Disk 9")[0]
    refused(
        lambda: accepted(cast, handover, answer=reply(handover, form=theirs)), Refused.NOT_IN_CASE, cast.investigator
    )
    refused(
        lambda: accepted(cast, handover, answer=reply(handover, form=held[0])),
        Refused.FORM_IS_HANDED_OVER,
        cast.investigator,
    )


@pytest.mark.parametrize("first", [HandoverState.ACCEPTED, HandoverState.DECLINED, HandoverState.WITHDRAWN])
def test_what_is_decided_stays_decided(cast: Cast, first: HandoverState) -> None:
    handover = proposed(cast, [drive(cast)])
    them, us = asker(cast.investigator, cast.case), asker(cast.lead, cast.case)
    steps: dict[HandoverState, Step] = {
        HandoverState.ACCEPTED: lambda: accept(asker=them, handover=handover, reply=reply(handover)),
        HandoverState.DECLINED: lambda: decline(asker=them, handover=handover, reply=reply(handover)),
        HandoverState.WITHDRAWN: lambda: withdraw(asker=us, handover=handover),
    }
    steps[first]()
    for state, step in steps.items():
        refused(step, Refused.ALREADY_DECIDED, cast.lead if state == HandoverState.WITHDRAWN else cast.investigator)


def test_things_wait_in_one_hand_over_at_a_time(cast: Cast) -> None:
    held, disk = items(cast, 3), drive(cast)
    proposed(cast, [disk], held[:2])
    refused(lambda: proposed(cast, [disk]), Refused.UNDER_WAY, cast.lead)
    refused(lambda: proposed(cast, held=held[1:]), Refused.UNDER_WAY, cast.lead)
    assert proposed(cast, held=held[2:]).number == 2


def test_only_the_holder_or_the_lead_hands_over(cast: Cast) -> None:
    disk = drive(cast)
    to_lawyer = Holder(account=cast.lawyer)
    refused(
        lambda: proposed(cast, [disk], by=cast.investigator, to=to_lawyer), Refused.NOT_THE_HOLDER, cast.investigator
    )
    accepted(cast, proposed(cast, [disk]))
    handover = proposed(cast, [disk], to=to_lawyer)
    assert (handover.giver_account, handover.proposed_by) == (cast.investigator, cast.lead)


def test_things_in_different_hands_go_separately(cast: Cast) -> None:
    one, other = drive(cast), drive(cast)
    accepted(cast, proposed(cast, [one]))
    refused(lambda: proposed(cast, [one, other], to=Holder(account=cast.lawyer)), Refused.MIXED_HOLDERS, cast.lead)


def test_items_in_different_hands_go_separately(cast: Cast) -> None:
    held = items(cast, 3)
    accepted(cast, proposed(cast, held=held[:1]))
    accepted(cast, proposed(cast, held=held[1:2], to=Holder(account=cast.lawyer)), by=cast.lawyer)
    court = Holder(party=party())
    refused(lambda: proposed(cast, held=held, to=court), Refused.MIXED_HOLDERS, cast.lead)


def test_nobody_receives_what_they_hold(cast: Cast) -> None:
    disk = drive(cast)
    refused(lambda: proposed(cast, [disk], to=Holder(account=cast.lead)), Refused.SAME_HOLDER, cast.lead)


def test_things_of_another_case_are_not_handed_over(cast: Cast) -> None:
    theirs = receive(cast.other_case, {"theirs.jpg": picture(9)}, source="Disk 9")
    refused(lambda: proposed(cast, held=theirs), Refused.NOT_IN_CASE, cast.lead)


@pytest.mark.parametrize("who", ["investigator", "lawyer", "auditor", "outsider"])
def test_only_the_proposer_or_the_lead_withdraws(cast: Cast, who: str) -> None:
    handover, person = proposed(cast, [drive(cast)]), getattr(cast, who)
    refused(lambda: withdraw(asker=asker(person, cast.case), handover=handover), Refused.NOT_THE_PROPOSER, person)


def test_a_return_is_of_something_accepted_and_once(cast: Cast) -> None:
    handover = proposed(cast, [drive(cast)])
    us = asker(cast.investigator, cast.case)
    step = lambda: propose_return(asker=us, handover=handover, reason="Done")  # noqa: E731
    refused(step, Refused.NOT_HANDED_OVER, cast.investigator)
    accepted(cast, handover)
    back = propose_return(asker=us, handover=handover, reason="Done")
    refused(step, Refused.UNDER_WAY, cast.investigator)
    accept(asker=asker(cast.lead, cast.case), handover=back, reply=reply(back))
    refused(step, Refused.NOT_HANDED_OVER, cast.investigator)


@pytest.mark.parametrize("who", ["lawyer", "auditor", "outsider"])
def test_a_return_is_proposed_by_the_holder_or_those_who_propose(cast: Cast, who: str) -> None:
    handover, person = accepted(cast, proposed(cast, [drive(cast)])), getattr(cast, who)
    step = lambda: propose_return(asker=asker(person, cast.case), handover=handover, reason="Done")  # noqa: E731
    refused(step, Refused.MAY_NOT_PROPOSE, person)


def test_a_holder_from_outside_the_case_gives_back_what_was_handed_to_them(cast: Cast) -> None:
    handover = proposed(cast, [drive(cast)], to=Holder(account=cast.outsider))
    accepted(cast, handover, by=cast.outsider)
    back = propose_return(asker=asker(cast.outsider, cast.case), handover=handover, reason="Done")
    accept(asker=asker(cast.lead, cast.case), handover=back, reply=reply(back))
    assert Handover.objects.get(pk=handover.pk).state == HandoverState.RETURNED


def test_not_everything_looked_at_is_not_accepted(cast: Cast) -> None:
    for handover in (proposed(cast, [drive(cast)]), proposed(cast, held=items(cast, 2))):
        before, size = rows(), ledger_size()
        with pytest.raises(ValidationError):
            accepted(cast, handover, answer=Reply(remarks="Fine"))
        assert (rows(), ledger_size()) == (before, size)


def test_the_database_itself_keeps_proposer_and_decider_apart(cast: Cast) -> None:
    handover = accepted(cast, proposed(cast, [drive(cast)]))
    with pytest.raises(IntegrityError), transaction.atomic():
        QuerySet[Handover](Handover).filter(pk=handover.pk).update(decided_by=handover.proposed_by)


@pytest.mark.parametrize("who", MEMBERS)
def test_an_answer_is_asked_again_of_the_database(cast: Cast, who: str) -> None:
    """A stale copy of the row, as a page left open holds it, opens nothing."""
    handover = proposed(cast, [drive(cast)])
    stale = Handover.objects.get(pk=handover.pk)
    accepted(cast, handover)
    person = getattr(cast, who)
    step = lambda: accept(asker=asker(person, cast.case), handover=stale, reply=reply(stale))  # noqa: E731
    refused(step, Refused.ALREADY_DECIDED, person)


def test_what_happened_between_looking_and_writing_is_seen(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody else's step falls between the look at the things and the transaction: the look is taken again."""
    disk, found = drive(cast), standing.find_standing

    def slowly(*args: Any, **more: Any) -> standing.Standing:
        looked = found(*args, **more)
        monkeypatch.undo()
        proposed(cast, [disk], to=Holder(account=cast.lawyer))
        return looked

    monkeypatch.setattr(proposing, "find_standing", slowly)
    with pytest.raises(HandoverRefused) as refusal:
        proposed(cast, [disk])
    assert refusal.value.code == Refused.UNDER_WAY
    assert Handover.objects.get().receiver_account == cast.lawyer


def test_the_seal_given_is_the_one_on_record_now(cast: Cast) -> None:
    disk = drive(cast)
    hands.change_seal(asker(cast.lead, cast.case), disk)
    assert disk.seal == hands.SEAL  # the copy in hand is old
    assert proposed(cast, [disk]).pieces.get().seal_stated == "S-0099"
