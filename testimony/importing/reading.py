"""Rows of a CSV or XLSX file, one after the other, with the line each stands in.

CSV is RFC 4180 with a comma, semicolon or tab, in UTF-8 or in UTF-16 with its mark. Of a workbook the first sheet is
read, with the values that its formulas had when it was saved. Every byte is foreign here.
"""

from __future__ import annotations

import contextlib
import csv
import datetime
import io
import itertools
import os
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from django.utils.translation import gettext, ngettext
from openpyxl import load_workbook

from testimony.core.errors import PeopleFileError

_ZIP: Final = b"PK\x03\x04"
_UTF_16: Final = (b"\xff\xfe", b"\xfe\xff")
_SEPARATORS: Final = ",;\t"
_LOOK_AHEAD: Final = 1 << 16


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The most that is taken at once: bytes of the file and of what it unpacks to, rows below the heads, columns."""

    size: int = 10 << 20
    unpacked: int = 64 << 20
    parts: int = 1000
    rows: int
    columns: int = 60


ON_A_PAGE: Final = Limits(rows=500)
AT_THE_CONSOLE: Final = Limits(size=64 << 20, unpacked=512 << 20, rows=100_000)


@dataclass(frozen=True)
class Line:
    """One row; ``number`` counts from 1 as the program shows it in which the table was made."""

    number: int
    cells: tuple[str, ...]


def lines_of(stream: BinaryIO, limits: Limits) -> Iterator[Line]:
    """The rows that hold anything, the heads first. Leaves the stream open. Raises PeopleFileError, at any row."""
    size = stream.seek(0, os.SEEK_END)
    if size > limits.size:
        raise PeopleFileError(gettext("The file is larger than %(most)s MB.") % {"most": limits.size >> 20})
    stream.seek(0)
    start = stream.read(_LOOK_AHEAD)
    stream.seek(0)
    found = _workbook(stream, limits) if start.startswith(_ZIP) else _separated(stream, start)
    lines = (line for line in found if any(line.cells))
    for place, line in enumerate(lines):
        if place > limits.rows:
            words = ngettext(
                "The file has more than %(most)s row.", "The file has more than %(most)s rows.", limits.rows
            )
            raise PeopleFileError(words % {"most": limits.rows})
        if len(line.cells) > limits.columns:
            raise PeopleFileError(
                gettext("Line %(line)s has more than %(most)s columns.") % {"line": line.number, "most": limits.columns}
            )
        yield line


def heads_of(stream: BinaryIO, limits: Limits) -> tuple[str, ...]:
    """The first row, which names the columns. Raises PeopleFileError when there is none."""
    first = next(lines_of(stream, limits), None)
    if first is None:
        raise PeopleFileError(gettext("The file is empty."))
    return first.cells


def _separated(stream: BinaryIO, start: bytes) -> Iterator[Line]:
    encoding = "utf-16" if start.startswith(_UTF_16) else "utf-8-sig"
    first = start.decode(encoding, errors="ignore").partition("\n")[0]
    separator = max(_SEPARATORS, key=first.count)
    text = io.TextIOWrapper(stream, encoding=encoding, newline="")
    try:
        rows = csv.reader(text, delimiter=separator, strict=True)
        before = 0
        for cells in rows:
            yield Line(before + 1, tuple(cell.strip() for cell in cells))
            before = rows.line_num
    except UnicodeError as error:
        raise PeopleFileError(gettext("The file is not in UTF-8. Save it again as “CSV UTF-8”.")) from error
    except csv.Error as error:
        raise PeopleFileError(
            gettext("The table breaks off after line %(line)s: a quotation mark or a line end is out of place.")
            % {"line": before}
        ) from error
    finally:
        # The wrapper would close what it was lent.
        with contextlib.suppress(ValueError):
            text.detach()


def _workbook(stream: BinaryIO, limits: Limits) -> Iterator[Line]:
    try:
        _check_parts(stream, limits)
        with contextlib.closing(load_workbook(stream, read_only=True, data_only=True, keep_links=False)) as book:
            # A row or cell may claim any place: both bounds keep the reader from filling up what lies before it.
            rows = book.worksheets[0].iter_rows(
                max_row=limits.rows * 2 + 2, max_col=limits.columns + 1, values_only=True
            )
            for number, cells in enumerate(rows, start=1):
                yield Line(number, _without_tail(tuple(_text(cell) for cell in cells)))
    except PeopleFileError:
        raise
    except Exception as error:
        raise PeopleFileError(gettext("The workbook cannot be read. Save it again, or as “CSV UTF-8”.")) from error


def _check_parts(stream: BinaryIO, limits: Limits) -> None:
    """What the archive says of its sizes holds: a part that unpacks to more is an error of the archive."""
    with zipfile.ZipFile(stream) as archive:
        parts = archive.infolist()
    if len(parts) > limits.parts or sum(part.file_size for part in parts) > limits.unpacked:
        raise PeopleFileError(gettext("The workbook unpacks to more than is taken at once."))
    stream.seek(0)


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime.datetime) and cell.time() == datetime.time.min:
        return cell.date().isoformat()
    if isinstance(cell, datetime.date | datetime.time):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def _without_tail(cells: tuple[str, ...]) -> tuple[str, ...]:
    """Empty cells at the end are how a sheet is stored, and no columns."""
    empty = sum(1 for _ in itertools.takewhile(lambda cell: not cell, reversed(cells)))
    return cells[: len(cells) - empty]
