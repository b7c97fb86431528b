"""Look-alikes in the browser: who sees them, what is on record first, deciding and taking back, where hints lead."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping

import pytest

from custody import ledger
from custody.actions import Action
from custody.models import Entry
from custody.purposes import Purpose
from evidence.descriptions import describe_item
from evidence.models import EvidenceItem
from testimony import bodies
from testimony.bodies import resembling
from testimony.models import BodySet, ResemblanceDismissed
from testimony.views import lookalikes
from tests.cast import Cast, browser_of, ledger_size
from tests.exhibits import examine, picture, receive
from tests.testimony import files
from tests.testimony.bodies.likenesses import alike
from tests.testimony.bodies.test_bodies import sort

LIST = "/cases/RWB-04/look-alikes/"
DECIDED = f"{LIST}?view=decided"
PAGE = "/cases/RWB-04/bodies/BS-0001/"


@pytest.fixture
def items(cast: Cast) -> list[EvidenceItem]:
    found = sort(cast, receive(cast.case, {f"DSC{120 + number:06}.jpg": picture(30 * number) for number in range(6)}))
    for item in found:
        examine(item)
    return found


@pytest.fixture
def body(cast: Cast, items: list[EvidenceItem]) -> BodySet:
    return bodies.create_body(case=cast.case, items=[items[0], items[2]], actor=files.ACTOR)


def _text(cast: Cast, who: str, address: str) -> str:
    browser = browser_of(getattr(cast, who), purpose=Purpose.IDENTIFICATION, case=cast.case)
    return html.unescape(browser.get(address).content.decode())


def _apart(first: EvidenceItem, second: EvidenceItem, **more: str) -> dict[str, str]:
    return {"step": "apart", "first": first.ern, "second": second.ern, **more}


def _ways_on(page: str) -> list[str]:
    return re.findall(r'class="btn btn-plain" href="(/[^"]+#[a-z]+)"', page)


def test_each_hint_leads_to_the_page_where_a_person_decides(
    cast: Cast, items: list[EvidenceItem], body: BodySet
) -> None:
    bodies.create_body(case=cast.case, items=[items[3]], actor=files.ACTOR)
    alike(items[0], items[3], 0)
    alike(items[4], items[2], 2)
    alike(items[4], items[5], 6)
    page = _text(cast, "investigator", LIST)
    assert _ways_on(page) == [
        f"{PAGE}?merge=BS-0002#merge",
        f"{PAGE}?add={items[4].ern}#add",
        f"/cases/RWB-04/bodies/?numbers={items[4].ern}+{items[5].ern}#make",
    ]
    for words in ("as good as the same picture", "hardly a difference", "much alike", "in no set"):
        assert words in page
    assert 'value="BS-0002"' in _text(cast, "investigator", f"{PAGE}?merge=BS-0002")
    assert f"{items[4].ern}</textarea>" in re.sub(r">\s+AMN", ">AMN", _text(cast, "lead", f"{PAGE}?add={items[4].ern}"))
    assert items[5].ern in _text(cast, "lead", f"/cases/RWB-04/bodies/?numbers={items[4].ern}+{items[5].ern}")


def test_the_pictures_of_a_hint_are_on_record_before_the_page_goes(cast: Cast, items: list[EvidenceItem]) -> None:
    alike(items[0], items[1])
    before = ledger_size()
    page = _text(cast, "lead", LIST)
    assert page.count("<img") == 2
    entries = Entry.objects.filter(seq__gte=before)
    assert sorted(entries.values_list("action", flat=True)) == sorted(
        [Action.CASE_VIEWED, Action.ITEM_VIEWED, Action.ITEM_VIEWED]
    )


def test_pictures_are_veiled_until_small_and_clear_ones_are_asked_for(cast: Cast, items: list[EvidenceItem]) -> None:
    alike(items[0], items[1])
    assert f"Veiled picture of {items[0].ern}" in _text(cast, "lead", LIST)
    before = ledger_size()
    assert f"Small picture of {items[0].ern}" in _text(cast, "lead", f"{LIST}?pictures=clear")
    forms = [entry_of(row.seq).get("form") for row in Entry.objects.filter(seq__gte=before, action=Action.ITEM_VIEWED)]
    assert forms == ["thumbnail", "thumbnail"]


def entry_of(seq: int) -> Mapping[str, str]:
    stored = ledger.find_entry(seq)
    assert stored is not None
    return ledger.entry_of(stored).subject


def test_without_a_purpose_no_hint_is_shown(cast: Cast, items: list[EvidenceItem], body: BodySet) -> None:
    alike(items[0], items[3])
    for address in (LIST, PAGE, DECIDED):
        page = browser_of(cast.lead).get(address).content.decode()
        assert "Pictures stay closed until a purpose is chosen" in page
        assert items[3].ern not in page


def test_without_a_purpose_a_set_shows_no_file_names(cast: Cast, body: BodySet) -> None:
    for who in (cast.lead, cast.auditor):
        assert "DSC000120" not in browser_of(who).get(PAGE).content.decode()


@pytest.mark.parametrize("who", ["outsider", "administrator"])
def test_strangers_see_and_decide_nothing(cast: Cast, items: list[EvidenceItem], who: str) -> None:
    alike(items[0], items[1])
    browser = browser_of(getattr(cast, who), purpose=Purpose.AUDIT, case=cast.case)
    assert browser.get(LIST).status_code == 404
    assert browser.post(LIST, _apart(items[0], items[1])).status_code == 404
    assert not ResemblanceDismissed.objects.exists()


def test_an_auditor_sees_hints_and_decides_nothing(cast: Cast, items: list[EvidenceItem], body: BodySet) -> None:
    alike(items[0], items[3])
    page = _text(cast, "auditor", LIST)
    assert items[3].ern in page
    assert "Not the same body" not in page
    browser = browser_of(cast.auditor, purpose=Purpose.AUDIT, case=cast.case)
    assert browser.post(LIST, _apart(items[0], items[3])).status_code == 404
    assert not ResemblanceDismissed.objects.exists()


def test_what_an_auditor_may_not_see_in_words_is_no_hint_for_them(
    cast: Cast, items: list[EvidenceItem], body: BodySet
) -> None:
    alike(items[0], items[3])
    alike(items[0], items[4])
    for item in (items[1], items[3]):
        describe_item(item=item, case=cast.case, actor=files.ACTOR, words={"privileged": True})
    for address in (LIST, PAGE):
        assert items[3].ern in _text(cast, "lead", address)
        page = _text(cast, "auditor", address)
        assert items[3].ern not in page
        assert items[1].ern not in page
        assert items[4].ern in page


def test_deciding_and_taking_back_from_the_pages(cast: Cast, items: list[EvidenceItem], body: BodySet) -> None:
    alike(items[0], items[4])
    browser = browser_of(cast.investigator, purpose=Purpose.IDENTIFICATION, case=cast.case)
    assert items[4].ern in _text(cast, "investigator", PAGE)
    answer = browser.post(LIST, _apart(items[0], items[4], reason="another jacket", body="BS-0001"))
    assert (answer.status_code, answer["Location"]) == (302, f"{PAGE}#alike")
    assert items[4].ern not in _text(cast, "investigator", PAGE)
    assert items[4].ern not in _text(cast, "investigator", LIST)
    page = _text(cast, "lawyer", DECIDED)
    assert "another jacket" in page
    assert cast.investigator.name in page
    decision = ResemblanceDismissed.objects.get()
    answer = browser.post(LIST, {"step": "recall", "decision": str(decision.pk)})
    assert (answer.status_code, answer["Location"]) == (302, DECIDED)
    assert "Nothing was decided yet" in _text(cast, "lead", DECIDED)
    assert items[4].ern in _text(cast, "lead", LIST)


def test_the_second_who_decides_the_same_is_told(cast: Cast, items: list[EvidenceItem]) -> None:
    alike(items[0], items[1])
    browser = browser_of(cast.lead, purpose=Purpose.IDENTIFICATION, case=cast.case)
    browser.post(LIST, _apart(items[0], items[1]))
    answer = browser.post(LIST, _apart(items[1], items[0], reason="another <jacket>"))
    assert answer.status_code == 422
    assert "This was decided already" in answer.content.decode()
    assert '<p dir="auto">another &lt;jacket&gt;</p>' in answer.content.decode(), "what was typed is kept"


@pytest.mark.parametrize(
    ("posted", "status"),
    [
        ({"step": "apart", "first": "AMN-RWB-04-0000-0001", "second": "AMN-RWB-04-0000-9999"}, 422),
        ({"step": "apart", "first": "AMN-RWB-04-0000-0001", "second": ""}, 422),
        ({"step": "apart", "first": "AMN-RWB-04-0000-0001", "second": ", ,"}, 404),
        ({"step": "recall", "decision": "no-number"}, 404),
        ({"step": "recall", "decision": "00000000-0000-0000-0000-000000000000"}, 404),
        ({"step": "else"}, 404),
    ],
)
def test_a_step_that_is_none_changes_nothing(
    cast: Cast, items: list[EvidenceItem], posted: dict[str, str], status: int
) -> None:
    browser = browser_of(cast.lead, purpose=Purpose.IDENTIFICATION, case=cast.case)
    assert browser.post(LIST, posted).status_code == status
    assert not ResemblanceDismissed.objects.exists()


def test_the_series_points_at_what_lies_between_and_the_image_is_added_from_the_page(
    cast: Cast, items: list[EvidenceItem], body: BodySet
) -> None:
    page = _text(cast, "investigator", PAGE)
    assert "The number in its file name lies between those of the set." in page
    assert f"{PAGE}?add={items[1].ern}#add" in page
    browser = browser_of(cast.investigator, purpose=Purpose.IDENTIFICATION, case=cast.case)
    browser.post(PAGE, {"step": "add", "numbers": items[1].ern})
    assert [image.item for image in bodies.images_of(body)] == [items[0], items[2], items[1]]
    answer = browser.post(PAGE, {"step": "add", "numbers": items[1].ern})
    assert answer.status_code == 422
    assert "In another set already" in answer.content.decode()


def test_a_number_that_the_second_reader_may_not_see_yet_gives_no_clue(
    cast: Cast, items: list[EvidenceItem], body: BodySet
) -> None:
    reading = {"step": "reading", "kind": "detainee", "raw": "000125", "legibility": "clear"}
    browser_of(cast.investigator).post(PAGE, reading)
    words = "A number read on the set stands in its file name."
    assert words in _text(cast, "investigator", PAGE)
    assert words not in _text(cast, "lawyer", PAGE)


def test_an_image_that_looks_like_several_of_the_set_is_shown_once_on_its_page(
    cast: Cast, items: list[EvidenceItem], body: BodySet
) -> None:
    alike(items[0], items[4], 5)
    alike(items[2], items[4], 1)
    page = _text(cast, "lead", PAGE)
    assert page.count(f"Veiled picture of {items[4].ern}") == 1
    assert "hardly a difference" in page
    assert "All 2 pairs" in page


def test_the_number_of_a_branch_stands_in_too_many_names_to_be_a_clue(
    cast: Cast, items: list[EvidenceItem], body: BodySet
) -> None:
    reading = {"step": "reading", "kind": "branch", "raw": "000125", "legibility": "clear"}
    browser_of(cast.investigator).post(PAGE, reading)
    assert "A number read on the set stands in its file name." not in _text(cast, "investigator", PAGE)


def test_the_list_goes_page_by_page_and_keeps_to_the_set_that_was_asked_for(
    cast: Cast, items: list[EvidenceItem], body: BodySet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lookalikes, "ROWS", 1)
    alike(items[0], items[3], 0)
    alike(items[0], items[4], 1)
    alike(items[1], items[5], 2)
    first = _text(cast, "lead", f"{LIST}?body=BS-0001")
    assert items[3].ern in first
    assert "page 1 of 2" in first
    assert '?body=BS-0001&page=2"' in first
    assert items[4].ern in _text(cast, "lead", f"{LIST}?body=BS-0001&page=2")
    assert "page 1 of 3" in _text(cast, "lead", LIST)
    browser = browser_of(cast.lead, purpose=Purpose.IDENTIFICATION, case=cast.case)
    assert browser.get(f"{LIST}?body=BS-0009").status_code == 404


def test_a_very_long_list_ends_and_says_so(
    cast: Cast, items: list[EvidenceItem], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lookalikes, "MOST_LISTED", 1)
    alike(items[0], items[3], 0)
    assert "The list ends after 1 pairs" in _text(cast, "lead", LIST)
    alike(items[1], items[4], 0)
    assert items[4].ern not in _text(cast, "lead", LIST)
    monkeypatch.setattr(lookalikes, "MOST_LISTED", 3)
    assert "The list ends" not in _text(cast, "lead", LIST)


def test_an_empty_list_says_how_far_the_comparison_is(cast: Cast, items: list[EvidenceItem]) -> None:
    page = " ".join(_text(cast, "lead", LIST).split())
    assert "No look-alikes so far" in page
    assert "0 of 6 images have been compared. The others wait for examination." in page


def test_a_merged_set_has_no_panel(cast: Cast, items: list[EvidenceItem], body: BodySet) -> None:
    other = bodies.create_body(case=cast.case, items=[items[3]], actor=files.ACTOR)
    bodies.merge(source=body, target=other, actor=files.ACTOR)
    assert 'id="alike"' not in _text(cast, "lead", PAGE)


def test_the_pages_speak_arabic(cast: Cast, items: list[EvidenceItem], body: BodySet) -> None:
    alike(items[0], items[3])
    browser = browser_of(cast.lead, purpose=Purpose.IDENTIFICATION, case=cast.case)
    browser.cookies["amana-language"] = "ar"
    for address in (LIST, PAGE, DECIDED):
        assert '<html lang="ar" dir="rtl">' in browser.get(address).content.decode()


def test_decisions_about_what_is_privileged_are_not_shown_to_an_auditor(
    cast: Cast, items: list[EvidenceItem], body: BodySet
) -> None:
    alike(items[0], items[3])
    resembling.dismiss(
        case=cast.case, first=items[0], second=items[3], reason="a working print", account=cast.lead, actor=files.ACTOR
    )
    assert items[3].ern in _text(cast, "auditor", DECIDED)
    describe_item(item=items[3], case=cast.case, actor=files.ACTOR, words={"privileged": True})
    page = _text(cast, "auditor", DECIDED)
    assert items[3].ern not in page
    assert "a working print" not in page
