"""A small valid bundle made with the core's functions only, and what a forger would do to hide a change to it."""

import copy
import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from custody.core import authority, bagging, cades, checkpoints, entries, merkle, receipts, tiles
from custody.core.bundles import layout, verify_bundle
from custody.core.bundles.layout import ExportProof, Heads, Name
from custody.core.checkpoints import Checkpoint
from custody.core.entries import Actor, Entry, Outcome, StreamLink
from custody.core.notes import VerifierKey
from tests.custody.core.signers import ASSEMBLER, EXAMINATION, INGEST, NOW, ORIGIN, ROOT, SIGNER, SIGNER_KEY

LEDGER_PRIVATE_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
LEDGER_KEY = VerifierKey.of(ORIGIN, LEDGER_PRIVATE_KEY.public_key())
CASE = "case/ca5e0000-0000-4000-8000-000000000001"
ACTOR = Actor("system", "", "", "")
ITEMS = tuple(f"17e30000-0000-4000-8000-00000000000{number}" for number in range(4))
# The last item has the bytes of the first.
CONTENTS = (b"first picture" * 9, b"second picture" * 9, b"", b"first picture" * 9)
FILLER = 600
"""Entries of other streams: two full tiles, one partial, and one on the level above."""


@dataclass
class Ledger:
    """A ledger in memory."""

    bodies: list[bytes] = field(default_factory=list)
    leaves: list[bytes] = field(default_factory=list)
    heads: dict[str, tuple[int, str]] = field(default_factory=dict)
    streams: dict[str, list[bytes]] = field(default_factory=dict)

    def append(self, action: str, streams: tuple[str, ...], subject: Mapping[str, str]) -> Entry:
        """Append one entry, a second after the one before it."""
        seq = len(self.bodies)
        links = []
        for stream in streams:
            n, leaf = self.heads.get(stream, (-1, None))
            links.append(StreamLink(stream, n + 1, leaf))
        entry = Entry(
            log=ORIGIN,
            seq=seq,
            id=f"e-{seq}",
            act=f"a-{seq}",
            action=action,
            time=entries.format_time(NOW + timedelta(seconds=seq)),
            actor=ACTOR,
            streams=tuple(links),
            subject=subject,
            outcome=Outcome.DONE,
            salt=f"{seq:032x}",
        )
        body = entries.encode(entry)
        self.bodies.append(body)
        self.leaves.append(merkle.leaf_hash(body))
        for link in links:
            self.heads[link.id] = (link.n, self.leaves[-1].hex())
            self.streams.setdefault(link.id, []).append(body)
        return entry

    def checkpoint(self, private_key: Ed25519PrivateKey = LEDGER_PRIVATE_KEY) -> tuple[Checkpoint, bytes]:
        """The checkpoint of everything so far, and its signed note."""
        checkpoint = Checkpoint(ORIGIN, len(self.leaves), merkle.root(self.leaves))
        return checkpoint, checkpoints.sign(checkpoint, private_key=private_key).encode()


def bad_facts(root: Path) -> set[str]:
    """The facts that do not hold."""
    return {finding.fact for finding in verify_bundle(root).findings if finding.state == "bad"}


def put(root: Path, path: str, data: bytes) -> None:
    """Write one file of the bundle."""
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_bytes(data)


def write(root: Path, *, filler: str = "case.viewed") -> Ledger:
    """Write the sample bundle into the new folder `root`; returns the ledger as it was before the seal.

    With another `filler`, the verb of the other streams' entries, the ledger forks after the items were received.
    """
    ledger = Ledger()
    ledger.append("case.created", (CASE,), {"case": CASE})
    for number, (item, content) in enumerate(zip(ITEMS, CONTENTS, strict=True)):
        write_item(root, ledger, number, item, content)
    for number in range(FILLER):
        ledger.append(filler, (f"user/{number % 7}",), {})
    ledger.append("item.viewed", (f"item/{ITEMS[0]}", CASE), {"item": ITEMS[0]})
    write_proof(root, ledger)
    rebag(root)
    seal(root, copy.deepcopy(ledger))
    return ledger


def write_item(root: Path, ledger: Ledger, number: int, item: str, content: bytes) -> None:
    """One item: original, receipt, examination, name, and the two entries that name its records."""
    sha256 = hashlib.sha256(content).hexdigest()
    name = Name(item, bytes([number]) * 16, b"\xff.jpg", f"صور/{number}/\udcff.jpg".encode(errors="surrogateescape"))
    original = replace(
        INGEST.original,
        bytes=len(content),
        sha256=sha256,
        sha512=hashlib.sha512(content).hexdigest(),
        name=name.digest,
    )
    receipt = replace(INGEST, item=item, ern=f"AMN-SYR-0000-000{number + 1}", original=original)
    examination = replace(EXAMINATION, item=item, original=sha256)
    put(root, layout.original_path(sha256, ".JPG"), content)
    with (root / layout.NAMES).open("ab") as names:
        names.write(name.encode())
    for record, path, action in (
        (receipt, layout.record_path(item), "item.received"),
        (examination, layout.examination_path(item, 0), "item.examined"),
    ):
        data = receipts.encode(record)
        write_record(root, path, data)
        ledger.append(action, (f"item/{item}", CASE), {"item": item, "record": hashlib.sha256(data).hexdigest()})


