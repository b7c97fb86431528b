"""The seal of a bundle: the ledger's own statement that it handed over exactly this, in a tree that it signed."""

from custody.core import cades, entries, merkle
from custody.core.bagging import TAG_MANIFESTS
from custody.core.bags import MAX_MANIFEST_BYTES, Bag
from custody.core.bundles import layout, tree
from custody.core.bundles.keys import Keys
from custody.core.bundles.layout import ExportProof, Heads
from custody.core.checkpoints import Checkpoint
from custody.core.entries import MAX_ENTRY_BYTES, Entry, Outcome
from custody.core.errors import BundleError, EntryError, MerkleError, SignatureError
from custody.core.reports import Report

EXPORTED = "export.created"
_TAG_MANIFEST = TAG_MANIFESTS["sha256"]


def check(
    bag: Bag, report: Report, keys: Keys, checkpoint: Checkpoint | None, heads: Heads | None
) -> Checkpoint | None:
    """Check the entry, what it commits to, its place in a later tree, and the signature over the tag manifest.

    (1) The entry is an `export.created` of this ledger, made after the bundle's checkpoint. (2) It names the digests
    of the tag manifest and of the heads. (3) It follows the streams that it continues, and the history of its case is
    there. (4) It is in the tree of the seal's checkpoint, which extends that of the bundle's. (5) The registrar signed
    the tag manifest.

    Returns the seal's checkpoint, if the ledger's key signed it.
    """
    try:
        body = bag.read(layout.SEAL_ENTRY, limit=MAX_ENTRY_BYTES)
        entry = entries.decode(body)
    except (BundleError, EntryError) as error:
        report.bad("export", layout.SEAL_ENTRY, f"the ledger's entry about this bundle cannot be read: {error}")
        return None
    if entry.action != EXPORTED or entry.outcome is not Outcome.DONE:
        report.bad("export", layout.SEAL_ENTRY, "the entry does not say that a bundle was handed over")
    _check_commitments(bag, report, entry)
    if heads is not None:
        _check_case(report, entry, heads)
        _check_links(report, entry, heads)
    sealed = tree.open_checkpoint(bag, report, keys.ledger, layout.SEAL_CHECKPOINT)
    if checkpoint is not None and sealed is not None:
        _check_proof(bag, report, (entry, merkle.leaf_hash(body)), checkpoint, sealed)
    _check_signature(bag, report, keys, entry)
    report.ok("export", layout.SEAL_ENTRY, f"entry {entry.seq} of {entry.log}, {entry.time}: this very bundle was made")
    return sealed


def _check_commitments(bag: Bag, report: Report, entry: Entry) -> None:
    for path, fact in ((_TAG_MANIFEST, "export"), (layout.HEADS, "head")):
        measured = bag.sha256(path)
        if measured is None or measured.hex() not in entry.subject.values():
            report.bad(fact, path, f"its digest is not among those that entry {entry.seq} commits to")


def _check_case(report: Report, entry: Entry, heads: Heads) -> None:
    """The entry tells out of which case it was handed; without that history, or with another's, it tells too little."""
    cases = [link.id for link in entry.streams if link.id.startswith("case/")]
    if not cases:
        report.bad("stream", layout.SEAL_ENTRY, "it belongs to the history of no case")
    for stream in cases:
        if stream not in heads.streams:
            report.bad("stream", stream, "the history of the case that it was handed out of is missing")


def _check_links(report: Report, entry: Entry, heads: Heads) -> None:
    """Where the export's entry comes right after an exported stream's head, it must link to it."""
    for link in entry.streams:
        n, leaf = heads.streams.get(link.id, (-1, None))
        if link.n <= n or (link.n == n + 1 and link.prev != leaf):
            report.bad("head", link.id, f"entry {entry.seq} does not continue the stream from its committed head")
        elif leaf is not None and link.n > n + 1:
            report.not_checked.append(f"{link.n - n - 1} entries of {link.id} made between this bundle and its seal")


def _check_proof(
    bag: Bag, report: Report, export: tuple[Entry, bytes], checkpoint: Checkpoint, sealed: Checkpoint
) -> None:
    entry, leaf = export
    try:
        proof = ExportProof.decode(bag.read(layout.SEAL_PROOF, limit=MAX_ENTRY_BYTES * 8))
    except BundleError as error:
        report.bad("export", layout.SEAL_PROOF, f"it cannot be read: {error}")
        return
    if entry.log != checkpoint.origin or entry.seq < checkpoint.size:
        report.bad(
            "export", layout.SEAL_ENTRY, "the entry is not one of this ledger made after the bundle's checkpoint"
        )
    if (proof.index, proof.size, proof.old_size) != (entry.seq, sealed.size, checkpoint.size):
        report.bad("export", layout.SEAL_PROOF, "the proof is about another entry or other trees")
        return
    try:
        merkle.verify_inclusion(leaf=leaf, index=proof.index, size=proof.size, proof=proof.inclusion, root=sealed.root)
    except MerkleError as error:
        report.bad("export", layout.SEAL_PROOF, f"the entry is not in the tree of the seal's checkpoint: {error}")
    try:
        merkle.verify_consistency(
            old_size=proof.old_size,
            old_root=checkpoint.root,
            size=proof.size,
            root=sealed.root,
            proof=proof.consistency,
        )
    except MerkleError as error:
        report.bad("checkpoint", layout.SEAL_CHECKPOINT, f"it does not extend the bundle's checkpoint: {error}")


def _check_signature(bag: Bag, report: Report, keys: Keys, entry: Entry) -> None:
    if keys.root is None:
        report.unknown("seal", layout.SEAL_SIGNATURE, "there is no certificate to check it with")
        return
    try:
        p7s = bag.read(layout.SEAL_SIGNATURE, limit=cades.MAX_SIGNATURE_BYTES)
        content = bag.read(_TAG_MANIFEST, limit=MAX_MANIFEST_BYTES)
        facts = cades.verify(p7s, content, anchor=keys.root, at=entries.parse_time(entry.time))
    except (BundleError, SignatureError) as error:
        report.bad("seal", layout.SEAL_SIGNATURE, f"the signature over {_TAG_MANIFEST}: {error}")
        return
    told = f"{facts.name} signed {_TAG_MANIFEST}, with the certificate {facts.fingerprint}"
    report.ok("seal", layout.SEAL_SIGNATURE, told)
