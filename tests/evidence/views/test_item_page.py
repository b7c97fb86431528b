"""One item: veiled first, the preview and the original only when asked for, and its whole history in words."""

from __future__ import annotations

import json
import re

import pytest
from django.http import StreamingHttpResponse
from django.urls import reverse

from custody.actions import Action
from custody.actors import for_command
from custody.models import Entry, PartyKind
from custody.parties import create_party
from custody.purposes import Purpose
from evidence.collections import record_prior_custody
from evidence.models import EvidenceItem, PriorCustody
from tests.cast import Cast, browser_of, entries_since, ledger_size
from tests.exhibits import damage, examine, picture, receive
from tests.prepared import prepared


@pytest.fixture
def item(cast: Cast) -> EvidenceItem:
    def make() -> EvidenceItem:
        found = receive(cast.case, {"one.jpg": picture(10), "صورة ١٢.jpg": picture(20)})[0]
        examine(found)
        return found

    made: EvidenceItem = prepared(f"{__name__}:item", make)
    return made


def _at(name: str, item: EvidenceItem, *more: str) -> str:
    return reverse(f"evidence:{name}", args=["RWB-04", item.ern, *more])


def _client(cast: Cast, purpose: Purpose | None = Purpose.IDENTIFICATION):  # type: ignore[no-untyped-def]
    return browser_of(cast.investigator, purpose=purpose, case=cast.case)


def test_opening_the_page_shows_the_veiled_picture_and_records_that(cast: Cast, item: EvidenceItem) -> None:
    before = ledger_size()
    page = _client(cast).get(_at("item", item)).content.decode()
    rows = entries_since(before)
    assert [(row.action, row.outcome) for row in rows] == [(Action.ITEM_VIEWED, "granted")]
    assert b'"form":"veiled"' in bytes(rows[0].body)
    assert item.sha256[:8] in page
    assert "one.jpg" in page


def test_the_preview_comes_after_asking_and_another_entry(cast: Cast, item: EvidenceItem) -> None:
    client = _client(cast)
    before = ledger_size()
    page = client.post(_at("reveal", item)).content.decode()
    assert [b'"form":"preview"' in bytes(row.body) for row in entries_since(before)] == [True]
    grant = re.search(r'<img src="([^"]+)"', page)
    assert grant is not None
    answer = client.get(grant[1])
    assert isinstance(answer, StreamingHttpResponse)
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["Content-Disposition"].startswith("inline")
    assert len(answer.getvalue()) == int(answer["Content-Length"])


def test_a_link_alone_reveals_and_takes_out_nothing(cast: Cast, item: EvidenceItem) -> None:
    for name in ("reveal", "original", "verify"):
        before = ledger_size()
        assert _client(cast).get(_at(name, item)).status_code == 405
        assert ledger_size() == before


def test_without_a_purpose_asking_for_the_preview_is_refused_on_record(cast: Cast, item: EvidenceItem) -> None:
    before = ledger_size()
    page = _client(cast, None).post(_at("reveal", item)).content.decode()
    assert "<img" not in page
    assert [(row.action, row.outcome) for row in entries_since(before)] == [
        (Action.ITEM_ACCESS_REFUSED, "denied"),
        (Action.ITEM_VIEWED, "granted"),  # its name and its record, in words
    ]


def test_the_original_leaves_as_a_file_that_no_browser_runs(cast: Cast, item: EvidenceItem) -> None:
    answer = _client(cast).post(_at("original", item))
    assert isinstance(answer, StreamingHttpResponse)
    assert answer.getvalue() == picture(10)
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"] == f'attachment; filename="{item.ern}"'
    assert answer["Content-Security-Policy"].startswith("default-src 'none'; sandbox")


def test_a_damaged_original_is_not_there_and_the_alarm_is(cast: Cast, item: EvidenceItem) -> None:
    damage(item.sha256)
    assert _client(cast).post(_at("original", item)).status_code == 404
    assert [row.outcome for row in Entry.objects.order_by("-seq")[:1]] == ["failed"]


