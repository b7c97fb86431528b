"""The text of a certificate in one language: a title and paragraphs with places for facts, and what may stand in it.

A place is written `{name}`, with a name out of `PLACES`. Any other brace is a fault, so that a slip of the hand is told
when the text is written and never printed in a certificate.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from custody.typesetting.bidi import spelled_out
from testimony.core.certificates.facts import PLACES
from testimony.core.errors import TestimonyError

LANGUAGES: Final = ("ar", "en")
TITLE_SIGNS: Final = 200
PARAGRAPH_SIGNS: Final = 3000
MOST_PARAGRAPHS: Final = 40
MOST_SIGNS: Final = 20_000

_PLACE: Final = re.compile(r"\{([^{}]*)\}")
_EMPTY_LINE: Final = re.compile(r"\n[^\S\n]*\n")
_LEADING_NUMBER: Final = re.compile(r"(\d{1,2})[.)]\s+")


class Kind(StrEnum):
    """Whose certificate it is: of who keeps the records, of who examined the copies, of records of regular activity."""

    CUSTODIAN = "custodian"
    EXAMINER = "examiner"
    RECORDS = "records"


# What identifies the data and its digests stands in every certificate (Rule 902(14); section 9 with CrimPR 16.3 on
# exhibits). A custodian can't leave out gaps, nor either of them by what their words can be checked.
_DATA: Final = ("dossier", "exhibits", "first", "last", "digests")
REQUIRED: Final[Mapping[Kind, tuple[str, ...]]] = {
    Kind.CUSTODIAN: (*_DATA, "root", "gaps", "not_shown"),
    Kind.EXAMINER: (*_DATA, "software"),
    Kind.RECORDS: (*_DATA, "root", "gaps"),
}


@dataclass(frozen=True)
class Text:
    """A title and numbered paragraphs in one language, with places for facts. The numbers are put by the pages."""

    title: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True)
class Piece:
    """A run of a text: words as they were written, or what was put into a place."""

    words: str
    place: str = ""


class FaultKind(StrEnum):
    """What is wrong with a text."""

    UNKNOWN_PLACE = "unknown-place"
    STRAY_BRACE = "stray-brace"
    MISSING_PLACE = "missing-place"
    NO_TITLE = "no-title"
    NO_PARAGRAPH = "no-paragraph"
    EMPTY_PARAGRAPH = "empty-paragraph"
    LONG_TITLE = "long-title"
    LONG_PARAGRAPH = "long-paragraph"
    TOO_LONG = "too-long"
    MANY_PARAGRAPHS = "many-paragraphs"
    UNSEEN_SIGN = "unseen-sign"


@dataclass(frozen=True)
class Fault:
    """One fault. `place` is the place or the sign that it is about; `paragraph` counts from 1, 0: title or all."""

    kind: FaultKind
    place: str = ""
    paragraph: int = 0


class CertificateError(TestimonyError):
    """A text that cannot be a certificate; `faults` say what is wrong and where."""

    def __init__(self, message: str, faults: tuple[Fault, ...] = ()) -> None:
        self.faults = faults
        super().__init__(message)


def faults_of(text: Text, kind: Kind) -> tuple[Fault, ...]:
    """Everything that keeps a text from being a certificate of this kind; nothing for one that may be used."""
    faults = [*_title_faults(text.title), *_size_faults(text)]
    for number, paragraph in enumerate(text.paragraphs, start=1):
        faults += _paragraph_faults(paragraph, number)
    named = {name for paragraph in text.paragraphs for name in _PLACE.findall(paragraph)}
    faults += [Fault(FaultKind.MISSING_PLACE, name) for name in REQUIRED[kind] if name not in named]
    return tuple(faults)


def _title_faults(title: str) -> Iterator[Fault]:
    if not _says_something(title):
        yield Fault(FaultKind.NO_TITLE)
    if len(title) > TITLE_SIGNS:
        yield Fault(FaultKind.LONG_TITLE)
    yield from _sign_faults(title, 0)


def _size_faults(text: Text) -> Iterator[Fault]:
    if not text.paragraphs:
        yield Fault(FaultKind.NO_PARAGRAPH)
    if len(text.paragraphs) > MOST_PARAGRAPHS:
        yield Fault(FaultKind.MANY_PARAGRAPHS)
    if sum(len(paragraph) for paragraph in text.paragraphs) > MOST_SIGNS:
        yield Fault(FaultKind.TOO_LONG)


def _paragraph_faults(paragraph: str, number: int) -> Iterator[Fault]:
    if not _says_something(paragraph):
        yield Fault(FaultKind.EMPTY_PARAGRAPH, paragraph=number)
    if len(paragraph) > PARAGRAPH_SIGNS:
        yield Fault(FaultKind.LONG_PARAGRAPH, paragraph=number)
    yield from _sign_faults(paragraph, number)


def _sign_faults(words: str, number: int) -> Iterator[Fault]:
    """Places that nobody knows, braces that make none, and what a page would show by its code."""
    names = dict.fromkeys(_PLACE.findall(words))
    yield from (Fault(FaultKind.UNKNOWN_PLACE, name, number) for name in names if name not in PLACES)
    rest = _PLACE.sub("", words)
    yield from (Fault(FaultKind.STRAY_BRACE, brace, number) for brace in "{}" if brace in rest)
    signs = dict.fromkeys(sign for sign in words if spelled_out(sign) != sign)
    yield from (Fault(FaultKind.UNSEEN_SIGN, f"U+{ord(sign):04X}", number) for sign in signs)


def _says_something(words: str) -> bool:
    """Whether letters stand in it besides its places."""
    return any(sign.isalpha() for sign in _PLACE.sub("", words))


def pieces(words: str, facts: Mapping[str, str]) -> tuple[Piece, ...]:
    """The runs of a title or a paragraph, each place filled; facts are put in as they are and not read for places.

    Raises CertificateError for a place that nobody knows.
    """
    found = []
    for index, part in enumerate(_PLACE.split(words)):
        if index % 2 and part not in facts:
            raise CertificateError(f"{{{part}}} is no place of a certificate", (Fault(FaultKind.UNKNOWN_PLACE, part),))
        found.append(Piece(facts[part], part) if index % 2 else Piece(part))
    return tuple(piece for piece in found if piece.words)


def fill(words: str, facts: Mapping[str, str]) -> str:
    """A title or a paragraph with each place filled. Raises CertificateError."""
    return "".join(piece.words for piece in pieces(words, facts))


def paragraphs_of(typed: str) -> tuple[str, ...]:
    """The paragraphs of what was typed: an empty line ends one, a single end of a line is a blank.

    Numbers before the paragraphs go when they count 1, 2, 3 to the last: the pages put their own.
    """
    lines = typed.replace("\r\n", "\n").replace("\r", "\n").strip()
    found = [" ".join(part.split()) for part in _EMPTY_LINE.split(lines)]
    return _without_numbers([each for each in found if each])


def _without_numbers(paragraphs: Sequence[str]) -> tuple[str, ...]:
    heads = [_LEADING_NUMBER.match(each) for each in paragraphs]
    if all(head and int(head[1]) == number for number, head in enumerate(heads, start=1)):
        return tuple(each[head.end() :] for each, head in zip(paragraphs, heads, strict=True) if head)
    return tuple(paragraphs)
