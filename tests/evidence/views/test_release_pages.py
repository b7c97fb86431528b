"""Releases in the browser: who sees what, asking for exactly what was shown, and taking it once as one ZIP."""

from __future__ import annotations

import gc
import io
import re
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.http import StreamingHttpResponse
from django.test import Client
from django.urls import reverse

from custody import approvals, disclosures, ledger, parties
from custody.actions import Action
from custody.core.bundles import verify_bundle
from custody.models import Account, Approval, ApprovalState, Disclosure, Entry
from custody.purposes import Purpose
from evidence.bundles import Selection, contents
from evidence.bundles.streaming import Streamed
from evidence.core.errors import EvidenceError
from evidence.descriptions import describe_item
from evidence.models import EvidenceItem
from tests.cast import Cast, browser_of, entries_since, ledger_size, make_cast
from tests.custody.approvals.releases import actor_of
from tests.evidence.releases.agreed import approved, ask, carry_out, fill, taken_by
from tests.prepared import prepared

FORM = reverse("evidence:release-new", args=["RWB-04"])
REGISTER = reverse("custody:disclosures", args=["RWB-04"])
SAID = {
    "party": "COURT-1",
    "kind": "authority",
    "purpose": "disclosure",
    "authority": "Order 12 of 2026",
    "selection": "case",
    "reason": "The court asked for it.",
}


@pytest.fixture
def cast(installation: Path) -> Cast:
    def make() -> Cast:
        made = make_cast()
        fill(made.case)
        return made

    made: Cast = prepared(f"{__name__}:cast", make)
    return made


@pytest.fixture
def lasting(lasting_installation: Path) -> Cast:
    """A bundle is written by a thread of its own, which sees what is committed and nothing else."""
    made = make_cast()
    fill(made.case)
    return made


def place(request: Approval) -> str:
    return reverse("evidence:release", args=["RWB-04", request.pk])


def taking(request: Approval) -> str:
    return reverse("evidence:release-take", args=["RWB-04", request.pk])


def post(account: Account, step: str, **more: str) -> Any:
    return browser_of(account).post(FORM, {**SAID, "step": step, **more})


def seen(answer: Any) -> str:
    found = re.search(r'name="seen" value="([0-9a-f]{64})"', answer.content.decode())
    assert found is not None
    return found[1]


def text(account: Account, address: str) -> str:
    answer = browser_of(account).get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_it_is_shown_before_it_is_asked_for_and_then_exactly_that_is_asked(cast: Cast) -> None:
    first, second, *_ = EvidenceItem.objects.order_by("ern")
    describe_item(item=second, case=cast.case, actor=actor_of(cast.lead), words={"privileged": True})
    shown = post(cast.lawyer, "look")
    said = shown.content.decode()
    for words in (
        "A bundle is written",
        "3 items, ",
        "1 item stays here: privileged: work product",
        second.ern,
        first.ern,
    ):
        assert words in said
    assert (shown.status_code, Approval.objects.count()) == (200, 0)
    asked = post(cast.lawyer, "ask", seen=seen(shown))
    request = Approval.objects.get()
    assert (asked["Location"], request.authority) == (place(request), "Order 12 of 2026")
    assert approvals.what_of(request)["items"] == 3


@pytest.mark.parametrize("change", ["the case", "the form", "nothing was looked at"])
def test_what_was_not_shown_is_not_asked_for(cast: Cast, change: str) -> None:
    digest = seen(post(cast.lawyer, "look"))
    if change == "the case":
        item = EvidenceItem.objects.order_by("ern")[0]
        describe_item(item=item, case=cast.case, actor=actor_of(cast.lead), words={"privileged": True})
    more = {"the form": {"names": "on"}, "nothing was looked at": {"seen": ""}}.get(change, {})
    answer = post(cast.lawyer, "ask", **{"seen": digest, **more})
    assert answer.status_code == 422
    assert "has changed since it was shown" in answer.content.decode()
    assert not Approval.objects.exists()


@pytest.mark.parametrize(
    "said",
    [
        {"party": ""},
        {"words": "The defence"},
        {"selection": "item"},
        {"chosen": "VF-0001"},
        {"selection": "item", "chosen": "AMN-NO-0000-0001"},
        {"selection": "victim", "chosen": "VF-9999"},
        {"purpose": "intake"},
        {"reason": " "},
        {"authority": "Order\x07 7"},
    ],
)
def test_what_makes_no_sense_is_said_in_the_form_and_not_asked(cast: Cast, said: dict[str, str]) -> None:
    answer = post(cast.lawyer, "look", **said)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert not Approval.objects.exists()


