"""How a picture looks, in 64 bits, and which other pictures look like it without comparing every two of them.

The hash is the difference hash known as dHash: the picture in 9 x 8 greys, and for each grey whether the one on its
right is lighter. Saving anew, scaling and a little more light change few of the bits; the number of bits in which two
hashes differ is their distance. It tells how alike pictures look and nothing about what they show.

Finding by distance follows the multi-index hashing of Norouzi, Punjani and Fleet (2012): of four bands of 16 bits, one
differs in at most one bit when the whole differs in at most seven. So 4 x 17 places are looked up for a hash, however
many there are.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

ALGORITHM: Final = "dhash-64/1"
WIDTH: Final = 9
HEIGHT: Final = 8
# Hashes that differ in more bits are not taken to look alike.
REACH: Final = 7
# A step between neighbours is one of at least this many of 256 greys; with fewer steps a picture is too plain: noise
# would decide its bits.
_STEP: Final = 4
_FEWEST_STEPS: Final = 12
_BANDS: Final = 4
_BITS: Final = 16
_MASK: Final = (1 << _BITS) - 1
_FLIPS: Final = (0, *(1 << bit for bit in range(_BITS)))
# How many hashes one search compares at most: where very many share a band, the work for each stays bounded.
MOST_COMPARED: Final = 4_000
# To how many earlier pictures one is tied at most: the pairs of a crowd grow with it, and not with its square.
MOST_KEPT: Final = 20

Key = TypeVar("Key", bound=Hashable)


def dhash(greys: bytes) -> int | None:
    """The hash of a picture given as 8 rows of 9 greys (0 to 255), top row first; None for one that is too plain.

    Raises ValueError for any other number of greys.
    """
    if len(greys) != WIDTH * HEIGHT:
        raise ValueError(f"a difference hash is made of {WIDTH * HEIGHT} greys")
    value = steps = 0
    for row in range(HEIGHT):
        for at in range(row * WIDTH, row * WIDTH + WIDTH - 1):
            value = value << 1 | (greys[at] < greys[at + 1])
            steps += abs(greys[at] - greys[at + 1]) >= _STEP
    return value if steps >= _FEWEST_STEPS else None


def distance(one: int, other: int) -> int:
    """In how many of their bits two hashes differ, 0 to 64."""
    return (one ^ other).bit_count()


@dataclass(frozen=True)
class Near(Generic[Key]):
    """A picture that looks alike, and how far it is."""

    key: Key
    distance: int


@dataclass(frozen=True)
class Found(Generic[Key]):
    """The nearest, nearest first and then in the order in which they were added.

    ``left_out``: how many more were found; ``complete``: whether all that come into question were compared.
    """

    near: tuple[Near[Key], ...]
    left_out: int
    complete: bool


class HashIndex(Generic[Key]):
    """Hashes by their bands. Equal ones take one place, so that thousands of them cost no more than one."""

    def __init__(self, *, most_compared: int = MOST_COMPARED) -> None:
        self._most_compared = most_compared
        self._keys: dict[int, list[Key]] = {}
        self._bands: tuple[dict[int, list[int]], ...] = tuple({} for _ in range(_BANDS))

    def __len__(self) -> int:
        """How many different hashes there are."""
        return len(self._keys)

    def add(self, key: Key, value: int) -> None:
        """Add a picture's hash."""
        keys = self._keys.get(value)
        if keys is not None:
            keys.append(key)
            return
        self._keys[value] = [key]
        for band, places in enumerate(self._bands):
            places.setdefault(value >> band * _BITS & _MASK, []).append(value)

    def search(self, value: int, most: int) -> Found[Key]:
        """The at most ``most`` pictures within reach of a hash.

        Exact unless ``complete`` is false: then more hashes came into question than are compared, and of those some
        were not looked at. Equal hashes are always found.
        """
        distances = {value: 0} if value in self._keys else {}
        left = self._most_compared
        for places in self._crowds(value):
            for other in places[:left]:
                apart = (value ^ other).bit_count()
                if apart <= REACH:
                    distances[other] = apart
            left -= len(places)
            if left < 0:
                break
        return self._nearest(distances, most, complete=left >= 0)

    def _crowds(self, value: int) -> Iterator[list[int]]:
        """The hashes that agree in a band, and then those that differ in it by one bit."""
        for flip in _FLIPS:
            for band, places in enumerate(self._bands):
                if found := places.get((value >> band * _BITS & _MASK) ^ flip):
                    yield found

    def _nearest(self, distances: dict[int, int], most: int, *, complete: bool) -> Found[Key]:
        near: list[Near[Key]] = []
        for value, apart in sorted(distances.items(), key=lambda each: each[1]):
            if len(near) >= most:
                break
            near += [Near(key, apart) for key in self._keys[value][: most - len(near)]]
        found = sum(len(self._keys[value]) for value in distances)
        return Found(tuple(near), found - len(near), complete)
