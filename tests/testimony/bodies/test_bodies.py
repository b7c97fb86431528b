"""Body sets: what may be in one, splitting, merging and taking back, and numbers read by two people."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from custody.actions import Action
from custody.verification import Inspection, inspect
from evidence.descriptions import describe_item
from evidence.models import EvidenceItem
from testimony import bodies
from testimony.bodies import readings
from testimony.core.errors import BodyError
from testimony.core.numbers import Agreement, NumberKind
from testimony.models import BodyImage, BodySet, Legibility, View
from tests.cast import Cast, entries_since, ledger_size
from tests.custody.approvals.releases import actor_of
from tests.testimony import files


def sort(cast: Cast, items: list[EvidenceItem], category: str = "detainee") -> list[EvidenceItem]:
    """Say of each image what it is of."""
    for item in items:
        describe_item(item=item, case=cast.case, actor=files.ACTOR, words={"category": category})
    return items


@pytest.fixture
def items(cast: Cast, tmp_path: Path) -> list[EvidenceItem]:
    return sort(cast, files.take_in(cast.case, tmp_path / "in", count=4))


@pytest.fixture
def body(cast: Cast, items: list[EvidenceItem]) -> BodySet:
    return bodies.create_body(case=cast.case, items=items[:3], actor=files.ACTOR)


def _in(body: BodySet) -> list[str]:
    return [image.item.ern for image in bodies.images_of(body)]


def test_a_set_holds_its_images_in_their_order(cast: Cast, items: list[EvidenceItem]) -> None:
    before = ledger_size()
    made = bodies.create_body(
        case=cast.case, items=[items[2], items[0]], views={items[0].pk: View.CARD}, actor=files.ACTOR
    )
    assert made.code == "BS-0001"
    assert _in(made) == [items[2].ern, items[0].ern]
    assert [image.view for image in bodies.images_of(made)] == ["other", "card"]
    assert [entry.action for entry in entries_since(before)] == [Action.BODY_CREATED]


@pytest.mark.parametrize("category", ["unsorted", "security-forces", "incident"])
def test_only_images_sorted_as_of_a_detained_person_or_unclear_are_put_in_a_set(
    cast: Cast, tmp_path: Path, category: str
) -> None:
    items = files.take_in(cast.case, tmp_path / "in", count=1)
    if category != "unsorted":
        sort(cast, items, category)
    with pytest.raises(BodyError, match="Sort these first"):
        bodies.create_body(case=cast.case, items=items, actor=files.ACTOR)
    assert bodies.uncategorised(cast.case) == (category == "unsorted")


def test_no_image_is_in_two_sets_named_twice_or_from_another_case(
    cast: Cast, items: list[EvidenceItem], body: BodySet, tmp_path: Path
) -> None:
    for wrong, why in (([items[0]], "In another set"), ([items[3], items[3]], "named twice")):
        with pytest.raises(BodyError, match=why):
            bodies.create_body(case=cast.case, items=wrong, actor=files.ACTOR)
    foreign = files.take_in(cast.other_case, tmp_path / "other", count=1)
    with pytest.raises(BodyError, match="Not in this case"):
        bodies.create_body(case=cast.case, items=foreign, actor=files.ACTOR)
    assert BodySet.objects.count() == 1


def test_a_split_is_taken_back_exactly(cast: Cast, body: BodySet) -> None:
    before = _in(body)
    images = list(bodies.images_of(body))
    places = [image.position for image in images]
    new = bodies.move_images(source=body, images=images[:1], target=None, actor=files.ACTOR)
    assert (_in(new), _in(body)) == (before[:1], before[1:])
    bodies.undo(body=body, actor=files.ACTOR)
    assert _in(body) == before
    assert [image.position for image in bodies.images_of(body)] == places
    assert _in(new) == []
    new.refresh_from_db()
    assert (list(bodies.bodies_in(cast.case)), new.merged_into) == ([body], body)
    bodies.undo(body=new, actor=files.ACTOR)
    assert (_in(new), _in(body)) == (before[:1], before[1:])
    assert inspect(Inspection()).findings == ()


def test_a_merge_is_taken_back_exactly(cast: Cast, items: list[EvidenceItem], body: BodySet) -> None:
    other = bodies.create_body(case=cast.case, items=items[3:], actor=files.ACTOR)
    bodies.merge(source=other, target=body, actor=files.ACTOR)
    other.refresh_from_db()
    assert (other.merged_into, _in(other), len(_in(body))) == (body, [], 4)
    assert list(bodies.bodies_in(cast.case)) == [body]
    bodies.undo(body=other, actor=files.ACTOR)
    other.refresh_from_db()
    assert (other.merged_into, _in(other), len(_in(body))) == (None, [items[3].ern], 3)


def test_what_moved_on_since_is_not_taken_back(cast: Cast, items: list[EvidenceItem], body: BodySet) -> None:
    images = list(bodies.images_of(body))
    new = bodies.move_images(source=body, images=images[:2], target=None, actor=files.ACTOR)
    moved = list(bodies.images_of(new))
    third = bodies.create_body(case=cast.case, items=items[3:], actor=files.ACTOR)
    bodies.move_images(source=new, images=moved[:1], target=third, actor=files.ACTOR)
    with pytest.raises(BodyError, match="moved on since"):
        bodies.undo(body=body, actor=files.ACTOR)
    with pytest.raises(BodyError, match="nothing to take back"):
        bodies.undo(body=third, actor=files.ACTOR)


def test_a_split_leaves_something_and_takes_only_what_is_there(body: BodySet) -> None:
    images = list(bodies.images_of(body))
    with pytest.raises(BodyError, match="at least one"):
        bodies.move_images(source=body, images=images, target=None, actor=files.ACTOR)
    with pytest.raises(BodyError, match="in this set"):
        bodies.move_images(source=body, images=[], target=None, actor=files.ACTOR)
    bodies.move_images(source=body, images=images[:1], target=None, actor=files.ACTOR)
    with pytest.raises(BodyError, match="in this set"):
        bodies.move_images(source=body, images=images[:1], target=None, actor=files.ACTOR)
    with pytest.raises(BodyError, match="another set"):
        bodies.merge(source=body, target=body, actor=files.ACTOR)


def _read(body: BodySet, cast: Cast, who: str, raw: str, kind: NumberKind = NumberKind.DETAINEE) -> Any:
    account = getattr(cast, who)
    return readings.read_number(
        body=body, kind=kind, raw=raw, legibility=Legibility.CLEAR, account=account, actor=actor_of(account)
    )


def _standing(body: BodySet) -> tuple[Agreement | None, str]:
    found = next(each for each in readings.standing_of(body) if each.kind is NumberKind.DETAINEE)
    return found.agreement, found.value


def test_two_people_read_and_their_readings_are_compared(cast: Cast, body: BodySet) -> None:
    assert _standing(body) == (None, "")
    _read(body, cast, "investigator", "٠٤٨١")
    assert _standing(body) == (Agreement.ONE_READER, "0481")
    _read(body, cast, "lawyer", "481")
    assert _standing(body) == (Agreement.DIFFER, "")
    with pytest.raises(BodyError, match="Both readings stand"):
        _read(body, cast, "lawyer", "0481")
    with pytest.raises(BodyError, match="Two people"):
        _read(body, cast, "lead", "0481")
    second = next(each for each in body.readings.all() if each.reader == cast.lawyer)
    readings.set_aside(reading=second, actor=actor_of(cast.lead))
    _read(body, cast, "lead", "0481")
    assert _standing(body) == (Agreement.AGREED, "0481")
    assert inspect(Inspection()).findings == ()
    with pytest.raises(BodyError, match="no number"):
        _read(body, cast, "lead", "none", NumberKind.BRANCH)


def test_the_same_numbers_on_another_set_are_a_hint(cast: Cast, items: list[EvidenceItem], body: BodySet) -> None:
    other = bodies.create_body(case=cast.case, items=items[3:], actor=files.ACTOR)
    for each in (body, other):
        _read(each, cast, "investigator", "215", NumberKind.BRANCH)
    assert readings.same_numbers(body) == []
    for each in (body, other):
        _read(each, cast, "investigator", "481/ب")
    assert readings.same_numbers(body) == [other]
    _read(other, cast, "investigator", "227", NumberKind.BRANCH)
    assert readings.same_numbers(body) == []


def test_an_image_row_is_ended_and_never_lost(body: BodySet) -> None:
    images = list(bodies.images_of(body))
    bodies.move_images(source=body, images=images[:1], target=None, actor=files.ACTOR)
    bodies.undo(body=body, actor=files.ACTOR)
    assert BodyImage.objects.filter(item=images[0].item).count() == 3
    assert BodyImage.objects.filter(item=images[0].item, ended=None).count() == 1


def test_a_merged_set_takes_no_reading_and_no_set_is_empty(
    cast: Cast, items: list[EvidenceItem], body: BodySet
) -> None:
    other = bodies.create_body(case=cast.case, items=items[3:], actor=files.ACTOR)
    bodies.merge(source=other, target=body, actor=files.ACTOR)
    with pytest.raises(BodyError, match="was merged"):
        _read(other, cast, "lead", "481")
    with pytest.raises(BodyError, match="Name the images"):
        bodies.create_body(case=cast.case, items=[], actor=files.ACTOR)
