"""The content of a dossier: what is said in it, frozen, before anybody decides how it looks.

The tree is assembled once from the records (`testimony.dossiers`), kept as canonical JSON, and drawn as often as
needed; the same tree always gives the same PDF. Who reads the tree alone sees everything that the pages show.
Times are UTC, "YYYY-MM-DDTHH:MM:SS.mmmZ", or text where a file or a person only claims them.
"""

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from custody.core import canonical
from custody.core.errors import CanonicalError
from testimony.core import codec
from testimony.core.errors import DossierError

FORMAT: Final = "dossier-content/1"


class LineKind(StrEnum):
    """Who stands behind a line of a custody schedule."""

    CLAIM = "claim"
    EVENT = "event"
    HANDOVER = "handover"
    STAMP = "stamp"
    GAP = "gap"


class Basis(StrEnum):
    """How a witness knows what a paragraph says."""

    NOT_STATED = "not-stated"
    OWN_KNOWLEDGE = "own-knowledge"
    HEARSAY = "hearsay"
    OPINION = "opinion"


@dataclass(frozen=True)
class Name:
    """A name as the source gives it, in Arabic and in Latin letters; either may be empty."""

    arabic: str
    latin: str


@dataclass(frozen=True)
class Software:
    """What built the dossier."""

    name: str
    version: str
    commit: str


@dataclass(frozen=True)
class Cover:
    """The first page."""

    dossier: str
    version: int
    marking: str
    purpose: str
    case_code: str
    case_title: Name
    victim_code: str
    victim_name: Name
    submitted_by: Name
    as_of: str
    software: Software


@dataclass(frozen=True)
class Claim:
    """Something that a file says of itself: evidence of what the file says, not of what happened."""

    name: str
    value: str


@dataclass(frozen=True)
class Picture:
    """The bytes shown on the sheet: the original itself, or a working copy of it made by `recipe`."""

    sha256: str
    size: int
    width: int
    height: int
    components: int
    quarter_turns: int
    is_original: bool
    recipe: str


@dataclass(frozen=True)
class CustodyEvent:
    """One line of a custody schedule; `entry` is the number of the ledger entry that records it, if one does."""

    kind: LineKind
    time: str
    what: str
    who: str
    authority: str
    entry: int | None
    digest: str


@dataclass(frozen=True)
class Exhibit:
    """One item of evidence as it is shown. `picture` is None when it cannot be shown on paper; `why_not` says why."""

    mark: str
    ern: str
    item: str
    sha256: str
    sha512: str
    size: int
    media_type: str
    title: Name
    caption: str
    received: str
    source: str
    receipt_sha256: str
    picture: Picture | None
    why_not: str
    claims: tuple[Claim, ...]
    custody: tuple[CustodyEvent, ...]
    seen_times: int
    seen_people: int


@dataclass(frozen=True)
class ConsentLine:
    """All that a dossier says of a consent: which one, for what, since when."""

    consent: str
    scope: str
    given_on: str


@dataclass(frozen=True)
class StatementParagraph:
    """One numbered paragraph in the words of the witness, with a translation where there is one."""

    number: int
    text: str
    translation: str
    basis: Basis


@dataclass(frozen=True)
class Statement:
    """A statement under the code of its witness."""

    mark: str
    code: str
    witness: str
    relation: str
    kind: str
    language: str
    taken_on: str
    sha256: str
    consent: ConsentLine
    paragraphs: tuple[StatementParagraph, ...]


@dataclass(frozen=True)
class Verification:
    """What a stranger needs to check the exhibits without us."""

    origin: str
    entries: int
    root: str
    ledger_key: str
    certificate_sha256: str


@dataclass(frozen=True)
class Withheld:
    """Something that was left out, without its content, and why."""

    code: str
    reason: str


@dataclass(frozen=True)
class Dossier:
    """Everything that one dossier says."""

    demonstration: bool
    cover: Cover
    exhibits: tuple[Exhibit, ...]
    statements: tuple[Statement, ...]
    withheld: tuple[Withheld, ...]
    verification: Verification

    def __post_init__(self) -> None:
        marks = [exhibit.mark for exhibit in self.exhibits] + [statement.mark for statement in self.statements]
        if len(set(marks)) != len(marks):
            raise DossierError("two pieces of the dossier carry one mark")
        for statement in self.statements:
            numbers = [paragraph.number for paragraph in statement.paragraphs]
            if numbers != list(range(1, len(numbers) + 1)):
                raise DossierError(f"the paragraphs of statement {statement.code} are not numbered 1, 2, 3 ...")


def dumps(dossier: Dossier) -> bytes:
    """Canonical JSON of a tree."""
    content = codec.encode(dossier)
    return canonical.dumps({"type": FORMAT, "content": content})


def loads(data: bytes) -> Dossier:
    """The tree of canonical JSON; DossierError for anything else, for unknown parts and for missing ones."""
    try:
        value = canonical.loads(data)
    except CanonicalError as error:
        raise DossierError(f"not the canonical form of a dossier: {error}") from error
    if not isinstance(value, dict) or set(value) != {"type", "content"} or value["type"] != FORMAT:
        raise DossierError(f"not a {FORMAT}")
    return codec.decode(Dossier, value["content"])


def content_sha256(dossier: Dossier) -> str:
    """Digest of the canonical form, which the cover carries."""
    return hashlib.sha256(dumps(dossier)).hexdigest()
