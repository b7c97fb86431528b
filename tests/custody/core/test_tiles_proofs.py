"""Roots and proofs from tiles equal those from the leaves, with few reads, and a changed tile betrays itself."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custody.core import merkle
from custody.core.errors import MerkleError, TileError
from custody.core.merkle import Frontier, node_hash
from custody.core.tiles import (
    TILE_HEIGHT,
    consistency_proof_from_tiles,
    inclusion_proof_from_tiles,
    root_from_tiles,
    tiles_for,
)
from tests.custody.core.mirrors import Mirror
from tests.custody.core.samples import leaves

LEAVES = leaves(1100)
MILLION = 1_000_000


def _mirror(size: int) -> Mirror:
    mirror = Mirror()
    mirror.grow(LEAVES[:size])
    return mirror


class EqualLeaves:
    """A tree of equal leaves: every whole subtree of one height is the same, so any size is free."""

    def __init__(self) -> None:
        self.whole = [LEAVES[0]]
        for height in range(63):
            self.whole.append(node_hash(self.whole[height], self.whole[height]))
        self.reads: list[tuple[int, int, int]] = []

    def read(self, level: int, index: int, width: int) -> bytes:
        self.reads.append((level, index, width))
        return self.whole[level * TILE_HEIGHT] * width

    def root(self, size: int) -> bytes:
        return Frontier(size, [self.whole[height] for height in reversed(range(63)) if size >> height & 1]).root()


@pytest.mark.parametrize("size", [0, 1, 2, 255, 256, 257, 511, 512, 513, 1023, 1024, 1025, 1100])
def test_the_root_is_that_of_the_leaves(size: int) -> None:
    assert root_from_tiles(size, _mirror(size).read) == merkle.root(LEAVES[:size])


@settings(max_examples=60)
@given(st.integers(1, 1100), st.data())
def test_proofs_are_those_of_the_leaves(size: int, data: st.DataObject) -> None:
    mirror = _mirror(size)
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(0, size))
    assert inclusion_proof_from_tiles(index, size, mirror.read) == merkle.inclusion_proof(LEAVES[:size], index)
    assert consistency_proof_from_tiles(old, size, mirror.read) == merkle.consistency_proof(LEAVES[:size], old)


@pytest.mark.parametrize("index", [0, 1, 255, 256, 65535, 65536, 777_777, MILLION - 1])
def test_a_million_entries_need_few_reads_for_inclusion(index: int) -> None:
    tree = EqualLeaves()
    proof = inclusion_proof_from_tiles(index, MILLION, tree.read)
    assert len(tree.reads) <= 6
    assert len(set(tree.reads)) == len(tree.reads)
    merkle.verify_inclusion(leaf=LEAVES[0], index=index, size=MILLION, proof=proof, root=tree.root(MILLION))


@pytest.mark.parametrize("old", [1, 2, 255, 256, 65535, 65536, 654_321, MILLION - 1])
def test_a_million_entries_need_few_reads_for_consistency(old: int) -> None:
    tree = EqualLeaves()
    proof = consistency_proof_from_tiles(old, MILLION, tree.read)
    assert len(tree.reads) <= 6
    merkle.verify_consistency(old_size=old, old_root=tree.root(old), size=MILLION, root=tree.root(MILLION), proof=proof)


def test_a_million_entries_need_three_reads_for_the_root() -> None:
    tree = EqualLeaves()
    assert root_from_tiles(MILLION, tree.read) == tree.root(MILLION)
    assert tree.reads == [(2, 0, 15), (1, 15, 66), (0, 3906, 64)]


def test_the_largest_tree_is_no_different() -> None:
    tree = EqualLeaves()
    size = merkle.MAX_SIZE
    assert root_from_tiles(size, tree.read) == tree.root(size)
    proof = inclusion_proof_from_tiles(size - 1, size, tree.read)
    merkle.verify_inclusion(leaf=LEAVES[0], index=size - 1, size=size, proof=proof, root=tree.root(size))


def test_only_tiles_that_the_tree_has_are_read() -> None:
    mirror = _mirror(1100)
    for index in range(0, 1100, 37):
        inclusion_proof_from_tiles(index, 1100, mirror.read)
        consistency_proof_from_tiles(index, 1100, mirror.read)
    assert set(mirror.reads) <= set(tiles_for(0, 1100))


def test_a_flip_in_any_tile_that_was_read_breaks_the_proof() -> None:
    size, index = 1100, 700
    mirror = _mirror(size)
    root = merkle.root(LEAVES[:size])
    inclusion_proof_from_tiles(index, size, mirror.read)
    used = set(mirror.reads)
    broken = 0
    for tile in used:
        for at in range(0, len(mirror.tiles[tile]), 32):
            changed = Mirror()
            data = bytearray(mirror.tiles[tile])
            data[at] ^= 1
            changed.tiles = mirror.tiles | {tile: bytes(data)}
            proof = inclusion_proof_from_tiles(index, size, changed.read)
            if proof != merkle.inclusion_proof(LEAVES[:size], index):
                broken += 1
                with pytest.raises(MerkleError):
                    merkle.verify_inclusion(leaf=LEAVES[index], index=index, size=size, proof=proof, root=root)
    # All but the leaf itself in its own tile: whoever verifies brings that one along.
    assert broken >= 255


def test_a_flip_in_the_edge_changes_the_root() -> None:
    mirror = _mirror(1100)
    root = root_from_tiles(1100, mirror.read)
    for tile in set(mirror.reads):
        for at in range(len(mirror.tiles[tile])):
            changed = Mirror()
            data = bytearray(mirror.tiles[tile])
            data[at] ^= 0x80
            changed.tiles = mirror.tiles | {tile: bytes(data)}
            assert root_from_tiles(1100, changed.read) != root


@pytest.mark.parametrize("change", [-32, -1, 1, 32])
def test_a_tile_of_another_length_is_refused(change: int) -> None:
    def read(_level: int, _index: int, width: int) -> bytes:
        return bytes(width * 32 + change)

    with pytest.raises(TileError):
        root_from_tiles(300, read)
    with pytest.raises(TileError):
        inclusion_proof_from_tiles(5, 300, read)
    with pytest.raises(TileError):
        consistency_proof_from_tiles(5, 300, read)


def test_an_impossible_question_is_refused() -> None:
    mirror = _mirror(10)
    with pytest.raises(TileError):
        root_from_tiles(-1, mirror.read)
    with pytest.raises(MerkleError):
        inclusion_proof_from_tiles(10, 10, mirror.read)
    with pytest.raises(MerkleError):
        consistency_proof_from_tiles(11, 10, mirror.read)
    assert mirror.reads == []
