"""Victims and witnesses from tables: CSV and XLSX are read row by row, tried first, and brought in once."""

from testimony.importing.bringing_in import Report, Table, bring_in, digest_of
from testimony.importing.columns import check_mapping, columns_of, guess_mapping
from testimony.importing.people import Fault
from testimony.importing.reading import AT_THE_CONSOLE, ON_A_PAGE, Limits, heads_of, lines_of

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
