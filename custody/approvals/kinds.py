"""The kinds of act that need two people: who may ask, who decides, and what the rooms add to each at start.

Who decides is written here and nowhere else, so that no room above can loosen it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from custody.actions import Action
from custody.core.canonical import JsonValue
from custody.core.entries import Actor, Entry
from custody.core.errors import CustodyError
from custody.models import Approval, ApprovalKind, Role


class Office(StrEnum):
    """Who decides."""

    LEAD = "lead"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True, kw_only=True)
class Rule:
    """Who may ask for a kind of act (for the administrators' own kinds: they alone), and what must be cited.

    ``at_console``: the operator of the server carries it out, on the word of the two.
    """

    office: Office = Office.LEAD
    may_ask: frozenset[Role] = frozenset({Role.LEAD, Role.INVESTIGATOR, Role.LAWYER})
    needs_authority: bool = False
    at_console: bool = False


RULES: Final[Mapping[ApprovalKind, Rule]] = {
    ApprovalKind.BULK_UNSEALING: Rule(),
    ApprovalKind.DISPOSAL: Rule(needs_authority=True),
    ApprovalKind.DOSSIER: Rule(may_ask=frozenset({Role.LEAD, Role.LAWYER}), at_console=True),
    ApprovalKind.ERASURE: Rule(needs_authority=True),
    ApprovalKind.HOLD_LIFT: Rule(needs_authority=True),
    ApprovalKind.KEY_RETIREMENT: Rule(office=Office.ADMINISTRATOR, may_ask=frozenset(), at_console=True),
    ApprovalKind.RELEASE: Rule(may_ask=frozenset({Role.LEAD, Role.LAWYER}), at_console=True),
}


class NobodyCarriesItOut(CustodyError):
    """No room has said how acts of this kind are told and carried out, so nobody could know what they approve."""


@dataclass(frozen=True)
class Told:
    """One line of what is asked: a term, the words for it, and a digest where one stands for bytes."""

    term: str
    words: str
    digest: str = ""


def all_of_them(entries: Sequence[Entry]) -> Iterable[Entry]:
    """No deed of this kind was ever done by one alone."""
    return entries


@dataclass(frozen=True, kw_only=True)
class Procedure:
    """What a room adds for a kind of act that is its own.

    ``deed``: the verb of the entry that such an act leaves; ``verify`` wants a used approval beside each of those that
    ``demanded`` picks out of all of them, in the order of the ledger. ``tell``: the description in words.
    ``carry_out``: the act itself, which spends the approval. ``form`` and ``place``: the names of the addresses where
    it is asked for (by the case's code) and carried out (by code and request), where that is a page of the room's own.
    ``part_of``: the kinds of act that such a deed may be one part of, agreed on and done together with the rest.
    """

    kind: ApprovalKind
    deed: Action
    tell: Callable[[Mapping[str, JsonValue]], Sequence[Told]]
    carry_out: Callable[[Approval, Actor], object]
    demanded: Callable[[Sequence[Entry]], Iterable[Entry]] = all_of_them
    form: str = ""
    place: str = ""
    part_of: frozenset[ApprovalKind] = frozenset()


_procedures: dict[ApprovalKind, Procedure] = {}


def register_procedure(procedure: Procedure) -> None:
    """Add one at start. Raises ValueError when another room has the kind."""
    if _procedures.get(procedure.kind, procedure) != procedure:
        message = f"two rooms carry out {procedure.kind}"
        raise ValueError(message)
    _procedures[procedure.kind] = procedure


def forget_procedure(kind: ApprovalKind) -> None:
    """Take one away again (tests)."""
    _procedures.pop(kind, None)


def procedure_of(kind: str) -> Procedure:
    """How acts of this kind are told and carried out. Raises NobodyCarriesItOut."""
    found = _procedures.get(ApprovalKind(kind))
    if found is None:
        raise NobodyCarriesItOut(f"nothing here carries out {kind}")
    return found


def procedures() -> list[Procedure]:
    """All that were registered."""
    return list(_procedures.values())
