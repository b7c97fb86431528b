"""The entries of a step: one in the history of each thing, or one for a large set, all in one act.

An entry holds ids and digests: `giver` and `receiver` by the names of their histories, the salted record of the
hand-over by its digest. Places, seal numbers and words stay in rows, which the entry binds by their snapshots.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from custody import acts, clock
from custody.actions import Action
from custody.core.entries import Actor
from custody.models.history import Recorded
from evidence.handovers.holders import giver_of, receiver_of
from evidence.handovers.objects import stream_of
from evidence.handovers.sets import FEW
from evidence.models import HandedObject, Handover, HandoverReceipt, ItemSet, SetMember

Thing = tuple[str, dict[str, str]]


def things_of(handover: Handover, pieces: Sequence[HandedObject]) -> Iterator[Thing]:
    """Stream and subject of each thing handed over: objects, then few items, or the set that stands for many."""
    for piece in pieces:
        found = {} if piece.differs is None else {"differs": "yes" if piece.differs else "no"}
        yield stream_of(piece.object), {"object": str(piece.object_id), **found}
    if handover.items is not None:
        yield from _items(handover.items)


def _items(items: ItemSet) -> Iterator[Thing]:
    named = {"manifest": items.manifest, "items": str(items.count)}
    if items.count > FEW:
        # The set is a thing of its own, known by its digest.
        yield f"item/{items.manifest}", named
        return
    for item in SetMember.objects.filter(set=items).order_by("item__ern").values_list("item_id", flat=True):
        yield f"item/{item}", {"item": str(item), **named}


def enter(
    act: acts.Act,
    action: Action,
    handover: Handover,
    pieces: Sequence[HandedObject],
    saved: Sequence[Recorded],
    *,
    receipt: HandoverReceipt | None = None,
) -> None:
    """Write a step down. The first entry binds the snapshots of all rows saved in it.

    ``receipt``: the record of a deciding step, which every entry of the step binds and allows to be signed.
    """
    about = {**_about(handover), **({"receipt": receipt.record_sha256} if receipt else {})}
    for place, (stream, thing) in enumerate(things_of(handover, pieces)):
        act.record(
            action,
            streams=_streams(stream, handover, act.actor),
            subject={**about, **thing},
            snapshots=saved if place == 0 else (),
            authority=f"form {handover.form.ern}" if handover.form else None,
            occurred=clock.stamp(handover.happened) if handover.happened else None,
        )


def _about(handover: Handover) -> Mapping[str, str]:
    about = {
        "handover": str(handover.pk),
        "case": str(handover.case_id),
        "giver": giver_of(handover).stream,
        "receiver": receiver_of(handover).stream,
        "record": handover.record_sha256,
    }
    if handover.returns_id:
        about["returns"] = str(handover.returns_id)
    if handover.form:
        about |= {"form": str(handover.form_id), "form_sha256": handover.form.sha256}
    if handover.comparison:
        about["comparison"] = handover.comparison
    return about


def _streams(stream: str, handover: Handover, actor: Actor) -> tuple[str, ...]:
    """The histories of the thing, the case, whoever acts, and the side that does not."""
    sides = [giver_of(handover).stream, receiver_of(handover).stream]
    other = next((side for side in reversed(sides) if side != f"user/{actor.id}"), sides[0])
    return tuple(dict.fromkeys((stream, f"case/{handover.case_id}", f"user/{actor.id}", other)))
