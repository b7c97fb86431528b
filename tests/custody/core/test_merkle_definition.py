"""The fast tree, the compact range and the proofs follow the recursive definitions of RFC 6962 section 2.1."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.core import merkle
from tests.custody.core.samples import leaves

LEAVES = leaves(600)


def _split(size: int) -> int:
    result = 1
    while result * 2 < size:
        result *= 2
    return result


def _root(hashes: list[bytes]) -> bytes:
    if not hashes:
        return merkle.EMPTY_ROOT
    if len(hashes) == 1:
        return hashes[0]
    k = _split(len(hashes))
    return merkle.node_hash(_root(hashes[:k]), _root(hashes[k:]))


def _path(index: int, hashes: list[bytes]) -> list[bytes]:
    if len(hashes) == 1:
        return []
    k = _split(len(hashes))
    if index < k:
        return [*_path(index, hashes[:k]), _root(hashes[k:])]
    return [*_path(index - k, hashes[k:]), _root(hashes[:k])]


def _subproof(old: int, hashes: list[bytes], *, complete: bool) -> list[bytes]:
    if old == len(hashes):
        return [] if complete else [_root(hashes)]
    k = _split(len(hashes))
    if old <= k:
        return [*_subproof(old, hashes[:k], complete=complete), _root(hashes[k:])]
    return [*_subproof(old - k, hashes[k:], complete=False), _root(hashes[:k])]


@pytest.mark.parametrize("size", [*range(70), 255, 256, 257, 511, 512, 513, 600])
def test_the_root_is_that_of_the_definition(size: int) -> None:
    assert merkle.root(LEAVES[:size]) == _root(LEAVES[:size])


@pytest.mark.parametrize("size", range(1, 34))
def test_every_inclusion_proof_is_that_of_the_definition_and_holds(size: int) -> None:
    root = _root(LEAVES[:size])
    for index in range(size):
        proof = merkle.inclusion_proof(LEAVES[:size], index)
        assert proof == _path(index, LEAVES[:size])
        merkle.verify_inclusion(leaf=LEAVES[index], index=index, size=size, proof=proof, root=root)


@pytest.mark.parametrize("size", range(1, 34))
def test_every_consistency_proof_is_that_of_the_definition_and_holds(size: int) -> None:
    for old in range(1, size + 1):
        proof = merkle.consistency_proof(LEAVES[:size], old)
        assert proof == _subproof(old, LEAVES[:size], complete=True)
        merkle.verify_consistency(
            old_size=old, old_root=_root(LEAVES[:old]), size=size, root=_root(LEAVES[:size]), proof=proof
        )


@given(st.integers(1, 600), st.data())
def test_larger_proofs_hold_too(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    old = data.draw(st.integers(1, size))
    root = merkle.root(LEAVES[:size])
    proof = merkle.inclusion_proof(LEAVES[:size], index)
    assert proof == _path(index, LEAVES[:size])
    merkle.verify_inclusion(leaf=LEAVES[index], index=index, size=size, proof=proof, root=root)
    steps = merkle.consistency_proof(LEAVES[:size], old)
    assert steps == _subproof(old, LEAVES[:size], complete=True)
    merkle.verify_consistency(old_size=old, old_root=merkle.root(LEAVES[:old]), size=size, root=root, proof=steps)


def test_any_tree_follows_the_empty_one() -> None:
    assert merkle.consistency_proof(LEAVES[:5], 0) == []
    merkle.verify_consistency(old_size=0, old_root=merkle.EMPTY_ROOT, size=5, root=merkle.root(LEAVES[:5]), proof=[])
