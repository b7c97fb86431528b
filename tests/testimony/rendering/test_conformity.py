"""A dossier keeps to PDF/A-3u and is tagged; its structure tells what was drawn, in the order of reading."""

import io
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from custody.pades import signing
from custody.typesetting.conformity import check
from testimony.core import dossier as tree
from testimony.rendering import machine_files
from tests.custody.pades.documents import enter
from tests.testimony import trees
from tests.testimony.rendering.reading import STEERING, file_of, plain

EDITIONS = list(tree.Edition)


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("made", [trees.dossier, trees.of_ten, trees.redacted])
def test_a_dossier_has_no_fault(made: Any, edition: tree.Edition) -> None:
    found = check(file_of(made(edition=edition), attach=machine_files))
    assert found.findings == ()
    assert found.not_checked == ()


def test_the_files_for_machines_are_inside_as_they_are() -> None:
    with pikepdf.open(file_of(trees.dossier(), attach=machine_files)) as pdf:
        names = sorted(pdf.attachments)
        assert names == ["custody.csv", "loadfile.csv", "loadfile.json", "manifest.json"]
        manifest = pdf.attachments["manifest.json"].get_file()
        assert (manifest.mime_type, bool(manifest.read_bytes())) == ("application/json", True)
        assert {str(each.AFRelationship) for each in pdf.Root.AF} == {"/Data"}


@pytest.mark.usefixtures("installation")
def test_a_signature_leaves_it_so(tmp_path: Path) -> None:
    (tmp_path / "dossier.pdf").write_bytes(file_of(trees.dossier(), attach=machine_files).getvalue())
    signing.sign(tmp_path / "dossier.pdf", tmp_path / "signed.pdf", enter=enter, others=("Lawyer",))
    with (tmp_path / "signed.pdf").open("rb") as file:
        assert check(file).findings == ()


@pytest.mark.skipif(shutil.which("qpdf") is None, reason="needs qpdf")
def test_another_reader_finds_the_file_well_formed(tmp_path: Path) -> None:
    path = tmp_path / "dossier.pdf"
    path.write_bytes(file_of(trees.dossier(), attach=machine_files).getvalue())
    told = subprocess.run(["qpdf", "--check", str(path)], capture_output=True, check=True, text=True)
    assert "No syntax or stream encoding errors" in told.stdout


@pytest.mark.parametrize("edition", EDITIONS)
def test_the_structure_tells_the_statements_word_by_word(edition: tree.Edition) -> None:
    dossier = trees.dossier(edition=edition)
    told = [plain(text) for text in texts_by_element(file_of(dossier))]
    drawn = [plain(paragraph.text) for each in dossier.statements for paragraph in each.paragraphs]
    assert any("في المشفى" in text for text in drawn)
    for text in drawn:
        assert any(one.startswith(text) for one in told)  # what the statement rests on may follow in the same element


@pytest.mark.parametrize("edition", EDITIONS)
def test_tables_are_tables_and_links_have_words(edition: tree.Edition) -> None:
    with pikepdf.open(file_of(trees.dossier(edition=edition))) as pdf:
        every = list(_below(pdf.Root.StructTreeRoot.K))
        assert {"/Table", "/TR", "/TH", "/TD"} <= {str(each.S) for each in every}
        links = [list(each.K) for each in every if each.S == "/Link"]
        assert links
        assert all(any(isinstance(kid, int) or kid.get("/Type") == "/MCR" for kid in kids) for kids in links)


def _below(element: Any) -> Iterator[Any]:
    for kid in element.get("/K", []):
        if not isinstance(kid, int) and kid.get("/Type") == "/StructElem":
            yield kid
            yield from _below(kid)


def texts_by_element(file: io.BytesIO) -> list[str]:
    """The text of each element that holds any, in the order of the tree."""
    with pikepdf.open(file) as pdf:
        marked: dict[tuple[int, int], str] = {}
        for page in pdf.pages:
            marked.update({(page.obj.objgen[0], mcid): text for mcid, text in _marked(page.obj)})
        return ["".join(marked[one] for one in ones) for ones in _elements(pdf.Root.StructTreeRoot.K)]


def _elements(element: Any) -> Iterator[list[tuple[int, int]]]:
    own: list[tuple[int, int]] = []
    for kid in element.get("/K", []):
        if isinstance(kid, int):
            own.append((element.Pg.objgen[0], kid))
        elif kid.get("/Type") == "/MCR":
            own.append((kid.Pg.objgen[0], int(kid.MCID)))
        elif kid.get("/Type") == "/StructElem":
            yield from _elements(kid)
    if own:
        yield own


def _marked(page: Any) -> Iterator[tuple[int, str]]:
    """Numbers and characters of the marked content of a page, by the maps of its fonts."""
    maps = {name: _characters(font.ToUnicode.read_bytes()) for name, font in page.Resources.Font.items()}
    tags: list[tuple[str, int | None]] = []
    font: dict[bytes, str] = {}
    text = ""
    steps: list[Any] = list(pikepdf.parse_content_stream(page))
    for operands, operator in steps:
        if str(operator) in ("BDC", "BMC"):
            tags.append((str(operands[0]), int(operands[1].MCID) if len(operands) > 1 else None))
            text = text if tags[-1][0] == "/ReversedChars" else ""
        elif str(operator) == "EMC":
            _, mcid = tags.pop()
            if mcid is not None:
                yield mcid, text.translate(STEERING)
        elif str(operator) == "Tf":
            font = maps[str(operands[0])]
        elif str(operator) in ("Tj", "TJ"):
            pieces: list[Any] = list(operands[0]) if str(operator) == "TJ" else list(operands)
            codes = b"".join(bytes(piece) for piece in pieces if isinstance(piece, pikepdf.String))
            shown = [font[codes[at : at + 2]] for at in range(0, len(codes), 2)]
            text += "".join(reversed(shown) if tags[-1][0] == "/ReversedChars" else shown)


def _characters(cmap: bytes) -> dict[bytes, str]:
    pairs = [line.split() for line in cmap.splitlines() if line.startswith(b"<")]
    values = [bytes.fromhex(value.strip(b"<>").decode()) for pair in pairs for value in pair]
    return dict(zip(values[::2], (value.decode("utf-16-be") for value in values[1::2]), strict=True))
