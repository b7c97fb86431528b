"""The check of finished files: what we write keeps to PDF/A-3u and is tagged, and each fault put into it is found."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import re
import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.core.management import call_command
from hypothesis import given, settings
from hypothesis import strategies as st
from pikepdf import Array, Dictionary, Name, String

from custody.papers import Languages, compose
from custody.typesetting.blocks import Paragraph
from custody.typesetting.conformity import Conformity, check, findings
from custody.typesetting.documents import About, Document, Relationship
from custody.typesetting.errors import ForeignFileError
from custody.typesetting.pictures import Plate, read_frame
from custody.typesetting.structure import Role
from custody.typesetting.text import Style
from tests.custody.pades.documents import signed
from tests.custody.papers.papers import paper
from tests.testimony.trees import jpeg

_MOMENT = datetime(2026, 5, 14, 9, 30, tzinfo=UTC)


@cache
def everything() -> bytes:
    """A file with heading, Arabic, table, picture, link and attachments."""
    document = Document(About("Title عنوان", "Author", "Subject", "amana 0.1", "en", _MOMENT))
    style = Style(size=11)
    Paragraph("Heading", style, 14, place="a test", role=Role.TITLE).draw(document.page, 50, 800, 400)
    Paragraph("فاطمة الأحمد", style, 14, place="a test").draw(document.page, 50, 780, 400)
    with (
        document.structure.row(1, heads=True),
        document.page.element(Role.HEAD, attributes="<</O/Table/Scope/Column>>"),
    ):
        Paragraph("Head", style, 14, place="a test").draw(document.page, 50, 760, 400)
    with document.structure.row(1, heads=False), document.page.element(Role.CELL):
        Paragraph("Cell", style, 14, place="a test").draw(document.page, 50, 740, 400)
    data = jpeg(1)
    Plate(hashlib.sha256(data).hexdigest(), read_frame(data), lambda _: io.BytesIO(data), alt="A grey figure").draw(
        document.page, 50, 700, 200
    )
    document.anchor("there")
    document.link("there", (50, 100, 200, 120), "To this page")
    document.outline("This page", "there", 0)
    document.finish_page()
    document.attach("data.json", b"{}", "application/json", Relationship.DATA, description="Data", moment=_MOMENT)
    document.attach("بيان.csv", b"a,b", "text/csv", Relationship.SUPPLEMENT, description="More", moment=_MOMENT)
    to = io.BytesIO()
    document.write(to)
    return to.getvalue()


def changed(change: Callable[[Any], object], **saving: Any) -> Conformity:
    """The check of that file with a change made to it."""
    to = io.BytesIO()
    with pikepdf.open(io.BytesIO(everything())) as pdf:
        change(pdf)
        pdf.save(to, fix_metadata_version=False, static_id=True, **saving)
    return check(to)


def rewritten(old: bytes, new: bytes) -> Callable[[Any], object]:
    """A change of the operators of the page."""

    def change(pdf: Any) -> None:
        page = pdf.pages[0].obj
        content = page.Contents.read_bytes()
        assert old in content
        page.Contents = pdf.make_stream(content.replace(old, new, 1))

    return change


def annotation(pdf: Any) -> Any:
    return pdf.pages[0].obj.Annots[0]


def composite(pdf: Any) -> Any:
    return next(each for each in pdf.objects if isinstance(each, Dictionary) and each.get("/Subtype") == "/Type0")


def element(pdf: Any, role: str) -> Any:
    return next(
        each
        for each in pdf.objects
        if isinstance(each, Dictionary) and each.get("/Type") == "/StructElem" and each.get("/S") == role
    )


def metadata(old: bytes, new: bytes) -> Callable[[Any], object]:
    def change(pdf: Any) -> None:
        data = pdf.Root.Metadata.read_bytes()
        assert old in data
        pdf.Root.Metadata.write(data.replace(old, new))

    return change


def attachment(pdf: Any) -> Any:
    return pdf.Root.Names.EmbeddedFiles.Names[1]


def picture(pdf: Any) -> Any:
    return next(each for each in pdf.objects if isinstance(each, pikepdf.Stream) and each.get("/Subtype") == "/Image")


def put(where: Callable[[Any], Any], key: str, value: Any) -> Callable[[Any], object]:
    """A change that sets one entry."""

    def change(pdf: Any) -> None:
        where(pdf)[key] = value(pdf) if callable(value) else value

    return change


def drop(where: Callable[[Any], Any], key: str) -> Callable[[Any], object]:
    """A change that takes one entry away."""

    def change(pdf: Any) -> None:
        del where(pdf)[key]

    return change


def root(pdf: Any) -> Any:
    return pdf.Root


def page(pdf: Any) -> Any:
    return pdf.pages[0].obj


def descendant(pdf: Any) -> Any:
    return composite(pdf).DescendantFonts[0]


def intent(pdf: Any) -> Any:
    return pdf.Root.OutputIntents[0]


def stream(content: bytes) -> Callable[[Any], Any]:
    return lambda pdf: pdf.make_stream(content)


def unnamed_code(pdf: Any) -> None:
    font = composite(pdf)
    cmap = font.ToUnicode.read_bytes()
    font.ToUnicode = pdf.make_stream(re.sub(rb"<0001> <\w+>", b"<FFF0> <0041>", cmap, count=1))


def no_character(pdf: Any) -> None:
    font = composite(pdf)
    cmap = font.ToUnicode.read_bytes()
    font.ToUnicode = pdf.make_stream(re.sub(rb"<0001> <\w+>", b"<0001> <FEFF>", cmap, count=1))


def no_glyph(pdf: Any) -> None:
    leads = descendant(pdf).CIDToGIDMap.read_bytes()
    descendant(pdf).CIDToGIDMap = pdf.make_stream(bytes(len(leads)))


def wrong_width(pdf: Any) -> None:
    descendant(pdf).W[1][0] += 40


def cut_program(pdf: Any) -> None:
    descriptor = descendant(pdf).FontDescriptor
    descriptor.FontFile2 = pdf.make_stream(descriptor.FontFile2.read_bytes()[:40])


def other_owner(pdf: Any) -> None:
    owners = pdf.Root.StructTreeRoot.ParentTree.Nums[1]
    owners[0] = owners[1]


def script(pdf: Any) -> None:
    pdf.Root.Names.JavaScript = Dictionary(Names=Array([String("a"), Dictionary(S=Name.JavaScript, JS=String("1"))]))


def soft_mask(pdf: Any) -> None:
    picture(pdf).SMask = pdf.make_stream(b"\0", Type=Name.XObject, Subtype=Name.Image, Width=1, Height=1)


def blend(pdf: Any) -> None:
    page(pdf).Resources.ExtGState = Dictionary(G0=Dictionary(Type=Name.ExtGState, BM=Name.Multiply))


CHANGES: dict[str, tuple[Callable[[Any], object], str, str]] = {
    "font not embedded": (drop(lambda pdf: descendant(pdf).FontDescriptor, "/FontFile2"), "6.2.11.4.1", "not embedded"),
    "no ToUnicode": (drop(composite, "/ToUnicode"), "6.2.11.7.2", "/ToUnicode"),
    "a code without characters": (unnamed_code, "6.2.11.7.2", "code 0001"),
    "a code for no character": (no_character, "6.2.11.7.2", "a character that is none"),
    "notdef": (no_glyph, "6.2.11.8", ".notdef"),
    "no way to glyphs": (drop(descendant, "/CIDToGIDMap"), "6.2.11.3.2", "/CIDToGIDMap"),
    "a width": (wrong_width, "6.2.11.5", "another width"),
    "a program cut short": (cut_program, "6.2.11", "cannot be read"),
    "annotation not printed": (put(annotation, "/F", 0), "6.3.2", "flags 0"),
    "annotation hidden": (put(annotation, "/F", 6), "6.3.2", "flags 6"),
    "annotation without look": (put(annotation, "/Subtype", Name.Square), "6.3.3", "appearance"),
    "a film": (put(annotation, "/Subtype", Name.Movie), "6.3.1", "not allowed"),
    "transparency group": (
        put(page, "/Group", Dictionary(Type=Name.Group, S=Name.Transparency)),
        "6.2.10",
        "transparency group",
    ),
    "soft mask": (soft_mask, "6.2.10", "soft mask"),
    "blend mode": (blend, "6.2.10", "blend mode"),
    "script": (script, "6.5.1", "script"),
    "launch": (put(annotation, "/A", Dictionary(S=Name.Launch, F=String("x"))), "6.5.1", "/Launch"),
    "open action": (put(root, "/OpenAction", Dictionary(S=Name.GoTo, D=String("there"))), "6.5.2", "/OpenAction"),
    "additional actions": (put(page, "/AA", Dictionary(O=Dictionary(S=Name.GoTo))), "6.5.2", "/AA"),
    "cmyk on the page": (rewritten(b"EMC", b"0 0 0 1 k EMC"), "6.2.4.3", "CMYK"),
    "cmyk in a picture": (put(picture, "/ColorSpace", Name.DeviceCMYK), "6.2.4.3", "CMYK"),
    "no output intent": (drop(root, "/OutputIntents"), "6.2.3", "0 output intents"),
    "intent without profile": (drop(intent, "/DestOutputProfile"), "6.2.3", "no profile"),
    "intent with anything": (put(intent, "/DestOutputProfile", stream(b"x" * 200)), "6.2.3", "no ICC profile"),
    "no XMP": (drop(root, "/Metadata"), "6.6.2.1", "no metadata"),
    "XMP that is no XML": (metadata(b"</rdf:RDF>", b""), "6.6.2.1", "well-formed"),
    "XMP without its head": (metadata(b"<?xpacket begin", b"<?xpocket begin"), "6.6.2.1", "head"),
    "another title": (metadata(b"Title", b"Tidal"), "6.6.3", "/Title"),
    "another time": (metadata(b"T09:30", b"T09:31"), "6.6.3", "/CreationDate"),
    "part 2": (metadata(b"part>3", b"part>2"), "6.6.4", "part 2"),
    "level B": (metadata(b"conformance>U", b"conformance>B"), "6.6.4", "level B"),
    "an attachment not tied": (drop(root, "/AF"), "6.8", "/AF"),
    "no relationship": (drop(attachment, "/AFRelationship"), "6.8", "/AFRelationship"),
    "no media type": (drop(lambda pdf: attachment(pdf).EF.F, "/Subtype"), "6.8", "media type"),
    "no parameters": (drop(lambda pdf: attachment(pdf).EF.F, "/Params"), "6.8", "/Params"),
    "no name": (drop(attachment, "/UF"), "6.8", "no name"),
    "not marked": (drop(root, "/MarkInfo"), "6.2", "/MarkInfo"),
    "no structure": (drop(root, "/StructTreeRoot"), "7.1", "/StructTreeRoot"),
    "no language": (drop(root, "/Lang"), "7.2", "language"),
    "no title shown": (drop(root, "/ViewerPreferences"), "7.1", "/DisplayDocTitle"),
    "page without key": (drop(page, "/StructParents"), "14.7.4.4", "/StructParents"),
    "another owner": (other_owner, "14.7.4.4", "does not lead from 0"),
    "a number on no page": (rewritten(b"/H1 <</MCID 0>> BDC", b"/H1 <</MCID 99>> BDC"), "14.7.4.2", "on no page"),
    "a number in no element": (rewritten(b"/H1 <</MCID 0>> BDC", b"/H1 <</MCID 99>> BDC"), "7.1", "in no element"),
    "a number twice": (rewritten(b"/P <</MCID 1>> BDC", b"/P <</MCID 0>> BDC"), "14.7.4.3", "twice"),
    "content not tagged": (rewritten(b"/H1 <</MCID 0>> BDC", b"/H1 BMC"), "7.1", "neither tagged nor an artifact"),
    "artifact in tagged": (rewritten(b"BT", b"/Artifact BMC EMC BT"), "7.1", "artifact inside"),
    "not closed": (rewritten(b"EMC", b""), "14.6.1", "not closed"),
    "closed twice": (rewritten(b"EMC", b"EMC EMC"), "14.6.1", "not opened"),
    "figure without words": (drop(lambda pdf: element(pdf, "/Figure"), "/Alt"), "7.3", "/Alt"),
    "head without scope": (drop(lambda pdf: element(pdf, "/TH"), "/A"), "7.5", "/Scope"),
    "row outside of a table": (put(lambda pdf: element(pdf, "/Table"), "/S", Name.Sect), "7.5", "stands in /Sect"),
    "heading left out": (put(lambda pdf: element(pdf, "/H1"), "/S", Name.H3), "7.4.2", "level 0"),
    "unknown role": (put(lambda pdf: element(pdf, "/H1"), "/S", Name.Banner), "7.1", "no standard role"),
    "link without OBJR": (drop(lambda pdf: element(pdf, "/Link"), "/K"), "7.18.1", "OBJR"),
    "link as text": (put(lambda pdf: element(pdf, "/Link"), "/S", Name.Span), "7.18.5", "instead of a Link"),
    "link without words": (drop(annotation, "/Contents"), "7.18.5", "/Contents"),
    "link with another key": (put(annotation, "/StructParent", 77), "14.7.4.4", "/StructParent"),
    "no order of links": (drop(page, "/Tabs"), "7.18.3", "/Tabs"),
    "unknown operator": (rewritten(b"BT", b"XX BT"), "6.2.2", "'XX'"),
    "font not listed": (rewritten(b"/F1 ", b"/F99 "), "6.2.2", "/F99"),
    "smoothed picture": (put(picture, "/Interpolate", True), "6.2.8", "smoothed"),
    "form filled by the reader": (put(root, "/AcroForm", Dictionary(NeedAppearances=True)), "6.4.1", "look"),
}


def test_what_we_write_has_no_fault() -> None:
    found = check(io.BytesIO(everything()))
    assert found.findings == ()
    assert found.not_checked == ()
    assert found.pages == 1


def test_saved_by_another_program_it_still_has_none() -> None:
    """So that each fault found below is that of the change, not of saving."""
    assert changed(lambda _: None).findings == ()


@pytest.mark.parametrize("name", CHANGES)
def test_each_fault_is_found(name: str) -> None:
    change, clause, words = CHANGES[name]
    found = changed(change)
    assert any(one.clause.endswith(f", {clause}") and words in one.message + one.where for one in found.findings), found


def test_encryption_is_found() -> None:
    found = changed(lambda _: None, encryption=pikepdf.Encryption(owner="o", user=""))
    assert any("encrypted" in one.message for one in found.findings)
    with pytest.raises(ForeignFileError, match="encrypted"):
        changed(lambda _: None, encryption=pikepdf.Encryption(owner="o", user="u"))


@pytest.mark.parametrize(
    ("old", "new", "clause"),
    [
        (b"%PDF-1.7", b"%PDF-2.0", "6.1.2"),
        (b"/ID [", b"/IX [", "6.1.3"),
        (b"%%EOF\n", b"%%EOF\nmore", "6.1.3"),
        (b"startxref\n", b"startxref\n9", "6.1.1"),
    ],
)
def test_faults_of_the_frame_are_found(old: bytes, new: bytes, clause: str) -> None:
    assert old in everything()
    found = check(io.BytesIO(everything().replace(old, new)))
    assert any(one.clause.endswith(f", {clause}") for one in found.findings), found


def test_a_small_file_that_unfolds_into_a_large_one_is_not_read() -> None:
    found = changed(put(page, "/Contents", stream(b" " * (17 * 1024 * 1024))), compress_streams=True)
    assert any("UnreadableStreamError" in one.message for one in found.findings)


def test_no_more_faults_are_listed_than_anybody_reads() -> None:
    found = changed(rewritten(b"BT", b" ".join(b"X%d" % index for index in range(2000)) + b" BT"))
    assert len(found.findings) == findings.MOST_FINDINGS + 1


@pytest.mark.parametrize("languages", list(Languages))
@pytest.mark.parametrize("rows", [3, 120])
def test_papers_have_no_fault(languages: Languages, rows: int) -> None:
    assert check(io.BytesIO(compose(paper(languages=languages, rows=rows)))).findings == ()


@pytest.mark.usefixtures("installation")
def test_a_signature_leaves_it_so(tmp_path: Path) -> None:
    path, _ = signed(tmp_path)
    with path.open("rb") as file:
        assert check(file).findings == ()


@pytest.mark.skipif(shutil.which("qpdf") is None, reason="needs qpdf")
def test_another_reader_finds_the_file_well_formed(tmp_path: Path) -> None:
    path = tmp_path / "all.pdf"
    path.write_bytes(everything())
    told = subprocess.run(["qpdf", "--check", str(path)], capture_output=True, check=True, text=True)
    assert "No syntax or stream encoding errors" in told.stdout


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_foreign_bytes_raise_nothing_but_the_declared_error(data: st.DataObject) -> None:
    content = bytearray(everything())
    for _ in range(data.draw(st.integers(0, 30))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    if data.draw(st.booleans()):
        del content[data.draw(st.integers(0, len(content))) :]
    with contextlib.suppress(ForeignFileError):
        check(io.BytesIO(content))


_TOKENS = [
    b"/Type",
    b"/Kids",
    b" 0 R",
    b"/K ",
    b"/S ",
    b"<<",
    b"[",
    b"/Nums",
    b"/Pg ",
    b"/W ",
    b"/F ",
    b"/Annots",
    b"/Font",
]
_VALUES = [b"null", b"(x)", b"/X", b"[]", b"<<>>", b"-1", b"9999999999", b"1 0 R", b"true", b"[[[["]


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_values_of_another_kind_raise_nothing_else(data: st.DataObject) -> None:
    content = everything()
    for _ in range(data.draw(st.integers(1, 5))):
        token = data.draw(st.sampled_from(_TOKENS))
        places = [found.start() for found in re.finditer(re.escape(token), content)]
        if places:
            at = data.draw(st.sampled_from(places)) + len(token)
            content = content[:at] + b" " + data.draw(st.sampled_from(_VALUES)) + b" " + content[at:]
    with contextlib.suppress(ForeignFileError):
        check(io.BytesIO(content))


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"notes", b"\0" * 5000])
def test_what_is_no_pdf_is_refused(content: bytes) -> None:
    with pytest.raises(ForeignFileError):
        check(io.BytesIO(content))


def status(*arguments: str | Path) -> int:
    with pytest.raises(SystemExit) as ended:
        call_command("document", "conformity", *(str(each) for each in arguments))
    assert isinstance(ended.value.code, int)
    return ended.value.code


def test_the_command_tells_by_its_exit_status(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "all.pdf"
    path.write_bytes(everything())
    assert status(path) == 0
    assert capsys.readouterr().out == "OK: no fault found\n"
    path.write_bytes(everything().replace(b"/ID [", b"/IX ["))
    assert status(path, "--json") == 1
    assert json.loads(capsys.readouterr().out)["findings"] == [
        {"clause": "ISO 19005-3, 6.1.3", "where": "trailer", "message": "has no /ID"}
    ]
    path.write_bytes(b"notes")
    assert status(path) == 2
