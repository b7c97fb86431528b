"""Papers: the same bytes for one content, both scripts or one, tables that go on under their heads."""

import hashlib
import io
import re
import shutil
from pathlib import Path

import pikepdf
import pytest

from custody.papers import Code, Column, Drawing, Languages, Section, Table, Words, compose, write
from custody.typesetting.errors import MissingGlyphError, TypesettingError
from tests.custody.papers.papers import DIGEST, pages, paper, table

needs_poppler = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="needs poppler-utils")


def test_one_content_gives_one_file_and_its_digest() -> None:
    to = io.BytesIO()
    assert write(paper(), to) == hashlib.sha256(compose(paper())).hexdigest()
    assert to.getvalue() == compose(paper())
    assert compose(paper()) != compose(paper(number="HANDOVER-0002"))


@needs_poppler
def test_both_languages_stand_on_one_page(tmp_path: Path) -> None:
    (page,) = pages(paper(), tmp_path)
    for expected in ("Receipt of a", "إيصال تسليم", "Case", "القضية", "RWB-04", "فاطمة الأحمد", "accepted", "مقبول"):
        assert expected in page
    assert "CONFIDENTIAL" in page
    assert "HANDOVER-0001-000001" in page
    assert re.search(r"\b1 ?/ ?1\b", page)
    assert "2026-05-14 09:30 UTC" in page
    assert "01234567 89abcdef 01234567 89abcdef" in page


@needs_poppler
@pytest.mark.parametrize(
    ("languages", "there", "absent"),
    [(Languages.ENGLISH, "Evidence number", "رقم الدليل"), (Languages.ARABIC, "رقم الدليل", "Evidence number")],
)
def test_a_paper_in_one_language_has_nothing_of_the_other(
    languages: Languages, there: str, absent: str, tmp_path: Path
) -> None:
    (page,) = pages(paper(languages=languages), tmp_path)
    assert there in page
    assert absent not in page
    assert "sha256sum record.json" in page


@needs_poppler
def test_arabic_alone_begins_at_the_right(tmp_path: Path) -> None:
    (page,) = pages(paper(languages=Languages.ARABIC), tmp_path)
    line = next(line for line in page.splitlines() if "AMN-RWB-0004-0001" in line)
    assert line.index("الختم سليم") < line.index("AMN-RWB-0004-0001") < line.rindex("1")


@needs_poppler
@pytest.mark.parametrize("languages", list(Languages))
def test_a_long_table_goes_on_under_its_heads_and_loses_no_row(languages: Languages, tmp_path: Path) -> None:
    found = pages(paper(languages=languages, rows=120), tmp_path)
    assert len(found) > 2
    head = "رقم الدليل" if languages is Languages.ARABIC else "Evidence number"
    holding = [page for page in found if "AMN-RWB-0004-" in page]
    assert all(head in page for page in holding)
    assert re.findall(r"AMN-RWB-0004-\d{4}", "".join(found)) == [f"AMN-RWB-0004-{row:04d}" for row in range(120)]
    for index, page in enumerate(found, start=1):
        assert re.search(rf"\b{index} ?/ ?{len(found)}\b", page)


def test_a_row_that_needs_a_look_stands_on_grey() -> None:
    plain, grey = paper(), paper()
    grey = paper(sections=[type(plain.sections[1])(plain.sections[1].title, [table(3, frozenset({1}))])])
    plain = paper(sections=[plain.sections[1]])
    assert _operators(grey).count(b"0.93 0.93 0.93 rg") == 1
    assert b"0.93 0.93 0.93 rg" not in _operators(plain)


def _operators(shown: object) -> bytes:
    with pikepdf.open(io.BytesIO(compose(shown))) as pdf:  # type: ignore[arg-type]
        return b"".join(page.Contents.read_bytes() for page in pdf.pages)


@needs_poppler
def test_a_demonstration_says_so(tmp_path: Path) -> None:
    (page,) = pages(paper(demonstration=True), tmp_path)
    assert "DEMONSTRATION" in page
    assert "DEMONSTRATION" not in pages(paper(), tmp_path)[0]


def test_a_table_that_is_too_wide_or_ragged_is_refused() -> None:
    with pytest.raises(TypesettingError, match="170 mm"):
        Table([Column(Words("a", "ا"), 100), Column(Words("b", "ب"), 71)], [])
    with pytest.raises(TypesettingError, match="one cell for each column"):
        Table([Column(Words("a", "ا"), 100)], [["one", "two"]])


def test_a_letter_that_no_face_has_stops_the_paper_instead_of_vanishing() -> None:
    with pytest.raises(MissingGlyphError, match="U\\+4E2D"):
        compose(paper(rows=0, number="中"))


def test_an_empty_paper_is_one_page() -> None:
    shown = paper(rows=0, sections=[], signatures=[], code="", digests=[], note=None, marking=None)
    with pikepdf.open(io.BytesIO(compose(shown))) as pdf:
        assert len(pdf.pages) == 1


@needs_poppler
def test_a_cell_as_long_as_a_page_is_set_to_its_last_word(tmp_path: Path) -> None:
    long = " ".join(f"word{index}" for index in range(900))
    shown = paper(sections=[type(paper().sections[0])(Words("Long", "طويل"), [_one_cell(long)])])
    text = " ".join(pages(shown, tmp_path))
    assert [f"word{index}" in text for index in range(900)] == [True] * 900


def _one_cell(text: str) -> Table:
    return Table(
        [Column(Words("Text", "نص"), 60), Column(Words("Digest", "البصمة"), 90)], [[text, Code.digest(DIGEST)]]
    )


@pytest.mark.parametrize("languages", list(Languages))
def test_what_was_drawn_by_hand_is_drawn_as_lines_over_its_label(languages: Languages) -> None:
    strokes = [[(0.0, 0.0), (500.0, 200.0), (1000.0, 400.0)], [(250.0, 100.0)]]
    drawing = Drawing(strokes, 1000, 400, Words("The witness", "الشاهد"))
    signed = paper(languages=languages, sections=[Section(Words("Signed", "التوقيع"), [drawing])], signatures=[])
    with pikepdf.open(io.BytesIO(compose(signed))) as pdf:
        assert len(pdf.pages) == 1
        steps = list(pikepdf.parse_content_stream(pdf.pages[0]))
    drawn = [place for place, step in enumerate(steps) if str(step.operator) == "J"]
    assert len(drawn) == 2
    (start, middle, end) = ([float(number) for number in steps[drawn[0] + offset].operands] for offset in (2, 3, 4))
    assert end[0] - start[0] == pytest.approx(60 * 72 / 25.4, abs=0.01)
    assert start[1] - end[1] == pytest.approx(24 * 72 / 25.4, abs=0.01)
    assert middle == pytest.approx([(start[0] + end[0]) / 2, (start[1] + end[1]) / 2], abs=0.01)
