"""What comes back signed and shows something else than ours is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from pyhanko.pdf_utils.generic import (
    ArrayObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    StreamObject,
    TextStringObject,
)
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from custody import installation
from custody.pades import inspecting, signing
from custody.pades.countersigning import Countersigned, accept_countersigned, add_signature, open_pkcs12
from custody.pades.roots import Roots
from custody.pades.updates import Update
from tests.custody.pades.documents import PASSPHRASE, enter, own_key, signed, unsigned

pytestmark = pytest.mark.usefixtures("installation")


def came_back(folder: Path, change: Callable[[IncrementalPdfFileWriter], None], field: str) -> Countersigned:
    original, _ = signed(folder)
    key, root = own_key(folder)
    changed, path = folder / "changed.pdf", folder / "back.pdf"
    with original.open("rb") as source, changed.open("wb") as target:
        writer: IncrementalPdfFileWriter = Update(source)
        change(writer)
        writer.write(target)
    add_signature(changed, path, signer=open_pkcs12(key, PASSPHRASE), field=field)
    with path.open("rb") as file:
        return accept_countersigned(original, file, trust=Roots([installation.root_certificate(), root]))


def _covers_the_page(writer: IncrementalPdfFileWriter, rect: ArrayObject, extra: ArrayObject) -> None:
    """A new field for a signature whose picture hides the page and tells something else."""
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
        }
    )
    shown = StreamObject(
        {
            NameObject("/Type"): NameObject("/XObject"),
            NameObject("/Subtype"): NameObject("/Form"),
            NameObject("/BBox"): ArrayObject(map(NumberObject, (0, 0, 600, 850))),
            NameObject("/Resources"): DictionaryObject(
                {NameObject("/Font"): DictionaryObject({NameObject("/F"): font})}
            ),
        },
        stream_data=b"1 g 0 0 600 850 re f 0 g BT /F 30 Tf 60 600 Td (The witness withdrew all of it.) Tj ET",
    )
    page = writer.root["/Pages"]["/Kids"][0]
    place = writer.root["/Pages"]["/Kids"].raw_get(0)
    field = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Annot"),
            NameObject("/Subtype"): NameObject("/Widget"),
            NameObject("/FT"): NameObject("/Sig"),
            NameObject("/T"): TextStringObject("Examiner of the other side"),
            NameObject("/F"): NumberObject(4),
            NameObject("/P"): place,
            NameObject("/Rect"): rect,
            NameObject("/AP"): DictionaryObject({NameObject("/N"): writer.add_object(shown), NameObject("/X"): extra}),
        }
    )
    added = writer.add_object(field)
    form = writer.root["/AcroForm"]
    form["/Fields"].append(added)
    writer.update_container(form["/Fields"])
    if "/Annots" in page:
        page["/Annots"].append(added)
        writer.update_container(page["/Annots"])
    else:
        page[NameObject("/Annots")] = ArrayObject([added])
        writer.update_container(page)


def _numbers_elsewhere(writer: IncrementalPdfFileWriter) -> None:
    numbers = ArrayObject([writer.add_object(NumberObject(each)) for each in (0, 0, 600, 850)])
    _covers_the_page(writer, numbers, ArrayObject(numbers))


def _five_numbers(writer: IncrementalPdfFileWriter) -> None:
    _covers_the_page(writer, ArrayObject(map(NumberObject, (0, 0, 600, 850, 0))), ArrayObject())


@pytest.mark.parametrize("made", [_numbers_elsewhere, _five_numbers])
def test_a_signature_whose_picture_hides_a_page_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, made: Callable[[IncrementalPdfFileWriter], None]
) -> None:
    # Whoever makes it has a program of his own, and leaves the picture as it is.
    monkeypatch.setattr("pyhanko.sign.signers.cms_embedder.annot_width_height", lambda _field: (0, 0))
    told = came_back(tmp_path, made, "Examiner of the other side")
    assert not told.accepted


def _another_title(writer: IncrementalPdfFileWriter) -> None:
    place = writer.prev.trailer.raw_get("/Info")
    info = place.get_object()
    info[NameObject("/Title")] = TextStringObject("Withdrawn draft")
    writer.mark_update(place.reference)


def _another_title_in_xmp(writer: IncrementalPdfFileWriter) -> None:
    told = (
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        b'<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title><rdf:Alt>'
        b'<rdf:li xml:lang="x-default">Withdrawn draft</rdf:li></rdf:Alt></dc:title></rdf:Description></rdf:RDF>'
        b"</x:xmpmeta>"
    )
    new = StreamObject(
        {NameObject("/Type"): NameObject("/Metadata"), NameObject("/Subtype"): NameObject("/XML")}, stream_data=told
    )
    writer.root[NameObject("/Metadata")] = writer.add_object(new)
    writer.update_root()


@pytest.mark.parametrize("made", [_another_title, _another_title_in_xmp])
def test_another_title_is_refused(tmp_path: Path, made: Callable[[IncrementalPdfFileWriter], None]) -> None:
    assert not came_back(tmp_path, made, "Lawyer").accepted


def test_what_others_programs_write_anew_in_the_same_words_is_accepted(tmp_path: Path) -> None:
    original, _ = signed(tmp_path)
    key, root = own_key(tmp_path)
    changed, path = tmp_path / "changed.pdf", tmp_path / "back.pdf"
    with original.open("rb") as source, changed.open("wb") as target:
        # This one puts itself down as the producer, and sets the rest in another way.
        writer = IncrementalPdfFileWriter(source)
        writer.update_root()
        writer.write(target)
    assert changed.read_bytes().rindex(b"pyHanko") > original.stat().st_size
    add_signature(changed, path, signer=open_pkcs12(key, PASSPHRASE), field="Lawyer")
    with path.open("rb") as file:
        told = accept_countersigned(original, file, trust=Roots([installation.root_certificate(), root]))
    assert told.accepted, told.why_not


def test_what_is_no_xml_in_a_document_stops_no_check(tmp_path: Path) -> None:
    source, path = unsigned(tmp_path), tmp_path / "odd.pdf"
    with pikepdf.open(source, allow_overwriting_input=True) as document:
        document.Root.Metadata.write(b"not <xml")
        document.save(source, fix_metadata_version=False)
    signing.sign(source, path, enter=enter, others=("Lawyer",))
    later = tmp_path / "later.pdf"
    key, root = own_key(tmp_path)
    add_signature(path, later, signer=open_pkcs12(key, PASSPHRASE), field="Lawyer")
    with later.open("rb") as file:
        facts = inspecting.inspect(file.fileno(), trust=Roots([installation.root_certificate(), root]))
    # Whoever signs writes it anew: nobody can say whether it tells the same.
    assert [each.harmless for each in facts.signatures] == [False, True]
