"""Placing many images at once in the sets that a list names: whole sets, in acts of some thousand rows."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, QuerySet

from custody import acts, clock
from custody.actions import Action
from custody.acts import Act
from custody.core.entries import Actor
from custody.models import Case
from evidence.descriptions import sort_items
from evidence.models import Category, ItemDescription
from testimony.bodies.sets import SORTED
from testimony.codes import next_codes
from testimony.models import BodyImage, BodySet, ImportedRow, TableKind, VictimPicture, View
from testimony.turns import take_turn


@dataclass(frozen=True, slots=True)
class Placed:
    """One image of a body, and the victim whom it is said to show. ``line``: where the list says so.

    ``category``: what it is sorted as now, None where somebody sorted it before.
    """

    line: int
    item: uuid.UUID
    view: View
    category: Category | None
    victim: uuid.UUID | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """A set by the mark of its reference in a list, and the images that join it, in their order."""

    mark: str
    images: tuple[Placed, ...]


def place(*, case: Case, sets: Sequence[Wanted], actor: Actor) -> tuple[list[BodySet], list[Placed]]:
    """Make the sets that are not there yet and place the images, in one act.

    The caller has looked that every image belongs to the case and may be in a set. One that somebody placed or sorted
    since is left as it is. Gives the sets that were made, and what was left.
    """
    with acts.act(actor=actor) as act:
        # Two tables at one moment would count the same codes, and place one image twice.
        take_turn(case)
        sets, left = _as_they_are_now(case, sets)
        now = clock.now()
        bodies, rows = _bodies(act, case, sets, now)
        images = list(_images(bodies, sets, now))
        act.save_many(images)
        placed = [one for wanted in sets for one in wanted.images]
        sort_items(act, case, {one.item: one.category for one in placed if one.category is not None})
        _link(act, case, placed, now)
        made = [row.body for row in rows if row.body is not None]
        act.record(
            Action.BODY_CREATED,
            streams=(f"case/{case.pk}",),
            subject={"case": str(case.pk), "bodies": str(len(made)), "images": str(len(images))},
            snapshots=[*made, *rows, *images],
        )
    return made, left


def _as_they_are_now(case: Case, sets: Sequence[Wanted]) -> tuple[list[Wanted], list[Placed]]:
    wanted = [one for each in sets for one in each.images]
    keys = [one.item for one in wanted]
    taken = set(_now_in(case).filter(item__in=keys).values_list("item_id", flat=True))
    known = ItemDescription.objects.select_for_update().filter(item__in=keys).exclude(category=Category.UNSORTED)
    sorted_as = dict(known.values_list("item_id", "category"))
    left = [one for one in wanted if one.item in taken or sorted_as.get(one.item, one.category or "") not in SORTED]
    gone = {one.item for one in left}
    return [
        Wanted(each.mark, tuple(_sorted(one, sorted_as) for one in each.images if one.item not in gone))
        for each in sets
    ], left


def _sorted(placed: Placed, sorted_as: Mapping[uuid.UUID, str]) -> Placed:
    """What somebody sorted is not sorted again."""
    return dataclasses.replace(placed, category=None) if placed.item in sorted_as else placed


def _now_in(case: Case) -> QuerySet[BodyImage]:
    return BodyImage.objects.filter(body__case=case, ended=None)


def _bodies(
    act: Act, case: Case, sets: Sequence[Wanted], now: datetime
) -> tuple[dict[str, BodySet], list[ImportedRow]]:
    """The set of each mark, and the rows of those that are made now."""
    marks = [wanted.mark for wanted in sets]
    standing = ImportedRow.objects.filter(case=case, kind=TableKind.BODY, mark__in=marks).select_related(
        "body__merged_into"
    )
    bodies = {row.mark: where_it_is(row.body) for row in standing if row.body is not None}
    new = [mark for mark in marks if mark not in bodies]
    made = [BodySet(case=case, code=code, created=now) for code in next_codes(BodySet, case, "BS", len(new))]
    rows = [
        ImportedRow(case=case, kind=TableKind.BODY, mark=mark, body=body, created=now)
        for mark, body in zip(new, made, strict=True)
    ]
    act.save_many(made)
    act.save_many(rows)
    return bodies | dict(zip(new, made, strict=True)), rows


def where_it_is(body: BodySet) -> BodySet:
    """The set into which this one was merged, and that one, and so on."""
    while body.merged_into is not None:
        body = body.merged_into
    return body


def _images(bodies: dict[str, BodySet], sets: Iterable[Wanted], now: datetime) -> Iterator[BodyImage]:
    counted = BodyImage.objects.filter(body__in=bodies.values()).values_list("body").annotate(Count("pk"))
    last = dict(counted.order_by())
    for wanted in sets:
        body = bodies[wanted.mark]
        for one in wanted.images:
            last[body.pk] = last.get(body.pk, 0) + 1
            yield BodyImage(body=body, item_id=one.item, view=one.view, position=last[body.pk], since=now)


def _link(act: Act, case: Case, placed: Sequence[Placed], now: datetime) -> None:
    """Link images to the victims whom they are said to show, each with an entry in its own history."""
    wanted = [(one.victim, one.item) for one in placed if one.victim is not None]
    victims = {victim for victim, _item in wanted}
    linked = VictimPicture.objects.filter(victim__in=victims)
    last = dict(linked.values_list("victim").annotate(Count("pk")).order_by())
    standing = set(linked.filter(ended=None).values_list("victim_id", "item_id"))
    pictures = []
    for victim, item in wanted:
        if (victim, item) not in standing:
            last[victim] = last.get(victim, 0) + 1
            pictures.append(VictimPicture(victim_id=victim, item_id=item, position=last[victim], since=now))
    act.save_many(pictures)
    for picture in pictures:
        act.record(
            Action.VICTIM_CHANGED,
            streams=(f"person/{picture.victim_id}", f"case/{case.pk}", f"item/{picture.item_id}"),
            subject={"victim": str(picture.victim_id), "case": str(case.pk), "item": str(picture.item_id)},
            snapshots=[picture],
        )
