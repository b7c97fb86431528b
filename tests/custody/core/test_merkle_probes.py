"""Each valid proof, changed in one way, is refused: the kinds of change are those of transparency-dev/merkle."""

from collections.abc import Iterator
from typing import Any

import pytest

from custody.core import merkle
from custody.core.errors import MerkleError
from tests.custody.core.probes import flip
from tests.custody.core.samples import leaves

LEAVES = leaves(130)
OTHER = merkle.leaf_hash(b"another")
GARBAGE = [b"", b"\x00" * 31, b"\x00" * 33, b"garbage"]

Arguments = dict[str, Any]


def _changed_proofs(proof: list[bytes], root: bytes) -> Iterator[tuple[str, list[bytes]]]:
    yield "trailing garbage", [*proof, OTHER]
    yield "trailing root", [*proof, root]
    yield "trailing short hash", [*proof, b"short"]
    yield "preceding garbage", [OTHER, *proof]
    yield "preceding root", [root, *proof]
    for at, item in enumerate(proof):
        yield f"proof {at} removed", proof[:at] + proof[at + 1 :]
        yield f"proof {at} twice", [*proof[:at], item, *proof[at:]]
        yield f"proof inserted at {at}", [*proof[:at], OTHER, *proof[at:]]
        yield f"proof {at} replaced", [*proof[:at], OTHER, *proof[at + 1 :]]
        yield f"truncated to {at}", proof[:at]
        for bit in (0, 3, 100, 255):
            yield f"bit {bit} of proof {at} flipped", [*proof[:at], flip(item, bit)[1], *proof[at + 1 :]]
        for bad in GARBAGE:
            yield f"proof {at} of {len(bad)} bytes", [*proof[:at], bad, *proof[at + 1 :]]
    for at in range(len(proof) - 1):
        yield f"proof {at} and next swapped", [*proof[:at], proof[at + 1], proof[at], *proof[at + 2 :]]


