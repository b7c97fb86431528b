"""Victims, witnesses, and images with their bodies, from tables: read row by row, tried first, and brought in once."""

from testimony.importing.bringing_in import bring_in, digest_of
from testimony.importing.columns import check_mapping, columns_of, guess_mapping
from testimony.importing.people import Fault
from testimony.importing.reading import AT_THE_CONSOLE, ON_A_PAGE, Limits, heads_of, lines_of
from testimony.importing.tables import Report, Table

__all__ = [
    "AT_THE_CONSOLE",
    "ON_A_PAGE",
    "Fault",
    "Limits",
    "Report",
    "Table",
    "bring_in",
    "check_mapping",
    "columns_of",
    "digest_of",
    "guess_mapping",
    "heads_of",
    "lines_of",
]
