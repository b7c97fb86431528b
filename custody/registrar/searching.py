"""Search over what is sealed, inside the registrar's memory: names go in, ids come out, and nothing is written down.

The rooms above say where sealed names are, how to read one, and what compares them (`register`). An index is made for
each case when it is first searched and brought up to date at each search, so that what was sealed since is found and
whoever was erased since is not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from custody.core.errors import CustodyError

MOST_HITS: Final = 20


class Index(Protocol):
    """What compares names."""

    def add(self, key: str, names: Iterable[str], /) -> None:
        """File somebody under these names instead of those before."""

    def remove(self, key: str, /) -> None:
        """Forget somebody."""

    def find(self, query: str, limit: int, /) -> Sequence[tuple[str, int]]:
        """Keys and likenesses, best first."""


@dataclass(frozen=True)
class Searchable:
    """What is searched, as a room above knows it.

    ``sealed``: the persons of a case (id) with the SHA-256 of what is sealed about each. ``names``: the names in an
    opened one. ``index``: an empty index.
    """

    sealed: Callable[[str], Iterable[tuple[str, str]]]
    names: Callable[[bytes], Sequence[str]]
    index: Callable[[], Index]


class NothingToSearch(CustodyError):
    """No room has said what can be searched."""


_registered: list[Searchable] = []


def register(searchable: Searchable) -> None:
    """Say at start what can be searched; the last one counts."""
    _registered[:] = [searchable]


def searchable() -> Searchable:
    """What was registered. Raises NothingToSearch."""
    if not _registered:
        raise NothingToSearch("nothing here can be searched by name")
    return _registered[0]


@dataclass
class CaseIndex:
    """The names of one case, in memory. ``filed``: whose, and from which sealed bytes."""

    index: Index
    filed: dict[str, str] = field(default_factory=dict)

    def refresh(self, current: dict[str, str], open_names: Callable[[str, str], Sequence[str] | None]) -> None:
        """Open what is new or sealed anew, and forget who is no longer there."""
        for person in self.filed.keys() - current.keys():
            self.index.remove(person)
            del self.filed[person]
        for person, sha256 in current.items():
            if self.filed.get(person) != sha256:
                names = open_names(person, sha256)
                if names is None:
                    self.index.remove(person)
                    self.filed.pop(person, None)
                else:
                    self.index.add(person, names)
                    self.filed[person] = sha256
