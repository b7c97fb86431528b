"""Legal holds: placed by a lead at once, lifted by two, and nothing under one is disposed of."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from custody import acts, approvals, clock
from custody.actions import Action
from custody.actors import for_command
from custody.approvals import ApprovalRefused
from custody.models import Approval, ApprovalState, Entry
from evidence import disposal, holds
from evidence.admissions import admit_item
from evidence.disposal import DisposalRefused
from evidence.holds import HoldRefused
from evidence.models import Admission, HeldItem, LegalHold, Tombstone
from tests.cast import Cast, ledger_size
from tests.custody.approvals.releases import actor_of
from tests.evidence.disposal.orders import ORDER, approved_disposal, hold, is_stored
from tests.exhibits import picture, receive


def test_a_lead_holds_one_item(cast: Cast) -> None:
    first, second = receive(cast.case, {"one.jpg": picture(1), "two.jpg": picture(2)})
    made = hold(cast.case, cast.lead, [first])
    assert list(holds.holds_on(first)) == [made]
    assert not holds.holds_on(second).exists()
    row = Entry.objects.order_by("-seq")[0]
    assert row.action == Action.HOLD_PLACED
    assert f"item/{first.pk}".encode() in bytes(row.body)
    assert b"An appeal" not in bytes(row.body)


def test_a_lead_holds_a_set_of_items(cast: Cast) -> None:
    items = receive(cast.case, {f"{shade}.jpg": picture(shade) for shade in range(12)})
    made = hold(cast.case, cast.lead, items[:10])
    assert HeldItem.objects.filter(hold=made).count() == 10
    assert [holds.holds_on(item).exists() for item in items] == [True] * 10 + [False] * 2


def test_a_hold_on_a_case_covers_what_comes_later(cast: Cast) -> None:
    hold(cast.case, cast.lead, None)
    (item,) = receive(cast.case, {"one.jpg": picture(1)})
    assert holds.holds_on(item).exists()


def test_it_does_not_cover_another_case(cast: Cast) -> None:
    hold(cast.case, cast.lead, None)
    (item,) = receive(cast.other_case, {"one.jpg": picture(1)})
    assert not holds.holds_on(item).exists()


def test_ending_an_admission_takes_nothing_out_of_it(cast: Cast) -> None:
    (item,) = receive(cast.other_case, {"one.jpg": picture(1)})
    admission = admit_item(case=cast.case, item=item, actor=for_command())
    made = hold(cast.case, cast.lead, None)
    with acts.act(actor=for_command()) as act:
        admission.ended = clock.now()
        act.save(admission)
        act.record(Action.CASE_CHANGED, streams=(f"case/{cast.case.pk}",), subject={}, snapshots=[admission])
    assert Admission.objects.get(pk=admission.pk).ended
    assert list(holds.holds_on(item)) == [made]


@pytest.mark.parametrize("name", ["investigator", "lawyer", "auditor", "outsider", "administrator"])
def test_nobody_but_the_lead_places_one(cast: Cast, name: str) -> None:
    (item,) = receive(cast.case, {"one.jpg": picture(1)})
    before = ledger_size()
    with pytest.raises(HoldRefused):
        hold(cast.case, getattr(cast, name), [item])
    assert not LegalHold.objects.exists()
    (row,) = Entry.objects.filter(seq__gte=before)
    assert (row.action, row.outcome) == (Action.HOLD_REFUSED, "denied")


def test_a_lead_holds_nothing_of_another_case(cast: Cast) -> None:
    (item,) = receive(cast.case, {"one.jpg": picture(1)})
    with pytest.raises(HoldRefused) as refused:
        hold(cast.other_case, cast.outsider, [item])
    assert refused.value.code == "not-in-case"
    assert not LegalHold.objects.exists()


@pytest.mark.parametrize(("authority", "reason"), [("", "why"), ("order", " "), ("two\nlines", "why")])
def test_authority_and_reason_are_needed(cast: Cast, authority: str, reason: str) -> None:
    before = ledger_size()
    with pytest.raises(ValidationError):
        holds.place(case=cast.case, items=None, authority=authority, reason=reason, actor=actor_of(cast.lead))
    assert (ledger_size(), LegalHold.objects.count()) == (before, 0)


def test_something_must_be_named(cast: Cast) -> None:
    with pytest.raises(ValidationError):
        hold(cast.case, cast.lead, [])


def test_two_people_lift_it(cast: Cast) -> None:
    made = hold(cast.case, cast.lead, None)
    request = holds.ask_lift(hold=made, authority=ORDER, reason="The appeal is over.", actor=actor_of(cast.lawyer))
    with pytest.raises(ApprovalRefused):
        holds.lift(approval=request, actor=actor_of(cast.lawyer))
    assert LegalHold.objects.get().lifted is None
    approvals.approve(approval=request, actor=actor_of(cast.lead))
    holds.lift(approval=request, actor=actor_of(cast.lawyer))
    row = LegalHold.objects.get()
    assert (row.lifted is not None, row.lifted_by) == (True, cast.lawyer)
    assert Approval.objects.get().state == ApprovalState.USED
    assert [entry.action for entry in Entry.objects.order_by("-seq")[:2]] == [
        Action.HOLD_LIFTED,
        Action.APPROVAL_USED,
    ]


def test_the_lead_alone_does_not_lift_it(cast: Cast) -> None:
    made = hold(cast.case, cast.lead, None)
    request = holds.ask_lift(hold=made, authority=ORDER, reason="I think so.", actor=actor_of(cast.lead))
    with pytest.raises(ApprovalRefused):
        approvals.approve(approval=request, actor=actor_of(cast.lead))
    with pytest.raises(ApprovalRefused):
        holds.lift(approval=request, actor=actor_of(cast.lead))
    assert LegalHold.objects.get().lifted is None


def test_lifting_wants_an_authority(cast: Cast) -> None:
    made = hold(cast.case, cast.lead, None)
    with pytest.raises(ValidationError) as refused:
        holds.ask_lift(hold=made, authority=" ", reason="why", actor=actor_of(cast.lawyer))
    assert "authority" in refused.value.message_dict
    assert not Approval.objects.exists()


def test_an_approval_of_one_hold_lifts_no_other(cast: Cast) -> None:
    first, second = hold(cast.case, cast.lead, None), hold(cast.case, cast.lead, None)
    request = holds.ask_lift(hold=first, authority=ORDER, reason="Over.", actor=actor_of(cast.lawyer))
    approvals.approve(approval=request, actor=actor_of(cast.lead))
    holds.lift(approval=request, actor=actor_of(cast.lead))
    with pytest.raises(ValidationError):
        holds.lift(approval=request, actor=actor_of(cast.lead))
    assert LegalHold.objects.get(pk=second.pk).lifted is None


def test_nothing_under_hold_is_disposed_of(cast: Cast) -> None:
    (item,) = receive(cast.case, {"one.jpg": picture(1)})
    hold(cast.case, cast.lead, [item])
    before = ledger_size()
    with pytest.raises(DisposalRefused) as refused:
        approved_disposal(cast, [item])
    assert refused.value.code == "under-hold"
    (row,) = Entry.objects.filter(seq__gte=before)
    assert (row.action, row.outcome) == (Action.DISPOSAL_REFUSED, "denied")


def test_a_hold_placed_after_the_approval_stops_the_disposal(cast: Cast) -> None:
    (item,) = receive(cast.case, {"one.jpg": picture(1)})
    request = approved_disposal(cast, [item])
    hold(cast.case, cast.lead, None)
    with pytest.raises(DisposalRefused):
        disposal.dispose(approval=request, actor=actor_of(cast.lawyer))
    assert not Tombstone.objects.exists()
    assert Approval.objects.get().state == ApprovalState.APPROVED
    assert is_stored(item.sha256)


def test_what_was_disposed_of_is_not_held(cast: Cast) -> None:
    (item,) = receive(cast.case, {"one.jpg": picture(1)})
    disposal.dispose(approval=approved_disposal(cast, [item]), actor=actor_of(cast.lawyer))
    with pytest.raises(HoldRefused) as refused:
        hold(cast.case, cast.lead, [item])
    assert refused.value.code == "disposed"
