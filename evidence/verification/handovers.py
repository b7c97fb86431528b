"""Hand-overs: each row against the entries of its steps, each entry against its row, sets and objects likewise."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from custody import data, ledger
from custody.actions import Action
from custody.core import canonical
from custody.core.canonical import JsonValue
from custody.core.entries import Entry
from custody.core.errors import CustodyError
from custody.verification import Inspection
from evidence.core.errors import VaultError
from evidence.core.manifests import manifest_digest
from evidence.handovers.deciding import found_otherwise, wants_form
from evidence.handovers.entering import things_of
from evidence.handovers.holders import first_holder_of, giver_of, receiver_of
from evidence.handovers.reading import STEPS, pieces_of
from evidence.handovers.records import content_of
from evidence.handovers.sets import FEW, manifest_of
from evidence.models import MOVED, HandedObject, Handover, HandoverState, ItemSet, PhysicalObject
from evidence.vault.store import Vault

_BY_THE_OTHER_SIDE: Final = frozenset({*MOVED, HandoverState.DECLINED})


def check_handovers(inspection: Inspection) -> None:
    """(1) Every hand-over was proposed, and decided, as its entries say: by whom, about which things, with what result.

    (2) Nobody decided on their own proposal; an account that receives decided itself; a side outside signed a form.
    (3) The record is the one that the last step's entries bind, and the rows say what it says.
    (4) Every entry of a hand-over has its row. (5) Each set has the items that its name stands for, and its manifest.
    (6) Every physical object was registered as an entry says, and every such entry has its row.
    It cannot tell whether people spoke the truth about what they found.
    """
    told = _told()
    for handover in Handover.objects.select_related("items", "form").order_by("case", "number"):
        inspection.counts["handovers"] += 1
        _check(inspection, handover, told.pop(str(handover.pk), []))
    for key, entries in told.items():
        inspection.bad("handover", f"hand-over {key}", f"entry {entries[0].seq} tells of it; its row is gone")
    _check_sets(inspection)
    _check_objects(inspection)


def _entries(action: Action) -> Iterator[Entry]:
    for stored in ledger.entries_with(action):
        try:
            yield ledger.entry_of(stored)
        except CustodyError:
            # The walk over the ledger reports it.
            continue


def _told() -> dict[str, list[Entry]]:
    """The entries of each hand-over, in order."""
    found: dict[str, list[Entry]] = {}
    for entry in sorted((entry for action in STEPS for entry in _entries(action)), key=lambda entry: entry.seq):
        found.setdefault(entry.subject.get("handover", ""), []).append(entry)
    return found


def _check(inspection: Inspection, handover: Handover, entries: Sequence[Entry]) -> None:
    subject = f"hand-over {handover.pk}"
    steps = [list(step) for _act, step in groupby(entries, key=lambda entry: entry.act)]
    if not steps or steps[0][0].action != Action.HANDOVER_PROPOSED:
        inspection.bad("handover", subject, "no entry of the ledger says that it was proposed")
        return
    pieces = pieces_of(handover)
    for wrong in (
        *_wrong_steps(handover, steps),
        *_wrong_people(handover, steps),
        *_wrong_things(handover, pieces, steps),
        *_wrong_record(handover, pieces, steps[-1][0]),
        *_wrong_findings(handover, pieces),
    ):
        inspection.bad("handover", subject, wrong)


def _decision_meant(handover: Handover) -> Action | None:
    """The verb of the entry that brought the row into its state."""
    taken = Action.HANDOVER_RETURNED if handover.returns_id else Action.HANDOVER_ACCEPTED
    meant: dict[str, Action | None] = {
        HandoverState.PROPOSED: None,
        HandoverState.ACCEPTED: taken,
        HandoverState.RETURNED: taken,
        HandoverState.DECLINED: Action.HANDOVER_DECLINED,
        HandoverState.WITHDRAWN: Action.HANDOVER_WITHDRAWN,
    }
    return meant[handover.state]


def _wrong_steps(handover: Handover, steps: Sequence[Sequence[Entry]]) -> Iterator[str]:
    said = [step[0].action for step in steps[1:]]
    meant = _decision_meant(handover)
    if said != ([meant] if meant else []):
        yield f"its row says {handover.state}; its entries say {', '.join(said) or 'that it was only proposed'}"
    came_back = Handover.objects.filter(returns=handover, state__in=MOVED).exists()
    if came_back != (handover.state == HandoverState.RETURNED):
        yield "whether it was returned differs between its row and the hand-over that returns it"
    for entry in (step[0] for step in steps):
        about = {
            "case": str(handover.case_id),
            "giver": giver_of(handover).stream,
            "receiver": receiver_of(handover).stream,
            "returns": str(handover.returns_id) if handover.returns_id else None,
        }
        differing = ", ".join(name for name, kept in about.items() if entry.subject.get(name) != kept)
        if differing:
            yield f"its row says otherwise than entry {entry.seq}: {differing}"


def _wrong_people(handover: Handover, steps: Sequence[Sequence[Entry]]) -> Iterator[str]:
    proposal, decision = steps[0][0], steps[1][0] if len(steps) > 1 else None
    if proposal.actor.id != str(handover.proposed_by_id):
        yield f"its row names another proposer than entry {proposal.seq}"
    if decision is not None and decision.actor.id != str(handover.decided_by_id):
        yield f"its row names another decider than entry {decision.seq}"
    if handover.state in _BY_THE_OTHER_SIDE:
        if handover.decided_by_id == handover.proposed_by_id or (decision and decision.actor.id == proposal.actor.id):
            yield "it was decided by whoever proposed it"
        if handover.receiver_account_id and handover.receiver_account_id != handover.decided_by_id:
            yield "it was decided by somebody other than the receiver"
    if handover.state in MOVED and wants_form(handover) and handover.form_id is None:
        yield "a side outside took part, and no signed form is named"


def _wrong_things(
    handover: Handover, pieces: Sequence[HandedObject], steps: Sequence[Sequence[Entry]]
) -> Iterator[str]:
    kept = {stream for stream, _about in things_of(handover, pieces)}
    for step in steps:
        entered = {entry.streams[0].id for entry in step}
        if entered != kept:
            yield f"the things in its rows are not those of entry {step[0].seq} and the ones after it"


def _wrong_record(handover: Handover, pieces: Sequence[HandedObject], last: Entry) -> Iterator[str]:
    record = bytes(handover.record or b"")
    if hashlib.sha256(record).hexdigest() != last.subject.get("record"):
        yield f"its record is not the one that entry {last.seq} binds"
        return
    if handover.record_sha256 != last.subject.get("record"):
        yield "the digest beside its record is not that of its bytes"
    said = canonical.loads(record)
    kept = content_of(handover, pieces, salt="")
    if not isinstance(said, dict):
        yield "its record is no object"
        return
    differing = ", ".join(
        sorted(name for name in kept.keys() - {"salt"} if _comparable(said.get(name)) != _comparable(kept[name]))
    )
    if differing or said.keys() != kept.keys():
        yield f"its rows say otherwise than its record: {differing}"


def _comparable(value: JsonValue) -> JsonValue:
    """What has to stay: not the name that a person or party bore then."""
    if isinstance(value, dict) and value.keys() == {"id", "name"}:
        return value["id"]
    return value


def _wrong_findings(handover: Handover, pieces: Sequence[HandedObject]) -> Iterator[str]:
    for piece in pieces:
        looked_at = bool(piece.condition_found)
        if handover.state in MOVED and not looked_at:
            yield f"nothing says in which condition {piece.object.number} was found"
        if piece.differs != (found_otherwise(piece) if looked_at else None):
            yield f"whether {piece.object.number} differs is not what was stated and found"


def _check_sets(inspection: Inspection) -> None:
    vault = Vault(data.vault())
    for items in ItemSet.objects.order_by("manifest"):
        inspection.counts["sets"] += 1
        subject, content = f"set {items.manifest}", manifest_of(items)
        if manifest_digest(content) != items.manifest or content.count(b"\n") != items.count:
            if not Handover.objects.filter(items=items).exists():
                inspection.unknown("set", subject, "the set was not finished; no hand-over uses it")
                continue
            inspection.bad("set", subject, "its items are not those that its name stands for")
        if items.count > FEW and Handover.objects.filter(items=items).exists():
            _check_manifest(inspection, vault, items)


def _check_manifest(inspection: Inspection, vault: Vault, items: ItemSet) -> None:
    try:
        vault.check(items.manifest)
    except VaultError as error:
        inspection.bad("set", f"set {items.manifest}", f"its manifest can't be vouched for: {error}")


def _check_objects(inspection: Inspection) -> None:
    registered = {entry.subject.get("object", ""): entry for entry in _entries(Action.OBJECT_REGISTERED)}
    for thing in PhysicalObject.objects.select_related("first_account", "first_party").order_by("number"):
        inspection.counts["physical_objects"] += 1
        entry = registered.pop(str(thing.pk), None)
        if entry is None:
            inspection.bad("object", thing.number, "no entry of the ledger says that it was registered")
        elif _registered(entry) != (str(thing.case_id), str(thing.collection_id), first_holder_of(thing).stream):
            inspection.bad("object", thing.number, f"its row says otherwise than entry {entry.seq}")
    for key, entry in registered.items():
        inspection.bad("object", f"object {key}", f"entry {entry.seq} says that it was registered; its row is gone")


def _registered(entry: Entry) -> tuple[str | None, ...]:
    return tuple(entry.subject.get(name) for name in ("case", "collection", "holder"))
