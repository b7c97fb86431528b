"""The workbook of a release: text alone, the same as in the CSV, and the same bytes for the same rows."""

from __future__ import annotations

import csv
import io
import tempfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.utils.escape import unescape

from testimony.core.errors import HandingOutError
from testimony.exporting import files, workbook
from testimony.exporting.tables import COLUMNS, Gathered
from testimony.exporting.workbook import LONGEST_CELL, workbook_of

CELLS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
    ["0012/ج", "=A1", "+1", "-1", "@x", "#N/A", "TRUE", "1e5", "2025-01-02", "_x0041_", "سليم", " ", "\t", "'", "\x00"]
)


def read(data: bytes) -> dict[str, list[list[str]]]:
    book = load_workbook(io.BytesIO(data))
    for sheet in book:
        assert sheet.freeze_panes == "A2"
        for cell in (cell for row in sheet.iter_rows() for cell in row):
            assert (cell.data_type == "s") is (cell.value is not None)
            assert cell.number_format == "@"
    return {sheet.title: [[unescape(str(cell or "")) for cell in row] for row in sheet.values] for sheet in book}


@settings(max_examples=40, deadline=None)
@given(rows=st.lists(st.lists(CELLS, min_size=4, max_size=4), max_size=4))
@example(rows=[["_x005F_x0041_", "a\r\nb", "\r", "\ufffe\uffff\x7f"]])
def test_every_cell_of_the_csv_is_in_the_workbook_as_text(rows: list[list[str]]) -> None:
    found = Gathered()
    found.tables["victims"] = [dict(zip(COLUMNS["victims"], row, strict=True)) for row in rows]
    made = files.files_of(found, {})
    book = read(made["people.xlsx"])
    text = io.StringIO(made["victims.csv"].decode(), newline="")
    told = [[_meant(cell) for cell in row] for row in list(csv.reader(text))[1:]]
    assert book["victims"][1:] == told == rows
    assert {name: sheet[0] for name, sheet in book.items()} == {name: list(heads) for name, heads in COLUMNS.items()}


def _meant(cell: str) -> str:
    """A cell of the CSV without the apostrophe that keeps it from being a formula."""
    return cell[1:] if cell[:1] == "'" and cell[1:].startswith(files.FORMULA) else cell


def test_the_same_rows_give_the_same_bytes_whenever_they_are_written() -> None:
    tables = {"victims": (("code", "name"), [("VF-0001", "نور")])}
    first = workbook_of(tables)
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.read("docProps/core.xml").count(b"1980-01-01T00:00:00Z") == 2
        everything = b"".join(archive.read(name) for name in archive.namelist())
    assert b"202" not in everything.replace(b"2023", b"")
    assert workbook_of(tables) == first


def test_a_cell_that_is_too_long_is_refused_and_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(HandingOutError, match="too long"):
        workbook_of({"victims": (("code",), [("a",), ("x" * (LONGEST_CELL + 1),)])})
    assert workbook_of({"victims": (("code",), [("x" * LONGEST_CELL,)])})
    assert list(tmp_path.iterdir()) == []


def test_the_zip_is_the_files_in_one_folder() -> None:
    made = files.files_of(Gathered(), {})
    packed = files.zip_of(made, base="RWB-04-people-1")
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        inside = {name.removeprefix("RWB-04-people-1/"): archive.read(name) for name in archive.namelist()}
    assert inside == made
    assert files.zip_of(made, base="RWB-04-people-1") == packed
    assert workbook.escaped("نور") == "نور"


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20"])
def test_no_cell_of_a_csv_begins_with_a_sign_that_programs_calculate(sign: str) -> None:
    assert files._plain(f"{sign}1+1") == f"'{sign}1+1"
