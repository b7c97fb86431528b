"""The pages of hand-overs: who sees them, what each may do there, and what a form refuses."""

from __future__ import annotations

import json

import pytest
from django.urls import reverse

from custody import ledger, notary
from custody.actions import Action
from custody.models import Account, Entry, Party
from custody.sockets import ProcessUnavailable
from evidence.handovers import Holder, deciding, holder_of
from evidence.models import Comparison, Condition, Handover, HandoverReceipt, HandoverState, PhysicalObject
from tests.cast import Cast, browser_of
from tests.evidence.handovers.hands import accepted, asker, change_seal, drive, items, party, proposed, reply

CASE = "RWB-04"


def at(name: str, *args: object) -> str:
    return reverse(f"evidence:{name}", args=[CASE, *args])


def seen(account: Account, address: str) -> str:
    return browser_of(account).get(address).content.decode()


def looked_at(**more: str) -> dict[str, str]:
    return {"step": "accept", "seal_0": "S-0042", "condition_0": Condition.AS_DESCRIBED.value} | more


def test_from_proposal_to_return_in_the_browser(cast: Cast) -> None:
    disk = drive(cast)
    lead, investigator = browser_of(cast.lead), browser_of(cast.investigator)
    told = {"objects": [disk.number], "member": str(cast.investigator.pk), "reason": "Imaging", "condition": "Fine"}
    assert lead.post(at("propose"), told).status_code == 302
    handover = Handover.objects.get()
    page = at("handover", handover.pk)
    assert investigator.post(page, looked_at(remarks_0="")).status_code == 302
    assert holder_of(disk).account == cast.investigator
    assert investigator.post(page, {"step": "return", "reason": "Imaged"}).status_code == 302
    back = Handover.objects.get(number=2)
    assert lead.post(at("handover", back.pk), looked_at()).status_code == 302
    assert holder_of(disk).account == cast.lead
    assert "accepted, since returned" in seen(cast.auditor, page)


def test_items_are_named_by_number_or_by_intake(cast: Cast) -> None:
    held = items(cast, 3)
    told = {"member": str(cast.investigator.pk), "reason": "Reading"}
    lead = browser_of(cast.lead)
    lead.post(at("propose"), told | {"numbers": f"{held[0].ern}\n{held[1].ern}, {held[0].ern}"})
    lead.post(at("propose"), told | {"batch": str(held[0].batch_id)})
    assert [one.items.count for one in Handover.objects.order_by("number") if one.items] == [2]
    browser_of(cast.investigator).post(
        at("handover", Handover.objects.get().pk), {"step": "accept", "comparison": Comparison.SAME.value}
    )
    answer = lead.post(at("propose"), told | {"batch": str(held[0].batch_id)})
    assert answer.status_code == 422
    assert "Not all of this is in the same hands" in answer.content.decode()
    assert Handover.objects.count() == 1


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({}, "Name one receiver"),
        ({"party": "COURT-1", "email": "layla@example.org"}, "Name one receiver"),
        ({"party": "a court"}, "capital letters"),
        ({"email": "nobody@example.org"}, "no account with this address"),
        ({"party": "COURT-1", "objects": []}, "Name at least one object or item"),
        ({"party": "COURT-1", "numbers": "AMN-OTHER-0000-0001"}, "Not in this case"),
        ({"party": "COURT-1", "reason": ""}, "required"),
    ],
)
def test_what_the_form_refuses_writes_nothing(cast: Cast, told: dict[str, str], words: str) -> None:
    disk = drive(cast)
    given = {"objects": [disk.number], "reason": "Imaging", "kind": "authority"} | told
    answer = browser_of(cast.lead).post(at("propose"), given)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Handover.objects.exists()
    assert not Party.objects.exists()