def write_record(root: Path, path: str, data: bytes) -> None:
    """A record and its signature."""
    put(root, path, data)
    put(root, layout.signature_path(path), cades.sign(data, assembler=ASSEMBLER, private_key=SIGNER_KEY))


def write_proof(root: Path, ledger: Ledger) -> None:
    """The streams and proof/ as of the ledger's present end."""
    exported = [CASE, *(f"item/{item}" for item in ITEMS)]
    for stream in exported:
        put(root, layout.stream_path(stream), b"".join(body + b"\n" for body in ledger.streams[stream]))
    checkpoint, note = ledger.checkpoint()
    put(root, layout.CHECKPOINT, note)
    heads = Heads(ORIGIN, checkpoint.size, {stream: ledger.heads[stream] for stream in exported})
    put(root, layout.HEADS, heads.encode())
    for tile, data in tiles.grown_tiles(0, ledger.leaves, lambda *_: b""):
        put(root, layout.tile_path(*tile), data)
    put(root, layout.ROOT_CERTIFICATE, authority.certificate_pem(ROOT))
    put(root, layout.SIGNER_CERTIFICATES, authority.certificate_pem(SIGNER))
    put(root, layout.LEDGER_KEY, LEDGER_KEY.encode().encode() + b"\n")


def rebag(root: Path) -> None:
    """Write declaration, bag-info and all manifests for what lies in the folder now."""
    files = sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())
    payload = [path for path in files if path.startswith("data/")]
    total = sum((root / path).stat().st_size for path in payload)
    put(root, bagging.BAGIT, bagging.DECLARATION)
    put(
        root,
        bagging.BAG_INFO,
        bagging.bag_info([("Bagging-Date", "2026-03-01"), bagging.payload_oxum(total, len(payload))]),
    )
    for position, algorithm in enumerate(bagging.ALGORITHMS):
        put(root, bagging.MANIFESTS[algorithm], _manifest(root, payload, position))
    tags = {bagging.BAGIT, bagging.BAG_INFO, *bagging.MANIFESTS.values(), *files} - set(payload) - layout.FREE
    for position, algorithm in enumerate(bagging.ALGORITHMS):
        tags -= set(bagging.TAG_MANIFESTS.values())
        put(root, bagging.TAG_MANIFESTS[algorithm], _manifest(root, sorted(tags), position))


def _manifest(root: Path, paths: list[str], position: int) -> bytes:
    buffer = memoryview(bytearray(bagging.BLOCK_BYTES))
    lines = []
    for path in paths:
        with io.FileIO(root / path) as file:
            _, *digests = bagging.digests(file, buffer)
        lines.append(bagging.manifest_line(digests[position], path))
    return b"".join(lines)


def seal(root: Path, ledger: Ledger, private_key: Ed25519PrivateKey = LEDGER_PRIVATE_KEY, stream: str = CASE) -> None:
    """Append `export.created` to the ledger and write what lies under seal/."""
    old = len(ledger.leaves)
    tag_manifest = (root / bagging.TAG_MANIFESTS["sha256"]).read_bytes()
    digests = {"tagmanifest": hashlib.sha256(tag_manifest).hexdigest()}
    if (root / layout.HEADS).exists():
        digests["heads"] = hashlib.sha256((root / layout.HEADS).read_bytes()).hexdigest()
    entry = ledger.append("export.created", (stream,), digests)
    ledger.append("notary.heartbeat", ("ledger",), {})
    checkpoint, note = ledger.checkpoint(private_key)
    proof = ExportProof(
        index=entry.seq,
        size=checkpoint.size,
        inclusion=tuple(merkle.inclusion_proof(ledger.leaves, entry.seq)),
        old_size=old,
        consistency=tuple(merkle.consistency_proof(ledger.leaves, old)),
    )
    put(root, layout.SEAL_ENTRY, entries.encode(entry))
    put(root, layout.SEAL_PROOF, proof.encode())
    put(root, layout.SEAL_CHECKPOINT, note)
    put(root, layout.SEAL_SIGNATURE, cades.sign(tag_manifest, assembler=ASSEMBLER, private_key=SIGNER_KEY))
