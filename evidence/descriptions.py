"""What people say about an item: title, caption, category, marking, privilege."""

from __future__ import annotations

from collections.abc import Mapping

from custody import acts
from custody.actions import Action
from custody.core.entries import Actor
from custody.models import Case
from evidence.models import EvidenceItem, ItemDescription


def describe_item(*, item: EvidenceItem, case: Case, actor: Actor, words: Mapping[str, str | bool]) -> ItemDescription:
    """Describe an item, or describe it anew; `words` holds columns of `ItemDescription`, the others stay as they are.

    The case is the one in whose work it was described. Raises ValidationError.
    """
    with acts.act(actor=actor) as act:
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
