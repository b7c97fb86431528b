"""One fixed entry, key and log, so that tests can pin exact bytes."""

from dataclasses import replace
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from custody.core.entries import Actor, Entry, Outcome, StreamLink, encode
from custody.core.merkle import leaf_hash
from custody.core.notes import VerifierKey

ORIGIN = "amana.example/ledger"
PRIVATE_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEY = VerifierKey.of(ORIGIN, PRIVATE_KEY.public_key())
OTHER_PRIVATE_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))

ENTRY = Entry(
    log=ORIGIN,
    seq=7,
    id="3f2b8f0e-5c1d-4a7e-9b36-0d2e4c6a8b01",
    act="3f2b8f0e-5c1d-4a7e-9b36-0d2e4c6a8b02",
    action="item.received",
    time="2026-01-31T08:09:10.123Z",
    actor=Actor("3f2b8f0e-5c1d-4a7e-9b36-0d2e4c6a8b03", "investigator", "password", "ab" * 32),
    streams=(
        StreamLink("item/3f2b8f0e-5c1d-4a7e-9b36-0d2e4c6a8b04", 0, None),
        StreamLink("case/3f2b8f0e-5c1d-4a7e-9b36-0d2e4c6a8b05", 3, "cd" * 32),
    ),
    subject={"item": "3f2b8f0e-5c1d-4a7e-9b36-0d2e4c6a8b04", "sha256": "ef" * 32},
    outcome=Outcome.DONE,
    salt="01" * 16,
)


def leaves(count: int) -> list[bytes]:
    """Distinct leaf hashes."""
    return [leaf_hash(number.to_bytes(8, "big")) for number in range(count)]


def ledger(*paths: tuple[str, ...], **changes: Any) -> list[tuple[Entry, bytes]]:
    """A well-formed ledger with one entry for each tuple of stream ids, with the leaf hash of each."""
    heads: dict[str, tuple[int, str]] = {}
    result = []
    for seq, streams in enumerate(paths):
        entry = replace(
            ENTRY,
            seq=seq,
            id=f"entry-{seq}",
            streams=tuple(_link(name, heads) for name in streams),
            salt=sha256(bytes([seq])).hexdigest()[:32],
            **changes,
        )
        leaf = leaf_hash(encode(entry))
        heads |= {link.id: (link.n, leaf.hex()) for link in entry.streams}
        result.append((entry, leaf))
    return result


def _link(name: str, heads: dict[str, tuple[int, str]]) -> StreamLink:
    if name not in heads:
        return StreamLink(name, 0, None)
    n, leaf = heads[name]
    return StreamLink(name, n + 1, leaf)
