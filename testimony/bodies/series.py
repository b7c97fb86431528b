"""What lies beside the images of a body set, in the archive, in the numbers of the names and in time. Hints only."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from django.db.models import QuerySet

from evidence.admissions import items_in
from evidence.core import numbers
from evidence.models import EvidenceItem, Examination
from testimony.bodies.resembling import NO_BODIES, Resemblance, bodies_of, dismissed_between
from testimony.core.sequences import SECONDS, Clue, holds_number, lies_between, seconds_apart, series_number
from testimony.models import BodyImage, BodySet

__all__ = ["beside", "joined"]

# How far from an image of the set the archive is searched, and for how many images of it.
_AROUND: Final = 8
_MOST_IMAGES: Final = 60
# What puts an image that is in another set beside this one; the others are too weak against somebody's decision.
_STRONG: Final = {Clue.NAME, Clue.PLACE}


@dataclass(frozen=True)
class _Taken:
    """An image with what its file claims: when, and by which camera."""

    item: EvidenceItem
    place: tuple[str, int]
    time: str
    camera: tuple[str, str]

    @property
    def name(self) -> str:
        return str(self.item.name.display)


def beside(body: BodySet, read: Iterable[str]) -> list[Resemblance]:
    """Images outside a set that its series speaks for, in order of their numbers.

    ``read``: the numbers read on the set, for comparing; leave out what the reader may not see.
    """
    placed = BodyImage.objects.filter(body=body, ended=None, item__in=items_in(body.case)).order_by("position")
    own_keys = list(placed.values_list("item", flat=True)[:_MOST_IMAGES])
    own = _taken(items_in(body.case).filter(pk__in=own_keys))
    near = [each for each in _around(body, own) if each.item.pk not in set(_all(body))]
    sets = bodies_of(body.case, [each.item.pk for each in near])
    settled = _settled(body, [each.item.pk for each in near])
    known = list(read)
    found = []
    for each in near:
        clues = _clues(each, own, known)
        if each.item.pk in sets:
            clues = tuple(clue for clue in clues if clue in _STRONG)
        if clues and each.item.pk not in settled:
            found.append(
                Resemblance(
                    first=_nearest(each, own).item,
                    second=each.item,
                    first_body=body,
                    second_body=sets.get(each.item.pk),
                    clues=clues,
                )
            )
    return found


def joined(alike: Sequence[Resemblance], series: Sequence[Resemblance]) -> list[Resemblance]:
    """Both kinds of hints of one set, a pair once: whoever looks alike gets the clues of the series beside it."""
    clues = {each.second.pk: each.clues for each in series}
    seen = {each.second.pk for each in alike}
    return [replace(each, clues=clues.get(each.second.pk, ())) for each in alike] + [
        each for each in series if each.second.pk not in seen
    ]


def _all(body: BodySet) -> list[uuid.UUID]:
    return list(BodyImage.objects.filter(body=body, ended=None).values_list("item", flat=True))


def _around(body: BodySet, own: Sequence[_Taken]) -> list[_Taken]:
    wanted = {
        numbers.ern(code, number + step)
        for code, number in (each.place for each in own)
        for step in range(-_AROUND, _AROUND + 1)
        if 1 <= number + step <= numbers.HIGHEST
    }
    near = items_in(body.case).filter(ern__in=wanted, tombstone=None)
    return _taken(near.exclude(description__category__in=NO_BODIES))


def _taken(items: QuerySet[EvidenceItem]) -> list[_Taken]:
    rows = list(items.select_related("name", "description"))
    claims = dict(
        Examination.objects.filter(item__in=rows).order_by("examined_at").values_list("item", "claims"),
    )
    found = []
    for item in rows:
        said = claims.get(item.pk) or {}
        camera = (said.get("exif.Make", ""), said.get("exif.Model", ""))
        found.append(_Taken(item, numbers.parse(item.ern), said.get("capture.time", ""), camera))
    return found


def _settled(body: BodySet, near: Sequence[uuid.UUID]) -> set[uuid.UUID]:
    """The images about which somebody decided that they show another body than one of the set."""
    inside = _all(body)
    rows = dismissed_between(body.case, inside, near)
    return {key for row in rows for key in (row.first_id, row.second_id)} - set(inside)


def _clues(each: _Taken, own: Sequence[_Taken], read: Sequence[str]) -> tuple[Clue, ...]:
    found = []
    if _name_between(each, own):
        found.append(Clue.NAME)
    code, number = each.place
    if lies_between(number, [place for other, place in (one.place for one in own) if other == code]):
        found.append(Clue.PLACE)
    if any(_same_minute(each, one) for one in own):
        found.append(Clue.TIME)
    if holds_number(each.name, read):
        found.append(Clue.NUMBER)
    return tuple(found)


def _name_between(each: _Taken, own: Sequence[_Taken]) -> bool:
    mine = series_number(each.name)
    if mine is None:
        return False
    theirs = [series_number(one.name) for one in own]
    same = [one.number for one in theirs if one and (one.stem, one.ending) == (mine.stem, mine.ending)]
    return lies_between(mine.number, same)


def _same_minute(each: _Taken, one: _Taken) -> bool:
    apart = seconds_apart(each.time, one.time) if each.camera == one.camera else None
    return apart is not None and apart <= SECONDS


def _nearest(each: _Taken, own: Sequence[_Taken]) -> _Taken:
    """The image of the set whose number is nearest, in the same collection where there is one."""
    return min(own, key=lambda one: (one.place[0] != each.place[0], abs(one.place[1] - each.place[1]), one.place))
