"""An index of names in memory: no search compares all of them.

Each part of a name is filed under its skeleton of strong consonants and under each skeleton with one of them left out
(the deletion neighbourhood of Garbe's SymSpell, 2012), so that one consonant may be wrong, missing or too many.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from testimony.core.names.likeness import HIGHEST, likeness, score
from testimony.core.names.parts import Name, Part, read
from testimony.core.names.sounds import skeleton

K = TypeVar("K", bound=Hashable)
LOWEST: Final = 640
# A name that is much less like the query than the best one is noise beside it.
BESIDE_BEST: Final = 80
_REREAD: Final = 60
_LONG: Final = 3


@dataclass(frozen=True)
class Hit(Generic[K]):
    """Somebody whose name is like the one asked for, and how like, 0 to 1000."""

    key: K
    score: int


class NameIndex(Generic[K]):
    """Names by key; a key may have several, and the one most alike counts."""

    def __init__(self) -> None:
        self._names: dict[K, tuple[Name, ...]] = {}
        self._parts: dict[Part, set[K]] = defaultdict(set)
        self._filed: dict[str, set[Part]] = defaultdict(set)

    def __len__(self) -> int:
        return len(self._names)

    def add(self, key: K, names: Iterable[str]) -> None:
        """File somebody under these names, instead of what was filed before."""
        self.remove(key)
        known = tuple(name for name in map(read, names) if name.parts)
        if not known:
            return
        self._names[key] = known
        for part in _parts(known):
            if not self._parts[part]:
                for filed in _under(part):
                    self._filed[filed].add(part)
            self._parts[part].add(key)

    def remove(self, key: K) -> None:
        """Forget somebody; nothing of the names stays behind."""
        for part in set(_parts(self._names.pop(key, ()))):
            self._parts[part].discard(key)
            if not self._parts[part]:
                del self._parts[part]
                for filed in _under(part):
                    self._filed[filed].discard(part)
                    if not self._filed[filed]:
                        del self._filed[filed]

    def search(self, query: str, limit: int = 5) -> list[Hit[K]]:
        """The keys whose names are most like the query, best first; nothing that is far behind the best."""
        asked = read(query)
        likely = self._likely(asked)
        best = heapq.nlargest(max(_REREAD, limit), likely.items(), key=lambda pair: pair[1])
        hits = [Hit(key, max(score(asked, name) for name in self._names[key])) for key, _ in best]
        hits.sort(key=lambda hit: -hit.score)
        floor = max(LOWEST, hits[0].score - BESIDE_BEST) if hits else LOWEST
        return [hit for hit in hits[:limit] if hit.score >= floor]

    def _likely(self, asked: Name) -> dict[K, int]:
        """Whom to look at closely: how many parts are alike, and how much, summed."""
        found: dict[K, int] = defaultdict(int)
        for part in _parts((asked,)):
            alike = sorted(self._alike(part), key=lambda pair: -pair[1])
            best_here: dict[K, int] = {}
            for other, likely in alike:
                for key in self._parts[other]:
                    best_here.setdefault(key, likely)
            for key, likely in best_here.items():
                found[key] += likely
        return found

    def _alike(self, part: Part) -> Iterator[tuple[Part, int]]:
        near: set[Part] = set()
        for filed in _under(part):
            near |= self._filed.get(filed, set())
        for other in near:
            likely = likeness(part, other)
            if likely >= LOWEST - HIGHEST // 10:
                yield other, likely


def _parts(names: Iterable[Name]) -> Iterator[Part]:
    """The parts of names, and those of names that others write in one word."""
    for name in names:
        yield from name.parts
        yield from name.joined


def _under(part: Part) -> set[str]:
    keys = set()
    for form in part.forms:
        key = skeleton(form)
        keys.add(key)
        if len(key) >= _LONG:
            keys |= {key[:place] + key[place + 1 :] for place in range(len(key))}
    return keys
