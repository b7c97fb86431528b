"""What people say about an item: title, caption, category, marking, privilege."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from custody import acts
from custody.actions import Action
from custody.acts import Act
from custody.core.entries import Actor
from custody.models import Case
from evidence.models import Category, EvidenceItem, ItemDescription


def describe_item(*, item: EvidenceItem, case: Case, actor: Actor, words: Mapping[str, str | bool]) -> ItemDescription:
    """Describe an item, or describe it anew; `words` holds columns of `ItemDescription`, the others stay as they are.

    The case is the one in whose work it was described. Raises ValidationError.
    """
    with acts.act(actor=actor) as act:
        # A release of the case that is under way ends first, or sees it; so does whoever describes the same item.
        Case.objects.select_for_update(no_key=True).get(pk=case.pk)
        EvidenceItem.objects.select_for_update(no_key=True).get(pk=item.pk)
        description = ItemDescription.objects.filter(item=item).first() or ItemDescription(item=item)
        for name, value in words.items():
            setattr(description, name, value)
        act.save(description)
        act.record(
            Action.ITEM_DESCRIBED,
            streams=(f"item/{item.pk}", f"case/{case.pk}"),
            subject={"item": str(item.pk), "case": str(case.pk)},
            snapshots=[description],
        )
    return description


def sort_items(act: Act, case: Case, categories: Mapping[uuid.UUID, Category]) -> None:
    """Within an act, say of many items what they are of, each with an entry of its own; their other words stay."""
    known = {one.item_id: one for one in ItemDescription.objects.filter(item__in=categories)}
    new = []
    for item, category in categories.items():
        description = known.setdefault(item, ItemDescription(item_id=item))
        description.category = category
        if description._state.adding:  # noqa: SLF001  the framework's way to ask whether a row is there yet
            new.append(description)
        else:
            act.save(description)
    act.save_many(new)
    for item in categories:
        act.record(
            Action.ITEM_DESCRIBED,
            streams=(f"item/{item}", f"case/{case.pk}"),
            subject={"item": str(item), "case": str(case.pk)},
            snapshots=[known[item]],
        )
