"""A signed document that somebody holds: what its signatures are worth, and whether its bytes are on record.

(1) Its digest is made and looked up in one's own cases, which is entered. (2) A child process reads the document.
Nothing of it is kept. It says nothing of what the document tells, only of who signed which bytes, and when.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from custody.pades import house, inspecting
from custody.pades.answers import Reason
from evidence import checking
from evidence.access import Asker
from evidence.checking import Known

if TYPE_CHECKING:
    from custody.pades.validating import DocumentFacts

MOST_BYTES: Final = 512 << 20


@dataclass(frozen=True)
class Checked:
    """One document: its digest, what is known of these bytes, and facts about its signatures or why there are none."""

    sha256: str
    known: Sequence[Known]
    facts: DocumentFacts | None = None
    reason: Reason | None = None


def check(untrusted: Path, askers: Sequence[Asker]) -> Checked:
    """Check one document.

    Raises CustodyError when what this installation trusts can't be read: then nothing can be said of any document.
    """
    trust = house.roots()
    with untrusted.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        known = checking.look_up(askers, sha256)
        file.seek(0)
        try:
            return Checked(sha256, known, facts=inspecting.inspect(file.fileno(), trust=trust))
        except inspecting.NotChecked as error:
            return Checked(sha256, known, reason=error.reason)
