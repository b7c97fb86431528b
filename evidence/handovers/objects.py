"""Physical objects: noted down with a number of their own, and described anew where something was wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.db.models import Max, QuerySet

from custody import acts, clock
from custody.actions import Action
from custody.cases import Role
from custody.core.entries import Actor
from custody.models import Case
from evidence.access import Asker
from evidence.core.object_numbers import object_number
from evidence.handovers.holders import Holder
from evidence.handovers.refusing import HandoverRefused, Refused, refusals
from evidence.models import Admission, Collection, PhysicalObject

MAY_REGISTER: Final = frozenset({Role.LEAD, Role.INVESTIGATOR})
DESCRIBING: Final = ("medium", "description", "make", "serial", "seal", "kept_at")


@dataclass(frozen=True, kw_only=True)
class Registration:
    """What is noted down of a new object; `words` holds columns of `PhysicalObject` that describe it."""

    collection: Collection
    holder: Holder
    words: Mapping[str, str]


def collections_of(case: Case) -> QuerySet[Collection]:
    """The collections that a case admits as a whole: an object is one of those from which their bytes came."""
    admitted = Admission.objects.filter(case=case, item=None, ended=None).values("collection")
    return Collection.objects.filter(pk__in=admitted).order_by("code")


def stream_of(thing: PhysicalObject) -> str:
    """The history of a physical object. It is evidence like an item of bytes, and its history is one of an item."""
    return f"item/{thing.pk}"


def register_object(*, asker: Asker, registration: Registration) -> PhysicalObject:
    """Note an object down: its number, its description, and who holds it as of now.

    Raises ValidationError; HandoverRefused, recorded, for whoever may not, or for a collection of another case.
    """
    with refusals(asker), acts.act(actor=asker.actor, purpose=asker.purpose_code) as act:
        _may_register(asker)
        collection = Collection.objects.select_for_update(no_key=True).get(pk=registration.collection.pk)
        if not collections_of(asker.case).filter(pk=collection.pk).exists():
            raise HandoverRefused(Refused.NOT_IN_CASE)
        last = PhysicalObject.objects.filter(collection=collection).aggregate(last=Max("ordinal"))["last"] or 0
        thing = PhysicalObject(
            case=asker.case,
            collection=collection,
            ordinal=last + 1,
            number=object_number(collection.code, last + 1),
            first_account=registration.holder.account,
            first_party=registration.holder.party,
            registered=clock.now(),
            **_described(registration.words),
        )
        act.save(thing)
        _enter(act, Action.OBJECT_REGISTERED, thing, {"holder": registration.holder.stream})
    return thing


def change_object(*, asker: Asker, thing: PhysicalObject, words: Mapping[str, str]) -> PhysicalObject:
    """Describe an object anew; every version is kept. Number, collection and first holder stay.

    Raises ValidationError; HandoverRefused, recorded, for whoever may not.
    """
    with refusals(asker), acts.act(actor=asker.actor, purpose=asker.purpose_code) as act:
        _may_register(asker)
        current = PhysicalObject.objects.select_for_update().filter(pk=thing.pk, case=asker.case).first()
        if current is None:
            raise HandoverRefused(Refused.NOT_IN_CASE)
        for name, value in _described(words).items():
            setattr(current, name, value)
        act.save(current)
        _enter(act, Action.OBJECT_CHANGED, current, {})
    return current


def _may_register(asker: Asker) -> None:
    if asker.role not in MAY_REGISTER:
        raise HandoverRefused(Refused.MAY_NOT_PROPOSE)


def _described(words: Mapping[str, str]) -> dict[str, str]:
    return {name: words[name] for name in DESCRIBING if name in words}


def _enter(act: acts.Act, action: Action, thing: PhysicalObject, more: Mapping[str, str]) -> None:
    act.record(
        action,
        streams=(stream_of(thing), f"collection/{thing.collection_id}", f"case/{thing.case_id}", *_user(act.actor)),
        subject={
            "object": str(thing.pk),
            "collection": str(thing.collection_id),
            "case": str(thing.case_id),
            **more,
        },
        snapshots=[thing],
    )


def _user(actor: Actor) -> tuple[str, ...]:
    return () if actor.id == "operator" else (f"user/{actor.id}",)
