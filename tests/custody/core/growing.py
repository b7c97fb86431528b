"""One log as it grows, as its operator hands it to cosigners, and the same log forked."""

from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from custody.core import checkpoints, merkle
from custody.core.checkpoints import Checkpoint
from custody.core.cosignatures import CosignerKey
from custody.core.witnessing import Request
from tests.custody.core.samples import ORIGIN, PRIVATE_KEY, leaves

COSIGNER = "partner.example/w1"
COSIGNER_PRIVATE_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(2, 34)))
COSIGNER_KEY = CosignerKey.of(COSIGNER, COSIGNER_PRIVATE_KEY.public_key())
TIME = 1_767_225_600


def cosigner_key(number: int) -> Ed25519PrivateKey:
    """The private key of one of many cosigners."""
    return Ed25519PrivateKey.from_private_bytes(sha256(b"cosigner %d" % number).digest())


def history(size: int, *, forked_at: int | None = None) -> list[bytes]:
    """Leaf hashes; in the forked history one is another."""
    found = leaves(size)
    if forked_at is not None:
        found[forked_at] = sha256(b"rewritten").digest()
    return found


def checkpoint(size: int, *, forked_at: int | None = None, origin: str = ORIGIN) -> Checkpoint:
    """The log's checkpoint at this size."""
    return Checkpoint(origin, size, merkle.root(history(size, forked_at=forked_at)))


def signed(
    size: int, *, forked_at: int | None = None, origin: str = ORIGIN, key: Ed25519PrivateKey = PRIVATE_KEY
) -> bytes:
    """The same as a signed note."""
    return checkpoints.sign(checkpoint(size, forked_at=forked_at, origin=origin), private_key=key).encode()


def proof(old: int, new: int, *, forked_at: int | None = None) -> tuple[bytes, ...]:
    """That the first tree is the beginning of the second."""
    return tuple(merkle.consistency_proof(history(new, forked_at=forked_at), old))


def request(old: int, new: int, *, forked_at: int | None = None) -> Request:
    """What the operator sends when the cosigner last signed `old`."""
    return Request(old, proof(old, new, forked_at=forked_at), signed(new, forked_at=forked_at))
