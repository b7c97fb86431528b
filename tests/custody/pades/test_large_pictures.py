"""Of large pictures a reader holds the digest; exchanging one after a signature is told all the same."""

from __future__ import annotations

import os
from pathlib import Path

import pikepdf
import pytest
from pyhanko.pdf_utils.generic import IndirectObject, StreamObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from custody import installation
from custody.pades import signing
from custody.pades.reading import open_reader
from custody.pades.roots import Roots
from custody.pades.validating import DocumentFacts, validate
from tests.custody.pades.documents import enter, unsigned

pytestmark = pytest.mark.usefixtures("installation")

SIZE = 1 << 17


def with_picture(folder: Path) -> Path:
    """A signed paper that holds one large picture, named in its catalogue."""
    source, path = folder / "picture.pdf", folder / "signed.pdf"
    with pikepdf.open(unsigned(folder)) as document:
        picture = document.make_stream(os.urandom(SIZE), Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image)
        document.Root.Picture = document.make_indirect(picture)
        document.save(source)
    signing.sign(source, path, enter=enter)
    return path


def exchanged(path: Path, content: bytes | None) -> Path:
    """The file with an update that writes the picture anew, with these bytes or its own."""
    changed = path.with_name("changed.pdf")
    with path.open("rb") as source, changed.open("wb") as target:
        writer = IncrementalPdfFileWriter(source)
        place = writer.prev.root.raw_get("/Picture")
        assert isinstance(place, IndirectObject)
        old = place.get_object()
        entries = {name: old.raw_get(name) for name in old}
        new = StreamObject(entries, encoded_data=old.encoded_data if content is None else content)
        writer.objects[(place.generation, place.idnum)] = new
        writer.write(target)
    return changed


def checked(path: Path) -> DocumentFacts:
    with path.open("rb") as file:
        return validate(file, trust=Roots([installation.root_certificate()]))


def test_another_picture_of_the_same_length_is_a_change(tmp_path: Path) -> None:
    path = with_picture(tmp_path)
    assert checked(path).verdict.bottom_line == "sound"
    facts = checked(exchanged(path, os.urandom(SIZE)))
    assert (facts.verdict.bottom_line, facts.signatures[0].harmless) == ("unsound", False)


def test_the_same_picture_written_again_is_none(tmp_path: Path) -> None:
    assert checked(exchanged(with_picture(tmp_path), None)).signatures[0].harmless


def test_its_bytes_are_not_held(tmp_path: Path) -> None:
    with with_picture(tmp_path).open("rb") as file:
        reader = open_reader(file)
        assert len(reader.root["/Picture"].encoded_data) == 32
        assert len(reader.get_historical_resolver(0).root["/Picture"].encoded_data) == 32
