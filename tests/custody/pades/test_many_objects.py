"""A document of many pages is checked however many objects they are made of: the clock ends a check, nothing before."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from pyhanko.pdf_utils.generic import NumberObject
from pyhanko.pdf_utils.reader import PdfFileReader

from custody.confined import walls
from custody.pades.allowances import AT_A_PAGE, AT_LEISURE, allowance_of
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
    for allowed in (AT_A_PAGE, AT_LEISURE):
        assert walls.CPU_SECONDS_IN_ALL > allowed.processor_seconds > allowed.seconds
        assert allowance_of(allowed.asked) is allowed
    assert allowance_of(b"x") is AT_A_PAGE


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
    read: list[int] = []
    original: Callable[[Any], Any] = NumberObject.read_from_stream

    def counted(stream: Any) -> Any:
        read.append(1)
        return original(stream)

    monkeypatch.setattr(NumberObject, "read_from_stream", staticmethod(counted))
    with packed(tmp_path).open("rb") as file:
        reader = open_reader(file)
        assert len([each.get_object() for each in reader.root["/Many"]]) == OBJECTS
    assert len(read) < 10 * OBJECTS
