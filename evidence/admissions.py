"""Which collections and items a case admits."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from custody import acts, clock
from custody.actions import Action
from custody.core.entries import Actor
from custody.models import Case
from evidence.models import Admission, Collection, EvidenceItem


def admit_collection(*, case: Case, collection: Collection, actor: Actor) -> Admission:
    """Let a case work with everything in a collection; returns the admission that holds already, if any."""
    with acts.act(actor=actor) as act:
        # A disposal out of it that is under way ends first, or finds this admission; so does whoever admits it, too.
        Collection.objects.select_for_update(no_key=True).get(pk=collection.pk)
        standing = Admission.objects.filter(case=case, collection=collection, ended=None).first()
        if standing:
            return standing
        admission = Admission(case=case, collection=collection, since=clock.now())
        act.save(admission)
        act.record(
            Action.COLLECTION_ADMITTED,
            streams=(f"case/{case.pk}", f"collection/{collection.pk}"),
            subject={"case": str(case.pk), "collection": str(collection.pk)},
            snapshots=[admission],
        )
    return admission


def admit_item(*, case: Case, item: EvidenceItem, actor: Actor) -> Admission:
    """Let a case work with one item of a collection that it does not admit as a whole."""
    with acts.act(actor=actor) as act:
        # As above.
        EvidenceItem.objects.select_for_update(no_key=True).get(pk=item.pk)
        standing = Admission.objects.filter(case=case, item=item, ended=None).first()
        if standing:
            return standing
        admission = Admission(case=case, item=item, since=clock.now())
        act.save(admission)
        act.record(
            Action.ITEM_ADMITTED,
            streams=(f"case/{case.pk}", f"item/{item.pk}"),
            subject={"case": str(case.pk), "item": str(item.pk)},
            snapshots=[admission],
        )
    return admission


def items_in(case: Case) -> QuerySet[EvidenceItem]:
    """The items that a case admits now, by collection or one by one, in order of their numbers.

    What another case took into a shared collection after this one was closed is none of it, until it is reopened.
    """
    admitted = Admission.objects.filter(case=case, ended=None)
    collected = Q(collection__in=admitted.filter(item=None).values("collection"))
    if case.closed is not None:
        # Its own are never in question, also where a clock was put back between the intake and the closing.
        collected &= Q(received_at__lte=case.closed) | Q(batch__case=case)
    return EvidenceItem.objects.filter(collected | Q(pk__in=admitted.filter(collection=None).values("item"))).order_by(
        "ern"
    )


def item_anywhere(ern: str) -> EvidenceItem | None:
    """The item of this number whatever case admits it: to name it in a refusal, never to show it."""
    return EvidenceItem.objects.filter(ern=ern).first()


def cases_of(item: EvidenceItem) -> QuerySet[Case]:
    """The cases that admit an item now."""
    admitted = Admission.objects.filter(Q(item=item) | Q(collection=item.collection_id), ended=None)
    return Case.objects.filter(pk__in=admitted.values("case"))