def test_a_party_is_made_once_and_its_word_recorded_by_another_member(cast: Cast) -> None:
    *_held, form = items(cast, 2)
    disk = drive(cast)
    told = {"objects": [disk.number], "party": "COURT-1", "kind": "authority", "reason": "Trial"}
    assert browser_of(cast.lead).post(at("propose"), told).status_code == 302
    page = at("handover", Handover.objects.get().pk)
    assert 'value="accept"' not in seen(cast.lead, page)
    other = browser_of(cast.investigator)
    assert "the form it signed" in other.post(page, looked_at()).content.decode()
    assert "Not in this case" in other.post(page, looked_at(number="AMN-X-0000-0001")).content.decode()
    assert other.post(page, looked_at(number=form.ern)).status_code == 302
    assert holder_of(disk).party == Party.objects.get()


def test_declining_needs_words_and_no_look_at_the_objects(cast: Cast) -> None:
    handover = proposed(cast, [drive(cast)])
    page, client = at("handover", handover.pk), browser_of(cast.investigator)
    assert client.post(page, {"step": "decline"}).status_code == 422
    assert Handover.objects.get().state == HandoverState.PROPOSED
    assert client.post(page, {"step": "decline", "remarks": "Not for me"}).status_code == 302
    assert Handover.objects.get().state == HandoverState.DECLINED


def test_an_acceptance_looks_at_every_object(cast: Cast) -> None:
    handover = proposed(cast, [drive(cast), drive(cast)])
    answer = browser_of(cast.investigator).post(at("handover", handover.pk), looked_at())
    assert answer.status_code == 422
    assert Handover.objects.get().state == HandoverState.PROPOSED


def test_a_moment_to_come_is_no_moment_of_handing_over(cast: Cast) -> None:
    handover = proposed(cast, [drive(cast)])
    answer = browser_of(cast.investigator).post(at("handover", handover.pk), looked_at(happened="2199-01-01T10:00"))
    assert answer.status_code == 422
    assert Handover.objects.get().state == HandoverState.PROPOSED


@pytest.mark.parametrize("who", ["lead", "lawyer", "auditor"])
@pytest.mark.parametrize("step", ["accept", "decline"])
def test_a_form_sent_by_hand_is_refused_too(cast: Cast, who: str, step: str) -> None:
    handover = proposed(cast, [drive(cast)])
    client = browser_of(getattr(cast, who))
    answer = client.post(at("handover", handover.pk), looked_at(step=step, remarks="Mine"))
    assert answer.status_code == 422
    assert Handover.objects.get().state == HandoverState.PROPOSED
    assert Entry.objects.filter(action="handover.refused", outcome="denied").count() == 1


@pytest.mark.parametrize("who", ["lawyer", "auditor"])
def test_pages_for_those_who_propose_are_not_there_for_others(cast: Cast, who: str) -> None:
    disk, client = drive(cast), browser_of(getattr(cast, who))
    for address in (at("propose"), at("object-new")):
        assert client.get(address).status_code == client.post(address, {}).status_code == 404
    assert client.post(at("object", disk.number), {"description": "x"}).status_code == 404
    assert client.get(at("object", disk.number)).status_code == 200
    assert PhysicalObject.objects.get().description == "A black disk"


def test_a_receiver_from_outside_the_case_sees_this_one_hand_over_and_nothing_else(cast: Cast) -> None:
    mine = proposed(cast, [drive(cast)], to=Holder(account=cast.outsider))
    other = proposed(cast, [drive(cast)])
    client = browser_of(cast.outsider)
    page = client.get(at("handover", mine.pk))
    assert page.status_code == 200
    for name in ("handover-paper", "handover-record"):
        assert client.get(at(name, mine.pk)).status_code == 200
        assert client.get(at(name, other.pk)).status_code == 404
    for address in (at("handovers"), at("handover", other.pk), at("objects"), at("case")):
        assert client.get(address).status_code == 404
    shown = page.content.decode()
    assert "Northern Hospital" not in shown
    assert 'class="tabs"' not in shown
    assert client.post(at("handover", mine.pk), looked_at()).status_code == 302
    assert Handover.objects.get(pk=mine.pk).state == HandoverState.ACCEPTED


