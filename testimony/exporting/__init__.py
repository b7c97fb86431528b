"""The structured data of a case for one recipient: what consent lets go, in CSV and JSON, entered as a release."""

from testimony.exporting.handing import Exported, export_people
from testimony.exporting.tables import Gathered, gather

__all__ = ["Exported", "Gathered", "export_people", "gather"]