def test_verify_says_the_same_or_not_the_same(cast: Cast, item: EvidenceItem) -> None:
    client = _client(cast)
    assert "same bytes as received" in client.post(_at("verify", item), follow=True).content.decode()
    damage(item.sha256)
    page = client.post(_at("verify", item), follow=True).content.decode()
    assert "Not the same" in page
    assert "Bytes differ from the receipt" in page


def test_the_receipt_is_handed_out_byte_for_byte(cast: Cast, item: EvidenceItem) -> None:
    before = ledger_size()
    record = _client(cast).get(_at("receipt-file", item, "record.json"))
    row = entries_since(before)[0]
    assert (row.action, row.outcome) == (Action.ITEM_VIEWED, "granted")
    assert b'"form":"receipt"' in bytes(row.body)
    assert record.content == bytes(item.receipt.record)
    assert json.loads(record.content)["original"]["sha256"] == item.sha256
    signature = _client(cast).get(_at("receipt-file", item, "record.json.p7s"))
    assert signature.content == bytes(item.receipt.signature)


def test_an_item_of_another_case_is_404_and_on_record(cast: Cast) -> None:
    foreign = receive(cast.other_case, {"theirs.jpg": picture(99)})[0]
    before = ledger_size()
    assert _client(cast).get(_at("item", foreign)).status_code == 404
    row = entries_since(before)[0]
    assert (row.action, row.outcome) == (Action.ITEM_ACCESS_REFUSED, "denied")
    assert b"not-in-case" in bytes(row.body)


def test_a_number_that_does_not_exist_is_404(cast: Cast, item: EvidenceItem) -> None:
    address = reverse("evidence:item", args=["RWB-04", "AMN-NO-0000-0001"])
    before = ledger_size()
    assert _client(cast).get(address).status_code == 404
    row = entries_since(before)[0]
    assert (row.action, row.outcome) == (Action.ITEM_ACCESS_REFUSED, "denied")


@pytest.mark.parametrize("purpose", [Purpose.IDENTIFICATION, None])
def test_the_view_that_is_happening_stands_among_those_who_have_seen_it(
    cast: Cast, item: EvidenceItem, purpose: Purpose | None
) -> None:
    before = ledger_size()
    page = _client(cast, purpose).get(_at("item", item)).content.decode()
    rows = entries_since(before)
    assert [row.action for row in rows] == [Action.ITEM_VIEWED]
    assert f'href="/ledger/{rows[0].seq}/"' in page[page.index('id="access"') :]


def test_custody_before_receipt_is_told_and_its_gaps_are_gaps(cast: Cast, item: EvidenceItem) -> None:
    page = _client(cast).get(_at("item", item)).content.decode()
    assert "Nothing is recorded of who held it before." in page
    holder = create_party(code="S-11", name="A source", kind=PartyKind.PERSON, actor=for_command())
    stretch = PriorCustody(
        collection=item.collection, position=1, holder=holder, since="May 2013", medium="his own disk"
    )
    record_prior_custody(stretch=stretch, actor=for_command())
    page = _client(cast).get(_at("item", item)).content.decode()
    assert 'data-line="claimed"' in page
    assert "his own disk" in page
    assert "Nobody has said what came next." in page


def test_refusals_stand_among_those_who_have_seen_it(cast: Cast, item: EvidenceItem) -> None:
    _client(cast, None).post(_at("original", item))
    page = _client(cast).get(_at("item", item)).content.decode()
    assert "no purpose was chosen" in page
    assert "Idris Faraj" in page


def test_neighbours_lead_on_by_number(cast: Cast, item: EvidenceItem) -> None:
    page = _client(cast).get(_at("item", item)).content.decode()
    assert 'rel="next"' in page
    assert 'rel="prev"' not in page
