"""Body sets: made of images of one case, split and merged, each step undone by a step of its own."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext

from custody import acts, clock
from custody.actions import Action
from custody.core.entries import Actor
from custody.models import Case
from evidence.admissions import items_in
from evidence.models import Category, EvidenceItem, ItemDescription
from testimony.codes import next_code
from testimony.core.errors import BodyError
from testimony.models import BodyImage, BodySet, Tally, View
from testimony.turns import take_turn

__all__ = [
    "BodySet",
    "Counted",
    "add_images",
    "bodies_in",
    "create_body",
    "find_body",
    "images_of",
    "last_move",
    "merge",
    "move_images",
    "record_tally",
    "set_view",
    "tallies_in",
    "uncategorised",
    "undo",
]

# As what an image has to be sorted to be in a set.
SORTED: Final = (Category.DETAINEE, Category.UNCLEAR)


@dataclass(frozen=True, kw_only=True)
class Counted:
    """A number with all that makes it one that can be argued with."""

    what: str
    value: int
    source: str
    counted_on: datetime.date
    method: str


def create_body(
    *, case: Case, items: Sequence[EvidenceItem], actor: Actor, views: Mapping[uuid.UUID, View] | None = None
) -> BodySet:
    """Make a set of images, in this order. Raises BodyError for what the case does not hold or nobody has sorted."""
    if not items:
        raise BodyError(gettext("Name the images of the set."))
    with acts.act(actor=actor) as act:
        take_turn(case)
        _check_items(case, items)
        body = BodySet(case=case, code=next_code(BodySet, case, "BS"), created=clock.now())
        act.save(body)
        images = _placed(body, items, views or {})
        act.save_many(images)
        act.record(
            Action.BODY_CREATED,
            streams=_streams(body),
            subject={**_subject(body), "images": str(len(images))},
            snapshots=[body, *images],
        )
    return body


def add_images(*, body: BodySet, items: Sequence[EvidenceItem], actor: Actor) -> None:
    """Put images that are in no set of the case into this one, behind its last. Raises BodyError as ``create_body``."""
    if not items:
        raise BodyError(gettext("Name the images of the set."))
    with acts.act(actor=actor) as act:
        take_turn(body.case)
        body.refresh_from_db()
        if body.merged_into_id is not None:
            raise BodyError(gettext("Choose another set of this case that stands."))
        _check_items(body.case, items)
        images = _placed(body, items, {}, after=BodyImage.objects.filter(body=body).count())
        act.save_many(images)
        act.record(
            Action.BODY_CHANGED,
            streams=_streams(body),
            subject={**_subject(body), "images": str(len(images))},
            snapshots=images,
        )


def _placed(
    body: BodySet, items: Sequence[EvidenceItem], views: Mapping[uuid.UUID, View], *, after: int = 0
) -> list[BodyImage]:
    now = clock.now()
    return [
        BodyImage(body=body, item=item, view=views.get(item.pk, View.OTHER), position=place, since=now)
        for place, item in enumerate(items, start=after + 1)
    ]


def _check_items(case: Case, items: Sequence[EvidenceItem]) -> None:
    """Every image is in the case, sorted as one of a detained person or as unclear, and in no other set."""
    wanted = {item.pk: item.ern for item in items}
    if len(wanted) != len(items):
        raise BodyError(gettext("An image is named twice."))
    for part in _parts(list(wanted)):
        held = set(items_in(case).filter(pk__in=part).values_list("pk", flat=True))
        _refuse(part, held, wanted, gettext("Not in this case: %(numbers)s"))
        fit = ItemDescription.objects.filter(item__in=part, category__in=SORTED)
        sorted_out = set(fit.values_list("item_id", flat=True))
        words = gettext("Sort these first, as of a detained person or as unclear: %(numbers)s")
        _refuse(part, sorted_out, wanted, words)
        taken = BodyImage.objects.filter(item__in=part, ended=None, body__case=case)
        free = set(part) - set(taken.values_list("item_id", flat=True))
        _refuse(part, free, wanted, gettext("In another set already: %(numbers)s"))


def _parts(keys: list[uuid.UUID]) -> Iterator[list[uuid.UUID]]:
    for start in range(0, len(keys), 500):
        yield keys[start : start + 500]


def _refuse(part: list[uuid.UUID], good: set[uuid.UUID], names: Mapping[uuid.UUID, str], words: str) -> None:
    bad = [names[key] for key in part if key not in good]
    if bad:
        shown = ", ".join(bad[:10]) + (" …" if len(bad) > 10 else "")
        raise BodyError(words % {"numbers": shown})


def move_images(*, source: BodySet, images: Sequence[BodyImage], target: BodySet | None, actor: Actor) -> BodySet:
    """Move images to another set of the case, or split them off into a new one; gives the set they are in now.

    Raises BodyError when an image is not in the set any more, or for a set of another case.
    """
    with acts.act(actor=actor) as act:
        _take_turn(source, target)
        current = {image.pk: image for image in images_of(source)}
        _check_move(source, images, current, target)
        new = target or BodySet(case=source.case, code=next_code(BodySet, source.case, "BS"), created=clock.now())
        if target is None:
            act.save(new)
        rows = _move(act, [current[image.pk] for image in images], new)
        act.record(
            Action.BODY_SPLIT,
            streams=(*_streams(source), f"person/{new.pk}")[:4],
            subject={**_subject(source), "target": str(new.pk), "images": str(len(images))},
            snapshots=[*([] if target else [new]), *rows],
        )
    return new


def _take_turn(*sets: BodySet | None) -> None:
    """Nobody else changes sets of the case from here to the end of the act, and these are as they are now."""
    for body in sets:
        if body is not None:
            take_turn(body.case)
            body.refresh_from_db()


def _check_move(
    source: BodySet, images: Sequence[BodyImage], current: Mapping[uuid.UUID, BodyImage], target: BodySet | None
) -> None:
    if not images or any(image.pk not in current for image in images):
        raise BodyError(gettext("Choose images that are in this set now."))
    if target is None and len(images) == len(current):
        raise BodyError(gettext("A split leaves at least one image where it was."))
    if target is not None and (target.case_id != source.case_id or target.merged_into_id or target == source):
        raise BodyError(gettext("Choose another set of this case that stands."))


def merge(*, source: BodySet, target: BodySet, actor: Actor) -> None:
    """Say that two sets show one body: all images of the first move to the second. Raises BodyError."""
    with acts.act(actor=actor) as act:
        _take_turn(source, target)
        if source == target or source.case_id != target.case_id or source.merged_into_id or target.merged_into_id:
            raise BodyError(gettext("Choose another set of this case that stands."))
        rows = _move(act, list(images_of(source)), target)
        source.merged_into = target
        act.save(source)
        act.record(
            Action.BODY_MERGED,
            streams=(*_streams(source), f"person/{target.pk}")[:4],
            subject={**_subject(source), "target": str(target.pk), "images": str(len(rows) // 2)},
            snapshots=[source, *rows],
        )


def _move(
    act: acts.Act, images: Sequence[BodyImage], target: BodySet, places: Mapping[uuid.UUID, int] | None = None
) -> list[BodyImage]:
    """End the rows and make new ones in the target: behind all that ever were there, or at these places of items."""
    now = clock.now()
    first = BodyImage.objects.filter(body=target).count() + 1
    rows = []
    for place, image in enumerate(images, start=first):
        image.ended = now
        act.save(image)
        position = places[image.item_id] if places else place
        moved = BodyImage(body=target, item=image.item, view=image.view, position=position, since=now)
        act.save(moved)
        rows += [image, moved]
    return rows


@dataclass(frozen=True)
class Move:
    """The last split or merge of a set: which images went where, in one moment, and at which places they were."""

    source: BodySet
    target: BodySet
    images: tuple[BodyImage, ...]
    places: Mapping[uuid.UUID, int]


def last_move(body: BodySet) -> Move | None:
    """The last time images left this set, as far as they are all still where they went; None otherwise."""
    newest = BodyImage.objects.filter(body=body).exclude(ended=None).order_by("-ended").first()
    if newest is None or newest.ended is None:
        return None
    places = dict(BodyImage.objects.filter(body=body, ended=newest.ended).values_list("item_id", "position"))
    now = BodyImage.objects.filter(since=newest.ended, item__in=places, ended=None, body__case=body.case)
    images = tuple(now.select_related("body", "item").order_by("position"))
    targets = {image.body for image in images}
    if len(targets) != 1 or len(images) != len(places):
        return None
    return Move(body, targets.pop(), images, places)


def undo(*, body: BodySet, actor: Actor) -> None:
    """Take back the last split or merge of a set: the images return to their places.

    A set that was split off and has nothing left goes back with them: it stands no longer, and has become a part of the
    one it came from. Raises BodyError when something changed since.
    """
    with acts.act(actor=actor) as act:
        _take_turn(body)
        move = last_move(body)
        if move is None or (body.merged_into is not None and body.merged_into != move.target):
            raise BodyError(gettext("There is nothing to take back, or an image has moved on since."))
        rows: list[BodyImage | BodySet] = [*_move(act, move.images, body, move.places)]
        if body.merged_into_id:
            body.merged_into = None
            act.save(body)
            rows.append(body)
        elif not move.target.images.filter(ended=None).exists():
            move.target.merged_into = body
            act.save(move.target)
            rows.append(move.target)
        act.record(
            Action.BODY_UNDONE,
            streams=(*_streams(body), f"person/{move.target.pk}")[:4],
            subject={**_subject(body), "target": str(move.target.pk), "images": str(len(move.images))},
            snapshots=rows,
        )


def set_view(*, image: BodyImage, view: View, actor: Actor) -> None:
    """Say what an image shows. Raises BodyError for one that has left the set."""
    with acts.act(actor=actor) as act:
        take_turn(image.body.case)
        image.refresh_from_db()
        if image.ended is not None:
            raise BodyError(gettext("Choose images that are in this set now."))
        image.view = view
        act.save(image)
        act.record(
            Action.BODY_CHANGED,
            streams=_streams(image.body),
            subject={**_subject(image.body), "item": str(image.item_id)},
            snapshots=[image],
        )


def record_tally(*, case: Case, counted: Counted, actor: Actor) -> Tally:
    """Record a number with its source, date and method. Raises ValidationError."""
    tally = Tally(
        case=case,
        what=counted.what,
        value=counted.value,
        source=counted.source,
        counted_on=counted.counted_on,
        method=counted.method,
        created=clock.now(),
    )
    with acts.act(actor=actor) as act:
        act.save(tally)
        act.record(
            Action.TALLY_RECORDED,
            streams=(f"case/{case.pk}",),
            subject={"case": str(case.pk), "tally": str(tally.pk)},
            snapshots=[tally],
        )
    return tally


def tallies_in(case: Case) -> QuerySet[Tally]:
    """What was counted, by whom, when and how."""
    return Tally.objects.filter(case=case).order_by("what", "counted_on")


def bodies_in(case: Case) -> QuerySet[BodySet]:
    """The sets of a case that stand, with `shown`, the number of their images, in order of their codes."""
    rows = BodySet.objects.filter(case=case, merged_into=None)
    return rows.annotate(shown=Count("images", filter=Q(images__ended=None))).order_by("code")


def find_body(case: Case, code: str) -> BodySet | None:
    """The set with this code in a case, also one that was merged."""
    return BodySet.objects.filter(case=case, code=code).select_related("merged_into", "case").first()


def images_of(body: BodySet) -> QuerySet[BodyImage]:
    """The images of a set that the case admits now, in their order."""
    rows = BodyImage.objects.filter(body=body, ended=None, item__in=items_in(body.case))
    return rows.select_related("item__collection__source").order_by("position")


def uncategorised(case: Case) -> int:
    """How many images of a case nobody has sorted: none of them can be put in a set."""
    done = ItemDescription.objects.exclude(category=Category.UNSORTED).values("item")
    return items_in(case).exclude(pk__in=done).count()


def _streams(body: BodySet) -> tuple[str, ...]:
    """A body is somebody, whoever it was: its history is one of a person."""
    return (f"person/{body.pk}", f"case/{body.case_id}")


def _subject(body: BodySet) -> dict[str, str]:
    return {"body": str(body.pk), "case": str(body.case_id)}
