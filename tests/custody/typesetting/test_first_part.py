"""Another checker's word: Debian's PDFBox knows part 1 of ISO 19005 alone, so it is given a paper written as that.

What it looks at (fonts, colours, metadata, syntax) is written by the same code in part 3.
"""

from __future__ import annotations

import io
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pikepdf
import pytest

from custody.papers.composing import write
from custody.typesetting.documents import About, Document, Relationship
from custody.typesetting.errors import AttachmentError
from custody.typesetting.metadata import Part
from tests.custody.papers.papers import paper

_MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
_JAVA = Path("/usr/share/java")
_JARS = ["preflight", "pdfbox2", "fontbox2", "xmpbox", "commons-logging", "commons-io", "javax.activation", "jaxb-api"]
_PATHS = [_JAVA / f"{name}.jar" for name in _JARS]
needs_pdfbox = pytest.mark.skipif(
    shutil.which("java") is None or not all(path.exists() for path in _PATHS),
    reason="needs java and PDFBox (Debian: default-jre-headless, libpdfbox2-java)",
)


def judged(content: bytes, folder: Path) -> str:
    """What PDFBox says of a file."""
    path = folder / "paper.pdf"
    path.write_bytes(content)
    command = ["java", "-cp", ":".join(map(str, _PATHS)), "org.apache.pdfbox.preflight.Validator_A1b", str(path)]
    done = subprocess.run(command, capture_output=True, check=False, text=True, timeout=120)
    return done.stdout + done.stderr


def written(part: Part, rows: int = 3) -> bytes:
    to = io.BytesIO()
    write(paper(rows=rows), to, part=part)
    return to.getvalue()


@needs_pdfbox
def test_a_paper_of_several_pages_keeps_to_the_first_part(tmp_path: Path) -> None:
    assert "is a valid PDF/A-1b file" in judged(written(1, rows=120), tmp_path)


@needs_pdfbox
def test_that_checker_finds_what_is_wrong(tmp_path: Path) -> None:
    with pikepdf.open(io.BytesIO(written(1))) as pdf:
        del pdf.Root.OutputIntents
        to = io.BytesIO()
        pdf.save(to, fix_metadata_version=False)
    assert "is not a valid PDF/A-1b file" in judged(to.getvalue(), tmp_path)


def test_the_first_part_names_itself_and_lists_what_is_embedded() -> None:
    content = written(1)
    assert content.startswith(b"%PDF-1.4\n")
    assert b"<pdfaid:part>1</pdfaid:part>\n<pdfaid:conformance>B</pdfaid:conformance>" in content
    assert b"/CIDSet" in content
    assert b"/CIDSet" not in written(3)


def test_the_first_part_takes_no_attachments() -> None:
    document = Document(About("t", "a", "s", "w", "en", _MOMENT), part=1)
    with pytest.raises(AttachmentError, match="part 1"):
        document.attach("a.txt", b"", "text/plain", Relationship.DATA, description="", moment=_MOMENT)
