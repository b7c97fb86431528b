"""Making the proof of one entry: what an auditor takes away to check elsewhere."""

from __future__ import annotations

from custody import anchoring, installation, ledger
from custody.core import proofs, tiles
from custody.core.errors import CustodyError
from custody.core.proofs import EntryProof
from custody.models import SignedCheckpoint
from custody.notary import Mirror


class NotProvable(CustodyError):
    """No proof of this entry can be made now."""


def prove(seq: int) -> EntryProof:
    """The proof of one entry under the newest signed checkpoint, cosigners' lines included; verified before it leaves.

    Raises NotProvable when there is no such entry or no checkpoint covers it yet, TileError when the mirror does not
    hold the tree, ProofError when what is stored does not prove itself.
    """
    body = ledger.body_of(seq)
    row = SignedCheckpoint.objects.order_by("-size").first()
    if body is None or row is None or seq >= row.size:
        raise NotProvable(f"no signed checkpoint covers entry {seq} yet")
    hashes = tiles.inclusion_proof_from_tiles(seq, row.size, Mirror().read_tile)
    proof = EntryProof(body, seq, tuple(hashes), anchoring.cosigned_note(row))
    proofs.verify(proof, origin=ledger.origin(), keys=[installation.verifier_key()])
    return proof
