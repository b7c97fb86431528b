"""What the columns of a table can mean, and which it is, guessed from the heads in English and Arabic."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from testimony.core.errors import PeopleFileError
from testimony.models import TableKind

REFERENCE: Final = "reference"
IMAGE: Final = "image"
_NAME: Final = 200
_LINE: Final = 500
_TEXT: Final = 4000


@dataclass(frozen=True)
class Column:
    """One thing that a column can hold. ``most`` is the longest text, ``heads`` are words it is known by."""

    key: str
    label: str | Promise
    heads: tuple[str, ...]
    most: int = _NAME
    sealed: bool = False
    required: bool = False


_REFERENCE = Column(
    REFERENCE,
    _("External reference"),
    ("reference", "external reference", "ref", "id", "no", "number", "code", "المرجع", "مرجع", "الرقم", "رقم", "الرمز"),
)
_AR: Final = (
    "name ar",
    "arabic name",
    "name in arabic",
    "name",
    "full name",
    "الاسم",
    "الاسم بالعربية",
    "الاسم الكامل",
)
_LATIN: Final = (
    "latin name", "name in latin letters", "name en", "english name", "الاسم باللاتينية",
    "الاسم بالانكليزية", "الاسم بالإنجليزية",
)  # fmt: skip
_IMAGE: Final = (
    "image", "photo", "photograph", "picture", "file", "file name", "filename", "ern", "evidence number",
    "الصورة", "صورة", "الملف", "اسم الملف", "رقم الدليل",
)  # fmt: skip
_BODY: Final = (
    "body", "body set", "set", "reference", "ref", "person", "الجثة", "الجثمان", "المجموعة", "المرجع", "مرجع",
)  # fmt: skip
_NOTES: Final = ("notes", "note", "remarks", "ملاحظات", "ملاحظة")
_COLUMNS: Final[Mapping[TableKind, tuple[Column, ...]]] = {
    TableKind.VICTIM: (
        _REFERENCE,
        Column("name_ar", _("Name in Arabic, as alleged"), _AR),
        Column("name_latin", _("Name in Latin letters, as alleged"), _LATIN),
        Column("notes", _("Notes"), _NOTES, _TEXT),
    ),
    TableKind.WITNESS: (
        _REFERENCE,
        Column("role", _("Role"), ("role", "capacity", "الصفة", "صفة", "الدور"), required=True),
        Column("languages", _("Languages"), ("languages", "language", "اللغات", "اللغة", "لغة"), 40),
        Column("relation", _("Relation to the victims"), ("relation", "kinship", "صلة القرابة", "الصلة", "القرابة")),
        Column("ready", _("Readiness"), ("ready", "readiness", "ready to testify", "الاستعداد", "الاستعداد للشهادة")),
        Column("name_ar", _("Name in Arabic"), _AR, _LINE, sealed=True),
        Column("name_latin", _("Name in Latin letters"), _LATIN, _LINE, sealed=True),
        Column("other_names", _("Other names"), ("other names", "alias", "اسماء اخرى", "اللقب"), _LINE, sealed=True),
        Column("father", _("Father's name"), ("father", "father's name", "اسم الأب"), _LINE, sealed=True),
        Column("mother", _("Mother's name"), ("mother", "mother's name", "اسم الأم"), _LINE, sealed=True),
        Column(
            "born",
            _("Date and place of birth"),
            ("born", "birth", "date of birth", "تاريخ الميلاد", "الميلاد", "تاريخ ومكان الولادة", "الولادة"),
            _LINE,
            sealed=True,
        ),
        Column(
            "contact",
            _("How to reach the witness safely"),
            ("contact", "phone", "telephone", "email", "الهاتف", "الاتصال", "وسيلة الاتصال"),
            _LINE,
            sealed=True,
        ),
        Column("notes", _("Notes"), _NOTES, _TEXT, sealed=True),
    ),
    TableKind.BODY: (
        Column(REFERENCE, _("Body: how the list calls it"), _BODY, required=True),
        Column(IMAGE, _("Image: evidence number, or name as received"), _IMAGE, _TEXT),
        Column("view", _("What it shows"), ("view", "shows", "المنظر", "ماذا تظهر")),
        Column("category", _("Category, for images that nobody sorted"), ("category", "الفئة", "فئة", "التصنيف")),
        Column(
            "victim",
            _("Victim: code, or how a list of victims calls it"),
            ("victim", "victim code", "الضحية", "رمز الضحية"),
        ),
    ),
}
_LETTERS: Final = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ة": "ه", "ى": "ي", "ـ": None, "_": " ", "-": " "})


def columns_of(kind: TableKind) -> tuple[Column, ...]:
    """What a table of such people can hold."""
    return _COLUMNS[kind]


def folded(words: str) -> str:
    """A head or a value as it is compared: case, marks, spaces and the usual Arabic spellings do not count."""
    plain = unicodedata.normalize("NFKD", words.translate(_LETTERS)).casefold()
    kept = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return " ".join(re.sub(r"[.:#*()]", " ", kept).split())


def guess_mapping(kind: TableKind, heads: Sequence[str]) -> dict[str, int]:
    """Which column (from 0) holds what, as far as the heads say so; the first of two that say the same counts."""
    places: dict[str, int] = {}
    for number, head in enumerate(heads):
        places.setdefault(folded(head), number)
    mapping = {}
    for column in columns_of(kind):
        known = (folded(name) for name in (column.key, *column.heads))
        place = next((places.pop(name) for name in known if name in places), None)
        if place is not None:
            mapping[column.key] = place
    return mapping


def check_mapping(kind: TableKind, mapping: Mapping[str, int], heads: Sequence[str]) -> None:
    """Raise PeopleFileError when a column is needed, used twice, or not there."""
    for column in columns_of(kind):
        if column.required and column.key not in mapping:
            raise PeopleFileError(gettext("Say which column holds: %(what)s.") % {"what": column.label})
    if not mapping:
        raise PeopleFileError(gettext("None of the columns is known. Say what they hold."))
    if len(set(mapping.values())) < len(mapping):
        raise PeopleFileError(gettext("One column cannot hold two things."))
    known = {column.key for column in columns_of(kind)}
    if not set(mapping) <= known or not all(0 <= place < len(heads) for place in mapping.values()):
        raise PeopleFileError(gettext("There is no such column."))
