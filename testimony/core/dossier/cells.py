"""Tables of a dossier as CSV (RFC 4180, UTF-8), with cells that no spreadsheet takes for a formula."""

import csv
import io
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


def csv_of(columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> bytes:
    """The rows under their columns. A cell that begins like a formula has an apostrophe before it."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([plain(row[name]) for name in columns] for row in rows)
    return text.getvalue().encode()


def plain(cell: str) -> str:
    """The cell as text, whatever it begins with; full-width signs too, which some programs take for the plain ones."""
    return f"'{cell}" if unicodedata.normalize("NFKC", cell[:1]).startswith(FORMULA) else cell
