"""The gate: the one place where it is decided whether what a witness gave may be used.

Every page, command, bundle and dossier that would show a statement or an identity asks here and shows only under a
`Permit`, which nothing else makes. A permit is good for one piece, and says on which consents it rests.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

from custody import erasure
from custody.cases import Role
from custody.models import Case, Party, PartyKind
from custody.purposes import Purpose
from evidence.access import Asker
from testimony.consents import consents_of, last_conversation, today, was_explained
from testimony.core.consent import (
    RECIPIENTS,
    Capacity,
    Condition,
    Decision,
    Disclosure,
    Given,
    Known,
    Question,
    Recipient,
    Scope,
    State,
    decide,
)
from testimony.core.errors import ConsentError
from testimony.core.identifying import Gone, gone
from testimony.models import Consent, RecipientTerms, Witness
from testimony.permits import Permit, grant

__all__ = [
    "COURTS",
    "HEARERS",
    "HOUSE",
    "Addressee",
    "Permit",
    "addressee_of",
    "decision_for",
    "gone_among",
    "permit_on",
    "permit_to_read",
    "scope_for",
]

# Those who sit with a witness: the interview team. Whoever else would read needs the consent of the witness.
HEARERS: Final = frozenset({Role.LEAD, Role.INVESTIGATOR})


@dataclass(frozen=True)
class Addressee:
    """Who would see a piece, and which conditions of witnesses that party is known to meet or not."""

    kind: Recipient
    party: Party | None = None
    met: Mapping[Condition, bool] = field(default_factory=dict)


# A court that is not chosen yet: of its conditions nothing is known.
COURTS: Final = Addressee(Recipient.COURT)
HOUSE: Final = Addressee(Recipient.HOUSE)
_SCOPES: Final = {
    **dict.fromkeys(RECIPIENTS[Scope.COURT_DOSSIER], Scope.COURT_DOSSIER),
    Recipient.DEFENCE: Scope.DEFENCE,
    Recipient.UN_BODY: Scope.SHARE,
    Recipient.NGO: Scope.SHARE,
    Recipient.MEDIA: Scope.MEDIA,
    Recipient.PUBLIC: Scope.REPORT,
    Recipient.RESEARCHERS: Scope.RESEARCH,
    Recipient.SUCCESSOR: Scope.TRANSFER,
}
# What a party is taken for while nobody has said more. A person is nobody until somebody has, and so is an authority:
# not each is a court, and what witnesses fear most are authorities too.
_TAKEN_FOR: Final = {PartyKind.ORGANISATION: Recipient.NGO}


def addressee_of(case: Case, party: Party | None) -> Addressee | None:
    """What a party is to the witnesses of a case; None for whom no consent can cover."""
    if party is None:
        return None
    terms = RecipientTerms.objects.filter(case=case, party=party).first()
    if terms is not None:
        met = {Condition(name): bool(said) for name, said in terms.met.items()}
        return Addressee(Recipient(terms.kind), party, met)
    taken_for = _TAKEN_FOR.get(PartyKind(party.kind))
    return Addressee(taken_for, party) if taken_for else None


def scope_for(addressee: Addressee | None, purpose: Purpose | None) -> Scope | None:
    """The use that handing something to this party for this purpose is; None where consent covers none."""
    if addressee is None or purpose is not Purpose.DISCLOSURE:
        return None
    return _SCOPES.get(addressee.kind)


def decision_for(
    witness: Witness,
    *,
    scope: Scope,
    to: Addressee = COURTS,
    disclosure: Disclosure = Disclosure.PSEUDONYM,
    on: datetime.date | None = None,
) -> Decision:
    """Whether a use of what a witness gave is covered, today unless another day is asked about."""
    question = Question(
        scope=scope,
        recipient=to.kind,
        party=str(to.party.pk) if to.party else "",
        case=str(witness.case_id),
        disclosure=disclosure,
        on=on or today(),
        met=to.met,
    )
    return decide([given(consent) for consent in consents_of(witness)], question, known_of(witness))


def permit_on(witness: Witness, decision: Decision) -> Permit:
    """Leave to open what a witness gave for a use that was decided. Raises ConsentError where it is not allowed."""
    return grant(witness.pk, decision)


def permit_to_read(asker: Asker, witness: Witness) -> Permit:
    """Leave for somebody of the house to read what a witness gave.

    The interview team heard it, and the operator at the console is on record as that. Everybody else reads only what
    the witness agreed to have read and compared here. Raises ConsentError.
    """
    if asker.case.pk != witness.case_id:
        raise ConsentError("the witness belongs to another case")
    if asker.account is None or asker.role in HEARERS:
        return grant(witness.pk, None)
    return grant(witness.pk, decision_for(witness, scope=Scope.ANALYSE, to=HOUSE))


def known_of(witness: Witness) -> Known:
    """What is known of a witness today: who decides, as the conversation says that was recorded last."""
    talk = last_conversation(witness)
    capacity, of_age_on = (Capacity(talk.capacity), talk.of_age_on) if talk else (Capacity.FULL, None)
    return Known(capacity=capacity, of_age_on=of_age_on, erased=witness.person in erasure.erased())


def gone_among(witnesses: Collection[uuid.UUID]) -> dict[uuid.UUID, Gone]:
    """Whose words may not be counted any more, of these witnesses, and why."""
    states: dict[uuid.UUID, list[tuple[Scope, State]]] = {each: [] for each in witnesses}
    for consent in Consent.objects.filter(witness__in=witnesses):
        states[consent.witness_id].append((Scope(consent.scope), State(consent.state)))
    erased = Witness.objects.filter(pk__in=witnesses, person__in=list(erasure.erased())).values_list("pk", flat=True)
    found = {each: gone(answers) for each, answers in states.items()} | dict.fromkeys(erased, Gone.ERASED)
    return {each: why for each, why in found.items() if why is not None}


def given(consent: Consent) -> Given:
    """A recorded answer as the decision reads it."""
    talk = consent.conversation
    return Given(
        code=consent.code,
        scope=Scope(consent.scope),
        recipient=Recipient(consent.recipient),
        state=State(consent.state),
        given_on=consent.given_on,
        explained=was_explained(talk),
        party=str(consent.party_id or ""),
        case=str(consent.case_id) if consent.only_this_case else "",
        disclosure=Disclosure(consent.disclosure),
        conditions=frozenset(Condition(name) for name in consent.conditions),
        capacity=Capacity(talk.capacity) if talk else Capacity.FULL,
        guardian=bool(talk and talk.guardian),
        assent=bool(talk and talk.assent),
        of_age_on=talk.of_age_on if talk else None,
        expires_on=consent.expires_on,
        review_on=consent.review_on,
    )
