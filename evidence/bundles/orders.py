"""What is asked for: for whom, what for, on whose order, which part of the case."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

from django.core.exceptions import ValidationError

from custody.acts import Act
from custody.approvals import Subject
from custody.core import canonical
from custody.core.canonical import JsonValue
from custody.models import Approval, ApprovalKind, Disclosure, Party
from evidence.access import Asker
from evidence.bundles.parts import Request
from evidence.bundles.selections import Selection
from evidence.core.errors import EvidenceError

_MOST_WORDS: Final = Disclosure._meta.get_field("recipient_words").max_length
_AUTHORITY: Final = Disclosure._meta.get_field("authority")


class OrderError(EvidenceError):
    """What was asked for can't be entered in the register."""


class Main(Protocol):
    """A release of a room above that a bundle lies beside: asked for, agreed on and entered as one with it."""

    @property
    def kind(self) -> ApprovalKind:
        """The kind of its approval, which covers the bundle."""

    @property
    def subject(self) -> Subject:
        """What that approval is about."""

    def describe(self, bundle: Mapping[str, JsonValue]) -> Mapping[str, JsonValue]:
        """What is about to be done, with the bundle in it as it was agreed on."""

    def complete(self, tagmanifest: str) -> None:
        """Write what names the bundle, by the SHA-256 of its tag manifest. Nothing is entered yet."""

    def check(self) -> None:
        """Whether it may still leave; inside the act, before anything is spent. Raises where it may not."""

    def enter(self, act: Act, bundle: Disclosure) -> None:
        """Enter it, inside the act of the bundle, which has just spent the approval."""


@dataclass(frozen=True, kw_only=True)
class Order:
    """One bundle. ``words`` says who it is for where that is no ``party`` on record; the ledger never holds it.

    ``approval``: on the strength of which it leaves, see ``consent``. ``main``: the release that it lies beside; the
    approval is then that release's.

    Raises OrderError for what the register would refuse when all is written: too many words, an authority of two lines.
    """

    asker: Asker
    party: Party | None = None
    words: str = ""
    authority: str = ""
    names: bool = False
    selection: Selection = field(default_factory=Selection)
    approval: Approval | None = None
    main: Main | None = None

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
