"""Statements in a dossier: numbered paragraphs under the code of the witness, and how they were taken."""

from dataclasses import dataclass
from enum import StrEnum


class Basis(StrEnum):
    """How a witness knows what a paragraph says."""

    NOT_STATED = "not-stated"
    OWN_KNOWLEDGE = "own-knowledge"
    HEARSAY = "hearsay"
    OPINION = "opinion"


@dataclass(frozen=True)
class ConsentLine:
    """All that a dossier says of a consent: which one, for what, since when."""

    consent: str
    scope: str
    given_on: str


@dataclass(frozen=True)
class StatementParagraph:
    """One numbered paragraph in the words of the witness, with a translation where there is one."""

    number: int
    text: str
    translation: str
    basis: Basis


@dataclass(frozen=True)
class Spoken:
    """Who stood between two languages, by code: an interpreter by oath, or a translator by certificate, on a day."""

    code: str
    source: str
    target: str
    words: str
    day: str


@dataclass(frozen=True)
class Mentioned:
    """An exhibit or recording that the witness speaks of: its mark in the statement, and its evidence number."""

    mark: str
    ern: str


@dataclass(frozen=True)
class Mended:
    """What the witness corrected when it was read back; paragraph 0 is the whole."""

    paragraph: int
    what: str
    initialled: bool


@dataclass(frozen=True)
class Taken:
    """How a statement was taken and closed; empty where that is not on record.

    `declaration` are the words by which the witness stands to it, `formula` which version of which law's they are.
    """

    sessions: tuple[str, ...]
    present: tuple[str, ...]
    interpreter: Spoken | None
    translator: Spoken | None
    read_back: str
    read_back_language: str
    formula: str
    declaration: str
    signed_on: str
    pages_signed: bool
    end_signed: bool
    mentioned: tuple[Mentioned, ...]
    mended: tuple[Mended, ...]


@dataclass(frozen=True)
class Statement:
    """A statement under the code of its witness. `follows` is the code of the one it adds to or corrects, if any.

    `concerned` are the codes of the persons of whom it speaks.
    """

    mark: str
    code: str
    witness: str
    relation: str
    kind: str
    language: str
    taken_on: str
    sha256: str
    follows: str
    following: str
    concerned: tuple[str, ...]
    consent: ConsentLine
    taken: Taken
    paragraphs: tuple[StatementParagraph, ...]
