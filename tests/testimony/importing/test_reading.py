"""Rows of foreign files: read as they are, and refused in words whatever the bytes."""

from __future__ import annotations

import contextlib
import datetime
import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testimony.core.errors import PeopleFileError
from testimony.importing import Limits, lines_of
from tests.testimony.importing.tables import csv_of, xlsx_of

LIMITS = Limits(rows=20, size=1 << 16, unpacked=1 << 20, columns=6)
ROWS = (("ref", "name"), ("A-1", "نور; one, two"), ("", ""), ("A-2", "line\nend"))
READ = [(1, ("ref", "name")), (2, ("A-1", "نور; one, two")), (4, ("A-2", "line\nend"))]


def read(data: bytes, limits: Limits = LIMITS) -> list[tuple[int, tuple[str, ...]]]:
    return [(line.number, line.cells) for line in lines_of(io.BytesIO(data), limits)]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_csv_with_its_lines(separator: str, encoding: str) -> None:
    assert read(csv_of(ROWS, separator=separator, encoding=encoding)) == READ


def test_a_workbook_with_its_lines() -> None:
    assert read(xlsx_of(ROWS)) == READ


def test_numbers_and_days_are_read_as_they_show() -> None:
    day = datetime.datetime(1990, 5, 14)  # noqa: DTZ001 -- a workbook knows no zones
    assert read(xlsx_of([("a", "b", "c"), (7, 7.5, day)]))[1] == (2, ("7", "7.5", "1990-05-14"))


def test_the_stream_stays_open_for_the_next_reading() -> None:
    stream = io.BytesIO(csv_of(ROWS))
    assert len(list(lines_of(stream, LIMITS))) == len(list(lines_of(stream, LIMITS))) == 3


@pytest.mark.parametrize(
    ("data", "words"),
    {
        "too large": (b"a" * (LIMITS.size + 1), "larger than"),
        "too many rows": (csv_of([("a",)] * 22), "more than 20 rows"),
        "too many columns": (csv_of([range(7)]), "more than 6 columns"),
        "too many columns in a workbook": (xlsx_of([range(9)]), "more than 6 columns"),
        "another encoding": ("الاسم".encode("cp1256"), "not in UTF-8"),
        "an open quotation mark": (b'a,b\n"c,d', "breaks off after line 1"),
        "no workbook": (b"PK\x03\x04 and nothing more", "cannot be read"),
    }.values(),
)
def test_what_is_refused(data: bytes, words: str) -> None:
    with pytest.raises(PeopleFileError, match=words):
        read(data)


def test_a_workbook_that_unpacks_to_more_is_not_unpacked() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b" " * (LIMITS.unpacked + 1))
    assert len(stream.getvalue()) < LIMITS.size
    with pytest.raises(PeopleFileError, match="unpacks to more"):
        read(stream.getvalue())


def test_a_row_that_claims_a_far_place_ends_the_reading() -> None:
    stream = io.BytesIO(xlsx_of([("a",), ("b",)]))
    far = io.BytesIO()
    with zipfile.ZipFile(stream) as archive, zipfile.ZipFile(far, "w") as changed:
        for part in archive.infolist():
            body = archive.read(part).replace(b'r="2"', b'r="900000000"').replace(b'r="A2"', b'r="A900000000"')
            changed.writestr(part, body)
    assert read(far.getvalue()) == [(1, ("a",))]


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with contextlib.suppress(PeopleFileError):
        assert all(line.cells for line in lines_of(io.BytesIO(data), LIMITS))


_BOOK = xlsx_of([("ref", "name"), ("A-1", "x")])


@given(st.integers(0, len(_BOOK) - 1), st.binary(min_size=1, max_size=8))
def test_a_workbook_with_changed_bytes_is_read_or_refused(place: int, bytes_: bytes) -> None:
    changed = _BOOK[:place] + bytes_ + _BOOK[place + len(bytes_) :]
    with contextlib.suppress(PeopleFileError):
        list(lines_of(io.BytesIO(changed), LIMITS))


@given(
    st.sampled_from(["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml", "xl/sharedStrings.xml"]), st.data()
)
def test_a_workbook_with_a_changed_part_is_read_or_refused(part: str, data: st.DataObject) -> None:
    """The archive is whole here, so that the reader of the parts meets the bytes."""
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(_BOOK)) as archive, zipfile.ZipFile(changed, "w") as written:
        for each in archive.infolist():
            body = archive.read(each)
            if each.filename == part:
                place = data.draw(st.integers(0, len(body)))
                body = body[:place] + data.draw(st.binary(max_size=6)) + body[place + data.draw(st.integers(0, 6)) :]
            written.writestr(each, body)
    with contextlib.suppress(PeopleFileError):
        list(lines_of(changed, LIMITS))
