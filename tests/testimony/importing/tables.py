"""Tables of invented people, as bytes of a file."""

from __future__ import annotations

import io
from collections.abc import Sequence

from openpyxl import Workbook

from tests.testimony import files

WITNESSES = (
    ("الرقم", "الصفة", "اللغات", "الاسم", "الهاتف"),
    ("A-1", "relative", "ar", files.CANARY_NAME, "by the well"),
    ("A-2", "expert", "ar, EN", "ليلى الحداد", ""),
    ("A-3", "king", "ar", "someone", ""),
)
VICTIMS = (
    ("Ref", "Name", "Latin name"),
    ("V-1", "سليم الحارث", "Salim al-Harith"),
    ("V-2", "", ""),
    ("V-3", "نور", ""),
)
Rows = Sequence[Sequence[object]]


def csv_of(rows: Rows, *, separator: str = ",", encoding: str = "utf-8-sig") -> bytes:
    """Every cell in quotation marks, as no cell here holds one."""
    lines = [separator.join('"' + str(cell) + '"' for cell in row) for row in rows]
    return ("\r\n".join(lines) + "\r\n").encode(encoding)


def xlsx_of(rows: Rows) -> bytes:
    """One sheet."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()
