"""Rendering a dossier and reading its pages back, as a reader of the file would."""

import io
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from testimony.core import dossier as tree
from testimony.rendering import Rendered, render
from tests.testimony import trees

needs_poppler = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="needs poppler-utils")
STEERING = {ord(sign): None for sign in "\u202a\u202b\u202c\u200e\u200f\u2066\u2067\u2068\u2069"}


def volumes_of(
    dossier: tree.Dossier, pictures: Any = trees.reader, **choices: Any
) -> tuple[Rendered, list[io.BytesIO]]:
    """The volumes in memory."""
    found: list[io.BytesIO] = []

    def out(number: int) -> BinaryIO:
        assert number == len(found) + 1
        found.append(io.BytesIO())
        return found[-1]

    return render(dossier, pictures, out, **choices), found


def file_of(dossier: tree.Dossier, **choices: Any) -> io.BytesIO:
    """The one volume of a dossier."""
    return io.BytesIO(_content(dossier, **choices))


@cache
def _content(dossier: tree.Dossier, **choices: Any) -> bytes:
    # The same tree gives the same bytes (test_dossier_pages.py), so what many tests read is set once.
    return volumes_of(dossier, **choices)[1][0].getvalue()


def texts_of(file: io.BytesIO, folder: Path, *, layout: bool = True) -> list[str]:
    """The text of each page, without the signs that only steer its direction."""
    path = folder / "dossier.pdf"
    path.write_bytes(file.getvalue())
    command = ["pdftotext", *(["-layout"] if layout else []), str(path), "-"]
    text = subprocess.run(command, capture_output=True, check=True, encoding="utf-8").stdout
    return text.translate(STEERING).split("\f")[:-1]


def pages_of(dossier: tree.Dossier, *, layout: bool = True, **choices: Any) -> list[str]:
    """The text of each page of a dossier in one volume."""
    return list(_pages(dossier, layout=layout, **choices))


@cache
def _pages(dossier: tree.Dossier, *, layout: bool, **choices: Any) -> tuple[str, ...]:
    with tempfile.TemporaryDirectory() as folder:
        return tuple(texts_of(file_of(dossier, **choices), Path(folder), layout=layout))


def plain(text: str) -> str:
    """All of a text on one line, for what may have been broken."""
    return " ".join(text.split())
