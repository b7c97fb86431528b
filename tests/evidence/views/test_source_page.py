"""What was told of the time before receipt: recorded by members, shown dashed, closed to other cases."""

from __future__ import annotations

import pytest
from django.urls import reverse

from custody.actions import Action
from custody.models import Entry
from evidence.models import EvidenceItem, PriorCustody
from tests.cast import Cast, browser_of
from tests.exhibits import picture, receive

TOLD = {
    "holder": "S-11",
    "kind": "person",
    "since": "May 2013",
    "since_precision": "estimated",
    "until": "January 2014",
    "until_precision": "unknown",
    "medium": "his own disk",
}


@pytest.fixture
def item(cast: Cast) -> EvidenceItem:
    return receive(cast.case, {"one.jpg": picture(10)}, source="Disk 3")[0]


def _at(item: EvidenceItem) -> str:
    return reverse("evidence:source", args=["RWB-04", item.collection.code])


def test_a_stretch_is_recorded_as_told_and_stands_on_the_item(cast: Cast, item: EvidenceItem) -> None:
    client = browser_of(cast.investigator)
    assert client.post(_at(item), TOLD).status_code == 302
    assert Entry.objects.order_by("-seq")[0].action == Action.CUSTODY_RECORDED
    page = client.get(reverse("evidence:item", args=["RWB-04", item.ern])).content.decode()
    assert "his own disk" in page
    assert 'data-line="claimed"' in page
    assert "Nothing is recorded of who held it before." not in page


def test_the_next_one_follows_and_the_same_holder_is_not_made_twice(cast: Cast, item: EvidenceItem) -> None:
    client = browser_of(cast.lead)
    client.post(_at(item), TOLD)
    client.post(_at(item), TOLD | {"since": "November 2016", "until": ""})
    stretches = list(PriorCustody.objects.order_by("position"))
    assert [stretch.position for stretch in stretches] == [1, 2]
    assert stretches[0].holder == stretches[1].holder
    assert "Nobody has said what came next." in client.get(_at(item)).content.decode()


@pytest.mark.parametrize("holder", ["", "Karim Haddad", "s-11", "../x"])
def test_a_name_is_not_a_code(cast: Cast, item: EvidenceItem, holder: str) -> None:
    assert browser_of(cast.lead).post(_at(item), TOLD | {"holder": holder}).status_code == 422
    assert not PriorCustody.objects.exists()


def test_an_auditor_reads_and_does_not_add(cast: Cast, item: EvidenceItem) -> None:
    auditor = browser_of(cast.auditor)
    assert "<textarea" not in auditor.get(_at(item)).content.decode()
    assert auditor.post(_at(item), TOLD).status_code == 404
    assert not PriorCustody.objects.exists()


def test_a_collection_of_another_case_is_not_there(cast: Cast) -> None:
    theirs = receive(cast.other_case, {"theirs.jpg": picture(9)}, source="Disk 9")[0]
    for send in (browser_of(cast.lead).get, browser_of(cast.lead).post):
        assert send(_at(theirs), TOLD).status_code == 404
    assert not PriorCustody.objects.exists()
