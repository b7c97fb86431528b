"""The pages of approvals: who sees what, which buttons, and what happens when they are pressed."""

from __future__ import annotations

import uuid

import pytest
import time_machine
from django.urls import reverse

from custody import approvals
from custody.accounts import create_account
from custody.actions import Action
from custody.actors import for_command
from custody.models import Account, Approval, ApprovalKind, ApprovalState, Entry, KeyKind, KeyRecord
from tests.cast import PASSWORD, Cast, browser_of, entries_since, ledger_size
from tests.custody.approvals.releases import WHAT, actor_of, ask, procedures

__all__ = ["procedures"]
pytestmark = pytest.mark.usefixtures("procedures")
LIST = reverse("custody:approvals", args=["RWB-04"])


def address(request: Approval) -> str:
    return reverse("custody:approval", args=["RWB-04", request.pk])


def page(account: Account, request: Approval) -> str:
    answer = browser_of(account).get(address(request))
    assert answer.status_code == 200
    return answer.content.decode()


def buttons(text: str) -> set[str]:
    return {step for step in ("approve", "decline", "withdraw", "carry-out") if f'value="{step}"' in text}


def test_the_page_says_what_is_asked_by_whom_and_until_when(cast: Cast) -> None:
    request = ask(cast.case, cast.lawyer)
    text = page(cast.lead, request)
    for words in ("D-2026-001, version 2", "Layla Haddad", "The court asks for it."):
        assert words in text
    assert f"{request.expires:%Y-%m-%d %H:%M:%S} UTC" in text


def test_each_sees_the_buttons_of_their_own_steps(cast: Cast) -> None:
    request = ask(cast.case, cast.lawyer)
    seen = {account.name: buttons(page(account, request)) for account in cast.members}
    assert seen == {
        "Hala Mansour": {"approve", "decline"},
        "Layla Haddad": {"withdraw"},
        "Idris Faraj": set(),
        "Tariq Nasser": set(),
    }
    approvals.approve(approval=request, actor=actor_of(cast.lead))
    assert buttons(page(cast.lead, request)) == {"carry-out"}
    assert buttons(page(cast.lawyer, request)) == {"carry-out", "withdraw"}
    assert buttons(page(cast.investigator, request)) == set()


def test_the_whole_way_in_a_browser(cast: Cast) -> None:
    request = ask(cast.case, cast.lawyer)
    assert browser_of(cast.lead).post(address(request), {"step": "approve", "reason": "Seen."}).status_code == 302
    assert browser_of(cast.lawyer).post(address(request), {"step": "carry-out"}).status_code == 302
    assert Approval.objects.get().state == ApprovalState.USED


@pytest.mark.parametrize("step", ["approve", "decline", "withdraw", "carry-out"])
def test_a_member_without_the_right_is_refused_and_an_entry_says_so(cast: Cast, step: str) -> None:
    request = ask(cast.case, cast.lawyer)
    for account in (cast.investigator, cast.auditor):
        before = ledger_size()
        answer = browser_of(account).post(address(request), {"step": step, "reason": "Mine."})
        assert answer.status_code == 403
        assert 'role="alert"' in answer.content.decode()
        assert Approval.objects.get().state == ApprovalState.ASKED
        (refusal,) = [row for row in entries_since(before) if row.action == Action.APPROVAL_REFUSED]
        assert (refusal.outcome, refusal.actor) == ("denied", str(account.pk))


def test_the_asker_s_own_approval_is_refused_in_words(cast: Cast) -> None:
    request = ask(cast.case, cast.lead)
    assert buttons(page(cast.lead, request)) == {"withdraw"}
    answer = browser_of(cast.lead).post(address(request), {"step": "approve"})
    assert answer.status_code == 403
    assert "nobody approves their own request" in answer.content.decode()
    assert Approval.objects.get().state == ApprovalState.ASKED


def test_declining_without_a_reason_keeps_the_page(cast: Cast) -> None:
    request = ask(cast.case, cast.lawyer)
    answer = browser_of(cast.lead).post(address(request), {"step": "decline", "reason": ""})
    assert answer.status_code == 422
    assert "Say why it is declined." in answer.content.decode()
    assert Approval.objects.get().state == ApprovalState.ASKED


