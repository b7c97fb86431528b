"""Body sets and identifications in the browser: what members may do, what a second reader does not see, faults."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from custody.purposes import Purpose
from testimony import bodies, identifying
from testimony.bodies import readings
from testimony.bodies.placing import Wanted, place
from testimony.core.identifying import Status
from testimony.core.numbers import Agreement, NumberKind
from testimony.models import (
    BodyIdentification,
    BodySet,
    Instruction,
    NumberReading,
    RecognitionProcedure,
    SealedIdentity,
    Tally,
)
from tests.cast import Cast, browser_of
from tests.custody.test_closing import close
from tests.testimony import files
from tests.testimony.bodies.test_bodies import sort

LIST = "/cases/RWB-04/bodies/"
PAGE = f"{LIST}BS-0001/"
TIES = "/cases/RWB-04/identifications/"
SHOW = "/cases/RWB-04/witnesses/W-0001/recognition/"
SAID = "the scar over the left brow"


@pytest.fixture
def file(cast: Cast, tmp_path: Path) -> files.File:
    made = files.file_of(cast.case, tmp_path / "in")
    sort(cast, made.items)
    return made


@pytest.fixture
def body(cast: Cast, file: files.File) -> BodySet:
    return bodies.create_body(case=cast.case, items=file.items, actor=files.ACTOR)


def _reading(raw: str, kind: str = "detainee") -> dict[str, str]:
    return {"step": "reading", "kind": kind, "raw": raw, "legibility": "clear"}


def _text(cast: Cast, who: str, address: str) -> str:
    browser = browser_of(getattr(cast, who), purpose=Purpose.IDENTIFICATION, case=cast.case)
    return browser.get(address).content.decode()


def test_a_set_is_made_of_sorted_images_in_the_browser(cast: Cast, file: files.File) -> None:
    numbers = "\n".join(item.ern for item in file.items)
    answer = browser_of(cast.investigator).post(LIST, {"step": "body", "numbers": numbers})
    assert (answer.status_code, answer["Location"]) == (302, PAGE)
    page = _text(cast, "auditor", PAGE)
    assert all(item.ern in page for item in file.items)


@pytest.mark.parametrize(
    ("numbers", "fault"), [("AMN-RWB-0000-9999", "Not in this case"), ("", "This field is required")]
)
def test_a_faulty_set_is_not_made_and_what_was_typed_stays(
    cast: Cast, file: files.File, numbers: str, fault: str
) -> None:
    answer = browser_of(cast.lead).post(LIST, {"step": "body", "numbers": numbers})
    assert answer.status_code == 422
    assert fault in answer.content.decode()
    assert numbers in answer.content.decode()
    assert not BodySet.objects.exists()


@pytest.mark.parametrize(
    ("step", "typed", "kept", "fault"),
    [
        ("reading", {"kind": "detainee", "raw": "no digit", "legibility": "clear"}, 'value="no digit"', "no number"),
        ("reading", {"kind": "detainee", "raw": "4" * 41, "legibility": "clear"}, "4" * 41, "40 characters"),
        ("add", {"numbers": "AMN-RWB-0000-9999"}, "AMN-RWB-0000-9999</textarea>", "Not in this case"),
        ("merge", {"target": "BS-0099"}, 'value="BS-0099"', "Not in this case"),
        ("merge", {"target": "BS-0000000099"}, 'value="BS-0000000099"', "at most 12 characters"),
        ("move", {"target": "BS-0098"}, 'value="BS-0098"', "Not in this case"),
    ],
)
def test_a_faulty_step_keeps_what_was_typed_and_says_what_is_wrong(
    cast: Cast, body: BodySet, step: str, typed: dict[str, str], kept: str, fault: str
) -> None:
    answer = browser_of(cast.lead).post(PAGE, {"step": step, **typed})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert kept in page
    assert fault in page


def test_images_chosen_for_a_set_that_is_not_there_stay_chosen(cast: Cast, body: BodySet) -> None:
    first = bodies.images_of(body)[0]
    page = browser_of(cast.lead).post(PAGE, {"step": "move", "image": str(first.pk), "target": "BS-0098"})
    assert f'value="{first.pk}" checked' in page.content.decode()
    assert page.content.decode().count(" checked>") == 1


def test_a_set_in_outline_says_so_and_takes_images(cast: Cast) -> None:
    place(case=cast.case, sets=[Wanted("0" * 64, ())], actor=files.ACTOR)
    page = browser_of(cast.investigator).get("/cases/RWB-04/bodies/BS-0001/").content.decode()
    assert "In outline: a list names this body" in page
    assert "Add to the set" in page
    assert "Read a number" not in page
    assert "Move to another set" not in page


def test_the_second_reader_does_not_see_the_first_reading_before_reading(cast: Cast, body: BodySet) -> None:
    browser_of(cast.investigator).post(PAGE, _reading("٠٤٨١/ب"))
    assert "0481/ب" in _text(cast, "investigator", PAGE)
    before = _text(cast, "lawyer", PAGE)
    assert "0481" not in before
    assert "٠٤٨١" not in before
    assert "The first reading is shown after yours." in before
    browser_of(cast.lawyer).post(PAGE, _reading("481/ب"))
    after = _text(cast, "lawyer", PAGE)
    assert "٠٤٨١/ب" in after
    assert "two readers differ" in after
    standing = readings.standing_of(body)[0]
    assert (standing.kind, standing.agreement) == (NumberKind.DETAINEE, Agreement.DIFFER)


def test_the_list_hides_no_less_than_the_page(cast: Cast, body: BodySet) -> None:
    browser_of(cast.investigator).post(PAGE, _reading("0481"))
    assert "0481" not in _text(cast, "lawyer", LIST)
    assert "0481" in _text(cast, "investigator", LIST)


def test_images_are_split_off_and_come_back(cast: Cast, body: BodySet) -> None:
    browser, first = browser_of(cast.lead), bodies.images_of(body)[0]
    answer = browser.post(PAGE, {"step": "move", "image": str(first.pk), "target": ""})
    assert answer["Location"] == PAGE
    assert bodies.images_of(body).count() == 1
    assert "Take the last split or merge back" in browser.get(PAGE).content.decode()
    browser.post(PAGE, {"step": "undo"})
    assert bodies.images_of(body).count() == 2
    assert browser.post(PAGE, {"step": "undo"}).status_code in (302, 422)


def test_two_sets_become_one(cast: Cast, file: files.File) -> None:
    for item in file.items:
        bodies.create_body(case=cast.case, items=[item], actor=files.ACTOR)
    answer = browser_of(cast.lead).post(f"{LIST}BS-0002/", {"step": "merge", "target": "BS-0001"})
    assert answer["Location"] == PAGE
    assert "Merged into" in _text(cast, "lead", f"{LIST}BS-0002/")
    assert browser_of(cast.lead).post(PAGE, {"step": "merge", "target": "BS-0099"}).status_code == 422


def test_a_count_never_stands_without_its_source(cast: Cast) -> None:
    told = {"step": "tally", "what": "images received", "value": "53275", "counted_on": "2015-12-16"}
    browser = browser_of(cast.lawyer)
    assert browser.post(LIST, told).status_code == 422
    assert not Tally.objects.exists()
    told |= {"source": "a report", "method": "files on the medium"}
    assert browser.post(LIST, told | {"counted_on": "2999-01-01"}).status_code == 422
    assert browser.post(LIST, told).status_code == 302
    assert "53,275" in _text(cast, "auditor", LIST)


SHOWN: dict[str, Any] = {
    "held_on": "2025-02-03",
    "kind": "array",
    "instructions": [each.value for each in Instruction],
    "masked": "on",
    "result": "recognised",
    "certainty": "certain",
    "said": SAID,
}


def _show(cast: Cast, file: files.File, who: str = "investigator", **changes: Any) -> Any:
    numbers = {"shown": " ".join(item.ern for item in file.items), "chosen": file.items[0].ern}
    return browser_of(getattr(cast, who)).post(SHOW, SHOWN | numbers | changes)


def test_pictures_are_shown_and_the_words_are_sealed(cast: Cast, file: files.File) -> None:
    assert _show(cast, file).status_code == 302
    procedure = RecognitionProcedure.objects.get()
    assert (procedure.masked, procedure.blind, procedure.shown.count()) == (True, False, 2)
    assert SAID not in _text(cast, "investigator", "/cases/RWB-04/witnesses/W-0001/")
    words = files.read_words(procedure)
    assert words.said == SAID


def test_a_faulty_showing_keeps_nothing_but_what_was_typed(cast: Cast, file: files.File) -> None:
    for changes in ({"chosen": ""}, {"shown": "AMN-RWB-0000-9999"}, {"held_on": "2999-01-01"}, {"said": ""}):
        assert _show(cast, file, **changes).status_code == 422
    assert not RecognitionProcedure.objects.exists()


@pytest.mark.parametrize("who", ["lawyer", "auditor", "outsider", "administrator"])
def test_others_show_no_pictures(cast: Cast, file: files.File, who: str) -> None:
    assert _show(cast, file, who).status_code == 404
    assert browser_of(getattr(cast, who)).get(SHOW).status_code == 404


def _tie(cast: Cast, who: str = "investigator", **more: str) -> Any:
    typed = {"body": "BS-0001", "victim": "VF-0001", "method": "sight", "bearing": "for"} | more
    return browser_of(getattr(cast, who)).post(TIES, typed)


def test_a_recognition_ties_a_body_to_a_person_and_stays_asserted(cast: Cast, file: files.File, body: BodySet) -> None:
    _show(cast, file)
    answer = _tie(cast, procedure="RP-0001")
    assert answer["Location"] == f"{TIES}ID-0001/"
    page = _text(cast, "auditor", f"{TIES}ID-0001/")
    assert "recognition by sight alone stays asserted" in page
    assert "RP-0001" in page
    ruled = browser_of(cast.lead).post(
        f"{TIES}ID-0001/", {"step": "rule", "ruling": "confirmed", "reason": "the family is sure"}
    )
    assert ruled.status_code == 422
    assert "Recognition by sight never confirms" in ruled.content.decode()


def test_a_second_person_decides_on_the_page(cast: Cast, file: files.File, body: BodySet, tmp_path: Path) -> None:
    report = files.take_in(cast.case, tmp_path / "report", count=5)[-1]
    _tie(cast, item=report.ern, method="dna")
    page = f"{TIES}ID-0001/"
    decision = {"step": "rule", "ruling": "confirmed", "reason": "the laboratory's report"}
    for who in ("investigator", "auditor", "outsider"):
        assert browser_of(getattr(cast, who)).post(page, decision).status_code == 404
    assert browser_of(cast.lawyer).post(page, decision).status_code == 302
    tie = BodyIdentification.objects.get()
    assert identifying.standing_of(tie).status is Status.CONFIRMED
    against = {"step": "ground", "method": "marks", "bearing": "against", "witness": "W-0001"}
    assert browser_of(cast.investigator).post(page, against).status_code == 302
    assert "disputed" in _text(cast, "auditor", page)
    ground = tie.grounds.get(bearing="against")
    answer = {"step": "answer", "ground": str(ground.pk), "item": file.items[1].ern}
    assert browser_of(cast.investigator).post(page, answer).status_code == 422
    assert browser_of(cast.lead).post(page, answer).status_code == 302
    assert "Answered on" in _text(cast, "auditor", page)


def test_conflicts_stand_first_on_the_page(cast: Cast, file: files.File, body: BodySet) -> None:
    browser_of(cast.lead).post("/cases/RWB-04/victims/", {"name_ar": "", "name_latin": "", "notes": ""})
    _tie(cast, witness="W-0001")
    _tie(cast, witness="W-0001", victim="VF-0002")
    assert "One body, several persons" in _text(cast, "auditor", TIES)


@pytest.mark.parametrize(
    "more",
    [{}, {"witness": "W-0099"}, {"witness": "W-0001", "body": "BS-0099"}, {"item": "AMN-RWB-0000-9999"}],
)
def test_a_tie_without_a_ground_of_this_case_is_refused(
    cast: Cast, file: files.File, body: BodySet, more: dict[str, str]
) -> None:
    assert _tie(cast, **more).status_code == 422
    assert not BodyIdentification.objects.exists()


@pytest.mark.parametrize("who", ["auditor", "outsider", "administrator"])
def test_others_write_nothing(cast: Cast, file: files.File, body: BodySet, who: str) -> None:
    browser = browser_of(getattr(cast, who))
    for address, typed in (
        (LIST, {"step": "body", "numbers": file.items[0].ern}),
        (PAGE, _reading("481")),
        (PAGE, {"step": "undo"}),
    ):
        assert browser.post(address, typed).status_code == 404
    assert _tie(cast, who, witness="W-0001").status_code == 404
    assert not NumberReading.objects.exists()
    assert not BodyIdentification.objects.exists()
    assert browser.get(PAGE).status_code == (200 if who == "auditor" else 404)


def test_a_closed_case_takes_no_reading_and_no_tie(cast: Cast, file: files.File, body: BodySet) -> None:
    close(cast.case, cast.lead)
    browser = browser_of(cast.lead)
    assert browser.post(PAGE, _reading("481")).status_code != 302
    assert _tie(cast, "lead", witness="W-0001").status_code != 302
    assert not NumberReading.objects.exists()
    assert not BodyIdentification.objects.exists()
    assert SealedIdentity.objects.count() == 1


def test_an_unknown_step_is_no_page(cast: Cast, body: BodySet) -> None:
    assert browser_of(cast.lead).post(PAGE, {"step": "burn"}).status_code == 404
    _tie(cast, witness="W-0001")
    assert browser_of(cast.lead).post(f"{TIES}ID-0001/", {"step": "burn"}).status_code == 404
