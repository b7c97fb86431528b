"""The compact range: append in any portions, keep it, take it up again, in memory that does not grow."""

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.core import merkle
from custody.core.errors import MerkleError
from custody.core.merkle import Frontier
from tests.custody.core.samples import leaves

LEAVES = leaves(1500)


@given(st.lists(st.integers(0, 700), max_size=6))
def test_portions_make_no_difference(portions: list[int]) -> None:
    frontier = Frontier()
    for portion in portions:
        frontier.extend(iter(LEAVES[frontier.size : frontier.size + portion]))
    size = min(sum(portions), len(LEAVES))
    assert frontier.size == size
    assert frontier.root() == merkle.root(LEAVES[:size])
    assert len(frontier.nodes) == size.bit_count()


def test_leaf_by_leaf_is_the_same_as_all_at_once() -> None:
    one, all_ = Frontier(), Frontier()
    for leaf in LEAVES[:777]:
        one.append(leaf)
    all_.extend(LEAVES[:777])
    assert (one.size, one.nodes, one.root()) == (all_.size, all_.nodes, all_.root())


@given(st.integers(0, 1500), st.integers(0, 1500))
def test_a_kept_frontier_goes_on_where_it_stopped(first: int, then: int) -> None:
    first, then = sorted((first, then))
    kept = Frontier()
    kept.extend(LEAVES[:first])
    resumed = Frontier(kept.size, kept.nodes)
    resumed.extend(LEAVES[first:then])
    assert resumed.root() == merkle.root(LEAVES[:then])


def test_the_nodes_are_the_whole_subtrees_from_the_left() -> None:
    frontier = Frontier()
    frontier.extend(LEAVES[:13])
    assert frontier.nodes == (merkle.root(LEAVES[:8]), merkle.root(LEAVES[8:12]), LEAVES[12])


@pytest.mark.parametrize(
    ("size", "nodes"),
    [
        (1, []),
        (0, LEAVES[:1]),
        (3, LEAVES[:1]),
        (3, LEAVES[:3]),
        (1, [b"short"]),
        (1, [LEAVES[0] + b"\x00"]),
        (-1, LEAVES[:1]),
        (2**63, LEAVES[:1]),
    ],
)
def test_a_kept_frontier_of_the_wrong_shape_is_refused(size: int, nodes: list[bytes]) -> None:
    with pytest.raises(MerkleError):
        Frontier(size, nodes)


@pytest.mark.parametrize("bad", [b"", b"x" * 31, b"x" * 33])
def test_a_leaf_hash_of_the_wrong_length_is_refused(bad: bytes) -> None:
    with pytest.raises(MerkleError):
        Frontier().append(bad)
    with pytest.raises(MerkleError):
        merkle.root([bad])
    with pytest.raises(MerkleError):
        merkle.root([*LEAVES[:200], bad, *LEAVES[:55]])


def test_a_full_tree_takes_no_more() -> None:
    frontier = Frontier(merkle.MAX_SIZE - 1, [LEAVES[0]] * 62)
    frontier.append(LEAVES[0])
    with pytest.raises(MerkleError, match="full"):
        frontier.append(LEAVES[0])
    assert frontier.size == merkle.MAX_SIZE


def test_memory_stays_flat_however_many_leaves_come() -> None:
    leaf = LEAVES[0]
    tracemalloc.start()
    try:
        frontier = Frontier()
        frontier.extend(leaf for _ in range(100_000))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert frontier.size == 100_000
    assert peak < 200_000