@pytest.mark.parametrize("step", ["approve", "decline"])
def test_a_reason_that_is_too_long_is_refused_and_not_cut(cast: Cast, step: str) -> None:
    request = ask(cast.case, cast.lawyer)
    answer = browser_of(cast.lead).post(address(request), {"step": step, "reason": "w" * 2001})
    assert answer.status_code == 422
    assert "at most 2000 characters (it has 2001)" in answer.content.decode()
    assert "w" * 2001 in answer.content.decode()
    assert Approval.objects.get().state == ApprovalState.ASKED


def test_a_reason_typed_while_the_request_ran_out_is_not_lost(cast: Cast) -> None:
    request = ask(cast.case, cast.lawyer)
    with time_machine.travel(request.expires, tick=False):
        answer = browser_of(cast.lead).post(address(request), {"step": "decline", "reason": "No <order> yet."})
    assert answer.status_code == 403
    text = answer.content.decode()
    assert (buttons(text), '<p dir="auto">No &lt;order&gt; yet.</p>' in text) == (set(), True)


def test_nor_is_one_typed_while_another_lead_decided(cast: Cast) -> None:
    request = ask(cast.case, cast.lawyer)
    approvals.approve(approval=request, actor=actor_of(cast.lead))
    answer = browser_of(cast.lead).post(address(request), {"step": "decline", "reason": "No order yet."})
    assert '<p dir="auto">No order yet.</p>' in answer.content.decode()
    assert Approval.objects.get().decision_reason == ""


@pytest.mark.parametrize("step", ["", "burn"])
def test_a_step_that_there_is_not_changes_nothing(cast: Cast, step: str) -> None:
    request = ask(cast.case, cast.lawyer)
    assert browser_of(cast.lead).post(address(request), {"step": step}).status_code == 422
    assert Approval.objects.get().state == ApprovalState.ASKED


def test_strangers_get_404_and_an_entry_says_so(cast: Cast) -> None:
    request = ask(cast.case, cast.lawyer)
    for account in cast.strangers:
        for method in ("get", "post"):
            for where in (LIST, address(request)):
                if (method, where) == ("post", LIST):
                    continue
                before = ledger_size()
                answer = getattr(browser_of(account), method)(where, {"step": "approve"})
                assert answer.status_code == 404
                (row,) = entries_since(before)
                assert (row.action, row.actor) == (Action.CASE_ACCESS_REFUSED, str(account.pk))
    assert Approval.objects.get().state == ApprovalState.ASKED


def test_a_request_of_another_case_is_not_found_here(cast: Cast) -> None:
    foreign = ask(cast.other_case, cast.outsider)
    for key in (foreign.pk, uuid.uuid4()):
        before = ledger_size()
        answer = browser_of(cast.lead).get(reverse("custody:approval", args=["RWB-04", key]))
        assert answer.status_code == 404
        assert [row.outcome for row in entries_since(before)] == ["denied"]


def test_the_list_tells_what_waits_for_whom(cast: Cast) -> None:
    ask(cast.case, cast.lead)
    request = ask(cast.case, cast.lawyer)
    lists = {account.name: browser_of(account).get(LIST).context for account in (cast.lead, cast.lawyer, cast.auditor)}
    counted = {
        name: [len(context[part]) for part in ("waiting", "asked", "elsewhere", "settled")]
        for name, context in lists.items()
    }
    assert counted == {"Hala Mansour": [1, 1, 0, 0], "Layla Haddad": [0, 1, 1, 0], "Tariq Nasser": [0, 0, 2, 0]}
    approvals.decline(approval=request, actor=actor_of(cast.lead), reason="No.")
    context = browser_of(cast.lead).get(LIST).context
    assert [len(context[part]) for part in ("waiting", "asked", "settled")] == [0, 1, 1]


def test_looking_is_recorded(cast: Cast) -> None:
    request = ask(cast.case, cast.lawyer)
    for where, code in ((LIST, "approvals"), (address(request), "approval")):
        before = ledger_size()
        browser_of(cast.auditor).get(where)
        (row,) = entries_since(before)
        assert (row.action, row.actor) == (Action.CASE_VIEWED, str(cast.auditor.pk))
        assert f'"page":"{code}"'.encode() in bytes(row.body)


