"""What a reader of the file finds: Arabic in logical order, with its marks, as Debian's pdftotext extracts it."""

import io
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from custody.typesetting.bidi import isolate
from custody.typesetting.blocks import Paragraph
from custody.typesetting.documents import About, Document
from custody.typesetting.faces import MONO, SANS, SANS_STRONG, SERIF, Typeface
from custody.typesetting.text import Style

pytestmark = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="needs poppler-utils")

PHRASES = [
    "فاطمة الأحمد",
    "سجلات حيازة",
    "في المشفى مباشر",
    "الروابي إلى الأولى",
    "مقدَّم من أُعدّ بواسطة",
    "محمَّد كُتُبٌ لَا إِلَى الله",
    "سماعاً ليس دليلاً مولَّدة",
    "لِلّٰهِ شُؤُونٌ الشَّرْق",
    "أيار ٢٠١٣",
    "(فاطمة الأحمد)",
]
_SETTINGS = {ord(sign): None for sign in "\u202a\u202b\u202c\u200e\u200f\u2066\u2067\u2068\u2069\f"}


def _read(lines: list[str], typeface: Typeface, folder: Path, base: int | None = None) -> list[str]:
    document = Document(About("t", "a", "s", "w", "ar", datetime(2026, 1, 1, tzinfo=UTC)))
    for index, line in enumerate(lines):
        paragraph = Paragraph(line, Style(typeface, 11), 20, place="a test", base=base)
        paragraph.draw(document.page, 50, 800 - index * 30, 400)
    document.finish_page()
    path = folder / "read.pdf"
    with path.open("wb") as to:
        document.write(to)
    command = ["pdftotext", "-layout", str(path), "-"]
    text = subprocess.run(command, capture_output=True, check=True, encoding="utf-8").stdout
    return [line.translate(_SETTINGS).strip() for line in text.splitlines() if line.translate(_SETTINGS).strip()]


@pytest.mark.parametrize("typeface", [SANS, SANS_STRONG, SERIF], ids=["sans", "strong", "naskh"])
def test_arabic_is_found_in_logical_order_with_its_marks(typeface: Typeface, tmp_path: Path) -> None:
    assert _read(PHRASES, typeface, tmp_path) == PHRASES


def test_a_machine_value_in_arabic_prose_keeps_its_order(tmp_path: Path) -> None:
    line = f"استُلمت في {isolate('2015-03-09')} برقم {isolate('AMN-RWB-0000-0001')}"
    (found,) = _read([line], SANS, tmp_path)
    assert "2015-03-09" in found
    assert "AMN-RWB-0000-0001" in found


def test_letters_of_transliteration_fall_back_to_a_face_that_has_them(tmp_path: Path) -> None:
    line = "Fāṭima al-Aḥmad, ʿAbd ar-Raḥmān, ḍ ṣ ẓ ʾ"
    assert _read([line], SANS, tmp_path) == [line]


def test_latin_ligatures_are_found_as_letters(tmp_path: Path) -> None:
    assert _read(["office affidavit first"], SERIF, tmp_path) == ["office affidavit first"]


def test_a_digest_wider_than_its_line_is_broken_and_nothing_is_lost(tmp_path: Path) -> None:
    digest = "0123456789abcdef" * 8
    assert "".join(_read([digest], MONO, tmp_path)) == digest


def test_nothing_is_drawn_from_a_face_that_is_not_embedded(tmp_path: Path) -> None:
    document = Document(About("t", "a", "s", "w", "en", datetime(2026, 1, 1, tzinfo=UTC)))
    Paragraph("one", Style(SANS, 11), 20, place="a test").draw(document.page, 50, 800, 400)
    document.finish_page()
    stream = io.BytesIO()
    document.write(stream)
    assert b"Helvetica" not in stream.getvalue()
