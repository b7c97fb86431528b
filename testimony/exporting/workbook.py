"""The tables of a release as one workbook (SpreadsheetML, ECMA-376), a sheet for each.

Every cell is text, of the format "@": a program that opens it neither takes ``0012`` for a number nor ``=A1`` for a
formula, also when somebody edits the cell. What XML cannot hold, and a carriage return, which it would not keep, stands
as ``_xHHHH_`` (ECMA-376 part 1, 22.9.2.19), as does the underscore before words that only look so. The same rows give
the same bytes: no part of the file tells when it was made.

A sheet on its way to the file passes through a temporary one, for its owner alone, which is gone afterwards. Nothing
that is sealed stands in it.
"""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from django.utils.translation import gettext
from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from openpyxl.xml.functions import tostring

from testimony.core.errors import HandingOutError

# The most that a cell holds (ECMA-376 leaves it open; Excel and LibreOffice do not).
LONGEST_CELL: Final = 32_767
_TEXT: Final = "@"
# In characters.
_WIDTH: Final = 20
_CORE: Final = "docProps/core.xml"
# The first moment that a ZIP file can name.
_FIRST: Final = datetime.datetime(1980, 1, 1)  # noqa: DTZ001  the library wants no zone
_ENTRY_TIME: Final = (1980, 1, 1, 0, 0, 0)
_LOOKS_ESCAPED: Final = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_NOT_IN_XML: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff]")


def workbook_of(tables: Mapping[str, tuple[Sequence[str], Iterable[Sequence[str]]]]) -> bytes:
    """A workbook of these sheets, each with its heads and rows. Raises HandingOutError for a cell that is too long."""
    # All of it before the first temporary file: what fails leaves none.
    held = {name: (heads, [[_held(text) for text in row] for row in rows]) for name, (heads, rows) in tables.items()}
    book = Workbook(write_only=True)
    book.properties.creator = "Amana"
    book.properties.created = _FIRST
    for name, (heads, rows) in held.items():
        sheet = book.create_sheet(name)
        sheet.freeze_panes = "A2"
        for place in range(1, len(heads) + 1):
            sheet.column_dimensions[get_column_letter(place)].width = _WIDTH
        sheet.append([_cell(sheet, head, bold=True) for head in heads])
        for row in rows:
            sheet.append([_cell(sheet, text) for text in row])
    made = io.BytesIO()
    book.save(made)
    # Saving puts the moment into the properties.
    book.properties.modified = _FIRST
    return _without_times(made, {_CORE: tostring(book.properties.to_tree())})


def escaped(text: str) -> str:
    """The text as a cell holds it."""
    text = _LOOKS_ESCAPED.sub("_x005F_", text)
    return _NOT_IN_XML.sub(lambda found: f"_x{ord(found[0]):04X}_", text)


def _held(text: str) -> str:
    held = escaped(text)
    if len(held) > LONGEST_CELL:
        raise HandingOutError(gettext("One field is too long for a cell of a workbook; nothing was handed out."))
    return held


def _cell(sheet: WriteOnlyWorksheet, held: str, *, bold: bool = False) -> Cell:
    cell = WriteOnlyCell(sheet, held or None)
    if held:
        # What begins like a formula or an error was taken for one.
        cell.data_type = "s"
    cell.number_format = _TEXT
    if bold:
        cell.font = Font(bold=True)
    return cell


def _without_times(made: io.BytesIO, instead: Mapping[str, bytes]) -> bytes:
    """The same parts in the same order under one fixed time."""
    written = io.BytesIO()
    with zipfile.ZipFile(made) as source, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as to:
        for part in source.namelist():
            entry = zipfile.ZipInfo(part, _ENTRY_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            to.writestr(entry, instead.get(part) or source.read(part))
    return written.getvalue()