def _changed_inclusions(index: int, size: int) -> Iterator[tuple[str, Arguments]]:
    proof, root = merkle.inclusion_proof(LEAVES[:size], index), merkle.root(LEAVES[:size])
    good: Arguments = {"leaf": LEAVES[index], "index": index, "size": size, "proof": proof, "root": root}
    merkle.verify_inclusion(**good)
    yield "wrong leaf", good | {"leaf": OTHER}
    yield "next leaf", good | {"leaf": LEAVES[index + 1]}
    yield "the root as leaf", good | {"leaf": root if size > 1 else OTHER}
    yield "random root", good | {"root": OTHER}
    yield "empty root", good | {"root": merkle.EMPTY_ROOT}
    yield "a flip in the leaf", good | {"leaf": flip(LEAVES[index], 5)[1]}
    yield "a flip in the root", good | {"root": flip(root, 250)[1]}
    for bad in GARBAGE:
        yield f"root of {len(bad)} bytes", good | {"root": bad}
        yield f"leaf of {len(bad)} bytes", good | {"leaf": bad}
    for wrong in {index - 1, index + 1, index ^ 2, -index - 1, index + 2**64, size, size + 1} - {index}:
        yield f"index {wrong}", good | {"index": wrong}
    # A proof says nothing about sizes that need the same siblings, so only those of another shape must fail.
    for wrong in (0, -1, index, size * 2, size // 2, 2**63):
        if wrong <= index or len(merkle.inclusion_ranges(index, min(wrong, 2**62))) != len(proof):
            yield f"size {wrong}", good | {"size": wrong}
    for name, changed in _changed_proofs(proof, root):
        yield name, good | {"proof": changed}


def _changed_consistencies(old: int, size: int) -> Iterator[tuple[str, Arguments]]:
    proof, root = merkle.consistency_proof(LEAVES[:size], old), merkle.root(LEAVES[:size])
    old_root = merkle.root(LEAVES[:old])
    good: Arguments = {"old_size": old, "old_root": old_root, "size": size, "root": root, "proof": proof}
    merkle.verify_consistency(**good)
    yield "random old root", good | {"old_root": OTHER}
    yield "random root", good | {"root": OTHER}
    yield "empty old root", good | {"old_root": merkle.EMPTY_ROOT}
    yield "a flip in the old root", good | {"old_root": flip(old_root, 8)[1]}
    yield "a flip in the root", good | {"root": flip(root, 8)[1]}
    if old != size:
        yield "both roots random", good | {"old_root": OTHER, "root": OTHER}
        yield "roots swapped", good | {"old_root": root, "root": old_root}
        yield "the old root as root", good | {"root": old_root}
        yield "sizes swapped", good | {"old_size": size, "size": old}
        yield "an empty proof", good | {"proof": []}
    yield "old size 0", good | {"old_size": 0}
    yield "old size -1", good | {"old_size": -1}
    yield "old size beyond the size", good | {"old_size": size + 1}
    yield "size beyond all sizes", good | {"size": 2**63}
    for wrong in {old - 1, old + 1, old ^ 2} - {old}:
        if 0 < wrong <= size and len(merkle.consistency_ranges(wrong, size)) != len(proof):
            yield f"old size {wrong}", good | {"old_size": wrong}
    for bad in GARBAGE:
        yield f"root of {len(bad)} bytes", good | {"root": bad}
        yield f"old root of {len(bad)} bytes", good | {"old_root": bad}
    for name, changed in _changed_proofs(proof, root):
        yield name, good | {"proof": changed}


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 7, 8, 9, 31, 32, 33, 64, 65, 100, 128])
def test_no_changed_inclusion_proof_is_accepted(size: int) -> None:
    accepted = []
    for index in {0, 1, size // 2, size - 2, size - 1}:
        if 0 <= index < size:
            for name, arguments in _changed_inclusions(index, size):
                if _accepts(merkle.verify_inclusion, arguments):
                    accepted.append((index, name))
    assert accepted == []


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 7, 8, 9, 31, 32, 33, 64, 65, 100, 128])
def test_no_changed_consistency_proof_is_accepted(size: int) -> None:
    accepted = []
    for old in {1, 2, size // 2, size - 1, size}:
        if 0 < old <= size:
            for name, arguments in _changed_consistencies(old, size):
                if _accepts(merkle.verify_consistency, arguments):
                    accepted.append((old, name))
    assert accepted == []


def test_a_changed_history_has_no_proof() -> None:
    # The whole point: alter, remove or insert an early leaf, and no proof leads from the old root to the new one.
    old_root = merkle.root(LEAVES[:50])
    for history in (
        [OTHER, *LEAVES[1:100]],
        LEAVES[1:101],
        [*LEAVES[:20], OTHER, *LEAVES[20:99]],
        [LEAVES[1], LEAVES[0], *LEAVES[2:100]],
        [*LEAVES[:49], OTHER, *LEAVES[50:100]],
    ):
        proof = merkle.consistency_proof(history, 50)
        with pytest.raises(MerkleError, match="old root"):
            merkle.verify_consistency(old_size=50, old_root=old_root, size=100, root=merkle.root(history), proof=proof)


@pytest.mark.parametrize(("index", "size"), [(0, 0), (5, 5), (-1, 5), (0, -1), (0, 2**63)])
def test_there_is_no_proof_of_what_is_not_there(index: int, size: int) -> None:
    with pytest.raises(MerkleError):
        merkle.inclusion_ranges(index, size)


@pytest.mark.parametrize(("old", "size"), [(6, 5), (-1, 5), (0, -1), (0, 2**63)])
def test_there_is_no_proof_between_impossible_sizes(old: int, size: int) -> None:
    with pytest.raises(MerkleError):
        merkle.consistency_ranges(old, size)


def _accepts(verify: Any, arguments: Arguments) -> bool:
    try:
        verify(**arguments)
    except MerkleError:
        return False
    return True
