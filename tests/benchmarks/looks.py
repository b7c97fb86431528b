"""Look-alikes: how long it takes, and how much memory, to find the pairs among as many hashes as the largest set has.

Most hashes are random; among them lie series of one picture, a crowd of equal ones, and a crowd of different ones that
agree in one band. What is found in the series is held against what was put there.
"""

from __future__ import annotations

import random
import time
import tracemalloc

from evidence.core.perceptual import MOST_KEPT, REACH, HashIndex

_MANY = 53_275
_SERIES, _IN_SERIES = 4_000, 5
_CROWD = 5_000


def measure() -> None:
    """Print time and memory."""
    print("\nlook-alikes: every hash compared with those before it")
    for size in (_MANY // 10, _MANY):
        hashes = made_up(size)
        began = time.perf_counter()
        pairs, left_out, cut = find(hashes)
        took = time.perf_counter() - began
        print(
            f"  {size:>7,} hashes   {took:5.2f} s   index {held(hashes):4.0f} MiB   {pairs:,} pairs"
            f"   {left_out:,} left out in crowds   {cut:,} searches cut short"
        )


def made_up(size: int) -> list[int]:
    """The hashes, in no order; the same for the same size."""
    chance = random.Random(size)
    share = size / _MANY
    hashes = [chance.getrandbits(64)] * int(_CROWD * share)
    hashes += [0xBEEF << 16 | chance.getrandbits(32) << 32 | chance.getrandbits(16) for _ in range(int(_CROWD * share))]
    for _ in range(int(_SERIES * share)):
        middle = chance.getrandbits(64)
        hashes += [middle ^ sum(1 << bit for bit in chance.sample(range(64), REACH // 2)) for _ in range(_IN_SERIES)]
    hashes += [chance.getrandbits(64) for _ in range(size - len(hashes))]
    chance.shuffle(hashes)
    return hashes


def held(hashes: list[int]) -> float:
    """How much memory the whole index takes, in MiB; a search takes next to none."""
    tracemalloc.start()
    index: HashIndex[int] = HashIndex()
    for key, value in enumerate(hashes):
        index.add(key, value)
    size = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return size / (1 << 20)


def find(hashes: list[int]) -> tuple[int, int, int]:
    """How many pairs are kept, how many were left out, and how many searches did not look at all candidates."""
    index: HashIndex[int] = HashIndex()
    pairs = left_out = cut = 0
    for key, value in enumerate(hashes):
        found = index.search(value, MOST_KEPT)
        pairs += len(found.near)
        left_out += found.left_out
        cut += not found.complete
        index.add(key, value)
    return pairs, left_out, cut


if __name__ == "__main__":
    measure()
