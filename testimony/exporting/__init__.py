"""A case's structured data for one recipient: what consent lets go, in CSV, XLSX and JSON, entered as a release."""

from testimony.exporting.handing import (
    ChangedSinceSeenError,
    Exported,
    Foreseen,
    Packed,
    export_packed,
    export_people,
    foresee,
    may_export,
    refuse_role,
)
from testimony.exporting.tables import COLUMNS, Gathered, gather

__all__ = [
    "COLUMNS",
    "ChangedSinceSeenError",
    "Exported",
    "Foreseen",
    "Gathered",
    "Packed",
    "export_packed",
    "export_people",
    "foresee",
    "gather",
    "may_export",
    "refuse_role",
]