def test_a_tab_counts_what_waits(cast: Cast) -> None:
    ask(cast.case, cast.lawyer)
    text = browser_of(cast.auditor).get(LIST).content.decode()
    assert 'Approvals <span class="num">1</span>' in text


def test_an_altered_description_is_said_and_nobody_can_decide(cast: Cast) -> None:
    from django.db import connection

    request = ask(cast.case, cast.lawyer)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE custody_approval SET description = replace(description, '2026', '2027')")
    text = page(cast.lead, request)
    assert "This is not what was asked" in text
    assert buttons(text) == set()


HOUSE = reverse("custody:house-approvals")


def a_key() -> str:
    return KeyRecord.objects.filter(kind=KeyKind.LEDGER).get().fingerprint


def test_an_administrator_asks_for_a_key_to_be_retired_and_another_decides(cast: Cast) -> None:
    second = create_account(
        email="second@example.org", name="Rana Saleh", password=PASSWORD, actor=for_command(), administrator=True
    )
    text = browser_of(cast.administrator).get(HOUSE).content.decode()
    assert f'<option value="{a_key()}">' in text
    answer = browser_of(cast.administrator).post(HOUSE, {"fingerprint": a_key(), "reason": "Ten years are over."})
    assert answer.status_code == 302
    asked = Approval.objects.get()
    assert (asked.kind, asked.subject_id, asked.asked_by) == ("key-retirement", a_key(), cast.administrator)
    where = reverse("custody:house-approval", args=[asked.pk])
    assert browser_of(cast.administrator).post(where, {"step": "approve"}).status_code == 403
    assert browser_of(second).post(where, {"step": "approve"}).status_code == 302
    assert Approval.objects.get().state == ApprovalState.APPROVED
    told = browser_of(second).post(where, {"step": "carry-out"})
    assert told.status_code == 422
    assert f"--approved {asked.pk}" in told.content.decode()


@pytest.mark.parametrize(("fingerprint", "reason"), [("", "x"), ("ab" * 32, "x"), ("of a key", ""), ("of a key", " ")])
def test_what_is_asked_without_a_key_or_a_reason_keeps_the_page(cast: Cast, fingerprint: str, reason: str) -> None:
    wanted = {"fingerprint": a_key() if fingerprint == "of a key" else fingerprint, "reason": reason}
    answer = browser_of(cast.administrator).post(HOUSE, wanted)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert not Approval.objects.exists()


def test_nobody_else_asks_for_a_key_to_be_retired(cast: Cast) -> None:
    for account in (*cast.members, cast.outsider):
        before = ledger_size()
        assert browser_of(account).post(HOUSE, {"fingerprint": a_key(), "reason": "x"}).status_code == 404
        assert ledger_size() == before
    assert browser_of(None).post(HOUSE, {"fingerprint": a_key(), "reason": "x"}).status_code == 302
    assert not Approval.objects.exists()
    assert 'name="fingerprint"' not in browser_of(cast.lead).get(LIST).content.decode()


def test_requests_of_the_house_are_for_administrators(cast: Cast) -> None:
    made = approvals.ask(
        kind=ApprovalKind.KEY_RETIREMENT,
        subject=approvals.Subject("key", "ab12"),
        case=None,
        what=WHAT,
        reason="It may be known.",
        actor=actor_of(cast.administrator),
    )
    places = [reverse("custody:house-approvals"), reverse("custody:house-approval", args=[made.pk])]
    for where in places:
        assert browser_of(cast.administrator).get(where).status_code == 200
        assert browser_of(cast.lead).get(where).status_code == 404
    assert browser_of(cast.administrator).post(places[1], {"step": "approve"}).status_code == 403
    assert browser_of(cast.lead).post(places[1], {"step": "approve"}).status_code == 404
    assert Approval.objects.get().state == ApprovalState.ASKED
    assert Entry.objects.filter(action=Action.APPROVAL_REFUSED).count() == 1
