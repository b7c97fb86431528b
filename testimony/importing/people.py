"""A row read as a person, or the faults that keep it out. What a cell said is never repeated: it may be a name."""

from __future__ import annotations

import functools
import json
import unicodedata
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from django.core.exceptions import ValidationError
from django.db.models import TextChoices
from django.utils import translation
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext

from evidence.models import Category
from testimony.importing.columns import REFERENCE, Column, columns_of, folded
from testimony.importing.reading import Line
from testimony.models import Readiness, Relation, TableKind, View, WitnessRole
from testimony.models.witnesses import LANGUAGES

_CHOICES: Final[Mapping[str, type[TextChoices]]] = {
    "role": WitnessRole,
    "relation": Relation,
    "ready": Readiness,
    "view": View,
    "category": Category,
}
_LINE_ENDS: Final = "\n\r\t"


@dataclass(frozen=True)
class Fault:
    """Why a row stays out: its line, the column (empty: the whole row), the reason in the reader's language."""

    line: int
    column: str
    reason: str


@dataclass(frozen=True)
class Draft:
    """A person as a row has it: what is kept in clear, and what goes under seal. In memory only."""

    line: int
    mark: str
    clear: Mapping[str, str]
    sealed: Mapping[str, str]


def read_cells(kind: TableKind, mapping: Mapping[str, int], line: Line) -> tuple[dict[str, str], list[Fault]]:
    """What the columns of one row say, by their keys, and every fault of the row."""
    cells, faults = {}, []
    for column in columns_of(kind):
        if column.key not in mapping:
            continue
        place = mapping[column.key]
        try:
            cells[column.key] = _read(column, line.cells[place] if place < len(line.cells) else "")
        except _Unfit as unfit:
            faults.append(Fault(line.number, str(column.label), str(unfit)))
    return cells, faults


def read_draft(case: uuid.UUID, kind: TableKind, mapping: Mapping[str, int], line: Line) -> Draft | list[Fault]:
    """The person of one row, or every fault of the row."""
    cells, faults = read_cells(kind, mapping, line)
    if not faults and kind is TableKind.VICTIM and not (cells.get("name_ar") or cells.get("name_latin")):
        faults.append(Fault(line.number, "", gettext("There is no name.")))
    if faults:
        return faults
    names = {column.key for column in columns_of(kind) if column.sealed}
    reference = cells.pop(REFERENCE, "")
    clear = {key: value for key, value in cells.items() if value and key not in names}
    sealed = {key: value for key, value in cells.items() if value and key in names}
    return Draft(line.number, mark_of(case, kind, reference, cells), clear, sealed)


class _Unfit(Exception):
    """A cell that cannot be taken, in words."""


def _read(column: Column, cell: str) -> str:
    if column.required and not cell:
        raise _Unfit(gettext("Nothing is filled in."))
    if len(cell) > column.most:
        raise _Unfit(gettext("Longer than %(most)s characters.") % {"most": column.most})
    if any(unicodedata.category(letter) in ("Cc", "Cs") and letter not in _LINE_ENDS for letter in cell):
        raise _Unfit(gettext("It holds characters that are no text."))
    if column.key in _CHOICES:
        return _choice(_CHOICES[column.key], cell) if cell else ""
    reader = _READERS.get(column.key)
    return reader(cell) if reader and cell else cell


def _fits(codes: str) -> bool:
    try:
        LANGUAGES(codes)
    except ValidationError:
        return False
    return True


def _languages(cell: str) -> str:
    codes = " ".join(cell.lower().replace(",", " ").replace(";", " ").replace("،", " ").split())
    if not _fits(codes):
        raise _Unfit(gettext("Language codes with spaces between, such as: ar en"))
    return codes


_READERS: Final[Mapping[str, Callable[[str], str]]] = {"languages": _languages}


def _choice(choices: type[TextChoices], cell: str) -> str:
    value = _words_for(choices).get(folded(cell))
    if value is None:
        known = ", ".join(str(each) for each in choices.values)
        raise _Unfit(gettext("Not known. One of: %(known)s") % {"known": known})
    return value


@functools.cache
def _words_for(choices: type[TextChoices]) -> Mapping[str, str]:
    """Codes and their words in both languages of the house."""
    words: dict[str, str] = {}
    for language in ("en", "ar"):
        with translation.override(language):
            words |= {folded(str(choice.label)): str(choice.value) for choice in choices}
    return words | {folded(str(value)): str(value) for value in choices.values}


def mark_of(case: uuid.UUID, kind: TableKind, reference: str, cells: Mapping[str, str]) -> str:
    """By which the row is known again: its reference, or all of it. Keyed, as a plain digest would tell names."""
    told = ["reference", reference] if reference else ["row", dict(sorted(cells.items()))]
    words = json.dumps([str(case), kind.value, told], ensure_ascii=True)
    return salted_hmac("testimony.importing", words, algorithm="sha256").hexdigest()
