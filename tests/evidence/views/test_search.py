"""The search box finds inside one's own cases and nowhere else."""

from __future__ import annotations

import pytest
from django.urls import reverse

from custody.purposes import Purpose
from evidence.models import EvidenceItem
from tests.cast import Cast, browser_of, entries_since, ledger_size
from tests.exhibits import picture, receive

SEARCH = reverse("evidence:search")


@pytest.fixture
def item(cast: Cast) -> EvidenceItem:
    return receive(cast.case, {"صورة الحاجز.jpg": picture(10), "two.jpg": picture(20)})[1]


@pytest.mark.parametrize("how", ["ern", "lower", "sha256"])
def test_one_exact_hit_leads_straight_there(cast: Cast, item: EvidenceItem, how: str) -> None:
    query = {"ern": item.ern, "lower": item.ern.lower(), "sha256": item.sha256}[how]
    answer = browser_of(cast.auditor).get(SEARCH, {"q": query})
    assert answer["Location"] == reverse("evidence:item", args=["RWB-04", item.ern])


def test_a_case_code_leads_to_the_case(cast: Cast) -> None:
    assert browser_of(cast.auditor).get(SEARCH, {"q": "rwb-04"})["Location"] == reverse(
        "evidence:case", args=["RWB-04"]
    )


@pytest.mark.parametrize("part", ["name", "short", "digest"])
def test_parts_give_a_list(cast: Cast, item: EvidenceItem, part: str) -> None:
    query = {"name": "الحاجز", "short": item.ern[-9:], "digest": item.sha256[:10]}[part]
    client = browser_of(cast.auditor, purpose=Purpose.AUDIT, case=cast.case)
    before = ledger_size()
    page = client.get(SEARCH, {"q": query}).content.decode()
    assert [row.action for row in entries_since(before)] == ["case.viewed"]
    assert item.ern in page
    assert "<img" not in page


def test_without_a_purpose_names_are_neither_searched_nor_shown(cast: Cast, item: EvidenceItem) -> None:
    client = browser_of(cast.auditor)
    page = client.get(SEARCH, {"q": "الحاجز"}).content.decode()
    assert "AMN-" not in page.replace("AMN-…", "")
    assert reverse("custody:purpose", args=["RWB-04"]) in page
    page = client.get(SEARCH, {"q": item.ern[-9:]}).content.decode()
    assert item.ern in page
    assert "two.jpg" not in page


def test_strangers_find_nothing(cast: Cast, item: EvidenceItem) -> None:
    for stranger in cast.strangers:
        for query in (item.ern, item.sha256, "RWB-04", "الحاجز"):
            page = browser_of(stranger).get(SEARCH, {"q": query})
            assert page.status_code == 200
            assert "Nothing found" in page.content.decode()


@pytest.mark.parametrize("query", ["", " ", "%", "_" * 300, "\x00", "'"])
def test_odd_questions_break_nothing(cast: Cast, item: EvidenceItem, query: str) -> None:
    assert browser_of(cast.auditor).get(SEARCH, {"q": query}).status_code == 200
