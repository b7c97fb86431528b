"""The proof of a bundle: checkpoint, heads, tiles and keys; and the seal, which speaks about all of it."""

from __future__ import annotations

from cryptography.hazmat.primitives.serialization import Encoding

from custody import installation, ledger, notary, registrar
from custody.core import tiles
from custody.core.bundles import layout
from custody.core.checkpoints import Checkpoint
from custody.notary import Mirror
from evidence.bundles.bag import BagWriter
from evidence.core.errors import EvidenceError


class SealMissing(EvidenceError):
    """The bundle's own entry, or the checkpoint over it, can't be had; the bundle stays unfinished."""


def write_proofs(bag: BagWriter, checkpoint: Checkpoint, note: bytes, heads: bytes) -> None:
    """Write proof/: the signed checkpoint, the heads, every hash tile of its tree, and the public keys."""
    mirror = Mirror()
    bag.add_bytes(layout.CHECKPOINT, note)
    bag.add_bytes(layout.HEADS, heads)
    for level, index, width in tiles.tiles_for(0, checkpoint.size):
        bag.add_bytes(layout.tile_path(level, index, width), mirror.read_tile(level, index, width))
    bag.add_bytes(layout.ROOT_CERTIFICATE, registrar.connect().ca_pem())
    signers = [certificate.public_bytes(Encoding.PEM) for certificate in installation.signer_certificates()]
    bag.add_bytes(layout.SIGNER_CERTIFICATES, b"".join(signers))
    bag.add_bytes(layout.LEDGER_KEY, installation.verifier_key().encode().encode() + b"\n")


def write_seal(bag: BagWriter, entry: int, tagmanifest: bytes, checkpoint: Checkpoint) -> None:
    """Write seal/: the bundle's own entry, its proof in a later tree, and the signature over the tag manifest."""
    signature = registrar.connect().sign_records(authority=entry, records=[tagmanifest])[0]
    notary.ensure_checkpoint(entry + 1)
    newest, body = notary.latest(), ledger.body_of(entry)
    if newest is None or body is None:
        raise SealMissing("the entry of this bundle can't be read back; the folder is no bundle")
    later, note = newest
    mirror = Mirror()
    proof = layout.ExportProof(
        index=entry,
        size=later.size,
        inclusion=tuple(tiles.inclusion_proof_from_tiles(entry, later.size, mirror.read_tile)),
        old_size=checkpoint.size,
        consistency=tuple(tiles.consistency_proof_from_tiles(checkpoint.size, later.size, mirror.read_tile)),
    )
    bag.add_outside(layout.SEAL_ENTRY, body)
    bag.add_outside(layout.SEAL_CHECKPOINT, note)
    bag.add_outside(layout.SEAL_PROOF, proof.encode())
    bag.add_outside(layout.SEAL_SIGNATURE, signature)
