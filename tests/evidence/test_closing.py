"""What evidence leaves open stops a closing or is told; what comes in afterwards is refused at the door, on record."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse

from custody import closing
from custody.actions import Action
from custody.actors import for_command
from custody.core.errors import CustodyError
from custody.models import Case, Entry
from custody.purposes import Purpose
from evidence import batches, descriptions, handovers, holds
from evidence.admissions import items_in
from evidence.batches import Order
from evidence.handovers import reading
from evidence.models import Arrival, Batch, Channel, Collection, EvidenceItem, ItemDescription
from evidence.sources import Census
from tests.cast import Cast, browser_of, ledger_size
from tests.custody.test_closing import close, reopen
from tests.evidence.handovers import hands
from tests.exhibits import picture, receive


def open_now(case: Case) -> dict[str, bool]:
    return {each.matter.key: each.matter.stops for each in closing.open_matters(case)}


def refused(before: int) -> list[tuple[str, str, str]]:
    rows = Entry.objects.filter(seq__gte=before, action=Action.CASE_ACT_REFUSED)
    return [(row.action, row.outcome, row.actor) for row in rows]


def begun(case: Case) -> Batch:
    collection = Collection.objects.get(admissions__case=case)
    order = Order(case=case, collection=collection, actor=for_command(), channel=Channel.CLI, places=(b"/disk",))
    with batches.held(order.key):
        return batches.open_or_resume(order, Census(seen=1, size=1))


def test_an_unfinished_intake_and_an_unanswered_hand_over_stop_it_and_a_hold_does_not(cast: Cast) -> None:
    item = receive(cast.case, {"one.jpg": picture(1)})[0]
    thing = hands.drive(cast)
    assert open_now(cast.case) == {}
    batch, proposal = begun(cast.case), hands.proposed(cast, [thing])
    holds.place(case=cast.case, items=[item], authority="Order 7", reason="Appeal", actor=for_command(cast.lead))
    assert open_now(cast.case) == {"intakes": True, "handovers": True, "holds": False}
    with pytest.raises(Exception, match="not finished"):
        close(cast.case, cast.lead)
    page = browser_of(cast.lead).get(reverse("custody:closing", args=[cast.case.code])).content.decode()
    assert page.count("must be finished before") == 2
    assert "<textarea" not in page
    batches.close_interrupted(batch.pk, for_command())
    handovers.withdraw(asker=hands.asker(cast.lead, cast.case), handover=proposal)
    close(cast.case, cast.lead)
    assert Case.objects.get(pk=cast.case.pk).closed is not None


def test_an_ingest_into_a_closed_case_takes_nothing_in(cast: Cast, tmp_path: Path) -> None:
    close(cast.case, cast.lead)
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "one.jpg").write_bytes(picture(1))
    for more in ([], ["--source", "Disk 9"]):
        before = ledger_size()
        with pytest.raises(CommandError, match="is closed: nothing is added"):
            call_command("ingest", str(tmp_path / "in"), "--case", cast.case.code, *more)
        assert refused(before) == [("case.act_refused", "denied", "operator")]
        assert ledger_size() == before + 1
    assert not EvidenceItem.objects.exists()
    assert not Batch.objects.exists()
    assert not Collection.objects.exists()


def test_an_interrupted_intake_is_not_gone_on_with_and_can_be_ended(cast: Cast) -> None:
    """One that was opened at the very moment of the closing."""
    receive(cast.case, {"one.jpg": picture(1)})
    batch = begun(cast.case)
    case = Case.objects.get(pk=cast.case.pk)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(closing, "open_matters", lambda _case: [])
        close(case, cast.lead)
    arrived = Arrival.objects.count()
    with pytest.raises(CustodyError, match="is closed"):
        begun(cast.case)
    assert Arrival.objects.count() == arrived
    assert batches.close_interrupted(batch.pk, for_command()).state == "closed"


def test_an_upload_is_refused_in_words_and_the_earlier_intakes_stay_readable(cast: Cast) -> None:
    receive(cast.case, {"one.jpg": picture(1)})
    batch = Batch.objects.get()
    close(cast.case, cast.lead)
    address = reverse("evidence:intake", args=[cast.case.code])
    client = browser_of(cast.investigator)
    page = client.get(address).content.decode()
    assert "Nothing is taken in while the case is closed" in page
    assert str(batch.pk) in page
    assert "data-upload" not in page
    before = ledger_size()
    form = {"upload": "5c1d9a52-6c7e-4b55-9c0e-0b5d3a3d1f11", "originals": SimpleUploadedFile("two.jpg", picture(2))}
    answer = client.post(address, form)
    assert answer.status_code == 422
    assert "is closed: nothing is added to it" in answer.content.decode()
    assert refused(before) == [("case.act_refused", "denied", str(cast.investigator.pk))]
    assert EvidenceItem.objects.count() == 1


def test_a_description_and_a_hand_over_are_refused_and_nothing_is_kept(cast: Cast) -> None:
    item = receive(cast.case, {"one.jpg": picture(1)})[0]
    thing = hands.drive(cast)
    close(cast.case, cast.lead)
    with pytest.raises(CustodyError, match="is closed"):
        descriptions.describe_item(
            item=item, case=cast.case, actor=for_command(cast.lead), words={"title_en": "A hall"}
        )
    with pytest.raises(CustodyError, match="is closed"):
        hands.proposed(cast, [thing])
    assert not ItemDescription.objects.exists()
    assert not reading.handovers_of(cast.case).exists()


def test_what_was_given_away_before_comes_back_afterwards(cast: Cast) -> None:
    given = hands.accepted(cast, hands.proposed(cast, [hands.drive(cast)]))
    close(cast.case, cast.lead)
    back = handovers.propose_return(
        asker=hands.asker(cast.investigator, cast.case), handover=given, reason="Done", conditions={}
    )
    assert hands.accepted(cast, back, by=cast.lead).state == "accepted"


def test_an_item_of_two_cases_is_described_in_the_one_that_is_open(cast: Cast) -> None:
    from evidence.admissions import admit_item

    item = receive(cast.case, {"one.jpg": picture(1)})[0]
    admit_item(case=cast.other_case, item=item, actor=for_command())
    close(cast.case, cast.lead)
    descriptions.describe_item(
        item=item, case=cast.other_case, actor=for_command(cast.outsider), words={"title_en": "A hall"}
    )
    assert ItemDescription.objects.count() == 1


def test_what_another_case_adds_to_a_shared_collection_is_not_in_the_closed_one(cast: Cast) -> None:
    first = receive(cast.case, {"one.jpg": picture(1)})
    shared = Collection.objects.get()
    closed = close(cast.case, cast.lead)
    receive(cast.other_case, {"two.jpg": picture(2)}, source=shared.code)
    assert [item.pk for item in items_in(closed)] == [item.pk for item in first]
    assert items_in(cast.other_case).count() == 2
    assert items_in(reopen(closed, cast.lead)).count() == 2


def test_a_clock_that_was_put_back_takes_nothing_out_of_a_closed_case(cast: Cast) -> None:
    with time_machine.travel(datetime.timedelta(minutes=10)):
        receive(cast.case, {"one.jpg": picture(1)})
    assert items_in(close(cast.case, cast.lead)).count() == 1


def test_items_are_still_shown_and_held_and_after_reopening_work_goes_on(cast: Cast) -> None:
    item = receive(cast.case, {"one.jpg": picture(1)})[0]
    close(cast.case, cast.lead)
    client = browser_of(cast.auditor, purpose=Purpose.AUDIT, case=cast.case)
    assert client.get(reverse("evidence:item", args=[cast.case.code, item.ern])).status_code == 200
    holds.place(case=cast.case, items=None, authority="Order 7", reason="Appeal", actor=for_command(cast.lead))
    reopen(cast.case, cast.lead)
    assert receive(cast.case, {"two.jpg": picture(2)})[0].batch.case == cast.case
