"""Search over what is sealed, inside the registrar's memory: words go in, ids come out, and nothing is written down.

The rooms above say what can be searched (names of witnesses, texts of statements), where it stands, how to read one,
and what compares them (`register`). An index is made for each case when it is first searched and brought up to date at
each search, so that what was sealed since is found and whoever was erased since is not.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from custody.core.errors import CustodyError

MOST_HITS: Final = 20


class Index(Protocol):
    """What compares words."""

    def add(self, key: str, words: Iterable[str], /) -> None:
        """File something under these words instead of those before."""

    def remove(self, key: str, /) -> None:
        """Forget something."""

    def find(self, query: str, limit: int, /) -> Sequence[tuple[str, int]]:
        """Keys with a likeness or a frequency, best first."""


@dataclass(frozen=True)
class Filed:
    """One sealed thing that is searched: to whose key it is sealed, and the SHA-256 of the sealed bytes."""

    person: str
    sha256: str


@dataclass(frozen=True)
class Searchable:
    """What is searched, as a room above knows it.

    ``sealed``: the things of a case by their id. ``words``: the words in an opened one. ``index``: an empty index.
    """

    sealed: Callable[[str], Iterable[tuple[str, Filed]]]
    words: Callable[[bytes], Sequence[str]]
    index: Callable[[], Index]


class NothingToSearch(CustodyError):
    """No room has said that this can be searched."""


_registered: dict[str, Searchable] = {}


def register(what: str, searchable: Searchable) -> None:
    """Say at start that something can be searched; the last one of a name counts."""
    _registered[what] = searchable


def searchable(what: str) -> Searchable:
    """What was registered under this name. Raises NothingToSearch."""
    if what not in _registered:
        raise NothingToSearch(f"nothing here can be searched as {what!r}")
    return _registered[what]


# Opens what is sealed and gives its words; None for what was erased meanwhile.
OpenWords = Callable[[Filed, Searchable], Sequence[str] | None]


@dataclass
class CaseIndex:
    """One thing of one case, in memory. ``filed``: what, and from which sealed bytes.

    One search, or one forgetting, at a time: whoever is erased while a search goes on is forgotten after it, before
    the erasure returns.
    """

    known: Searchable
    index: Index
    filed: dict[str, Filed] = field(default_factory=dict)
    _alone: threading.Lock = field(default_factory=threading.Lock)

    def search(self, case: str, query: str, open_words: OpenWords) -> list[tuple[str, int]]:
        """Open what is new or sealed anew, forget what is no longer there, and search."""
        with self._alone:
            self._refresh(dict(self.known.sealed(case)), open_words)
            return list(self.index.find(query, MOST_HITS))

    def forget(self, person: str) -> None:
        """Forget everything that is sealed to a person."""
        with self._alone:
            for key in [key for key, filed in self.filed.items() if filed.person == person]:
                self._drop(key)

    def _refresh(self, current: dict[str, Filed], open_words: OpenWords) -> None:
        for key in self.filed.keys() - current.keys():
            self._drop(key)
        for key, now in current.items():
            if self.filed.get(key) == now:
                continue
            words = open_words(now, self.known)
            if words is None:
                self._drop(key)
            else:
                self.index.add(key, words)
                self.filed[key] = now

    def _drop(self, key: str) -> None:
        self.index.remove(key)
        self.filed.pop(key, None)


class Indexes:
    """The indexes of all cases that were searched."""

    def __init__(self) -> None:
        self._alone = threading.Lock()
        self._known: dict[tuple[str, str], CaseIndex] = {}

    def of(self, what: str, case: str) -> CaseIndex:
        """The index of something in a case, empty when it is new. Raises NothingToSearch."""
        known = searchable(what)
        with self._alone:
            return self._known.setdefault((what, case), CaseIndex(known, known.index()))

    def forget(self, person: str) -> None:
        """Forget a person in all of them. One that is made after this asks whether a person was erased."""
        with self._alone:
            standing = list(self._known.values())
        for each in standing:
            each.forget(person)
