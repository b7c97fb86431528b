"""Single elements of a structure: known roles, pictures with words, tables of rows, headings step by step."""

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

import pikepdf

from custody.typesetting.conformity.findings import Findings, place_of, shown

_STANDARD: Final = frozenset(
    "/" + name
    for name in [
        "Document",
        "Part",
        "Art",
        "Sect",
        "Div",
        "BlockQuote",
        "Caption",
        "TOC",
        "TOCI",
        "Index",
        "NonStruct",
        "Private",
        "P",
        "H",
        "H1",
        "H2",
        "H3",
        "H4",
        "H5",
        "H6",
        "L",
        "LI",
        "Lbl",
        "LBody",
        "Table",
        "TR",
        "TH",
        "TD",
        "THead",
        "TBody",
        "TFoot",
        "Span",
        "Quote",
        "Note",
        "Reference",
        "BibEntry",
        "Code",
        "Link",
        "Annot",
        "Ruby",
        "RB",
        "RT",
        "RP",
        "Warichu",
        "WT",
        "WP",
        "Figure",
        "Formula",
        "Form",
    ]
)
_PARTS: Final = ("/THead", "/TBody", "/TFoot")
_INSIDE: Final = {"/TR": ("/Table", *_PARTS), "/TH": ("/TR",), "/TD": ("/TR",)}
_HOLDS: Final = {"/Table": ("/TR", "/Caption", *_PARTS), "/TR": ("/TH", "/TD")}
_HEADING: Final = re.compile(r"/H([1-6])")


def kids(element: Any) -> list[Any]:
    """What stands in an element, in the order of reading."""
    below = element.get("/K")
    if below is None:
        return []
    return list(below) if isinstance(below, pikepdf.Array) else [below]


class Roles:
    """Looks at elements in the order of reading."""

    def __init__(self, mapped: Any, findings: Findings) -> None:
        self._mapped = {str(key): str(value) for key, value in mapped.items()} if mapped is not None else {}
        self._findings = findings
        self._level = 0

    def of(self, element: Any) -> str:
        """The role, mapped to one of the standard where it is not."""
        role = str(element.get("/S", ""))
        for _ in range(len(self._mapped)):
            if role in _STANDARD or role not in self._mapped:
                break
            role = self._mapped[role]
        return role

    def check(self, element: Any, parent: Any, below: Sequence[Any]) -> None:
        """One element, below its parent."""
        role, where = self.of(element), f"{place_of(element)}, {shown(element.get('/S', ''))}"
        if role not in _STANDARD:
            self._findings.access("7.1", where, "is of no standard role")
        if role == "/Figure" and not element.get("/Alt") and not element.get("/ActualText"):
            self._findings.access("7.3", where, "is a picture without words (/Alt)")
        if role == "/TH" and not any("/Scope" in each or "/Headers" in each for each in _attributes(element)):
            self._findings.access("7.5", where, "is a head that does not say of what (/Scope)")
        self._check_heading(role, where)
        if role in _INSIDE and self.of(parent) not in _INSIDE[role]:
            self._findings.access("7.5", where, f"stands in {shown(self.of(parent))}")
        held = [one for one in below if isinstance(one, pikepdf.Dictionary) and one.get("/S") is not None]
        for one in held if role in _HOLDS else ():
            if self.of(one) not in _HOLDS[role]:
                self._findings.access("7.5", where, f"holds {shown(self.of(one))}")
        if role == "/Table":
            self._check_table(held, where)

    def _check_heading(self, role: str, where: str) -> None:
        found = _HEADING.fullmatch(role)
        if found is None:
            return
        level = int(found.group(1))
        if level > self._level + 1:
            self._findings.access("7.4.2", where, f"follows a heading of level {self._level}")
        self._level = level

    def _check_table(self, held: Sequence[Any], where: str) -> None:
        rows = [one for one in held if self.of(one) == "/TR"]
        counts = {count for count in map(_cells, rows) if count is not None}
        if len(counts) > 1:
            self._findings.access("7.5", where, f"has rows of {sorted(counts)} cells")


def _cells(row: Any) -> int | None:
    """How many columns a row fills; None where a cell reaches over rows, which is not followed."""
    total = 0
    for cell in kids(row):
        spans = list(_attributes(cell)) if isinstance(cell, pikepdf.Dictionary) else []
        if any("/RowSpan" in each for each in spans):
            return None
        total += next((int(each["/ColSpan"]) for each in spans if "/ColSpan" in each), 1)
    return total


def _attributes(element: Any) -> Iterator[Any]:
    given = element.get("/A")
    for each in given if isinstance(given, pikepdf.Array) else [given]:
        if isinstance(each, pikepdf.Dictionary | pikepdf.Stream):
            yield each
