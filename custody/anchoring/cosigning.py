"""Asking a cosigner for its line under a checkpoint, over the network or by hand, and keeping what proves itself."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from custody import clock
from custody.anchoring.parties import AnchoringError, key_of
from custody.core import cosignatures, tiles
from custody.core.checkpoints import Checkpoint
from custody.core.errors import CheckpointError, NoteError, TileError
from custody.core.witnessing import Request
from custody.cosigning import client
from custody.cosigning.client import Conflict
from custody.models import AnchorParty, Cosignature, SignedCheckpoint
from custody.notary.mirror import Mirror

TIMEOUT_SECONDS = 15.0


class ForkSeen(AnchoringError):
    """A cosigner holds another history of this ledger than we do. An alarm: one of the two was rewritten."""


class SignedLater(AnchoringError):
    """The cosigner signed a later checkpoint of the same ledger and signs no earlier one any more. Nothing is wrong."""


def cosign(row: SignedCheckpoint, party: AnchorParty) -> Cosignature:
    """Ask one cosigner for its line under this checkpoint, starting from what it signed last.

    A cosigner that remembers another size than we think is asked once more from there. Raises ForkSeen when it knows a
    larger tree than we do or another one, SignedLater when it has gone past this checkpoint, CosigningError when it
    does not answer or refuses, AnchoringError for a line that is wrong.
    """
    old = last_size(party)
    if old > row.size:
        raise _gone_past(row, party, old)
    try:
        lines = _ask(row, party, old)
    except Conflict as conflict:
        if conflict.size > row.size:
            raise _gone_past(row, party, conflict.size) from conflict
        lines = _ask(row, party, conflict.size)
    return take(row, party, lines)


def request_for(row: SignedCheckpoint, party: AnchorParty) -> bytes:
    """What is carried to a cosigner on a stick: the signed checkpoint with the proof that it extends the last one."""
    old = last_size(party)
    return Request(old, tuple(_proof(old, row.size)), bytes(row.note)).encode()


def take(row: SignedCheckpoint, party: AnchorParty, lines: list[str]) -> Cosignature:
    """Verify a cosigner's lines for this checkpoint and keep the first that is its own. Raises AnchoringError."""
    checkpoint = Checkpoint(_origin(row), row.size, bytes(row.root))
    key = key_of(party)
    for line in lines:
        try:
            found = cosignatures.verify(line, text=checkpoint.body(), key=key)
        except (NoteError, CheckpointError) as error:
            reason = str(error)
            continue
        return _keep(row, party, line, found.time)
    raise AnchoringError(f"{party.name} gave no cosignature of this checkpoint: {reason if lines else 'nothing'}")


def last_size(party: AnchorParty) -> int:
    """The size of the newest checkpoint that this cosigner signed, as far as we know; 0 for none."""
    newest = Cosignature.objects.filter(party=party).order_by("-checkpoint").first()
    return newest.checkpoint if newest else 0


def _gone_past(row: SignedCheckpoint, party: AnchorParty, cosigned: int) -> AnchoringError:
    newest = SignedCheckpoint.objects.order_by("-size").values_list("size", flat=True).first() or row.size
    if cosigned > newest:
        return ForkSeen(f"{party.name} cosigned {cosigned} entries, the newest checkpoint here covers {newest}")
    return SignedLater(f"{party.name} has cosigned {cosigned} entries already, and signs for no fewer any more")


def _keep(row: SignedCheckpoint, party: AnchorParty, line: str, time: int) -> Cosignature:
    kept = Cosignature(checkpoint=row.size, party=party, line=line, time=time, received=clock.now())
    try:
        with transaction.atomic():
            kept.save(force_insert=True)
    except IntegrityError:
        # The same checkpoint was cosigned before: the first line is as good as this one.
        return Cosignature.objects.get(checkpoint=row.size, party=party)
    return kept


def _ask(row: SignedCheckpoint, party: AnchorParty, old: int) -> list[str]:
    return client.ask(
        party.url,
        old_size=old,
        proof=_proof(old, row.size),
        checkpoint_note=bytes(row.note),
        timeout=TIMEOUT_SECONDS,
    )


def _proof(old: int, size: int) -> list[bytes]:
    if old in (0, size):
        return []
    try:
        return tiles.consistency_proof_from_tiles(old, size, Mirror().read_tile)
    except TileError as error:
        raise AnchoringError(f"the mirror does not hold the tree of {size} entries: {error}") from error


def _origin(row: SignedCheckpoint) -> str:
    return bytes(row.note).split(b"\n", 1)[0].decode(errors="replace")
