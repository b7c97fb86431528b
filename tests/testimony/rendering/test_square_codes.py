"""The square code of a sheet, read back from the page as a camera would."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from testimony.core.dossier import content_sha256
from tests.testimony import trees
from tests.testimony.rendering.reading import volumes_of

pytestmark = pytest.mark.skipif(
    shutil.which("zbarimg") is None or shutil.which("pdftoppm") is None, reason="needs zbar-tools and poppler-utils"
)


def _read(pdf: Path, page: int) -> str:
    picture = pdf.with_suffix("")
    number = str(page)
    subprocess.run(
        ["pdftoppm", "-r", "150", "-f", number, "-l", number, "-singlefile", "-png", str(pdf), str(picture)], check=True
    )
    found = subprocess.run(
        ["zbarimg", "-q", "--raw", str(picture.with_suffix(".png"))], capture_output=True, text=True, check=True
    )
    return found.stdout.strip()


def test_the_codes_hold_the_numbers_and_digests_of_their_pages(tmp_path: Path) -> None:
    dossier, pdf = trees.dossier(), tmp_path / "dossier.pdf"
    rendered, files = volumes_of(dossier)
    pdf.write_bytes(files[0].getvalue())
    exhibit = dossier.exhibits[0]
    assert _read(pdf, 1) == f"amana:D-0007/3?sha256={content_sha256(dossier)}"
    assert _read(pdf, rendered.exhibits[0].first) == f"amana:{exhibit.ern}?sha256={exhibit.sha256}"
