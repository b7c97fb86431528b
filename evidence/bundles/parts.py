"""Parts of a bundle that other rooms add: statements, dossiers. Each says what it leaves out, and why."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from custody.models import Party
from custody.wording import words_of_reason
from evidence.access import Asker
from evidence.bundles.bag import BagWriter
from evidence.bundles.selections import Selection

# The folders that rooms above may fill; everything else belongs to this one.
FOLDERS: Final = ("data/statements/", "data/dossiers/")


@dataclass(frozen=True)
class Request:
    """For whom and what for, and what was chosen."""

    asker: Asker
    recipient: Party | None
    selection: Selection


@dataclass(frozen=True)
class Piece:
    """One file of a part: its path in the bag, and its bytes."""

    path: str
    content: bytes


@dataclass(frozen=True)
class Offer:
    """What a part gives and what it withholds (reason by code), decided before anything is opened.

    `touches`: (kind, id) of what the pieces hold or rest on. `given`: the pieces by the codes that people know them by.
    `pieces` are opened one by one, as they are written; each opening leaves its own entry.
    """

    pieces: Iterable[Piece] = ()
    given: tuple[str, ...] = ()
    touches: frozenset[tuple[str, str]] = frozenset()
    withheld: Mapping[str, str] = field(default_factory=dict)


Part = Callable[[Request], Offer]
Words = Callable[[str], str]
_parts: dict[str, Part] = {}
_words: dict[str, Words] = {}


def register_part(name: str, part: Part, *, words: Words = words_of_reason) -> None:
    """Add a part at start; one of the same name is replaced. It decides by itself what this recipient may get.

    `words` puts its reason codes into a sentence, and gives back a code that is none of its own.
    """
    _parts[name] = part
    _words[name] = words


def forget_part(name: str) -> None:
    """Take one away again (tests)."""
    _parts.pop(name, None)
    _words.pop(name, None)


def words_of(reason: str) -> str:
    """Why something stays here, in the words of whichever room withholds it."""
    said = (words(reason) for words in _words.values())
    return next((words for words in said if words != reason), words_of_reason(reason))


@dataclass(frozen=True)
class Offered:
    """What all rooms give together."""

    offers: tuple[Offer, ...]

    @property
    def touches(self) -> frozenset[tuple[str, str]]:
        """What the pieces rest on."""
        return frozenset(each for offer in self.offers for each in offer.touches)

    @property
    def given(self) -> tuple[str, ...]:
        """The pieces by their codes."""
        return tuple(sorted(code for offer in self.offers for code in offer.given))

    @property
    def withheld(self) -> dict[str, str]:
        """What stays here, and why."""
        return {code: reason for offer in self.offers for code, reason in offer.withheld.items()}


def ask_parts(request: Request) -> Offered:
    """Ask every room what it gives to this recipient today."""
    return Offered(tuple(part(request) for _, part in sorted(_parts.items())))


def write_parts(bag: BagWriter, offered: Offered) -> dict[str, str]:
    """Write what was offered; SHA-256 by path. Raises ValueError for a part that reaches beyond its folders."""
    written = {}
    for offer in offered.offers:
        for piece in _checked(offer.pieces):
            bag.add_bytes(piece.path, piece.content)
            written[piece.path] = hashlib.sha256(piece.content).hexdigest()
    return written


def _checked(pieces: Iterable[Piece]) -> Iterator[Piece]:
    for piece in pieces:
        if not piece.path.startswith(FOLDERS):
            message = f"{piece.path} is not in a folder of a part"
            raise ValueError(message)
        yield piece