def test_a_hand_over_of_another_case_is_not_there(cast: Cast) -> None:
    handover = proposed(cast, [drive(cast)])
    theirs = reverse("evidence:handover", args=["SHD-01", handover.pk])
    assert browser_of(cast.outsider).get(theirs).status_code == 404


def test_the_list_tells_who_is_waited_for(cast: Cast) -> None:
    proposed(cast, [drive(cast)])
    done = proposed(cast, [drive(cast)])
    accepted(cast, done, answer=reply(done, seal="S-9"))
    mine = seen(cast.investigator, at("handovers"))
    assert "Nothing waits for your word." not in mine
    assert "1 difference found" in mine
    for others in (cast.lead, cast.auditor):
        assert "Nothing waits for your word." in seen(others, at("handovers"))


def test_the_record_is_given_byte_for_byte(cast: Cast) -> None:
    handover = accepted(cast, proposed(cast, [drive(cast)]))
    answer = browser_of(cast.auditor).get(at("handover-record", handover.pk))
    assert answer.content == bytes(handover.record or b"")
    assert json.loads(answer.content)["type"] == "handover-record/1"


def test_the_signed_record_and_its_signature_are_given_byte_for_byte(cast: Cast) -> None:
    handover = accepted(cast, proposed(cast, [drive(cast)]))
    receipt = HandoverReceipt.objects.get()
    client = browser_of(cast.auditor)
    for part, kept in (("record.json", receipt.record), ("record.json.p7s", receipt.signature)):
        before = ledger.size()
        answer = client.get(at("handover-receipt", handover.pk, part))
        assert answer.content == bytes(kept or b"")
        assert f'filename="{CASE}-H0001.{part}"' in answer["Content-Disposition"]
        viewed = [ledger.entry_of(entry) for entry in ledger.entries_after(before)]
        assert [(entry.subject["page"], entry.subject["part"]) for entry in viewed] == [("handover-receipt", part)]
    assert client.get(at("handover-receipt", handover.pk, "record.txt")).status_code == 404


def test_there_is_no_signed_record_before_the_other_side_decides(cast: Cast) -> None:
    handover = proposed(cast, [drive(cast)])
    for part in ("record.json", "record.json.p7s"):
        assert browser_of(cast.lead).get(at("handover-receipt", handover.pk, part)).status_code == 404
    assert 'id="signed"' not in seen(cast.lead, at("handover", handover.pk))


def test_a_signature_that_is_still_to_come_is_not_given(cast: Cast) -> None:
    handover = accepted(cast, proposed(cast, [drive(cast)]))
    HandoverReceipt.objects.update(signature=None)
    client = browser_of(cast.auditor)
    assert client.get(at("handover-receipt", handover.pk, "record.json")).status_code == 200
    assert client.get(at("handover-receipt", handover.pk, "record.json.p7s")).status_code == 404


def test_a_hand_over_from_before_records_were_signed_is_told_as_that(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deciding, "keep_receipt", lambda *_args: None)
    handover = accepted(cast, proposed(cast, [drive(cast)]))
    assert "Made before records were signed." in seen(cast.auditor, at("handover", handover.pk))
    assert browser_of(cast.auditor).get(at("handover-receipt", handover.pk, "record.json")).status_code == 404


def test_both_sides_have_the_signed_record_and_strangers_have_not(cast: Cast) -> None:
    mine = proposed(cast, [drive(cast)], to=Holder(account=cast.outsider))
    client = browser_of(cast.outsider)
    assert client.post(at("handover", mine.pk), looked_at()).status_code == 302
    other = accepted(cast, proposed(cast, [drive(cast)]))
    for part in ("record.json", "record.json.p7s"):
        assert client.get(at("handover-receipt", mine.pk, part)).status_code == 200
        assert client.get(at("handover-receipt", other.pk, part)).status_code == 404
        refused = Entry.objects.order_by("-seq")[0]
        assert (refused.actor, refused.outcome) == (str(cast.outsider.pk), "denied")


