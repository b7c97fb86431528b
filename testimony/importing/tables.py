"""A table that is brought in, and what became of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO

from testimony.importing.people import Fault
from testimony.importing.reading import Limits
from testimony.models import TableKind

Progress = Callable[[int, int], None]


@dataclass(frozen=True, kw_only=True)
class Table:
    """A file; ``mapping`` says which column (from 0) holds what, and is guessed where it is None."""

    kind: TableKind
    stream: BinaryIO
    limits: Limits
    mapping: Mapping[str, int] | None = None


@dataclass
class Report:
    """What a table holds, or what became of it; of a table of images, ``new`` and ``known`` count images.

    ``unsealed``: people of an earlier run whose sealing broke off; ``sets``: sets that the table makes.
    """

    kind: TableKind
    sha256: str
    mapping: Mapping[str, int]
    rows: int = 0
    new: int = 0
    known: int = 0
    unsealed: int = 0
    sets: int = 0
    faults: list[Fault] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)

    @property
    def refused(self) -> int:
        """How many rows stay out."""
        return len({fault.line for fault in self.faults})
