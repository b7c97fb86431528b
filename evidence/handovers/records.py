"""The hand-over record: everything said at one step, salted, in canonical JSON, bound by the entries of the step.

Its digest is printed on the paper that both sides keep. With the record in hand anybody computes it anew; without the
salt nobody guesses a seal number or a name out of it.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from typing import Final

from custody import clock, ledger
from custody.core import canonical
from custody.core.canonical import JsonValue
from evidence.handovers.holders import Holder, giver_of, receiver_of
from evidence.models import HandedObject, Handover, HandoverState

TYPE: Final = "handover-record/1"


def write_record(handover: Handover, pieces: Sequence[HandedObject]) -> None:
    """Put record and digest on the row, as the hand-over stands now."""
    content = canonical.dumps(content_of(handover, pieces, salt=secrets.token_hex(16)))
    handover.record = content
    handover.record_sha256 = hashlib.sha256(content).hexdigest()


def content_of(handover: Handover, pieces: Sequence[HandedObject], *, salt: str) -> dict[str, JsonValue]:
    """What the record says; one that has been returned since was accepted when it was written."""
    state = HandoverState.ACCEPTED if handover.state == HandoverState.RETURNED else handover.state
    return {
        "type": TYPE,
        "salt": salt,
        "log": ledger.origin(),
        "handover": str(handover.pk),
        "case": str(handover.case_id),
        "number": handover.number,
        "state": str(state),
        "returns": str(handover.returns_id) if handover.returns_id else None,
        "giver": _holder(giver_of(handover)),
        "receiver": _holder(receiver_of(handover)),
        "objects": [_piece(piece) for piece in sorted(pieces, key=lambda piece: piece.object.number)],
        "items": {"manifest": handover.items.manifest, "count": handover.items.count} if handover.items else None,
        "comparison": handover.comparison,
        "reason": handover.reason,
        "place": handover.place,
        "proposed": {"by": str(handover.proposed_by_id), "time": clock.stamp(handover.proposed)},
        "decided": _decided(handover),
        "form": {"ern": handover.form.ern, "sha256": handover.form.sha256} if handover.form else None,
    }


def _decided(handover: Handover) -> JsonValue:
    if handover.decided is None:
        return None
    return {
        "by": str(handover.decided_by_id),
        "time": clock.stamp(handover.decided),
        "happened": clock.stamp(handover.happened) if handover.happened else None,
        "remarks": handover.reply,
    }


def _holder(holder: Holder) -> JsonValue:
    return {"id": holder.stream, "name": holder.words}


def _piece(piece: HandedObject) -> JsonValue:
    return {
        "object": str(piece.object_id),
        "number": piece.object.number,
        "seal_stated": piece.seal_stated,
        "condition_stated": piece.condition_stated,
        "seal_found": piece.seal_found,
        "condition_found": piece.condition_found,
        "remarks": piece.remarks,
        "differs": piece.differs,
    }
