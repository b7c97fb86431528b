"""Sheets about the persons concerned: the bodies tied to them, on what grounds, and how far that carries."""

from dataclasses import dataclass

from testimony.core.dossier.front import Name, Said


@dataclass(frozen=True)
class NumberRead:
    """A number on the pictures of a body, as read. `agreement` is that of `testimony.core.numbers`."""

    kind: str
    values: tuple[str, ...]
    agreement: str
    legibility: str


@dataclass(frozen=True)
class Body:
    """A set of pictures of one body: the exhibits that show it, by mark, and the numbers read from them."""

    code: str
    exhibits: tuple[str, ...]
    pictures: int
    numbers: tuple[NumberRead, ...]


@dataclass(frozen=True)
class Ground:
    """One thing that speaks for or against a tie; `source` is the code of a witness or an evidence number.

    `method` and `bearing` are those of `testimony.core.identifying`. `counted` is false where whoever it comes from
    took it back.
    """

    method: str
    bearing: str
    source: str
    recorded: str
    answered: bool
    counted: bool


@dataclass(frozen=True)
class Tie:
    """Somebody says that a body is this person. `status` and `need` are those of `testimony.core.identifying`.

    `rivals` are the codes of other persons for whom the same body is claimed; `left_out` counts grounds that rest on
    witnesses whose consent does not cover this dossier.
    """

    code: str
    body: str
    status: str
    need: str
    ruled: str
    rivals: tuple[str, ...]
    grounds: tuple[Ground, ...]
    left_out: int


@dataclass(frozen=True)
class Recognition:
    """Pictures shown to a witness: which, in which order, how, and what came of it; never the words."""

    code: str
    witness: str
    held_on: str
    kind: str
    masked: bool
    blind: bool
    instructions: tuple[str, ...]
    shown: tuple[str, ...]
    chosen: tuple[str, ...]
    result: str
    certainty: str


@dataclass(frozen=True)
class Moment:
    """Something with a day, for the line of time; `basis` says who claims it: "file", "witness", "archive"."""

    time: str
    what: Said
    basis: str
    source: str


@dataclass(frozen=True)
class VictimSheet:
    """What is held about one person, under the name that is alleged. Exhibits and statements by mark."""

    code: str
    name: Name
    wish: str
    exhibits: tuple[str, ...]
    statements: tuple[str, ...]
    bodies: tuple[Body, ...]
    ties: tuple[Tie, ...]
    recognitions: tuple[Recognition, ...]
    moments: tuple[Moment, ...]
