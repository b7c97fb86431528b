"""The files of a release of data: a CSV for each table, all in one JSON file and in one workbook, and a manifest.

JSON is RFC 8785. CSV is RFC 4180 in UTF-8. A cell that a spreadsheet would take for a formula has an apostrophe before
it in the CSV; the JSON and the workbook have the text as it is. The manifest is lines of SHA-256, two spaces and a
name, as sha256sum reads them.
"""

from __future__ import annotations

import csv
import hashlib
import io
import os
import unicodedata
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from django.utils.translation import gettext

from custody.core import canonical
from custody.core.canonical import JsonValue
from evidence.bundles.zipping import ZipSink
from testimony.core.errors import HandingOutError
from testimony.exporting.tables import COLUMNS, Gathered, Row
from testimony.exporting.workbook import workbook_of

MANIFEST: Final = "manifest-sha256.txt"
WORKBOOK: Final = "people.xlsx"
_FORMAT: Final = "people/1"
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


def files_of(found: Gathered, told: Mapping[str, str]) -> dict[str, bytes]:
    """The files by name, the manifest last; ``told`` is what the JSON says of the release itself."""
    files = {f"{name}.csv": _csv(COLUMNS[name], rows) for name, rows in found.tables.items()}
    tables: dict[str, JsonValue] = {name: [dict(row) for row in rows] for name, rows in found.tables.items()}
    left_out: dict[str, JsonValue] = {name: dict(why) for name, why in found.left_out.items() if why}
    files["people.json"] = canonical.dumps({"type": _FORMAT, **told, **tables, "left_out": left_out})
    files[WORKBOOK] = workbook_of({name: (COLUMNS[name], _cells(name, rows)) for name, rows in found.tables.items()})
    lines = [f"{hashlib.sha256(body).hexdigest()}  {name}\n" for name, body in sorted(files.items())]
    return files | {MANIFEST: "".join(lines).encode()}


def zip_of(files: Mapping[str, bytes], *, base: str) -> bytes:
    """The files as one ZIP, in one folder: the same files give the same bytes."""
    written = io.BytesIO()
    archive = ZipSink(written, base=f"{base}/")
    for name, body in files.items():
        archive.put(name, [body])
    archive.close()
    return written.getvalue()


def _cells(name: str, rows: Iterable[Row]) -> list[list[str]]:
    return [[row[column] for column in COLUMNS[name]] for row in rows]


def _csv(columns: Iterable[str], rows: Iterable[Row]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    names = tuple(columns)
    writer.writerow(names)
    writer.writerows([_plain(row[name]) for name in names] for row in rows)
    return text.getvalue().encode()


def _plain(cell: str) -> str:
    # Full-width signs too, which some programs take for the plain ones.
    return f"'{cell}" if unicodedata.normalize("NFKC", cell[:1]).startswith(FORMULA) else cell


def make_folder(folder: Path) -> None:
    """Make the folder, for its owner alone. Raises HandingOutError when it stands already or cannot be made."""
    try:
        folder.mkdir(mode=0o700)
    except OSError as error:
        raise HandingOutError(gettext("The folder stands already, or cannot be made there.")) from error


def write(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write the files, the manifest last. Raises OSError."""
    for name, body in files.items():
        with os.fdopen(os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(body)
            out.flush()
            os.fsync(out.fileno())
