"""What stands before the evidence: the cover, what was asked for, where the material comes from."""

from dataclasses import dataclass
from enum import StrEnum


class Edition(StrEnum):
    """In which languages a dossier is set.

    `SIDE_BY_SIDE` has both on each page, `FOLLOWING` has each statement whole in its original and then whole in its
    translation; what is not a statement stands in both languages in either.
    """

    ENGLISH = "en"
    ARABIC = "ar"
    SIDE_BY_SIDE = "side-by-side"
    FOLLOWING = "following"


class PictureForm(StrEnum):
    """Which picture stands on the sheets: working copies, or the bytes that were received where a PDF can hold them."""

    WORKING_COPIES = "working-copies"
    ORIGINALS = "originals"


@dataclass(frozen=True)
class Name:
    """A name as the source gives it, in Arabic and in Latin letters; either may be empty."""

    arabic: str
    latin: str


@dataclass(frozen=True)
class Said:
    """One saying of ours, or of whoever wrote it, in both languages; one may be empty where it was said in one."""

    en: str
    ar: str


@dataclass(frozen=True)
class Software:
    """A program or a face that has a part in the pages."""

    name: str
    version: str
    commit: str


@dataclass(frozen=True)
class Concerned:
    """A person whom the dossier concerns; the name is empty where it is not to be shown."""

    code: str
    name: Name


@dataclass(frozen=True)
class Cover:
    """The first page. `supersedes` is the version that this one replaces, 0 for none.

    `disclosure` says how witnesses appear (`testimony.core.consent.Disclosure`). `recipient` is a party's code, empty
    for a court that is not chosen yet.
    """

    dossier: str
    version: int
    supersedes: int
    edition: Edition
    pictures: PictureForm
    redacted: bool
    disclosure: str
    marking: str
    purpose: str
    case_code: str
    case_title: Name
    concerned: tuple[Concerned, ...]
    recipient: str
    recipient_name: Name
    submitted_by: Name
    as_of: str
    software: Software


@dataclass(frozen=True)
class Origin:
    """A collection that exhibits come from: who gave it, how and on what, and how much of it is shown here."""

    collection: str
    title: str
    source: str
    received: str
    held: int
    shown: int


@dataclass(frozen=True)
class Scope:
    """What was asked for and how the material was chosen; `remarks` are the words of whoever answers for it."""

    origins: tuple[Origin, ...]
    remarks: tuple[Said, ...]


@dataclass(frozen=True)
class Coded:
    """A code that stands for somebody or something in these pages, and as what: never who it is.

    `kind` is "witness", "interpreter", "translator", "party", "body" or "victim".
    """

    code: str
    kind: str
    role: str
