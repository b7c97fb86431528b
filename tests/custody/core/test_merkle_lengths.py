"""Hashes of a proof are 32 bytes each: a moved boundary between two of them would hash to the same node."""

from typing import Any

import pytest

from custody.core import merkle
from custody.core.errors import MerkleError
from tests.custody.core.samples import leaves

LEAVES = leaves(7)
ROOT = merkle.root(LEAVES)
INCLUSION: dict[str, Any] = {
    "leaf": LEAVES[2],
    "index": 2,
    "size": 7,
    "proof": merkle.inclusion_proof(LEAVES, 2),
    "root": ROOT,
}
CONSISTENCY: dict[str, Any] = {
    "old_size": 3,
    "old_root": merkle.root(LEAVES[:3]),
    "size": 7,
    "root": ROOT,
    "proof": merkle.consistency_proof(LEAVES, 3),
}


def test_a_boundary_moved_between_leaf_and_sibling_is_refused() -> None:
    leaf, sibling = LEAVES[2], LEAVES[3]
    short, long = leaf[:31], leaf[31:] + sibling
    assert merkle.node_hash(short, long) == merkle.node_hash(leaf, sibling)
    with pytest.raises(MerkleError, match="32 bytes"):
        merkle.verify_inclusion(**INCLUSION | {"leaf": short, "proof": [long, *INCLUSION["proof"][1:]]})


def test_a_boundary_moved_between_start_and_next_is_refused() -> None:
    # From 3 to 7 the proof starts with leaf 2, whose sibling is leaf 3.
    start, sibling, *rest = CONSISTENCY["proof"]
    with pytest.raises(MerkleError, match="32 bytes"):
        merkle.verify_consistency(**CONSISTENCY | {"proof": [start[:31], start[31:] + sibling, *rest]})


@pytest.mark.parametrize("bad", [b"", bytes(31), bytes(33)])
def test_every_hash_has_its_length(bad: bytes) -> None:
    for key in ("leaf", "root"):
        with pytest.raises(MerkleError, match="32 bytes"):
            merkle.verify_inclusion(**INCLUSION | {key: bad})
    for key in ("old_root", "root"):
        with pytest.raises(MerkleError, match="32 bytes"):
            merkle.verify_consistency(**CONSISTENCY | {key: bad})
    for at in range(3):
        with pytest.raises(MerkleError, match="32 bytes"):
            merkle.verify_inclusion(**INCLUSION | {"proof": _with(INCLUSION["proof"], at, bad)})
    for at in range(4):
        with pytest.raises(MerkleError, match="32 bytes"):
            merkle.verify_consistency(**CONSISTENCY | {"proof": _with(CONSISTENCY["proof"], at, bad)})


def test_no_tree_is_larger_than_63_bits_can_say() -> None:
    with pytest.raises(MerkleError, match="range"):
        merkle.verify_inclusion(**INCLUSION | {"size": 2**63})
    with pytest.raises(MerkleError, match="range"):
        merkle.verify_consistency(**CONSISTENCY | {"size": 2**63})


def _with(proof: list[bytes], at: int, item: bytes) -> list[bytes]:
    return [*proof[:at], item, *proof[at + 1 :]]
