"""What is asked for: for whom, what for, on whose order, which part of the case."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Final

from django.core.exceptions import ValidationError

from custody.core import canonical
from custody.core.canonical import JsonValue
from custody.models import Approval, Disclosure, Party
from evidence.access import Asker
from evidence.bundles.parts import Request
from evidence.bundles.selections import Selection
from evidence.core.errors import EvidenceError

_MOST_WORDS: Final = Disclosure._meta.get_field("recipient_words").max_length
_AUTHORITY: Final = Disclosure._meta.get_field("authority")


class OrderError(EvidenceError):
    """What was asked for can't be entered in the register."""


@dataclass(frozen=True, kw_only=True)
class Order:
    """One bundle. ``words`` says who it is for where that is no ``party`` on record; the ledger never holds it.

    ``approval``: on the strength of which it leaves, see ``consent``.

    Raises OrderError for what the register would refuse when all is written: too many words, an authority of two lines.
    """

    asker: Asker
    party: Party | None = None
    words: str = ""
    authority: str = ""
    names: bool = False
    selection: Selection = field(default_factory=Selection)
    approval: Approval | None = None

    def __post_init__(self) -> None:
        if _MOST_WORDS is not None and len(self.words) > _MOST_WORDS:
            raise OrderError(f"the words for the recipient are {len(self.words)} characters; at most {_MOST_WORDS} fit")
        try:
            _AUTHORITY.run_validators(self.authority)
        except ValidationError as error:
            raise OrderError(f"the authority can't be entered: {' '.join(error.messages)}") from error

    @property
    def request(self) -> Request:
        """What other rooms are asked."""
        return Request(self.asker, self.party, self.selection)

    @property
    def digest(self) -> str:
        """SHA-256 in hex: a run that broke off is gone on with under the very same order only."""
        told: dict[str, JsonValue] = {
            "case": str(self.asker.case.pk),
            "actor": self.asker.actor.id,
            "purpose": self.asker.purpose_code or "",
            "party": str(self.party.pk) if self.party else "",
            "words": self.words,
            "authority": self.authority,
            "names": self.names,
            "selection": self.selection.digest,
            **({"approval": str(self.approval.pk)} if self.approval else {}),
        }
        return hashlib.sha256(canonical.dumps(told)).hexdigest()
