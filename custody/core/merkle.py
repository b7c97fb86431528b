"""The Merkle tree of RFC 6962 section 2.1 over SHA-256, its compact form and its proofs (RFC 9162 section 2.1).

Functions take leaf hashes, never leaf data, except `leaf_hash`. All hashes are 32 bytes.
"""

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from itertools import islice

from custody.core.errors import MerkleError

HASH_BYTES = 32
MAX_SIZE = 2**63 - 1
EMPTY_ROOT = sha256(b"").digest()

# Whole subtrees of this height are hashed level by level, which costs half of appending leaf by leaf.
_BLOCK_HEIGHT = 8
_BLOCK = 1 << _BLOCK_HEIGHT


def leaf_hash(data: bytes) -> bytes:
    """Hash of one leaf: SHA-256(0x00 || data). The prefix keeps a leaf from passing as a node."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of an inner node: SHA-256(0x01 || left || right)."""
    return sha256(b"\x01" + left + right).digest()


def root(leaf_hashes: Sequence[bytes]) -> bytes:
    """Merkle tree hash of the leaves, in order (RFC 6962 section 2.1)."""
    if len(leaf_hashes).bit_count() == 1:
        return _whole_root(list(leaf_hashes))
    frontier = Frontier()
    frontier.extend(leaf_hashes)
    return frontier.root()


class Frontier:
    """The right edge of a tree: the roots of its whole subtrees, largest first, one per 1 bit of the size.

    Enough to append and to know the root, in memory that grows with the logarithm of the size.
    """

    __slots__ = ("_nodes", "_size")

    def __init__(self, size: int = 0, nodes: Sequence[bytes] = ()) -> None:
        """Raises MerkleError unless `nodes` holds one 32-byte hash for each 1 bit of `size`."""
        _check_size(size)
        if len(nodes) != size.bit_count():
            raise MerkleError(f"a tree of {size} leaves has {size.bit_count()} whole subtrees, not {len(nodes)}")
        for node in nodes:
            _check_hash(node)
        self._size = size
        self._nodes = list(nodes)

    @property
    def size(self) -> int:
        """How many leaves were appended."""
        return self._size

    @property
    def nodes(self) -> tuple[bytes, ...]:
        """Roots of the whole subtrees, largest (leftmost) first."""
        return tuple(self._nodes)

    def append(self, leaf_hash: bytes) -> None:
        """Add one leaf."""
        _check_hash(leaf_hash)
        self._push(leaf_hash, 0)

    def extend(self, leaf_hashes: Iterable[bytes]) -> None:
        """Add leaves in order; any iterable, read once, 256 at a time."""
        leaves = iter(leaf_hashes)
        for leaf in islice(leaves, -self._size % _BLOCK):
            self.append(leaf)
        while block := list(islice(leaves, _BLOCK)):
            if len(block) < _BLOCK:
                for leaf in block:
                    self.append(leaf)
                return
            self._push(_whole_root(block), _BLOCK_HEIGHT)

    def root(self) -> bytes:
        """Merkle tree hash of everything appended so far."""
        if not self._nodes:
            return EMPTY_ROOT
        result = self._nodes[-1]
        for node in reversed(self._nodes[:-1]):
            result = node_hash(node, result)
        return result

    def _push(self, node: bytes, height: int) -> None:
        """Add a whole subtree; the size must be a multiple of its width."""
        if self._size + (1 << height) > MAX_SIZE:
            raise MerkleError("the tree is full")
        before = self._size >> height
        while before & 1:
            node = node_hash(self._nodes.pop(), node)
            before >>= 1
        self._nodes.append(node)
        self._size += 1 << height


def inclusion_ranges(index: int, size: int) -> list[tuple[int, int]]:
    """The leaf ranges [start, end) whose hashes make up the inclusion proof, in proof order (RFC 9162 2.1.3.1)."""
    _check_size(size)
    if not 0 <= index < size:
        raise MerkleError(f"there is no leaf {index} in a tree of {size}")
    ranges = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start = middle
    return ranges[::-1]


def consistency_ranges(old_size: int, size: int) -> list[tuple[int, int]]:
    """The leaf ranges [start, end) whose hashes make up the consistency proof, in order (RFC 9162 2.1.4.1).

    Empty when the sizes are equal or the old tree was empty.
    """
    _check_size(size)
    if not 0 <= old_size <= size:
        raise MerkleError(f"a tree of {size} leaves cannot follow one of {old_size}")
    ranges = []
    start, end = 0, size
    while old_size and end != old_size:
        middle = start + _split(end - start)
        if old_size <= middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start = middle
    if start:
        ranges.append((start, end))
    return ranges[::-1]


def inclusion_proof(leaf_hashes: Sequence[bytes], index: int) -> list[bytes]:
    """Audit path of leaf `index`, lowest first (RFC 9162 2.1.3.1). Reads every leaf: see `tiles` for large trees."""
    return [root(leaf_hashes[start:end]) for start, end in inclusion_ranges(index, len(leaf_hashes))]


def consistency_proof(leaf_hashes: Sequence[bytes], old_size: int) -> list[bytes]:
    """Proof that the tree of the first `old_size` leaves is a prefix of this one (RFC 9162 2.1.4.1)."""
    return [root(leaf_hashes[start:end]) for start, end in consistency_ranges(old_size, len(leaf_hashes))]


