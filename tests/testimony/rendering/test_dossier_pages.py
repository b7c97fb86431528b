"""The dossier as a file: same bytes for one content, numbered pages, names in both scripts, valid structure."""

import hashlib
import io
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest

from testimony.core import dossier as tree
from testimony.rendering import render
from tests.testimony import trees

needs_poppler = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="needs poppler-utils")
_STEERING = {ord(sign): None for sign in "\u202a\u202b\u202c\u200e\u200f\u2066\u2067\u2068\u2069"}


def _pages(dossier: tree.Dossier, folder: Path) -> list[str]:
    path = folder / "dossier.pdf"
    with path.open("wb") as to:
        render(dossier, trees.reader, to)
    command = ["pdftotext", "-layout", str(path), "-"]
    text = subprocess.run(command, capture_output=True, check=True, encoding="utf-8").stdout
    return text.translate(_STEERING).split("\f")[:-1]


def test_one_content_gives_one_file() -> None:
    first, second = io.BytesIO(), io.BytesIO()
    digest = render(trees.dossier(), trees.reader, first)
    render(trees.dossier(), trees.reader, second)
    assert first.getvalue() == second.getvalue()
    assert hashlib.sha256(first.getvalue()).hexdigest() == digest


def test_one_changed_letter_gives_another_file() -> None:
    dossier = trees.dossier()
    other = replace(dossier, cover=replace(dossier.cover, victim_code="VF-0002"))
    assert render(dossier, trees.reader, io.BytesIO()) != render(other, trees.reader, io.BytesIO())


@needs_poppler
def test_each_page_says_which_of_how_many_it_is(tmp_path: Path) -> None:
    pages = _pages(trees.dossier(), tmp_path)
    for index, page in enumerate(pages, start=1):
        assert re.search(rf"\b{index} ?/ ?{len(pages)}\b", page)
        assert f"D-0007-{index:06d}" in page


@needs_poppler
def test_a_demonstration_says_so_on_every_page(tmp_path: Path) -> None:
    pages = _pages(trees.dossier(demonstration=True), tmp_path)
    assert all("DEMONSTRATION: generated pictures, fictional people, not evidence" in page for page in pages)
    assert not any("DEMONSTRATION" in page for page in _pages(trees.dossier(), tmp_path))


@needs_poppler
def test_the_names_of_the_person_stand_on_the_cover_in_both_scripts(tmp_path: Path) -> None:
    cover = _pages(trees.dossier(), tmp_path)[0]
    assert "VF-0001" in cover
    assert "Fāṭima al-Aḥmad" in cover
    assert "فاطمة الأحمد" in cover


@needs_poppler
def test_the_sheet_of_an_exhibit_holds_number_digest_caption_and_claims(tmp_path: Path) -> None:
    dossier = trees.dossier()
    exhibit = dossier.exhibits[0]
    sheet = next(page for page in _pages(dossier, tmp_path) if "Signed receipt" in page)
    groups = [exhibit.sha256[start : start + 8] for start in range(0, 64, 8)]
    assert " ".join(groups[:4]) in sheet
    assert " ".join(groups[4:]) in sheet
    for expected in (exhibit.ern, "A grey figure with a card", "Taken (claimed by the file)", exhibit.title.arabic):
        assert expected in sheet


@needs_poppler
def test_a_statement_shows_of_its_consent_the_number_scope_and_date_alone(tmp_path: Path) -> None:
    page = next(
        page for page in _pages(trees.dossier(), tmp_path) if "Statement of witness" in page and "Consent" in page
    )
    assert "C-0007" in page
    assert "use in court dossiers" in page
    assert "2025-02-03" in page


@needs_poppler
def test_the_list_of_exhibits_names_the_page_on_which_each_stands(tmp_path: Path) -> None:
    pages = _pages(trees.dossier(), tmp_path)
    for exhibit in trees.dossier().exhibits:
        line = next(line for line in pages[1].splitlines() if exhibit.ern in line)
        number = int(line.split()[-1])
        assert exhibit.ern in pages[number - 1]


def test_an_exhibit_without_a_picture_says_why_and_keeps_its_digest(tmp_path: Path) -> None:
    exhibit = replace(trees.dossier().exhibits[0], picture=None, why_not="this type cannot be shown")
    to = io.BytesIO()
    render(trees.dossier(exhibits=(exhibit,)), trees.reader, to)
    with pikepdf.open(to) as pdf:
        assert not any("/XObject" in page.Resources for page in pdf.pages if "/XObject" in page.Resources)


def test_the_outline_and_the_links_lead_to_pages_of_the_file() -> None:
    to = io.BytesIO()
    render(trees.dossier(), trees.reader, to)
    with pikepdf.open(to) as pdf, pdf.open_outline() as outline:
        titles = [item.title for item in outline.root]
        links = [link for page in pdf.pages for link in page.get("/Annots", [])]
        assert any("P-1 – P-2" in title for title in titles)
        assert len(links) == 4
        assert all(link.F == 4 for link in links)


def test_a_long_statement_goes_on_over_the_page_with_every_paragraph() -> None:
    statement = trees.statement("S-1")
    long = tuple(
        tree.StatementParagraph(index + 1, "كلمة " * 120, "word " * 150, tree.Basis.OWN_KNOWLEDGE)
        for index in range(12)
    )
    short, longer = io.BytesIO(), io.BytesIO()
    render(trees.dossier(statements=(statement,)), trees.reader, short)
    render(trees.dossier(statements=(replace(statement, paragraphs=long),)), trees.reader, longer)
    with pikepdf.open(short) as one, pikepdf.open(longer) as other:
        assert len(other.pages) > len(one.pages) + 3


def test_the_longest_texts_that_the_records_allow_are_set_to_their_last_word() -> None:
    """Columns of the records end at 200 or 4,000 characters; none of them may be too long for a page."""
    dossier = trees.dossier()
    name, text = tree.Name("كلمة " * 40, "word " * 40), "word كلمة " * 400
    told = replace(dossier.exhibits[0].custody[1], what=text, authority=text)
    claims = tuple(tree.Claim(f"claim {index}", "x" * 512) for index in range(9))
    exhibit = replace(dossier.exhibits[0], title=name, caption=text, custody=(told, told), claims=claims)
    cover = replace(dossier.cover, case_title=name, victim_name=name, purpose="word " * 40, marking="word " * 12)
    withheld = tuple(tree.Withheld(f"ST-{index:04d}", text[:200]) for index in range(60))
    to = io.BytesIO()
    render(replace(dossier, cover=cover, exhibits=(exhibit,), withheld=withheld), trees.reader, to)
    with pikepdf.open(to) as pdf:
        assert len(pdf.pages) > 14
