"""What outside parties vouched for: every time-stamp against its entry and its checkpoint, every cosigner's line."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from custody import anchoring, ledger
from custody.actions import Action
from custody.anchoring import stamps
from custody.anchoring.parties import AnchoringError
from custody.core import cosignatures
from custody.core.checkpoints import Checkpoint
from custody.core.entries import Entry
from custody.core.errors import CustodyError
from custody.core.timestamps import Answer
from custody.models import Cosignature, SignedCheckpoint, TimeStamp
from custody.verification.inspection import Inspection

_FACT = {Answer.VALID: "ok", Answer.VALID_WHEN_STAMPED: "ok"}


def check_anchors(inspection: Inspection) -> None:
    """(1) Each answer of a time authority is the one that an entry names, and no answer that an entry names is gone.

    (2) Each dates exactly the checkpoint on record, under the certificate that was pinned; one whose certificate has
    expired since is as good as it was. (3) Each cosigner's line holds for the checkpoint on record. (4) It is said
    when nobody outside vouches, because then the operator could rewrite history.
    """
    entered = _entered()
    for kept in TimeStamp.objects.select_related("party").order_by("pk").iterator(chunk_size=500):
        inspection.counts["time_stamps"] += 1
        _check_stamp(inspection, kept, entered.pop(kept.sha256, None))
    for entry in entered.values():
        words = "the time-stamp that this entry names is gone"
        inspection.bad("time-stamp", f"entry {entry.seq}", words)
    for line in Cosignature.objects.select_related("party").order_by("pk").iterator(chunk_size=500):
        inspection.counts["cosignatures"] += 1
        _check_line(inspection, line)
    _tell_who_is_missing(inspection)


def _entered() -> dict[str, Entry]:
    """The entry of each answer, by the answer's digest."""
    return {entry.subject.get("response", ""): entry for entry in _anchor_entries()}


def _anchor_entries() -> Iterator[Entry]:
    for stored in ledger.entries_with(Action.ANCHOR_TSA):
        try:
            yield ledger.entry_of(stored)
        except CustodyError:
            # The walk over the ledger reports it.
            continue


def _check_stamp(inspection: Inspection, kept: TimeStamp, entry: Entry | None) -> None:
    subject = f"time-stamp of checkpoint {kept.checkpoint} by {kept.party.name}"
    if hashlib.sha256(bytes(kept.response)).hexdigest() != kept.sha256:
        inspection.bad("time-stamp", subject, "the answer kept is not the one that came")
    row = SignedCheckpoint.objects.filter(size=kept.checkpoint).first()
    if row is None:
        inspection.bad("time-stamp", subject, "the checkpoint that it dates is not on record")
        return
    said = {"anchor": str(kept.party_id), "checkpoint": str(row.size), "root": bytes(row.root).hex()}
    if entry is None or any(entry.subject.get(name) != value for name, value in said.items()):
        inspection.bad("time-stamp", subject, "no entry of the ledger says that this answer came")
        return
    _check_worth(inspection, kept, row, entry, subject)


def _check_worth(inspection: Inspection, kept: TimeStamp, row: SignedCheckpoint, entry: Entry, subject: str) -> None:
    try:
        worth = stamps.verification(kept, bytes(row.note))
    except (AnchoringError, ValueError) as error:
        inspection.bad("time-stamp", subject, str(error))
        return
    proved = entry.subject.get("answer") in _FACT
    if worth.answer in _FACT:
        inspection.counts["sound_time_stamps"] += 1
    elif worth.answer is Answer.UNKNOWN:
        inspection.unknown("time-stamp", subject, worth.reason)
    elif proved:
        # One that was worthless when it came is on record as that; this one was not.
        inspection.bad("time-stamp", subject, worth.reason)


def _check_line(inspection: Inspection, line: Cosignature) -> None:
    subject = f"cosignature of checkpoint {line.checkpoint} by {line.party.name}"
    row = SignedCheckpoint.objects.filter(size=line.checkpoint).first()
    if row is None:
        inspection.bad("cosignature", subject, "the checkpoint that it covers is not on record")
        return
    checkpoint = Checkpoint(ledger.origin(), row.size, bytes(row.root))
    try:
        found = cosignatures.verify(line.line, text=checkpoint.body(), key=anchoring.key_of(line.party))
    except CustodyError as error:
        inspection.bad("cosignature", subject, f"it does not hold: {error}")
        return
    if found.time != line.time:
        inspection.bad("cosignature", subject, "the time kept beside it is not the one that was signed")


def _tell_who_is_missing(inspection: Inspection) -> None:
    if not anchoring.cosigners():
        words = "whether the operator rewrote history: no cosigner is known here"
        inspection.left_out.append(f"{words}, so compare with a checkpoint kept elsewhere")
    if not anchoring.authorities():
        inspection.left_out.append("when it happened, by a clock that is not ours: no time authority is known here")
