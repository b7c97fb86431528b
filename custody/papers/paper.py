"""What a printed paper holds: a title in two scripts, facts, sections with tables, a square code, lines to sign on."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from custody.papers.words import Words
from custody.typesetting.documents import MM
from custody.typesetting.errors import TypesettingError

_WIDEST: Final = 170


class Languages(StrEnum):
    """Which languages stand on a paper: both around the spine, or one alone with the page's order turned to it."""

    BOTH = "both"
    ENGLISH = "en"
    ARABIC = "ar"


class Kind(StrEnum):
    """How a column of a table stands: prose, machine values, or numbers at the end of their cells."""

    TEXT = "text"
    CODE = "code"
    NUMBER = "number"


@dataclass(frozen=True)
class Code:
    """A machine value: a number, a digest, a moment. Never turned, never broken inside a group."""

    text: str
    strong: bool = False

    @classmethod
    def digest(cls, value: str) -> "Code":
        """A digest in groups of eight signs."""
        return cls(" ".join(value[start : start + 8] for start in range(0, len(value), 8)))

    @classmethod
    def moment(cls, time: datetime.datetime) -> "Code":
        """A time to the second, in UTC."""
        return cls(f"{time.astimezone(datetime.UTC):%Y-%m-%d %H:%M:%S} UTC")


Value = Words | Code | str
"""Prose in the paper's languages, a machine value, or text that a person wrote, in whatever script it is."""


@dataclass(frozen=True)
class Row:
    """A label and what it says; `claimed` draws the rule below it dashed: somebody says so, it is not recorded."""

    label: Words
    value: Value
    claimed: bool = False


@dataclass(frozen=True)
class Column:
    """A column of a table; `width` in millimetres, the gap to the next one included."""

    title: Words
    width: float
    kind: Kind = Kind.TEXT


@dataclass(frozen=True)
class Table:
    """Rows under heads that return on each page. Rows in `flagged` (by index) stand on grey: they need a look."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[Value]]
    flagged: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        """Raise TypesettingError for what does not fit between the margins, or a row with other cells."""
        if sum(column.width for column in self.columns) > _WIDEST:
            raise TypesettingError(f"the columns are wider than {_WIDEST} mm together")
        if any(len(row) != len(self.columns) for row in self.rows):
            raise TypesettingError("a row of the table has not one cell for each column")

    @property
    def widths(self) -> list[float]:
        """Width of each column in points."""
        return [column.width * MM for column in self.columns]


@dataclass(frozen=True)
class Digest:
    """A SHA-256 in hex under its label, in groups to be compared by eye."""

    label: Words
    value: str


@dataclass(frozen=True)
class Command:
    """A line to be typed."""

    text: str


@dataclass(frozen=True)
class Drawing:
    """What somebody drew by hand, such as a signature: strokes in a field, over a line with what stands under it.

    `strokes` are points from the upper left corner of the field, in its own units; `width` and `height` are the sides
    of the field in these units. It is drawn 60 mm wide. All of its section stands on one page.
    """

    strokes: Sequence[Sequence[tuple[float, float]]]
    width: float
    height: float
    label: Words


Part = Words | Row | Table | Digest | Command | Drawing
"""What a section holds: paragraphs, rows, tables, digests, commands, drawings, in any order."""


@dataclass(frozen=True)
class Section:
    """A heading and what stands under it."""

    title: Words
    parts: Sequence[Part]


@dataclass(frozen=True, kw_only=True)
class Paper:
    """One printed paper. The same content gives the same bytes.

    `title` is what the paper is about, `kind` what sort of paper it is, `number` what it is filed under (printed on
    every page), `as_of` the moment that it tells of, never the moment of printing. `code` is what the square code
    holds, `code_mm` how wide it is in millimetres; `digests` stand beside it with `note` below. `signatures` are the
    labels under the lines to sign on.
    """

    title: Words
    kind: Words
    number: str
    as_of: datetime.datetime
    software: str
    author: str
    rows: Sequence[Row] = ()
    sections: Sequence[Section] = ()
    signatures: Sequence[Words] = ()
    code: str = ""
    code_mm: float = 26
    digests: Sequence[Digest] = ()
    note: Words | None = None
    marking: Words | None = None
    languages: Languages = Languages.BOTH
    demonstration: bool = False