def verify_inclusion(*, leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Check that the leaf with this hash is number `index` of the tree of `size` with this root (RFC 9162 2.1.3.2).

    Does not prove that anyone signed the root, nor that the size is the signed one: take both from an opened
    checkpoint. Raises MerkleError when the proof does not hold.
    """
    # 1. The position exists, and every hash has the length of a hash.
    _check_size(size)
    if not 0 <= index < size:
        raise MerkleError(f"there is no leaf {index} in a tree of {size}")
    _check_hash(leaf)
    _check_hash(root)
    # 2. Climb from the leaf, taking each sibling on the side that the position dictates.
    position, last, result = index, size - 1, leaf
    for sibling in proof:
        _check_hash(sibling)
        if not last:
            raise MerkleError("the inclusion proof is too long")
        if position & 1 or position == last:
            result = node_hash(sibling, result)
            position, last = _skip_to_right_child(position, last)
        else:
            result = node_hash(result, sibling)
        position, last = position >> 1, last >> 1
    # 3. The climb ended at the top, at the offered root.
    if last:
        raise MerkleError("the inclusion proof is too short")
    if result != root:
        raise MerkleError("the inclusion proof leads to another root")


def verify_consistency(*, old_size: int, old_root: bytes, size: int, root: bytes, proof: Sequence[bytes]) -> None:
    """Check that the old tree is a prefix of the new one: nothing was changed or removed (RFC 9162 2.1.4.2).

    Does not prove that anyone signed either root. From an empty old tree every tree follows, so then nothing is proved
    about `root`. Raises MerkleError when the proof does not hold.
    """
    # 1. The sizes can follow each other, and every hash has the length of a hash.
    _check_size(size)
    if not 0 <= old_size <= size:
        raise MerkleError(f"a tree of {size} leaves cannot follow one of {old_size}")
    _check_hash(old_root)
    _check_hash(root)
    # 2. Where no hashing is needed the proof is empty and the roots speak for themselves.
    if old_size in (0, size):
        _check_trivial(old_size, old_root, size, root, proof)
        return
    # 3. Start at the largest whole subtree at the old tree's edge: the old root itself if the old tree is whole.
    if not proof:
        raise MerkleError("the consistency proof is empty")
    start, path = (old_root, proof) if old_size.bit_count() == 1 else (proof[0], proof[1:])
    # 4. Climb to both roots at once.
    old_result, result = _climb_to_both(start, path, old_size - 1, size - 1)
    # 5. The climb ended at both offered roots.
    if old_result != old_root:
        raise MerkleError("the consistency proof leads to another old root")
    if result != root:
        raise MerkleError("the consistency proof leads to another new root")


def hash_ranges(ranges: Iterable[tuple[int, int]], whole: Callable[[int, int], bytes]) -> list[bytes]:
    """Hash each leaf range [start, end), given `whole(height, index)`: the root of one whole subtree.

    Each range must start at a multiple of the power of two that spans it, as the ranges of proofs do.
    """
    return [_range_frontier(start, end, whole).root() for start, end in ranges]


def _range_frontier(start: int, end: int, whole: Callable[[int, int], bytes]) -> Frontier:
    nodes, at = [], start
    for height in reversed(range((end - start).bit_length())):
        if (end - start) >> height & 1:
            nodes.append(whole(height, at >> height))
            at += 1 << height
    return Frontier(end - start, nodes)


def _whole_root(hashes: list[bytes]) -> bytes:
    """Root of a power of two of hashes, level by level."""
    # The length check of all at once: a wrong one would shift every hash after it.
    if set(map(len, hashes)) != {HASH_BYTES}:
        raise MerkleError("a hash is not 32 bytes long")
    while len(hashes) > 1:
        pairs = iter(hashes)
        hashes = [sha256(b"\x01" + left + right).digest() for left, right in zip(pairs, pairs, strict=True)]
    return hashes[0]


def _climb_to_both(start: bytes, path: Sequence[bytes], position: int, last: int) -> tuple[bytes, bytes]:
    """Old and new root that a consistency path leads to, from the last leaf of the old tree (`position`)."""
    _check_hash(start)
    while position & 1:
        position, last = position >> 1, last >> 1
    old_result = result = start
    for sibling in path:
        _check_hash(sibling)
        if not last:
            raise MerkleError("the consistency proof is too long")
        if position & 1 or position == last:
            old_result, result = node_hash(sibling, old_result), node_hash(sibling, result)
            position, last = _skip_to_right_child(position, last)
        else:
            result = node_hash(result, sibling)
        position, last = position >> 1, last >> 1
    if last:
        raise MerkleError("the consistency proof is too short")
    return old_result, result


def _skip_to_right_child(position: int, last: int) -> tuple[int, int]:
    """Climb past levels where a node at the right edge has no sibling and is promoted unchanged."""
    while position and not position & 1:
        position, last = position >> 1, last >> 1
    return position, last


def _split(size: int) -> int:
    """Largest power of two smaller than `size`, which is at least 2."""
    return 1 << (size - 1).bit_length() - 1


def _check_trivial(old_size: int, old_root: bytes, size: int, root: bytes, proof: Sequence[bytes]) -> None:
    if proof:
        raise MerkleError("the consistency proof should be empty")
    if old_size == size and old_root != root:
        raise MerkleError("two trees of the same size have different roots")
    if not old_size and old_root != EMPTY_ROOT:
        raise MerkleError("the old root is not that of an empty tree")


def _check_size(size: int) -> None:
    if not 0 <= size <= MAX_SIZE:
        raise MerkleError("a tree size is out of range")


def _check_hash(value: bytes) -> None:
    if len(value) != HASH_BYTES:
        raise MerkleError("a hash is not 32 bytes long")