def test_lead_and_lawyer_find_the_form_others_the_register_as_it_was(cast: Cast) -> None:
    ask(cast)
    for account in cast.members:
        said = text(account, REGISTER)
        asks = account in (cast.lead, cast.lawyer)
        assert (FORM in said) == asks
        assert "Hala Mansour" in said
        assert "A court" in said
        answer = browser_of(account).get(FORM)
        assert (answer.status_code, '<form class="form"' in answer.content.decode()) == (
            (200, True) if asks else (403, False)
        )


@pytest.mark.parametrize("name", ["investigator", "auditor"])
def test_others_of_the_case_ask_for_nothing(cast: Cast, name: str) -> None:
    assert post(getattr(cast, name), "look").status_code == 403
    assert post(getattr(cast, name), "ask", seen="0" * 64).status_code == 403
    assert (Approval.objects.count(), parties.find_party("COURT-1")) == (0, None)


def test_for_strangers_there_is_nothing_and_an_entry_says_so(cast: Cast) -> None:
    request = approved(cast)
    for account in cast.strangers:
        client = browser_of(account, purpose=Purpose.DISCLOSURE, case=cast.case)
        for method, address in (("get", FORM), ("post", FORM), ("get", place(request)), ("post", taking(request))):
            before = ledger_size()
            assert getattr(client, method)(address).status_code == 404
            assert [row.outcome for row in entries_since(before)] == ["denied"]
    assert Approval.objects.get().state == ApprovalState.APPROVED


def test_a_request_of_another_case_or_kind_is_not_here(cast: Cast) -> None:
    request = approved(cast)
    other = browser_of(cast.outsider)
    address = reverse("evidence:release", args=["SHD-01", request.pk])
    assert other.get(address).status_code == 404
    assert browser_of(cast.lead).get(reverse("evidence:release", args=["RWB-04", uuid.uuid4()])).status_code == 404
    assert Entry.objects.order_by("-seq")[0].outcome == "denied"


def test_the_page_says_who_may_decide_and_nobody_decides_there(cast: Cast) -> None:
    own = ask(cast, cast.lead)
    assert "It needs a second lead" in text(cast.lawyer, place(own))
    request = ask(cast)
    said = text(cast.lawyer, place(request))
    assert "May decide: <bdi>Hala Mansour</bdi>" in said
    assert taking(request) not in said


def test_the_approvals_page_decides_and_leads_to_where_it_is_taken(cast: Cast) -> None:
    request = ask(cast)
    address = reverse("custody:approval", args=["RWB-04", request.pk])
    said = text(cast.lead, address)
    assert "A bundle is written and leaves this house" in said
    assert browser_of(cast.lead).post(address, {"step": "approve"}).status_code == 302
    said = text(cast.lawyer, address)
    assert place(request) in said
    assert 'value="carry-out"' not in said
    answer = browser_of(cast.lawyer).post(address, {"step": "carry-out"})
    assert answer.status_code == 422
    assert Approval.objects.get().state == ApprovalState.APPROVED


def test_the_button_is_for_the_two_alone(cast: Cast) -> None:
    request = approved(cast)
    shown = {account.name: taking(request) in text(account, place(request)) for account in cast.members}
    assert shown == {"Hala Mansour": True, "Layla Haddad": True, "Idris Faraj": False, "Tariq Nasser": False}
    for account in (cast.investigator, cast.auditor):
        assert browser_of(account).get(taking(request)).status_code == 405


def test_what_changed_is_said_before_anybody_presses(cast: Cast) -> None:
    request = approved(cast)
    describe_item(
        item=EvidenceItem.objects.order_by("ern")[1],
        case=cast.case,
        actor=actor_of(cast.lead),
        words={"privileged": True},
    )
    assert "1 thing less would leave" in text(cast.lawyer, place(request))
    other = approved(cast)
    describe_item(
        item=EvidenceItem.objects.order_by("ern")[1],
        case=cast.case,
        actor=actor_of(cast.lead),
        words={"privileged": False},
    )
    said = text(cast.lawyer, place(other))
    assert "1 item more would leave: AMN-" in said
    assert taking(other) not in said


def body_of(answer: Any) -> Iterator[bytes]:
    assert isinstance(answer, StreamingHttpResponse), answer.content.decode()
    return iter(answer.streaming_content)  # type: ignore[arg-type]


