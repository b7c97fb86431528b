"""Known answers of RFC 6962 and RFC 9162, and the reference tree of Certificate Transparency."""

import hashlib

import pytest

from custody.core import merkle
from custody.core.merkle import leaf_hash, node_hash

# printf '' | sha256sum
EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
# printf '\0' | sha256sum
EMPTY_LEAF = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
# printf '\0L123456' | sha256sum
LEAF = "395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56"
# printf '\1N123N456' | sha256sum
NODE = "aa217fe888e47007fa15edab33c2b492a722cb106c64667fc2b044444de66bbb"

# The eight leaves that Certificate Transparency's own implementations are tested with, and the root after each.
DATA = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
INCLUSION = {
    (0, 1): [],
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    (1, 5): [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
CONSISTENCY = {
    (1, 1): [],
    (1, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 5): [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
LEAVES = [leaf_hash(data) for data in DATA]


def _hex(proof: list[bytes]) -> list[str]:
    return [item.hex() for item in proof]


def test_the_empty_tree_is_the_hash_of_nothing() -> None:
    assert merkle.root([]) == merkle.EMPTY_ROOT == bytes.fromhex(EMPTY)


def test_leaves_and_nodes_are_hashed_under_different_prefixes() -> None:
    assert leaf_hash(b"").hex() == EMPTY_LEAF
    assert leaf_hash(b"L123456").hex() == LEAF
    assert node_hash(b"N123", b"N456").hex() == NODE


def test_a_node_does_not_pass_as_a_leaf() -> None:
    left, right = LEAVES[:2]
    assert leaf_hash(left + right) != node_hash(left, right)
    assert leaf_hash(b"") != merkle.EMPTY_ROOT
    assert hashlib.sha256(left + right).digest() not in (leaf_hash(left + right), node_hash(left, right))


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_of_the_reference_tree(size: int) -> None:
    assert merkle.root(LEAVES[:size]).hex() == ROOTS[size - 1]


@pytest.mark.parametrize(("index", "size"), INCLUSION)
def test_inclusion_proofs_of_the_reference_tree(index: int, size: int) -> None:
    proof = merkle.inclusion_proof(LEAVES[:size], index)
    assert _hex(proof) == INCLUSION[index, size]
    root = bytes.fromhex(ROOTS[size - 1])
    merkle.verify_inclusion(leaf=LEAVES[index], index=index, size=size, proof=proof, root=root)


@pytest.mark.parametrize(("old_size", "size"), CONSISTENCY)
def test_consistency_proofs_of_the_reference_tree(old_size: int, size: int) -> None:
    proof = merkle.consistency_proof(LEAVES[:size], old_size)
    assert _hex(proof) == CONSISTENCY[old_size, size]
    old_root, root = (bytes.fromhex(ROOTS[at - 1]) for at in (old_size, size))
    merkle.verify_consistency(old_size=old_size, old_root=old_root, size=size, root=root, proof=proof)


def test_the_example_of_rfc_9162_section_2_1_5() -> None:
    # The tree of seven leaves a to f and j, with the names that the section gives to its nodes.
    a, b, c, d, e, f, j = LEAVES[:7]
    g, h, i = node_hash(a, b), node_hash(c, d), node_hash(e, f)
    k, middle = node_hash(g, h), node_hash(i, j)
    assert merkle.root(LEAVES[:7]) == node_hash(k, middle)
    assert merkle.inclusion_proof(LEAVES[:7], 0) == [b, h, middle]
    assert merkle.inclusion_proof(LEAVES[:7], 3) == [c, g, middle]
    assert merkle.inclusion_proof(LEAVES[:7], 4) == [f, j, k]
    assert merkle.inclusion_proof(LEAVES[:7], 6) == [i, k]
    assert merkle.consistency_proof(LEAVES[:7], 3) == [c, d, g, middle]
    assert merkle.consistency_proof(LEAVES[:7], 4) == [middle]
    assert merkle.consistency_proof(LEAVES[:7], 6) == [i, j, k]
