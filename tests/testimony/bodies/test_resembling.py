"""Hints about images that look alike or lie side by side, and what people decide about them."""

from __future__ import annotations

import pytest

from custody.actions import Action
from custody.ledger.closed import CaseClosed
from custody.verification import Inspection, inspect
from evidence.models import EvidenceItem, Examination
from testimony import bodies
from testimony.bodies import resembling, series
from testimony.core.errors import BodyError
from testimony.core.sequences import Clue
from testimony.models import BodySet, ResemblanceDismissed
from tests.cast import Cast, entries_since, ledger_size
from tests.custody.test_closing import close
from tests.exhibits import examine, picture, receive
from tests.testimony import files
from tests.testimony.bodies.likenesses import alike
from tests.testimony.bodies.test_bodies import sort


@pytest.fixture
def items(cast: Cast) -> list[EvidenceItem]:
    return sort(cast, receive(cast.case, {f"DSC{120 + number:06}.jpg": picture(20 * number) for number in range(7)}))


def _hints(cast: Cast) -> list[tuple[str, str]]:
    found = resembling.with_images(cast.case, resembling.resemblances_in(cast.case))
    return [(each.first.ern[-1:], each.second.ern[-1:]) for each in found]


def test_pairs_within_one_set_are_no_hints(cast: Cast, items: list[EvidenceItem]) -> None:
    alike(items[0], items[1])
    alike(items[1], items[2])
    alike(items[3], items[4], 0)
    assert _hints(cast) == [("4", "5"), ("1", "2"), ("2", "3")]
    bodies.create_body(case=cast.case, items=items[:2], actor=files.ACTOR)
    bodies.create_body(case=cast.case, items=items[2:3], actor=files.ACTOR)
    assert _hints(cast) == [("4", "5"), ("2", "3")]


def test_what_is_sorted_as_no_body_is_no_hint(cast: Cast, items: list[EvidenceItem]) -> None:
    alike(items[0], items[1])
    sort(cast, items[1:2], "incident")
    assert _hints(cast) == []


def test_a_set_asks_for_its_own_and_stands_first(cast: Cast, items: list[EvidenceItem]) -> None:
    body = bodies.create_body(case=cast.case, items=items[1:2], actor=files.ACTOR)
    alike(items[0], items[1])
    alike(items[3], items[4])
    rows = resembling.with_images(cast.case, resembling.resemblances_in(cast.case, body=body), body=body)
    assert [(each.first, each.second, each.first_body, each.second_body) for each in rows] == [
        (items[1], items[0], body, None)
    ]


def test_pairs_stay_in_their_case(cast: Cast, items: list[EvidenceItem]) -> None:
    elsewhere = receive(cast.other_case, {"x.jpg": picture(7)})[0]
    alike(items[0], elsewhere)
    assert _hints(cast) == []
    assert not resembling.resemblances_in(cast.other_case).exists()
    with pytest.raises(BodyError, match="images of this case"):
        _dismiss(cast, items[0], elsewhere)


def _dismiss(cast: Cast, first: EvidenceItem, second: EvidenceItem, reason: str = "") -> ResemblanceDismissed:
    return resembling.dismiss(
        case=cast.case, first=first, second=second, reason=reason, account=cast.lead, actor=files.ACTOR
    )


def test_what_was_said_not_to_be_one_body_does_not_come_back_until_it_is_taken_back(
    cast: Cast, items: list[EvidenceItem]
) -> None:
    alike(items[0], items[1])
    before = ledger_size()
    decision = _dismiss(cast, items[1], items[0], " another jacket ")
    assert _hints(cast) == []
    assert [row.action for row in entries_since(before)] == [Action.RESEMBLANCE_DISMISSED]
    shown = resembling.decisions_in(cast.case).get()
    assert (shown.pk, shown.reason, shown.account, shown.pairs) == (  # type: ignore[attr-defined]
        decision.pk,
        "another jacket",
        cast.lead,
        1,
    )
    with pytest.raises(BodyError, match="already"):
        _dismiss(cast, items[0], items[1])
    assert resembling.recall(decision=shown, actor=files.ACTOR) == 1
    assert _hints(cast) == [("1", "2")]
    assert not resembling.decisions_in(cast.case).exists()
    with pytest.raises(BodyError, match="taken back already"):
        resembling.recall(decision=shown, actor=files.ACTOR)
    _dismiss(cast, items[0], items[1])
    assert inspect(Inspection()).findings == ()


def test_one_decision_holds_for_all_pairs_between_two_sets(cast: Cast, items: list[EvidenceItem]) -> None:
    bodies.create_body(case=cast.case, items=items[:2], actor=files.ACTOR)
    bodies.create_body(case=cast.case, items=items[2:4], actor=files.ACTOR)
    for first, second in ((0, 2), (1, 2), (1, 3), (3, 4)):
        alike(items[first], items[second])
    decision = _dismiss(cast, items[0], items[2])
    assert _hints(cast) == [("4", "5")]
    assert ResemblanceDismissed.objects.filter(decision=decision.pk).count() == 3
    assert resembling.recall(decision=decision, actor=files.ACTOR) == 3
    assert len(_hints(cast)) == 4


