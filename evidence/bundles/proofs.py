"""The proof of a bundle: checkpoint, heads, tiles, keys, outside parties; and the seal over all of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from cryptography.hazmat.primitives.serialization import Encoding

from custody import disclosures, installation, ledger, notary, registrar
from custody.actions import Action
from custody.anchoring import enclosing
from custody.core import tiles
from custody.core.bundles import layout, previous
from custody.core.checkpoints import Checkpoint
from custody.models import Disclosure, SignedCheckpoint
from custody.notary import Mirror
from evidence.bundles.bag import BagWriter
from evidence.bundles.contents import Streams
from evidence.bundles.orders import Order
from evidence.core.errors import EvidenceError


class SealMissing(EvidenceError):
    """The bundle's own entry, or the checkpoint over it, can't be had; the bundle stays unfinished."""


@dataclass
class Outside:
    """Who outside vouched for this bundle, and who did not, with the reason; none of it stops a bundle."""

    vouched: set[str] = field(default_factory=set)
    failed: dict[str, str] = field(default_factory=dict)

    def ask(self, size: int) -> None:
        """Have everybody vouch for the checkpoint of this size, if it is the newest.

        A cosigner that signed a newer one can't sign an older: being asked, it would seem to know another history.
        """
        newest = notary.latest()
        if newest is not None and newest[0].size > size:
            self.failed[f"checkpoint {size}"] = "the ledger has grown since; nobody was asked about it any more"
            return
        answer = enclosing.vouch_now(size)
        self.vouched.update(answer.vouched)
        self.failed.update(answer.failed)


def write_proofs(bag: BagWriter, checkpoint: Checkpoint, streams: Streams, order: Order) -> int | None:
    """Write proof/; returns the size of the tree of the recipient's last bundle, from which consistency is shown.

    None where there was no such bundle, or its checkpoints were signed with a ledger key that was retired since.
    """
    mirror = Mirror()
    outside = enclosing.enclose(checkpoint.size, first=streams.first, last=streams.last)
    bag.add_bytes(layout.CHECKPOINT, outside.note)
    bag.add_bytes(layout.HEADS, streams.heads)
    for level, index, width in tiles.tiles_for(0, checkpoint.size):
        bag.add_bytes(layout.tile_path(level, index, width), mirror.read_tile(level, index, width))
    _write_keys(bag)
    _write_outside(bag, outside)
    return _write_previous(bag, checkpoint, order)


def _write_keys(bag: BagWriter) -> None:
    bag.add_bytes(layout.ROOT_CERTIFICATE, registrar.connect().ca_pem())
    signers = [certificate.public_bytes(Encoding.PEM) for certificate in installation.signer_certificates()]
    bag.add_bytes(layout.SIGNER_CERTIFICATES, b"".join(signers))
    bag.add_bytes(layout.LEDGER_KEY, installation.verifier_key().encode().encode() + b"\n")


def _write_outside(bag: BagWriter, outside: enclosing.Enclosed) -> None:
    bag.add_bytes(layout.POLICY, outside.policy)
    for dated in outside.dated:
        bag.add_bytes(layout.stamped_note_path(dated.size), dated.note)
        for name, response in sorted(dated.responses.items()):
            bag.add_bytes(layout.stamp_path(dated.size, name), response)
    for name, certificates in sorted(outside.certificates.items()):
        bag.add_bytes(layout.authority_path(name), certificates)


def _write_previous(bag: BagWriter, checkpoint: Checkpoint, order: Order) -> int | None:
    last = disclosures.last_bundle_for(order.party, order.asker.case) if order.party else None
    shown = _shown_with(last) if last is not None else []
    notes = ((size, enclosing.note_at(size)) for size in shown if size <= checkpoint.size)
    old, note = next(((size, note) for size, note in notes if note is not None), (0, None))
    if note is None:
        return None
    new = checkpoint.size
    proof = [] if old == new else tiles.consistency_proof_from_tiles(old, new, Mirror().read_tile)
    bag.add_bytes(layout.consistency_path(old, new), previous.encode_proof(proof))
    bag.add_bytes(layout.previous_note_path(old), note)
    return old


def _shown_with(last: Disclosure) -> list[int]:
    """Sizes of the trees that came with a bundle, the newest first: its seal's, which holds its own entry, and its own.

    That of the seal is not on record; the first over its entry is that one, or one that came just before it.
    """
    made = ledger.entries_in_streams([f"case/{last.case_id}"], Action.EXPORT_CREATED)
    number = next((stored.seq for stored in made if stored.act == last.made_act), None)
    over = None if number is None else SignedCheckpoint.objects.filter(size__gt=number).order_by("size").first()
    return [last.checkpoint] if over is None else [over.size, last.checkpoint]


def write_seal(bag: BagWriter, entry: int, tagmanifest: bytes, checkpoint: Checkpoint, outside: Outside) -> bool:
    """Write seal/: the bundle's own entry, its proof in a later tree, the signature over the tag manifest, its time.

    Returns whether an authority dated the tag manifest.
    """
    signature = registrar.connect().sign_records(authority=entry, records=[tagmanifest])[0]
    later = notary.ensure_checkpoint(entry + 1)
    body = ledger.body_of(entry)
    if body is None:
        raise SealMissing("the entry of this bundle can't be read back; the folder is no bundle")
    outside.ask(later.size)
    note = enclosing.note_at(later.size)
    if note is None:
        raise SealMissing("the checkpoint over this bundle's entry is not on record; the folder is no bundle")
    mirror = Mirror()
    proof = layout.ExportProof(
        index=entry,
        size=later.size,
        inclusion=tuple(tiles.inclusion_proof_from_tiles(entry, later.size, mirror.read_tile)),
        old_size=checkpoint.size,
        consistency=tuple(tiles.consistency_proof_from_tiles(checkpoint.size, later.size, mirror.read_tile)),
    )
    stamped = enclosing.stamp_now(tagmanifest)
    outside.failed.update(stamped.failed)
    bag.add_outside(layout.SEAL_ENTRY, body)
    bag.add_outside(layout.SEAL_CHECKPOINT, note)
    bag.add_outside(layout.SEAL_PROOF, proof.encode())
    bag.add_outside(layout.SEAL_SIGNATURE, signature)
    if stamped.response is not None:
        bag.add_outside(layout.SEAL_STAMP, stamped.response)
    return stamped.response is not None
