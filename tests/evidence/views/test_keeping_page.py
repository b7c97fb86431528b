"""Holds and disposal in the browser: who sees which form, and what pressing its button does."""

from __future__ import annotations

import pytest
from django.urls import reverse

from custody import approvals
from custody.actions import Action
from custody.models import Account, Approval, ApprovalKind, ApprovalState
from evidence import holds
from evidence.models import EvidenceItem, LegalHold
from tests.cast import Cast, browser_of, entries_since, ledger_size
from tests.custody.approvals.releases import actor_of
from tests.evidence.disposal.orders import disposed, hold, is_stored
from tests.exhibits import picture, receive

PAGE = reverse("evidence:keeping", args=["RWB-04"])
CITED = {"authority": "Order 12 of 2026", "reason": "The court ordered it."}


def values(step: str, **more: str) -> dict[str, str]:
    return {"step": step, **{f"{step}-{name}": value for name, value in {**CITED, **more}.items()}}


@pytest.fixture
def item(cast: Cast) -> EvidenceItem:
    return receive(cast.case, {"one.jpg": picture(1)})[0]


def steps(account: Account) -> set[str]:
    text = browser_of(account).get(PAGE).content.decode()
    return {step for step in ("hold", "lift", "disposal") if f'value="{step}"' in text}


def test_each_sees_the_forms_of_their_role(cast: Cast, item: EvidenceItem) -> None:
    hold(cast.case, cast.lead, [item])
    assert steps(cast.lead) == {"hold", "lift", "disposal"}
    assert steps(cast.lawyer) == steps(cast.investigator) == {"lift", "disposal"}
    assert steps(cast.auditor) == set()
    assert item.ern in browser_of(cast.auditor).get(PAGE).content.decode()


def test_the_lead_places_holds_on_items_and_on_the_case(cast: Cast, item: EvidenceItem) -> None:
    client = browser_of(cast.lead)
    assert client.post(PAGE, values("hold", numbers=item.ern)).status_code == 302
    assert client.post(PAGE, values("hold", numbers="")).status_code == 302
    assert [made.whole_case for made in LegalHold.objects.order_by("placed")] == [False, True]


@pytest.mark.parametrize("name", ["lawyer", "auditor"])
def test_others_place_none_and_an_entry_says_so(cast: Cast, item: EvidenceItem, name: str) -> None:
    before = ledger_size()
    answer = browser_of(getattr(cast, name)).post(PAGE, values("hold", numbers=item.ern))
    assert answer.status_code == 403
    assert not LegalHold.objects.exists()
    assert Action.HOLD_REFUSED in {row.action for row in entries_since(before)}


@pytest.mark.parametrize("step", ["lift", "disposal"])
def test_an_auditor_asks_for_nothing_and_an_entry_says_so(cast: Cast, item: EvidenceItem, step: str) -> None:
    other = receive(cast.case, {"two.jpg": picture(2)})[1]
    made = hold(cast.case, cast.lead, [other])
    wanted = {"hold": str(made.pk)} if step == "lift" else {"numbers": item.ern}
    before = ledger_size()
    answer = browser_of(cast.auditor).post(PAGE, values(step, **wanted))
    assert answer.status_code == 403
    assert "not for this role" in answer.content.decode()
    assert not Approval.objects.exists()
    assert Action.APPROVAL_REFUSED in {row.action for row in entries_since(before)}


def test_a_disposal_from_asking_to_the_end(cast: Cast, item: EvidenceItem) -> None:
    asked = browser_of(cast.lawyer).post(PAGE, values("disposal", numbers=item.ern))
    request = Approval.objects.get()
    where = reverse("custody:approval", args=["RWB-04", request.pk])
    assert (asked["Location"], request.kind) == (where, ApprovalKind.DISPOSAL)
    text = browser_of(cast.lead).get(where).content.decode()
    assert item.ern in text
    assert item.sha256[:8] in text
    assert browser_of(cast.lead).post(where, {"step": "approve"}).status_code == 302
    assert is_stored(item.sha256)
    assert browser_of(cast.lawyer).post(where, {"step": "carry-out"}).status_code == 302
    assert not is_stored(item.sha256)
    assert Approval.objects.get().state == ApprovalState.USED


def test_what_is_held_is_refused_in_words_at_the_end(cast: Cast, item: EvidenceItem) -> None:
    browser_of(cast.lawyer).post(PAGE, values("disposal", numbers=item.ern))
    where = reverse("custody:approval", args=["RWB-04", Approval.objects.get().pk])
    browser_of(cast.lead).post(where, {"step": "approve"})
    hold(cast.case, cast.lead, [item])
    answer = browser_of(cast.lawyer).post(where, {"step": "carry-out"})
    assert answer.status_code == 422
    assert "under legal hold" in answer.content.decode()
    assert is_stored(item.sha256)
    assert Approval.objects.get().state == ApprovalState.APPROVED


def test_a_lift_is_asked_for_by_its_hold(cast: Cast) -> None:
    made = hold(cast.case, cast.lead, None)
    assert browser_of(cast.lawyer).post(PAGE, values("lift", hold=str(made.pk))).status_code == 302
    assert Approval.objects.get().subject_id == str(made.pk)
    foreign = hold(cast.other_case, cast.outsider, None)
    assert browser_of(cast.lawyer).post(PAGE, values("lift", hold=str(foreign.pk))).status_code == 422
    assert Approval.objects.count() == 1


def test_a_number_of_another_case_is_as_unknown_as_one_that_there_is_not(cast: Cast) -> None:
    foreign = receive(cast.other_case, {"two.jpg": picture(2)})[0]
    client = browser_of(cast.lawyer)
    for number in (foreign.ern, "AMN-NO-0000-0001"):
        answer = client.post(PAGE, values("disposal", numbers=number))
        assert answer.status_code == 422
        assert f"Not in this case: {number}" in answer.content.decode()
    assert not Approval.objects.exists()


@pytest.mark.parametrize("missing", ["authority", "reason"])
def test_nothing_is_asked_without_authority_and_reason(cast: Cast, item: EvidenceItem, missing: str) -> None:
    answer = browser_of(cast.lawyer).post(PAGE, values("disposal", numbers=item.ern, **{missing: " "}))
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode()
    assert not Approval.objects.exists()


def test_strangers_get_404(cast: Cast) -> None:
    for account in cast.strangers:
        before = ledger_size()
        assert browser_of(account).post(PAGE, values("hold", numbers="")).status_code == 404
        assert [row.outcome for row in entries_since(before)] == ["denied"]
    assert not LegalHold.objects.exists()


def test_a_step_that_there_is_not_does_nothing(cast: Cast) -> None:
    before = ledger_size()
    assert browser_of(cast.lead).post(PAGE, {"step": "burn"}).status_code == 422
    assert [row.action for row in entries_since(before)] == [Action.CASE_VIEWED]


def test_the_item_s_own_page_says_that_it_is_held_or_gone(cast: Cast, item: EvidenceItem) -> None:
    client, where = browser_of(cast.lead), reverse("evidence:item", args=["RWB-04", item.ern])
    assert "under legal hold" not in client.get(where).content.decode()
    made = hold(cast.case, cast.lead, [item])
    assert "under legal hold" in client.get(where).content.decode()
    lift = holds.ask_lift(hold=made, authority="Order 13", reason="Over.", actor=actor_of(cast.lawyer))
    approvals.approve(approval=lift, actor=actor_of(cast.lead))
    holds.lift(approval=lift, actor=actor_of(cast.lead))
    disposed(cast, [item])
    text = client.get(where).content.decode()
    assert "disposed of" in text
    assert "under legal hold" not in text
