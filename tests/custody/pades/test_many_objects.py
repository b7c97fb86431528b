"""A document of many pages is checked however many objects they are made of: the clock ends a check, nothing before."""

from __future__ import annotations

from pathlib import Path

import pikepdf
import pytest
from pyhanko.pdf_utils.generic import NumberObject
from pyhanko.pdf_utils.reader import PdfFileReader

from custody.confined import walls
from custody.pades import answering, inspecting
from custody.pades.reading import open_reader
from tests.custody.pades.documents import unsigned

OBJECTS = 2000


def packed(folder: Path) -> Path:
    path = folder / "packed.pdf"
    with pikepdf.open(unsigned(folder)) as document:
        many = [document.make_indirect(pikepdf.Dictionary(Number=each)) for each in range(OBJECTS)]
        document.Root.Many = document.make_indirect(pikepdf.Array(many))
        document.save(path, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return path


def test_a_reader_may_work_as_long_as_its_parent_waits() -> None:
    assert answering._CPU_SECONDS > inspecting.LONG > inspecting.SECONDS
    assert walls.CPU_SECONDS_IN_ALL > answering._CPU_SECONDS


@pytest.mark.usefixtures("installation")
def test_packed_objects_are_found_as_the_library_finds_them(tmp_path: Path) -> None:
    path = packed(tmp_path)
    with path.open("rb") as one, path.open("rb") as other:
        ours, theirs = open_reader(one), PdfFileReader(other)
        assert [each.get_object()["/Number"] for each in ours.root["/Many"]] == list(range(OBJECTS))
        for number, _generation in theirs.xrefs._xref_sections[0].xref_data.explicit_refs_in_revision:
            assert repr(ours.get_object(_at(number, ours))) == repr(theirs.get_object(_at(number, theirs)))


def _at(number: int, reader: PdfFileReader) -> object:
    from pyhanko.pdf_utils.generic import Reference

    return Reference(number, 0, reader)


@pytest.mark.usefixtures("installation")
def test_where_packed_objects_lie_is_read_once_for_each_stream(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = []
    original = NumberObject.read_from_stream
    monkeypatch.setattr(
        NumberObject, "read_from_stream", staticmethod(lambda stream: numbers.append(1) or original(stream))
    )
    with packed(tmp_path).open("rb") as file:
        reader = open_reader(file)
        assert len([each.get_object() for each in reader.root["/Many"]]) == OBJECTS
    assert len(numbers) < 10 * OBJECTS
