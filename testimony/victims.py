"""Victims of a case, and the pictures that are said to show them."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import QuerySet
from django.http import Http404

from custody import acts, clock
from custody.actions import Action
from custody.core.entries import Actor
from custody.models import Case
from evidence.admissions import items_in
from evidence.models import EvidenceItem
from testimony.codes import next_code
from testimony.core.errors import TestimonyError
from testimony.models import PicturesWish, Victim, VictimPicture
from testimony.turns import take_turn

__all__ = [
    "Victim",
    "create_victim",
    "find_items",
    "find_victim",
    "get_victim_for",
    "link_pictures",
    "pictures_of",
    "set_wish",
    "victims_of",
]


def create_victim(*, case: Case, actor: Actor, name_ar: str = "", name_latin: str = "", notes: str = "") -> Victim:
    """Open a victim file under the next code. Names are as alleged. Raises ValidationError."""
    with acts.act(actor=actor) as act:
        victim = Victim(
            case=case,
            code=next_code(Victim, case, "VF"),
            name_ar=name_ar,
            name_latin=name_latin,
            notes=notes,
            created=clock.now(),
        )
        act.save(victim)
        act.record(Action.VICTIM_CREATED, streams=_streams(victim), subject=_subject(victim), snapshots=[victim])
    return victim


def set_wish(*, victim: Victim, wish: PicturesWish, actor: Actor) -> None:
    """Record what the family wishes for the pictures."""
    victim.pictures_wish = wish
    with acts.act(actor=actor) as act:
        take_turn(victim.case)
        act.save(victim)
        act.record(Action.VICTIM_CHANGED, streams=_streams(victim), subject=_subject(victim), snapshots=[victim])


def link_pictures(*, victim: Victim, items: Sequence[EvidenceItem], actor: Actor) -> list[VictimPicture]:
    """Say that items show this victim; those already linked are left as they are.

    Raises TestimonyError for an item that the case does not admit.
    """
    admitted = set(items_in(victim.case).filter(pk__in=[item.pk for item in items]).values_list("pk", flat=True))
    foreign = [item.ern for item in items if item.pk not in admitted]
    if foreign:
        raise TestimonyError(f"not admitted to case {victim.case.code}: {', '.join(foreign)}")
    with acts.act(actor=actor) as act:
        take_turn(victim.case)
        linked = set(victim.pictures.filter(ended=None).values_list("item_id", flat=True))
        first, now = victim.pictures.count() + 1, clock.now()
        new = [item for item in items if item.pk not in linked]
        pictures = [
            VictimPicture(victim=victim, item=item, position=first + place, since=now) for place, item in enumerate(new)
        ]
        act.save_many(pictures)
        for picture in pictures:
            act.record(
                Action.VICTIM_CHANGED,
                streams=(*_streams(victim), f"item/{picture.item_id}"),
                subject={**_subject(victim), "item": str(picture.item_id)},
                snapshots=[picture],
            )
    return pictures


def find_items(case: Case, numbers: Sequence[str]) -> tuple[list[EvidenceItem], list[str]]:
    """Items of a case by their evidence numbers, in the order given, and the numbers that are not in the case."""
    found = {item.ern: item for item in items_in(case).filter(ern__in=numbers)}
    wanted = list(dict.fromkeys(numbers))
    return [found[number] for number in wanted if number in found], [one for one in wanted if one not in found]


def victims_of(case: Case) -> QuerySet[Victim]:
    """The victims of a case in order of their codes."""
    return Victim.objects.filter(case=case).order_by("code")


def find_victim(case: Case, code: str) -> Victim | None:
    """The victim with this code in a case: for commands at the console."""
    return victims_of(case).filter(code=code).first()


def get_victim_for(case: Case, code: str) -> Victim:
    """The victim with this code, for somebody whom `get_case_for` let into the case; else Http404."""
    victim = find_victim(case, code)
    if victim is None:
        raise Http404
    return victim


def pictures_of(victim: Victim) -> list[EvidenceItem]:
    """The items that are said to show a victim and that the case admits now, in their order."""
    linked = victim.pictures.filter(ended=None, item__in=items_in(victim.case)).order_by("position")
    return [picture.item for picture in linked.select_related("item__collection__source")]


def _streams(victim: Victim) -> tuple[str, ...]:
    return (f"person/{victim.pk}", f"case/{victim.case_id}")


def _subject(victim: Victim) -> dict[str, str]:
    return {"victim": str(victim.pk), "case": str(victim.case_id)}
