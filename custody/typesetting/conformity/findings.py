"""What the check of a file found: clause, place and words of each fault."""

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

ARCHIVE: Final = "ISO 19005-3"
ACCESS: Final = "ISO 14289-1"
FORMAT: Final = "ISO 32000-1"
MOST_FINDINGS: Final = 500

STUMBLES: Final = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    MemoryError,
    NotImplementedError,
    OSError,
    RecursionError,
    RuntimeError,
    TypeError,
    ValueError,
    struct.error,
)
"""What a reader of foreign objects stumbles over besides its own errors: values of a kind that the format forbids."""


class Finding(NamedTuple):
    """One fault: the clause that is not kept, the place in the file, and what is wrong there."""

    clause: str
    where: str
    message: str


@dataclass(frozen=True)
class Conformity:
    """All faults found, and what was not looked into."""

    findings: tuple[Finding, ...]
    not_checked: tuple[str, ...]
    pages: int

    @property
    def conforms(self) -> bool:
        """Whether no fault was found."""
        return not self.findings

    def as_dict(self) -> dict[str, object]:
        """JSON-ready."""
        return {
            "conforms": self.conforms,
            "pages": self.pages,
            "findings": [finding._asdict() for finding in self.findings],
            "not_checked": list(self.not_checked),
        }


class Findings:
    """Collects faults while a file is looked through: each once, and no more than anybody reads."""

    def __init__(self) -> None:
        self._found: dict[Finding, None] = {}
        self._not_checked: dict[str, None] = {}

    def archive(self, clause: str, where: str, message: str) -> None:
        """A fault against ISO 19005-3."""
        self._add(Finding(f"{ARCHIVE}, {clause}", where, message))

    def access(self, clause: str, where: str, message: str) -> None:
        """A fault against ISO 14289-1."""
        self._add(Finding(f"{ACCESS}, {clause}", where, message))

    def format(self, clause: str, where: str, message: str) -> None:
        """A fault against ISO 32000-1."""
        self._add(Finding(f"{FORMAT}, {clause}", where, message))

    def not_checked(self, words: str) -> None:
        """Something that this check cannot judge."""
        if len(self._not_checked) < MOST_FINDINGS:
            self._not_checked[words] = None

    @contextmanager
    def reading(self, clause: str, where: str) -> Iterator[None]:
        """Turn what stumbles over a value of another kind into a fault at this place."""
        try:
            yield
        except STUMBLES as error:
            self.archive(clause, where, f"cannot be read as the format says ({type(error).__name__})")

    def result(self, pages: int) -> Conformity:
        """All that was collected."""
        found = list(self._found)
        if len(found) > MOST_FINDINGS:
            found = [*found[:MOST_FINDINGS], Finding("", "file", "has more faults than are listed")]
        return Conformity(tuple(found), tuple(self._not_checked), pages)

    def _add(self, finding: Finding) -> None:
        if len(self._found) <= MOST_FINDINGS:
            self._found[finding] = None


def shown(untrusted: Any) -> str:
    """A name or text of a foreign file as one short line."""
    return "".join(sign if sign.isprintable() else " " for sign in str(untrusted)[:80])


def place_of(thing: Any) -> str:
    """An object by its number, for messages."""
    return f"object {thing.objgen[0]}" if thing.is_indirect else "an object"
