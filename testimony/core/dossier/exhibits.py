"""Exhibits: the picture as it is shown, what is known and claimed of it, and who held it."""

from dataclasses import dataclass
from enum import StrEnum

from testimony.core.dossier.front import Name, Said


class LineKind(StrEnum):
    """Who stands behind a line of a custody schedule."""

    CLAIM = "claim"
    EVENT = "event"
    HANDOVER = "handover"
    STAMP = "stamp"
    GAP = "gap"


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
    """One line of a custody schedule; `entry` is the number of the ledger entry that records it, if one does.

    `time` is one moment; for a stretch of time `until` is its end. Either is empty where nobody says.
    """

    kind: LineKind
    time: str
    until: str
    what: Said
    who: str
    authority: Said
    entry: int | None
    digest: str


@dataclass(frozen=True)
class Exhibit:
    """One item of evidence as it is shown. `picture` is None when it cannot be shown on paper; `why_not` says why.

    `redaction` is the suffix of the redacted version that is shown ("-RED1"), empty for the whole; `redacted` says for
    what reasons. `concerned` are the codes of the persons it is said to show, `same_bytes` the numbers of items with
    the same content.
    """

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
    collection: str
    receipt_sha256: str
    concerned: tuple[str, ...]
    same_bytes: tuple[str, ...]
    picture: Picture | None
    why_not: Said
    treatment: Said
    redaction: str
    redacted: tuple[Said, ...]
    claims: tuple[Claim, ...]
    custody: tuple[CustodyEvent, ...]
    seen_times: int
    seen_people: int