def test_the_decision_is_about_images_and_outlives_a_merge(cast: Cast, items: list[EvidenceItem]) -> None:
    one = bodies.create_body(case=cast.case, items=items[:1], actor=files.ACTOR)
    two = bodies.create_body(case=cast.case, items=items[1:2], actor=files.ACTOR)
    alike(items[0], items[4])
    _dismiss(cast, items[4], items[0])
    bodies.merge(source=one, target=two, actor=files.ACTOR)
    assert _hints(cast) == []


def test_images_of_one_set_are_not_dismissed(cast: Cast, items: list[EvidenceItem]) -> None:
    bodies.create_body(case=cast.case, items=items[:2], actor=files.ACTOR)
    with pytest.raises(BodyError, match="one set"):
        _dismiss(cast, items[0], items[1])
    with pytest.raises(BodyError, match="two images"):
        _dismiss(cast, items[0], items[0])


def test_a_closed_case_takes_no_decision(cast: Cast, items: list[EvidenceItem]) -> None:
    alike(items[0], items[1])
    close(cast.case, cast.lead)
    with pytest.raises(CaseClosed):
        _dismiss(cast, items[0], items[1])


def test_an_image_is_added_to_a_set_behind_its_last(cast: Cast, items: list[EvidenceItem]) -> None:
    body = bodies.create_body(case=cast.case, items=items[:2], actor=files.ACTOR)
    bodies.add_images(body=body, items=[items[4]], actor=files.ACTOR)
    assert [image.item for image in bodies.images_of(body)] == [items[0], items[1], items[4]]
    with pytest.raises(BodyError, match="In another set already"):
        bodies.add_images(body=body, items=[items[4]], actor=files.ACTOR)
    with pytest.raises(BodyError, match="Name the images"):
        bodies.add_images(body=body, items=[], actor=files.ACTOR)
    other = bodies.create_body(case=cast.case, items=[items[5]], actor=files.ACTOR)
    bodies.merge(source=body, target=other, actor=files.ACTOR)
    with pytest.raises(BodyError, match="that stands"):
        bodies.add_images(body=body, items=[items[6]], actor=files.ACTOR)


def _beside(cast: Cast, body: BodySet, *read: str) -> dict[str, tuple[Clue, ...]]:
    return {each.second.ern[-1:]: each.clues for each in series.beside(body, read)}


def test_an_image_whose_number_lies_between_those_of_a_set_is_pointed_at(cast: Cast, items: list[EvidenceItem]) -> None:
    body = bodies.create_body(case=cast.case, items=[items[1], items[3]], actor=files.ACTOR)
    assert _beside(cast, body) == {"3": (Clue.NAME, Clue.PLACE)}
    hint = series.beside(body, [])[0]
    assert (hint.first, hint.second, hint.first_body, hint.second_body) == (items[1], items[2], body, None)
    sort(cast, [items[2]], "incident")
    assert _beside(cast, body) == {}


def test_what_was_decided_is_not_pointed_at_again(cast: Cast, items: list[EvidenceItem]) -> None:
    body = bodies.create_body(case=cast.case, items=[items[1], items[3]], actor=files.ACTOR)
    decision = _dismiss(cast, items[3], items[2])
    assert _beside(cast, body) == {}
    resembling.recall(decision=decision, actor=files.ACTOR)
    assert list(_beside(cast, body)) == ["3"]


def _claim(item: EvidenceItem, time: str, make: str = "ORION") -> None:
    examine(item)
    Examination.objects.filter(item=item).update(claims={"capture.time": time, "exif.Make": make})


def test_images_of_one_camera_within_a_minute_are_pointed_at_while_they_are_in_no_set(
    cast: Cast, items: list[EvidenceItem]
) -> None:
    body = bodies.create_body(case=cast.case, items=items[:1], actor=files.ACTOR)
    _claim(items[0], "2013-05-14T09:42:10")
    _claim(items[1], "2013-05-14T09:42:40")
    _claim(items[2], "2013-05-14T09:43:11")
    _claim(items[3], "2013-05-14T09:42:40", "OTHER")
    assert _beside(cast, body) == {"2": (Clue.TIME,)}
    bodies.create_body(case=cast.case, items=items[1:2], actor=files.ACTOR)
    assert _beside(cast, body) == {}


def test_a_number_read_on_the_set_that_stands_in_a_name_is_a_clue(cast: Cast, items: list[EvidenceItem]) -> None:
    body = bodies.create_body(case=cast.case, items=items[:1], actor=files.ACTOR)
    assert _beside(cast, body, "000125") == {"6": (Clue.NUMBER,)}


def test_both_kinds_of_hints_of_one_pair_are_one(cast: Cast, items: list[EvidenceItem]) -> None:
    body = bodies.create_body(case=cast.case, items=[items[1], items[3]], actor=files.ACTOR)
    alike(items[1], items[2])
    alike(items[1], items[6])
    rows = resembling.with_images(cast.case, resembling.resemblances_in(cast.case, body=body), body=body)
    joined = _joined(rows, body)
    assert joined == {"3": (3, (Clue.NAME, Clue.PLACE)), "7": (3, ())}


def _joined(rows: list[resembling.Resemblance], body: BodySet) -> dict[str, tuple[int | None, tuple[Clue, ...]]]:
    return {each.second.ern[-1:]: (each.distance, each.clues) for each in series.joined(rows, series.beside(body, []))}
