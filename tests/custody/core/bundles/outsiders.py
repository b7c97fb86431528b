"""What outside parties said about the sample's ledger: time-stamps, cosigners' lines, and an earlier bundle's note."""

import copy
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from custody.core import authority, checkpoints, merkle, notes
from custody.core.bagging import TAG_MANIFESTS
from custody.core.bundles import layout, previous
from custody.core.checkpoints import Checkpoint
from custody.core.cosignatures import CosignerKey, sign_cosignature
from custody.core.policies import Group, Log, Policy, Witness
from tests.custody.core.bundles import samples
from tests.custody.core.bundles.samples import LEDGER_KEY, LEDGER_PRIVATE_KEY, Ledger, put
from tests.custody.core.signers import NOW, ORIGIN
from tests.custody.core.timestamps.authorities import ROOT
from tests.custody.core.timestamps.tokens import Recipe, response, token

NAMES = ("partner", "university")
PRIVATE_KEYS = {name: Ed25519PrivateKey.from_private_bytes(bytes([9 + n]) * 32) for n, name in enumerate(NAMES)}
COSIGNERS = {name: CosignerKey.of(f"{name}.example", key.public_key()) for name, key in PRIVATE_KEYS.items()}
PAPER = {name: notes.fingerprint(key.encode()) for name, key in COSIGNERS.items()}
TSA_PAPER = authority.fingerprint(ROOT.certificate)
EARLIER, LAST = 300, 200
"""Sizes of the tree that was dated before, and of the recipient's last bundle."""


def policy(wanted: int = 1, *, log: Log | None = None) -> Policy:
    """Both cosigners, of whom so many must have signed."""
    witnesses = tuple(Witness(name, COSIGNERS[name]) for name in NAMES)
    return Policy((log or Log(LEDGER_KEY),), witnesses, (Group("quorum", wanted, NAMES),), "quorum")


def note_of(ledger: Ledger, size: int) -> bytes:
    """The signed note of the ledger as it was."""
    checkpoint = Checkpoint(ORIGIN, size, merkle.root(ledger.leaves[:size]))
    return checkpoints.sign(checkpoint, private_key=LEDGER_PRIVATE_KEY).encode()


def line(note: bytes, name: str = "partner") -> bytes:
    """A cosigner's line under a note, with its line feed."""
    text = note.decode().partition("\n\n")[0] + "\n"
    seconds = int((NOW + timedelta(hours=1)).timestamp())
    cosigner = COSIGNERS[name].name
    return (sign_cosignature(text, name=cosigner, private_key=PRIVATE_KEYS[name], time=seconds) + "\n").encode()


def stamp(data: bytes, *, hour: int = 12) -> bytes:
    """The response of the tests' authority."""
    written = datetime(2026, 3, 1, hour, tzinfo=UTC).strftime("%Y%m%d%H%M%SZ").encode()
    return response(token(Recipe(data=data, written=written)))


def vouch(root: Path, ledger: Ledger) -> None:
    """Everything that an outside party may add, then manifests and seal anew."""
    size = len(ledger.leaves)
    note = note_of(ledger, size)
    put(root, layout.POLICY, policy().encode())
    put(root, layout.CHECKPOINT, note + line(note))
    put(root, layout.authority_path("clock"), ROOT.pem)
    for at, hour in ((EARLIER, 11), (size, 12)):
        put(root, layout.stamped_note_path(at), note_of(ledger, at))
        put(root, layout.stamp_path(at, "clock"), stamp(note_of(ledger, at), hour=hour))
    put(root, layout.previous_note_path(LAST), note_of(ledger, LAST))
    proof = merkle.consistency_proof(ledger.leaves, LAST)
    put(root, layout.consistency_path(LAST, size), previous.encode_proof(proof))
    close(root, ledger)


def close(root: Path, ledger: Ledger) -> None:
    """Manifests, seal and its time-stamp for what lies in the folder now: what the operator's own keys can do."""
    samples.rebag(root)
    samples.seal(root, copy.deepcopy(ledger))
    put(root, layout.SEAL_STAMP, stamp((root / TAG_MANIFESTS["sha256"]).read_bytes(), hour=13))
