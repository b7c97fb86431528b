"""The whole tree: put together, written as canonical JSON, and read back strictly."""

import hashlib
from dataclasses import dataclass
from typing import Final

from custody.core import canonical
from custody.core.errors import CanonicalError
from testimony.core import codec
from testimony.core.dossier.closing import Bill, Certificate, Figure, Inquiry, Protection, Verification
from testimony.core.dossier.exhibits import Exhibit
from testimony.core.dossier.front import Coded, Cover, Scope
from testimony.core.dossier.people import VictimSheet
from testimony.core.dossier.statements import Statement
from testimony.core.errors import DossierError

FORMAT: Final = "dossier-content/2"


@dataclass(frozen=True)
class Dossier:
    """Everything that one dossier says, in the order of its sections. `reports` are the marks of experts' reports."""

    demonstration: bool
    cover: Cover
    scope: Scope
    protection: Protection
    codes: tuple[Coded, ...]
    victims: tuple[VictimSheet, ...]
    statements: tuple[Statement, ...]
    exhibits: tuple[Exhibit, ...]
    figures: tuple[Figure, ...]
    reports: tuple[str, ...]
    inquiries: tuple[Inquiry, ...]
    certificates: tuple[Certificate, ...]
    verification: Verification
    bill: Bill

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