def test_it_is_taken_once_as_one_zip(lasting: Cast, tmp_path: Path) -> None:
    request = approved(lasting)
    client = browser_of(lasting.lawyer)
    answer = client.post(taking(request))
    request.refresh_from_db()
    # Nothing was read of the answer yet.
    assert request.state == ApprovalState.USED
    assert [row.outcome for row in Entry.objects.filter(action=Action.ITEM_DOWNLOADED)] == ["granted"] * 4
    assert answer["Content-Disposition"] == f'attachment; filename="RWB-04-{request.pk.hex[:8]}.zip"'
    assert (answer["Cache-Control"], answer["X-Content-Type-Options"]) == ("no-store", "nosniff")
    assert "sandbox" in answer["Content-Security-Policy"]
    (tmp_path / "b.zip").write_bytes(b"".join(body_of(answer)))
    answer.close()
    assert verify_bundle(tmp_path / "b.zip").bottom_line == "sound"
    row = Disclosure.objects.get()
    assert (row.approval, row.released_by, row.sealed is None) == (request, lasting.lawyer, False)
    assert "Handed out, whole and sealed." in text(lasting.lawyer, place(request))
    again = client.post(taking(request))
    assert again.status_code == 403
    assert "the approval was used before" in again.content.decode()
    assert Disclosure.objects.count() == 1


def test_a_line_that_breaks_leaves_the_release_on_record_and_the_page_says_what_to_do(lasting: Cast) -> None:
    request = approved(lasting)
    answer = browser_of(lasting.lawyer).post(taking(request))
    assert next(body_of(answer))
    answer.close()
    row = Disclosure.objects.get()
    assert (row.approval, row.sealed, row.broken_off) == (request, None, None)
    said = text(lasting.lawyer, place(request))
    assert "treat it as handed out" in said
    assert "ask for the release anew" in said
    assert browser_of(lasting.lawyer).post(taking(request)).status_code == 403


def test_a_fault_on_the_way_breaks_the_answer_off(lasting: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """No browser takes it for whole: the transfer fails, and what came has no directory."""
    request = approved(lasting)

    def fail(*_: object) -> None:
        raise EvidenceError("a fault")

    monkeypatch.setattr(contents, "write_records", fail)
    answer = browser_of(lasting.lawyer).post(taking(request))
    received = io.BytesIO()
    with pytest.raises(EvidenceError, match="a fault"):
        received.writelines(body_of(answer))
    answer.close()
    assert received.getvalue().startswith(b"PK")
    assert ledger.entry_of(next(ledger.entries_with(Action.EXPORT_CREATED))).outcome == "interrupted"


def test_an_answer_that_is_dropped_unread_ends_and_is_on_record(lasting: Cast) -> None:
    """As when something behind the view fails: nobody closes the answer, and nobody reads it."""
    streamed = Streamed(taken_by(lasting, approved(lasting), lasting.lawyer))
    (writer,) = (thread for thread in threading.enumerate() if thread.name == "bundle")
    del streamed
    gc.collect()
    writer.join(10)
    assert not writer.is_alive()
    assert ledger.entry_of(next(ledger.entries_with(Action.EXPORT_CREATED))).outcome == "interrupted"


@pytest.mark.parametrize("name", ["investigator", "auditor"])
def test_nobody_else_takes_it(lasting: Cast, name: str) -> None:
    request = approved(lasting)
    answer = browser_of(getattr(lasting, name)).post(taking(request))
    assert answer.status_code == 403
    assert "only who asked or who approved carries it out" in answer.content.decode()
    assert Action.APPROVAL_REFUSED in set(Entry.objects.values_list("action", flat=True))
    assert not Entry.objects.filter(action=Action.EXPORT_OPENED).exists()


def test_what_changed_is_refused_in_words(lasting: Cast) -> None:
    item = EvidenceItem.objects.order_by("ern")[0]
    request = approved(lasting, selection=Selection("item", (item.ern,)))
    carry_out_another(lasting)
    answer = browser_of(lasting.lawyer).post(taking(request))
    assert answer.status_code == 403
    assert "Another bundle was finished for this recipient meanwhile." in answer.content.decode()
    request.refresh_from_db()
    assert request.state == ApprovalState.APPROVED


def carry_out_another(cast: Cast) -> None:
    answer = browser_of(cast.lawyer).post(taking(approved(cast)))
    assert b"".join(body_of(answer)).startswith(b"PK")
    answer.close()


def test_a_form_without_its_token_takes_nothing(lasting: Cast) -> None:
    request = approved(lasting)
    client = Client(enforce_csrf_checks=True)
    client.force_login(lasting.lawyer)
    assert client.post(taking(request)).status_code == 403
    assert Approval.objects.get().state == ApprovalState.APPROVED


def test_the_register_names_the_two(cast: Cast, tmp_path: Path) -> None:
    carry_out(cast, approved(cast), tmp_path / "b", cast.lawyer)
    (row,) = disclosures.disclosures_in(cast.case)
    said = text(cast.auditor, reverse("custody:disclosure", args=["RWB-04", row.pk]))
    assert "<bdi>Layla Haddad</bdi>, <bdi>Hala Mansour</bdi>" in said
