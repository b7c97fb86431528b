"""The tamper table of hand-overs: rows, sets, objects and entries, and the fact that fails."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator

import pytest
from django.db import connection
from django.db.models import QuerySet

from custody import acts, clock, ledger
from custody.actions import Action
from custody.actors import for_command
from custody.verification import Inspection, inspect
from evidence.handovers import Holder, accept, propose_return
from evidence.handovers.entering import enter
from evidence.handovers.reading import pieces_of
from evidence.intake import store
from evidence.models import Handover, HandoverState, PhysicalObject
from evidence.verification.handovers import check_handovers
from tests.cast import Cast
from tests.evidence.handovers.hands import accepted, asker, drive, items, party, proposed, reply
from tests.evidence.verification.test_tampering import sql, unfenced
from tests.prepared import prepared

Act = Callable[[Cast], None]


@pytest.fixture
def house(cast: Cast) -> Cast:
    """A drive with two items that went over and came back (1, 2), one with a party (3), one still open (4)."""

    def make() -> Cast:
        *held, form = items(cast, 24)
        first = accepted(cast, proposed(cast, [drive(cast)], held[:2]))
        back = propose_return(asker=asker(cast.investigator, cast.case), handover=first, reason="Done")
        accept(asker=asker(cast.lead, cast.case), handover=back, reply=reply(back))
        outside = proposed(cast, held=held[2:], to=Holder(party=party()))
        accepted(cast, outside, answer=reply(outside, form=form))
        proposed(cast, [drive(cast)])
        return cast

    made: Cast = prepared(f"{__name__}:house", make)
    return made


@pytest.fixture(autouse=True)
def _constraints_hold_again(db: None) -> Iterator[None]:
    yield
    if connection.vendor == "sqlite":
        sql("PRAGMA ignore_check_constraints = OFF")


def handover(number: int) -> Handover:
    return Handover.objects.get(number=number)


def key(row: Handover | PhysicalObject) -> str:
    return row.pk.hex if connection.vendor == "sqlite" else str(row.pk)


def _id(value: object) -> str:
    return str(value).replace("-", "") if connection.vendor == "sqlite" else str(value)


def without_constraint(name: str) -> None:
    """What the database itself would refuse is let through, as by somebody who may alter its tables."""
    if connection.vendor == "sqlite":
        sql("PRAGMA ignore_check_constraints = ON")
    else:
        # A table with checks that wait for the end of the transaction can't be altered.
        sql("SET CONSTRAINTS ALL IMMEDIATE")
        sql(f"ALTER TABLE evidence_handover DROP CONSTRAINT {name}")


def change(number: int, assignment: str, *values: str) -> Act:
    def act(_house: Cast) -> None:
        sql(f"UPDATE evidence_handover SET {assignment} WHERE id = %s", *values, key(handover(number)))  # noqa: S608

    return act


def accept_by_the_proposer_in_the_row(house: Cast) -> None:
    without_constraint("evidence_handover_other_side")
    sql(
        "UPDATE evidence_handover SET state = 'accepted', decided = proposed, decided_by_id = proposed_by_id "
        "WHERE id = %s",
        key(handover(4)),
    )


def accept_by_the_proposer_with_entries(house: Cast) -> None:
    """Row, history and entries all fit together; only that one person did both is wrong."""
    without_constraint("evidence_handover_other_side")
    forged = handover(4)
    forged.state, forged.decided, forged.decided_by = HandoverState.ACCEPTED, clock.now(), house.lead
    forged.full_clean = lambda *_args, **_more: None  # type: ignore[method-assign]
    with acts.act(actor=for_command(house.lead)) as act:
        act.save(forged)
        enter(act, Action.HANDOVER_ACCEPTED, forged, pieces_of(forged), [forged])


def take_the_acceptance_back(house: Cast) -> None:
    sql(
        "UPDATE evidence_handover SET state = 'proposed', decided = NULL, decided_by_id = NULL WHERE id = %s",
        key(handover(3)),
    )


def name_another_receiver(house: Cast) -> None:
    sql(
        "UPDATE evidence_handover SET receiver_account_id = %s WHERE id = %s",
        _id(house.lawyer.pk),
        key(handover(4)),
    )


def name_another_decider(house: Cast) -> None:
    sql("UPDATE evidence_handover SET decided_by_id = %s WHERE id = %s", _id(house.lawyer.pk), key(handover(1)))


def remove_a_hand_over(house: Cast) -> None:
    target = key(handover(4))
    for table in ("evidence_handedobject", "evidence_historicalhandedobject"):
        sql(f"DELETE FROM {table} WHERE handover_id = %s", target)  # noqa: S608  our own table names
    for table in ("evidence_handover", "evidence_historicalhandover"):
        sql(f"DELETE FROM {table} WHERE id = %s", target)  # noqa: S608


def write_a_hand_over_past_the_ledger(house: Cast) -> None:
    forged = handover(4)
    forged.pk, forged.number = uuid.uuid4(), 9
    QuerySet[Handover](Handover).bulk_create([forged])


def show_the_stated_seal_as_found(house: Cast) -> None:
    sql("UPDATE evidence_handedobject SET seal_found = 'S-9' WHERE handover_id = %s", key(handover(1)))


def hide_a_difference(house: Cast) -> None:
    sql("UPDATE evidence_handedobject SET seal_found = 'S-9', seal_stated = 'S-9'")


def take_an_item_out_of_a_set(house: Cast) -> None:
    name = str(handover(3).items_id)
    sql("DELETE FROM evidence_setmember WHERE id = (SELECT MIN(id) FROM evidence_setmember WHERE set_id = %s)", name)


def lose_the_manifest(house: Cast) -> None:
    path = store().path(str(handover(3).items_id))
    path.parent.chmod(0o700)
    path.unlink()


def damage_the_manifest(house: Cast) -> None:
    path = store().path(str(handover(3).items_id))
    path.chmod(0o600)
    path.write_bytes(path.read_bytes().replace(b"AMN", b"AMM", 1))


def drop_the_form(house: Cast) -> None:
    sql("UPDATE evidence_handover SET form_id = NULL WHERE id = %s", key(handover(3)))


def put_an_object_into_another_hand(house: Cast) -> None:
    sql("UPDATE evidence_physicalobject SET first_account_id = %s", _id(house.lawyer.pk))


def register_an_object_past_the_ledger(house: Cast) -> None:
    forged = PhysicalObject.objects.order_by("number")[0]
    forged.pk, forged.ordinal, forged.number = uuid.uuid4(), 9, f"{forged.number[:-1]}9"
    QuerySet[PhysicalObject](PhysicalObject).bulk_create([forged])


def remove_the_objects(house: Cast) -> None:
    sql("DELETE FROM evidence_handedobject")
    sql("DELETE FROM evidence_physicalobject")


def tell_of_a_hand_over_that_never_was(house: Cast) -> None:
    """An entry without a row."""
    last = next(ledger.entries_with(Action.HANDOVER_PROPOSED))
    about = ledger.entry_of(last)
    ledger.append_alone(
        ledger.Draft(
            action=Action.HANDOVER_PROPOSED,
            actor=for_command(house.lead),
            streams=(f"case/{house.case.pk}",),
            subject={**about.subject, "handover": str(uuid.uuid4())},
        )
    )


TABLE: list[tuple[str, Act, str]] = [
    ("accept one's own proposal in the row alone", accept_by_the_proposer_in_the_row, "handover"),
    ("accept one's own proposal, entries and all", accept_by_the_proposer_with_entries, "handover"),
    ("take an acceptance back", take_the_acceptance_back, "handover"),
    ("turn an acceptance into a refusal", change(1, "state = 'declined'"), "handover"),
    ("hide that it was returned", change(1, "state = 'accepted'"), "handover"),
    ("say that it was returned", change(3, "state = 'returned'"), "handover"),
    ("name another receiver", name_another_receiver, "handover"),
    ("name another decider", name_another_decider, "handover"),
    ("rewrite what it was for", change(3, "reason = 'Something else'"), "handover"),
    ("rewrite the place", change(3, "place = 'Elsewhere'"), "handover"),
    ("rewrite when it was decided", change(3, "decided = '2020-01-01 00:00:00+00:00'"), "handover"),
    ("rewrite the remarks", change(1, "reply = 'All well'"), "handover"),
    ("say that the digests were not compared", change(3, "comparison = 'not-compared'"), "handover"),
    ("number it anew", change(3, "number = 7"), "handover"),
    ("alter the digest of the record", change(1, "record_sha256 = %s", "0" * 64), "handover"),
    ("empty the record", change(1, "record = NULL"), "handover"),
    ("drop the signed form", drop_the_form, "handover"),
    ("remove a hand-over with its history", remove_a_hand_over, "handover"),
    ("write a hand-over past the ledger", write_a_hand_over_past_the_ledger, "handover"),
    ("tell of a hand-over that never was", tell_of_a_hand_over_that_never_was, "handover"),
    ("write another seal as found", show_the_stated_seal_as_found, "handover"),
    ("write both seals anew", hide_a_difference, "handover"),
    ("take an item out of a set", take_an_item_out_of_a_set, "set"),
    ("lose the manifest", lose_the_manifest, "set"),
    ("damage the manifest", damage_the_manifest, "set"),
    ("put an object into another first hand", put_an_object_into_another_hand, "object"),
    ("register an object past the ledger", register_an_object_past_the_ledger, "object"),
    ("remove the objects", remove_the_objects, "object"),
]


@pytest.mark.usefixtures("house")
def test_untouched_hand_overs_verify_clean() -> None:
    inspection = Inspection()
    check_handovers(inspection)
    assert inspection.findings == []
    assert {name: inspection.counts[name] for name in ("handovers", "physical_objects", "sets")} == {
        "handovers": 4,
        "physical_objects": 2,
        "sets": 2,
    }


@pytest.mark.usefixtures("house")
def test_the_check_is_one_of_those_that_verify_runs() -> None:
    assert inspect(Inspection()).counts["handovers"] == 4


@pytest.mark.parametrize(("act", "fact"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_tampering_is_found(house: Cast, act: Act, fact: str) -> None:
    unfenced(lambda: act(house))()
    inspection = Inspection()
    check_handovers(inspection)
    assert fact in {finding.fact for finding in inspection.findings}, inspection.findings
    assert inspection.verdict().bottom_line == "unsound"
