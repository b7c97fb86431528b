"""Asking a time authority about a signed checkpoint, keeping its answer raw, and what the answers are worth."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator

from django.db import transaction

from custody import clock, ledger
from custody.actions import Action
from custody.actors import for_process
from custody.anchoring.parties import AnchoringError, certificates_of, stream_of
from custody.core import timestamps
from custody.core.entries import Outcome
from custody.core.timestamps import Answer, Verification
from custody.models import AnchorParty, SignedCheckpoint, TimeStamp
from custody.stamping import client

TIMEOUT_SECONDS = 15.0
_NONCE_BITS = 63


def stamp(row: SignedCheckpoint, party: AnchorParty) -> TimeStamp:
    """Have one checkpoint dated by one authority; the answer is kept and entered whatever it is worth.

    What is dated are the exact bytes of the notary's signed note. Raises AuthorityUnavailable when no answer came: then
    nothing is kept. Look at ``verification`` for what the answer proves.
    """
    nonce = secrets.randbits(_NONCE_BITS)
    note = bytes(row.note)
    response = client.ask(party.url, timestamps.request(note, nonce=nonce), timeout=TIMEOUT_SECONDS)
    kept = TimeStamp(
        checkpoint=row.size,
        party=party,
        nonce=str(nonce),
        response=response,
        sha256=hashlib.sha256(response).hexdigest(),
        received=clock.now(),
    )
    worth = verification(kept, note)
    with transaction.atomic():
        kept.save(force_insert=True)
        ledger.append(_entry(kept, row, worth))
    return kept


def verification(kept: TimeStamp, note: bytes) -> Verification:
    """What an answer proves about these bytes now, under the certificate pinned for its authority.

    Raises AnchoringError when the pinned certificate on record can't be read.
    """
    pinned, chain = certificates_of(kept.party)
    return timestamps.verify(
        bytes(kept.response), note, authorities=[pinned], chain=chain, now=clock.now(), nonce=int(kept.nonce)
    )


def stamps_of(size: int) -> Iterator[TimeStamp]:
    """Everything that authorities answered about the checkpoint of this size, oldest first."""
    yield from TimeStamp.objects.filter(checkpoint=size).select_related("party").order_by("pk")


def newest_sound(party: AnchorParty) -> TimeStamp | None:
    """The party's newest answer that proved a time when it came, as its entry says."""
    for kept in TimeStamp.objects.filter(party=party).order_by("-pk")[:_LOOK_BACK]:
        if proves_time(kept):
            return kept
    return None


_LOOK_BACK = 50


def proves_time(kept: TimeStamp) -> bool:
    """Whether the answer dates its checkpoint, now or when it was stamped."""
    row = SignedCheckpoint.objects.filter(size=kept.checkpoint).first()
    if row is None:
        return False
    try:
        return verification(kept, bytes(row.note)).answer in (Answer.VALID, Answer.VALID_WHEN_STAMPED)
    except AnchoringError:
        return False


def _entry(kept: TimeStamp, row: SignedCheckpoint, worth: Verification) -> ledger.Draft:
    subject = {
        "anchor": str(kept.party_id),
        "checkpoint": str(row.size),
        "root": bytes(row.root).hex(),
        "response": kept.sha256,
        "answer": str(worth.answer),
    }
    if worth.stamp is not None:
        subject["stamped"] = clock.stamp(worth.stamp.time)
    return ledger.Draft(
        action=Action.ANCHOR_TSA,
        actor=for_process("notary"),
        streams=(stream_of(kept.party), "ledger"),
        subject=subject,
        outcome=Outcome.DONE if worth.proves_time else Outcome.FAILED,
    )
