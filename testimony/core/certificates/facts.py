"""What the software knows for a certificate, and the places of a text in which it is put."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

BLANK: Final = "____________________"
# Text keeps the names of places for ever: one may be added, none may be renamed or taken away.
PLACES: Final = (
    "dossier",
    "case",
    "exhibits",
    "first",
    "last",
    "bytes",
    "digests",
    "originals",
    "copies",
    "not_shown",
    "gaps",
    "sources",
    "earliest",
    "latest",
    "as_of",
    "origin",
    "entries",
    "root",
    "software",
    "blank",
)
_DIGESTS: Final = {"en": "SHA-256 and SHA-512", "ar": "SHA-256 وSHA-512"}
_BETWEEN: Final = {"en": ", ", "ar": "، "}


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What the software knows: counts, bytes, first and last evidence number, moments, digests, and exceptions.

    `earliest` and `latest` are when the first and the last of the exhibits were received, UTC to the second.
    """

    dossier: str
    case: str
    exhibits: int
    originals: int
    copies: int
    bytes: int
    first: str
    last: str
    sources: tuple[str, ...]
    earliest: str
    latest: str
    as_of: str
    origin: str
    entries: int
    root: str
    software: str
    gaps: int
    not_shown: int

    def words(self, language: str) -> Mapping[str, str]:
        """What stands in each place in a language; what nobody recorded is a blank to fill by hand."""
        plain = {name: self._plain(name) for name in PLACES if name not in ("digests", "sources", "blank")}
        sources = _BETWEEN[language].join(self.sources) or BLANK
        return {**plain, "digests": _DIGESTS[language], "sources": sources, "blank": BLANK}

    def _plain(self, name: str) -> str:
        value = getattr(self, name)
        return f"{value:,}" if isinstance(value, int) else str(value)
