"""Which cosigners count, how many must have signed, and who did."""

from __future__ import annotations

from django.conf import settings

from custody import installation, ledger
from custody.anchoring.parties import cosigners, key_of
from custody.core import checkpoints, cosignatures, policies
from custody.core.policies import Group, Log, Policy, Standing, Witness
from custody.models import Cosignature, SignedCheckpoint

_QUORUM = "quorum"


def policy() -> Policy:
    """The cosigning policy in force (C2SP tlog-policy): our ledger's key, every cosigner, the quorum.

    Raises AnchoringError, NoteError, KeyFileError for keys on record that are not what they should be.
    """
    known = cosigners()
    witnesses = tuple(Witness(each.name, key_of(each), each.url or None) for each in known)
    wanted = min(settings.AMANA_COSIGNERS_WANTED, len(witnesses))
    groups = (Group(_QUORUM, wanted, tuple(each.name for each in witnesses)),) if wanted else ()
    log = Log(installation.verifier_key())
    return Policy((log,), witnesses, groups, _QUORUM if groups else None)


def cosigned_note(row: SignedCheckpoint) -> bytes:
    """The signed checkpoint with every cosignature line that was got for it, in the order of their coming."""
    lines = Cosignature.objects.filter(checkpoint=row.size).order_by("pk").values_list("line", flat=True)
    return bytes(row.note) + "".join(f"{line}\n" for line in lines).encode()


def standing(row: SignedCheckpoint) -> Standing:
    """Who cosigned this checkpoint, each line verified, and whether that is enough.

    Raises NoteError for a line under a known key that is wrong, CheckpointError, AnchoringError.
    """
    rules = policy()
    note = cosigned_note(row)
    checkpoint = checkpoints.open_checkpoint(note, origin=ledger.origin(), keys=[log.key for log in rules.logs])
    keys = [witness.key for witness in rules.witnesses]
    return policies.satisfied(rules, cosignatures.verify_all(note, checkpoint=checkpoint, keys=keys))
