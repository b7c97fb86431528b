"""The signed record of a decided hand-over: written in the act that decides, signed on the strength of its entries.

A crash or a silent registrar between the two delays the signature and loses nothing: the worker signs what waits. The
record names no certificate, because it has to be written also while the registrar does not answer.
"""

from __future__ import annotations

import hashlib
import logging
import uuid
from collections.abc import Sequence
from typing import Final

from custody import clock, ledger
from custody.actions import Action
from custody.core import handovers
from custody.core.entries import Entry
from custody.core.errors import CustodyError
from custody.core.handovers import Bound, Form, Handed, Items, Listed, Step
from custody.ledger import StoredEntry
from evidence import signing
from evidence.core.errors import HandoverError
from evidence.handovers.entering import things_of
from evidence.handovers.holders import giver_of, receiver_of
from evidence.handovers.reading import items_of, number_of, pieces_of
from evidence.handovers.sets import FEW
from evidence.models import HandedObject, Handover, HandoverReceipt, HandoverState, ItemSet

STEPS: Final = {
    Action.HANDOVER_ACCEPTED: Step.ACCEPTED,
    Action.HANDOVER_DECLINED: Step.DECLINED,
    Action.HANDOVER_RETURNED: Step.RETURNED,
}
_log = logging.getLogger("amana.handovers")


def keep_receipt(act: str, handover: Handover, pieces: Sequence[HandedObject]) -> HandoverReceipt:
    """Write the record of a decision inside the act with this id, after the rows and before the entries."""
    record = handovers.encode(content_of(handover, pieces, act=act, proposal=proposal_of(handover, pieces)))
    receipt = HandoverReceipt(handover=handover, record=record, record_sha256=hashlib.sha256(record).hexdigest())
    receipt.full_clean()
    receipt.save(force_insert=True)
    return receipt


def content_of(
    handover: Handover, pieces: Sequence[HandedObject], *, act: str, proposal: Sequence[Bound]
) -> handovers.HandoverReceipt:
    """What the record says of a decided hand-over. Raises HandoverError for one that nobody decided."""
    if handover.decided is None:
        raise HandoverError("a receipt is made when a hand-over is decided")
    return handovers.HandoverReceipt(
        record=str(uuid.uuid4()),
        handover=str(handover.pk),
        case=str(handover.case_id),
        number=handover.number,
        step=_step(handover),
        returns=str(handover.returns_id) if handover.returns_id else None,
        giver=giver_of(handover).stream,
        receiver=receiver_of(handover).stream,
        objects=tuple(_handed(piece) for piece in sorted(pieces, key=lambda piece: piece.object.number)),
        items=_items(handover, handover.items) if handover.items else None,
        comparison=handover.comparison or None,
        form=Form(ern=handover.form.ern, sha256=handover.form.sha256) if handover.form else None,
        proposed_by=str(handover.proposed_by_id),
        proposed=clock.stamp(handover.proposed),
        proposal=tuple(proposal),
        decided_by=str(handover.decided_by_id),
        decided=clock.stamp(handover.decided),
        happened=clock.stamp(handover.happened) if handover.happened else None,
        act=act,
        said=handover.record_sha256,
        software=signing.software(),
        log=ledger.origin(),
    )


def _step(handover: Handover) -> Step:
    if handover.state == HandoverState.DECLINED:
        return Step.DECLINED
    return Step.RETURNED if handover.returns_id else Step.ACCEPTED


def _handed(piece: HandedObject) -> Handed:
    looked_at = bool(piece.condition_found)
    return Handed(
        object=str(piece.object_id),
        number=piece.object.number,
        seal_stated=piece.seal_stated,
        seal_found=piece.seal_found if looked_at else None,
        condition=piece.condition_found if looked_at else None,
    )


def _items(handover: Handover, items: ItemSet) -> Items:
    few = items_of(handover) if items.count <= FEW else ()
    listed = tuple(Listed(item=str(item.pk), ern=item.ern, sha256=item.sha256) for item in few)
    return Items(manifest=items.manifest, count=items.count, listed=listed)


def proposal_of(handover: Handover, pieces: Sequence[HandedObject]) -> tuple[Bound, ...]:
    """The entries by which the hand-over was proposed, in order."""
    found = _entries(handover, pieces, Action.HANDOVER_PROPOSED)
    return tuple(Bound(seq=stored.seq, leaf=stored.leaf.hex()) for stored, _entry in found)


def _entries(handover: Handover, pieces: Sequence[HandedObject], action: Action) -> list[tuple[StoredEntry, Entry]]:
    streams = [stream for stream, _about in things_of(handover, pieces)]
    stored = sorted(ledger.entries_in_streams(streams, action), key=lambda each: each.seq)
    read = [(each, ledger.entry_of(each)) for each in stored]
    return [(each, entry) for each, entry in read if entry.subject.get("handover") == str(handover.pk)]


def receipt_of(handover: Handover) -> HandoverReceipt | None:
    """The record of a decided hand-over; None for one that is open, withdrawn, or from before there were any."""
    return HandoverReceipt.objects.filter(handover=handover).first()


def command_for(handover: Handover) -> str:
    """The line that checks the record without us, for files saved under the hand-over's number."""
    at = int(handover.decided.timestamp()) if handover.decided else 0
    return (
        f"R={number_of(handover)}.record.json; sha256sum $R; openssl cms -verify -binary -cades -inform DER "
        f"-in $R.p7s -content $R -CAfile ca.pem -attime {at} -out /dev/null"
    )


def authority_of(receipt: HandoverReceipt) -> int | None:
    """The number of the first entry that binds the record's bytes and so allows their signature."""
    handover, digest = receipt.handover, hashlib.sha256(bytes(receipt.record)).hexdigest()
    pieces = pieces_of(handover)
    found = [pair for action in STEPS for pair in _entries(handover, pieces, action)]
    return next((entry.seq for _stored, entry in found if entry.subject.get("receipt") == digest), None)


def sign(receipt: HandoverReceipt) -> None:
    """Have the registrar sign the record. Raises HandoverError where no entry allows it, ProcessUnavailable."""
    seq = authority_of(receipt)
    if seq is None:
        raise HandoverError("no entry of the ledger allows the signature of this record")
    (signature,) = signing.signer().sign_records(authority=seq, records=[bytes(receipt.record)])
    HandoverReceipt.objects.filter(pk=receipt.pk, signature=None).update(signature=signature)


def sign_if_possible(handover: Handover) -> None:
    """The hand-over stands whatever happens here; the worker signs later, and page and `verify` say that it waits."""
    receipt = receipt_of(handover)
    try:
        if receipt is not None and receipt.signature is None:
            sign(receipt)
    except (CustodyError, HandoverError, OSError):
        _log.warning("hand-over %s is on record; the signature of its record waits", handover.pk, exc_info=True)


def sign_waiting() -> int:
    """Sign the records that wait for it; return how many waited. For the worker. Raises ProcessUnavailable."""
    waiting = list(HandoverReceipt.objects.filter(signature=None).select_related("handover"))
    for receipt in waiting:
        try:
            sign(receipt)
        except HandoverError as error:
            # Altered rows: the check of the whole reports them, and they do not hold up the others.
            _log.error("record of hand-over %s: %s", receipt.pk, error)
    return len(waiting)