def test_an_object_is_noted_down_described_anew_and_held(cast: Cast) -> None:
    collection = items(cast, 1)[0].collection
    client = browser_of(cast.investigator)
    words = {"medium": "album", "description": "A green album", "collection": str(collection.pk), "kind": "person"}
    assert client.post(at("object-new"), words).status_code == 302
    assert client.post(at("object-new"), words | {"party": "S-11"}).status_code == 302
    one, other = PhysicalObject.objects.order_by("number")
    assert (one.number, other.number) == (f"AMN-{collection.code}-P0001", f"AMN-{collection.code}-P0002")
    assert holder_of(one).account == cast.investigator
    assert holder_of(other).party == Party.objects.get(code="S-11")
    anew = {"medium": "album", "description": "A green album, torn", "seal": "S-7"}
    assert client.post(at("object", one.number), anew).status_code == 302
    one.refresh_from_db()
    assert (one.description, one.seal) == ("A green album, torn", "S-7")
    listed = seen(cast.auditor, at("objects"))
    assert "Idris Faraj" in listed
    assert "(outside)" in listed


def test_a_page_that_was_opened_before_does_not_put_the_old_seal_back(cast: Cast) -> None:
    disk = drive(cast)
    client = browser_of(cast.investigator)
    form = client.get(at("object", disk.number)).context["form"]
    shown = {name: str(form[name].value()) for name in form.fields}
    carried = {f"initial-{name}": value for name, value in shown.items()}
    change_seal(asker(cast.lead, cast.case), disk, "S-0099")
    assert client.post(at("object", disk.number), shown | carried | {"kept_at": "Room 5"}).status_code == 302
    disk.refresh_from_db()
    assert (disk.seal, disk.kept_at) == ("S-0099", "Room 5")


def test_labels_are_of_this_case_alone(cast: Cast) -> None:
    client = browser_of(cast.auditor)
    assert client.get(at("object-labels")).status_code == 404
    disk = drive(cast)
    assert client.get(at("object-labels"))["Content-Type"] == "application/pdf"
    assert client.get(at("object-labels") + f"?object={disk.number}").status_code == 200
    assert client.get(at("object-labels") + "?object=AMN-X-P0001").status_code == 404


def test_the_form_of_a_party_outside_is_not_needed_to_withdraw(cast: Cast) -> None:
    handover = proposed(cast, [drive(cast)], to=Holder(party=party()))
    assert browser_of(cast.lead).post(at("handover", handover.pk), {"step": "withdraw"}).status_code == 302
    assert Handover.objects.get().state == HandoverState.WITHDRAWN


@pytest.mark.parametrize("step", ["", "seize", "accept\0"])
def test_a_step_that_is_none_changes_nothing(cast: Cast, step: str) -> None:
    handover = proposed(cast, [drive(cast)])
    assert browser_of(cast.investigator).post(at("handover", handover.pk), {"step": step}).status_code == 200
    assert Handover.objects.get().state == HandoverState.PROPOSED


def test_success_is_told_when_a_signed_checkpoint_covers_it(cast: Cast) -> None:
    disk = drive(cast)
    handover = proposed(cast, [disk])
    answer = browser_of(cast.investigator).post(at("handover", handover.pk), looked_at(remarks_0=""))
    assert answer.status_code == 302
    newest = notary.latest()
    assert newest is not None
    assert newest[0].size > next(iter(ledger.entries_with(Action.HANDOVER_ACCEPTED))).seq


def test_a_notary_that_does_not_answer_is_told_and_the_step_stands(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def silent() -> None:
        raise ProcessUnavailable("nobody there")

    disk = drive(cast)
    handover = proposed(cast, [disk])
    monkeypatch.setattr(notary, "ensure_checkpoint", silent)
    page = browser_of(cast.investigator).post(at("handover", handover.pk), looked_at(remarks_0=""), follow=True)
    assert "has not signed for it yet" in page.content.decode()
    assert holder_of(disk).account == cast.investigator
