"""The sheet of a case: veiled at first, clear or in words when asked, filtered, paged, and closed without a purpose."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from custody import acts
from custody.actions import Action
from custody.actors import for_command
from custody.purposes import Purpose
from evidence.admissions import admit_collection
from evidence.models import DerivativeKind, EvidenceItem, ItemDescription
from tests.cast import Cast, browser_of, entries_since, ledger_size
from tests.exhibits import examine, picture, receive

SHEET = reverse("evidence:case", args=["RWB-04"])


@pytest.fixture
def items(cast: Cast) -> list[EvidenceItem]:
    found = receive(cast.case, {f"{number}.jpg": picture(number) for number in range(4)} | {"odd.txt": b"words"})
    for item in found[:4]:
        examine(item)
    return found


def _page(cast: Cast, *, purpose: Purpose | None = Purpose.AUDIT, **wanted: str) -> str:
    return browser_of(cast.lawyer, purpose=purpose, case=cast.case).get(SHEET, wanted).content.decode()


def _shown(page: str) -> int:
    return len(re.findall(r'<img src="/cases/RWB-04/pictures/', page))


def test_pictures_are_veiled_until_somebody_asks_for_clear_ones(cast: Cast, items: list[EvidenceItem]) -> None:
    before = ledger_size()
    assert _shown(_page(cast)) == 4
    forms = [b'"form":"veiled"' in bytes(row.body) for row in entries_since(before)[1:]]
    assert forms == [True] * 4
    before = ledger_size()
    assert _shown(_page(cast, pictures="clear")) == 4
    assert all(b'"form":"thumbnail"' in bytes(row.body) for row in entries_since(before)[1:])


def test_words_only_asks_for_no_bytes(cast: Cast, items: list[EvidenceItem]) -> None:
    before = ledger_size()
    page = _page(cast, pictures="words")
    assert _shown(page) == 0
    assert "odd.txt" in page
    assert [row.action for row in entries_since(before)] == [Action.CASE_VIEWED]


def test_a_described_picture_stands_in_its_own_words_where_it_is_not_shown(
    cast: Cast, items: list[EvidenceItem]
) -> None:
    described = ItemDescription(item=items[0], caption="Numbers on the card: 900, 2217, 481/ج")
    with acts.act(actor=for_command()) as act:
        act.save(described)
        act.record(Action.ITEM_DESCRIBED, streams=(f"item/{items[0].pk}",), subject={}, snapshots=[described])
    assert "<bdi>Numbers on the card: 900, 2217, 481/ج</bdi>" in _page(cast, pictures="words")


def test_without_a_purpose_the_pictures_stay_closed(cast: Cast, items: list[EvidenceItem]) -> None:
    page = _page(cast, purpose=None)
    assert _shown(page) == 0
    assert reverse("custody:purpose", args=["RWB-04"]) in page


@pytest.mark.parametrize(
    ("wanted", "numbers"),
    [
        ({"text": "odd"}, ["0005"]),
        ({"text": "0000-0002"}, ["0002"]),
        ({"category": "detainee"}, ["0003"]),
        ({"category": "unsorted"}, ["0001", "0002", "0004", "0005"]),
        ({"duplicates": "on"}, []),
        ({"order": "newest", "text": "0001"}, ["0001"]),
        ({"category": "no-such"}, ["0001", "0002", "0003", "0004", "0005"]),
    ],
)
def test_filters_narrow_and_a_broken_one_hides_nothing(
    cast: Cast, items: list[EvidenceItem], wanted: dict[str, str], numbers: list[str]
) -> None:
    with acts.act(actor=for_command()) as act:
        words = ItemDescription(item=items[2], category="detainee")
        act.save(words)
        act.record(Action.ITEM_DESCRIBED, streams=(f"item/{items[2].pk}",), subject={}, snapshots=[words])
    page = _page(cast, purpose=Purpose.AUDIT, **wanted)
    assert re.findall(r'<bdi class="no">0000-(\d{4})</bdi>', page) == numbers


def test_what_came_twice_can_be_found(cast: Cast, items: list[EvidenceItem]) -> None:
    receive(cast.case, {"again.jpg": picture(1)})
    page = _page(cast, duplicates="on")
    assert re.findall(r'<bdi class="no">0000-(\d{4})</bdi>', page) == ["0002", "0006"]
    assert "same bytes" in page


def test_what_another_case_received_again_is_not_told(cast: Cast, items: list[EvidenceItem]) -> None:
    admit_collection(case=cast.other_case, collection=items[0].collection, actor=for_command())
    receive(cast.other_case, {"again.jpg": picture(1)})
    assert items[1].duplicates.count() == 1
    assert re.findall(r'<bdi class="no">0000-(\d{4})</bdi>', _page(cast, duplicates="on")) == []


def test_only_the_pictures_of_the_page_are_recorded(cast: Cast) -> None:
    for item in receive(cast.case, {f"{number:03}.jpg": picture(number) for number in range(50)}):
        examine(item, DerivativeKind.VEILED)
    before = ledger_size()
    assert _shown(_page(cast)) == 48
    assert len(entries_since(before)) == 49
    before = ledger_size()
    assert _shown(_page(cast, page="2")) == 2
    assert len(entries_since(before)) == 3


def test_an_empty_case_says_what_comes_first(cast: Cast) -> None:
    assert reverse("evidence:intake", args=["RWB-04"]) in _page(cast)
    auditor = browser_of(cast.auditor).get(SHEET).content.decode()
    assert reverse("evidence:intake", args=["RWB-04"]) not in auditor
