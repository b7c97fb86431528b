"""A hand-over from proposal to return, as rows and as entries."""

from __future__ import annotations

import hashlib

from custody.actions import Action
from custody.core import canonical
from custody.verification import Inspection, inspect
from evidence.handovers import Holder, accept, decline, holder_of, propose_return, withdraw
from evidence.handovers.reading import findings_of
from evidence.intake import store
from evidence.models import Condition, Handover, HandoverState, ItemSet, SetMember
from tests.cast import Cast
from tests.evidence.handovers.hands import (
    SEAL,
    accepted,
    asker,
    drive,
    entries_about,
    items,
    party,
    proposed,
    reply,
)


def test_a_drive_goes_over_and_comes_back(cast: Cast) -> None:
    disk = drive(cast)
    assert holder_of(disk).account == cast.lead
    handover = proposed(cast, [disk])
    assert holder_of(disk).account == cast.lead
    taken = accepted(cast, handover)
    assert taken.state == HandoverState.ACCEPTED
    assert holder_of(disk).account == cast.investigator
    back = propose_return(asker=asker(cast.investigator, cast.case), handover=taken, reason="Imaged")
    assert holder_of(disk).account == cast.investigator
    accept(asker=asker(cast.lead, cast.case), handover=back, reply=reply(back))
    assert holder_of(disk).account == cast.lead
    states = dict(Handover.objects.values_list("number", "state"))
    assert states == {1: HandoverState.RETURNED, 2: HandoverState.ACCEPTED}
    assert inspect(Inspection()).findings == ()


def test_each_step_is_one_act_in_the_histories_of_things_case_and_both_people(cast: Cast) -> None:
    held = items(cast, 2)
    disk = drive(cast)
    handover = accepted(cast, proposed(cast, [disk], held))
    entries = entries_about(handover)
    assert [entry.action for entry in entries] == [Action.HANDOVER_PROPOSED] * 3 + [Action.HANDOVER_ACCEPTED] * 3
    assert len({entry.act for entry in entries}) == 2
    for step in (entries[:3], entries[3:]):
        assert {entry.streams[0].id for entry in step} == {f"item/{thing.pk}" for thing in (disk, *held)}
        for entry in step:
            streams = {link.id for link in entry.streams}
            assert streams > {f"case/{cast.case.pk}", f"user/{cast.lead.pk}", f"user/{cast.investigator.pk}"}


def test_entries_hold_no_words_and_the_record_is_bound(cast: Cast) -> None:
    handover = accepted(cast, proposed(cast, [drive(cast)]))
    last = entries_about(handover)[-1]
    record = bytes(handover.record or b"")
    assert last.subject["record"] == hashlib.sha256(record).hexdigest() == handover.record_sha256
    content = canonical.loads(record)
    assert isinstance(content, dict)
    assert content["reason"] == "Imaging in the laboratory"
    for word in ("laboratory", "Room 4", SEAL, "ORION", "Idris"):
        assert all(word not in str(entry) for entry in entries_about(handover))


def test_a_large_set_is_one_entry_named_by_a_manifest_in_the_vault(cast: Cast) -> None:
    held = items(cast, 21)
    handover = accepted(cast, proposed(cast, held=held))
    entries = entries_about(handover)
    assert [entry.action for entry in entries] == [Action.HANDOVER_PROPOSED, Action.HANDOVER_ACCEPTED]
    name = entries[0].subject["manifest"]
    assert entries[0].streams[0].id == f"item/{name}"
    with store().open(name) as file:
        lines = file.read().decode().splitlines()
    assert lines == [f"{item.sha256}  {item.ern}" for item in held]
    assert inspect(Inspection()).findings == ()


def test_the_same_set_given_back_is_kept_once(cast: Cast) -> None:
    taken = accepted(cast, proposed(cast, held=items(cast, 3)))
    back = propose_return(asker=asker(cast.investigator, cast.case), handover=taken, reason="Done")
    accept(asker=asker(cast.lead, cast.case), handover=back, reply=reply(back))
    assert (ItemSet.objects.count(), SetMember.objects.count()) == (1, 3)


def test_another_seal_is_a_finding_that_stays(cast: Cast) -> None:
    handover = proposed(cast, [drive(cast)])
    taken = accepted(cast, handover, answer=reply(handover, seal="S-0043", condition=Condition.OPENED))
    piece = taken.pieces.get()
    assert (piece.seal_stated, piece.seal_found, piece.differs) == (SEAL, "S-0043", True)
    assert findings_of(taken) == 1
    assert entries_about(taken)[-1].subject["differs"] == "yes"


def test_declined_and_withdrawn_leave_everything_where_it_was(cast: Cast) -> None:
    disk = drive(cast)
    first = proposed(cast, [disk])
    decline(asker=asker(cast.investigator, cast.case), handover=first, reply=reply(first))
    second = proposed(cast, [disk])
    withdraw(asker=asker(cast.lead, cast.case), handover=second)
    assert holder_of(disk).account == cast.lead
    states = dict(Handover.objects.values_list("number", "state"))
    assert states == {1: HandoverState.DECLINED, 2: HandoverState.WITHDRAWN}


def test_a_party_outside_receives_on_the_strength_of_a_form(cast: Cast) -> None:
    *held, form = items(cast, 3)
    disk, court = drive(cast), party()
    handover = proposed(cast, [disk], held, to=Holder(party=court))
    taken = accepted(cast, handover, answer=reply(handover, form=form))
    assert holder_of(disk).party == court
    last = entries_about(taken)[-1]
    assert last.authority == f"form {form.ern}"
    assert last.subject["form_sha256"] == form.sha256
    assert last.actor.id == str(cast.investigator.pk)
    assert inspect(Inspection()).findings == ()
