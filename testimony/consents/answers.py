"""Consents: conversations, the answers that come of them, each version on record, and taking them back.

Whether an answer covers a use is decided in `testimony.gate` alone.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext

from custody import acts, clock, disclosures
from custody.actions import Action
from custody.core.entries import Actor, Outcome
from custody.models import Disclosure as Release
from custody.models import Party
from evidence.admissions import items_in
from evidence.models import EvidenceItem
from testimony.codes import next_code
from testimony.core.consent import RECIPIENTS, Condition, Disclosure, Recipient, Scope, State
from testimony.core.errors import ConsentError
from testimony.models import (
    Consent,
    ConsentCapacity,
    ConsentConversation,
    ConsentForm,
    ConsentPlace,
    ConsentState,
    Information,
    Witness,
    WitnessFile,
)
from testimony.turns import take_turn
from testimony.witnesses import streams, subject
from testimony.witnesses.files import Received

__all__ = [
    "Answered",
    "Consent",
    "Held",
    "Scope",
    "State",
    "consents_of",
    "conversations_of",
    "last_conversation",
    "record_conversation",
    "releases_touched",
    "was_explained",
    "withdraw",
    "withdraw_everything",
]

# What has to be explained before an answer counts (domain: the Murad Code, principle 3, and the CSO guidelines).
MUST_BE_TOLD = tuple(Information)


@dataclass(frozen=True, kw_only=True)
class Answered:
    """What a witness answered about one use by one recipient, when, how, and on which version of the form."""

    state: State
    given_on: datetime.date
    scope: Scope = Scope.COURT_DOSSIER
    recipient: Recipient = Recipient.COURT
    party: Party | None = None
    only_this_case: bool = True
    disclosure: Disclosure = Disclosure.PSEUDONYM
    conditions: frozenset[Condition] = frozenset()
    how: ConsentForm = ConsentForm.SIGNATURE
    form_version: str = "1"
    expires_on: datetime.date | None = None
    review_on: datetime.date | None = None


@dataclass(frozen=True, kw_only=True)
class Held:
    """How a conversation about consent was held."""

    held_on: datetime.date
    form_version: str
    how: ConsentForm
    language: str = "ar"
    place: ConsentPlace = ConsentPlace.OFFICE
    interpreter: str = ""
    information: tuple[Information, ...] = MUST_BE_TOLD
    capacity: ConsentCapacity = ConsentCapacity.FULL
    guardian: bool = False
    assent: bool = False
    of_age_on: datetime.date | None = None
    evidence: EvidenceItem | None = None
    file: WitnessFile | None = None
    seconded: str = ""


def record_conversation(
    *, witness: Witness, held: Held, answers: Sequence[Answered], actor: Actor, received: Received | None = None
) -> ConsentConversation:
    """Record one conversation and all answers of it, in one act: either everything is kept or nothing.

    ``received``: the signed form or the recording, if it came along and was prepared; it is kept in the same act.
    Raises ValidationError for what does not fit; ConsentError when something was not explained and the witness is said
    to have agreed, for a withdrawal, and for paper that the case, or a file that the witness, does not have.
    """
    _check_told(held, answers)
    _check_evidence(witness, held)
    with acts.act(actor=actor) as act:
        take_turn(witness.case)
        file = received.enter(act) if received is not None else held.file
        conversation = ConsentConversation(
            case=witness.case,
            witness=witness,
            held_on=held.held_on,
            place=held.place,
            language=held.language,
            form_version=held.form_version,
            interpreter=held.interpreter,
            information=[str(each) for each in held.information],
            capacity=held.capacity,
            guardian=held.guardian,
            assent=held.assent,
            of_age_on=held.of_age_on,
            how=held.how,
            evidence=held.evidence,
            file=file,
            seconded=held.seconded,
        )
        act.save(conversation)
        act.record(
            Action.CONSENT_TALKED,
            streams=streams(witness),
            subject={
                **subject(witness),
                "conversation": str(conversation.pk),
                "answers": str(len(answers)),
                **({"file": str(file.pk)} if file is not None else {}),
            },
            snapshots=[conversation],
        )
        for answered in answers:
            _answer(act, witness, answered, conversation)
    if received is not None:
        received.finish()
    return conversation


def _check_told(held: Held, answers: Sequence[Answered]) -> None:
    missing = [each for each in MUST_BE_TOLD if each not in held.information]
    if missing and any(answered.state is State.YES for answered in answers):
        words = ", ".join(str(each.label) for each in missing)
        raise ConsentError(
            gettext("A yes counts only when everything was explained. Missing: %(what)s") % {"what": words}
        )


def _check_evidence(witness: Witness, held: Held) -> None:
    item = held.evidence
    if item is not None and not items_in(witness.case).filter(pk=item.pk).exists():
        raise ConsentError(gettext("%(number)s is not in this case.") % {"number": item.ern})
    if held.file is not None and held.file.witness_id != witness.pk:
        raise ConsentError(gettext("%(code)s is a file of another witness.") % {"code": held.file.code})


def was_explained(conversation: ConsentConversation | None) -> bool:
    """Whether everything was explained that has to be, on record."""
    return conversation is not None and set(MUST_BE_TOLD) <= set(conversation.information)


def _answer(act: acts.Act, witness: Witness, answered: Answered, conversation: ConsentConversation) -> None:
    """An answer about a use and recipient that has one is a new version of the record."""
    if answered.state is State.WITHDRAWN:
        raise ConsentError("a consent is withdrawn by its own step, so that the day is on record")
    if answered.recipient not in RECIPIENTS[answered.scope]:
        raise ValidationError(gettext("There is no such recipient for this use."))
    consent = _standing(witness, answered)
    _check_order(consent, answered)
    consent.conversation = conversation
    consent.state = ConsentState(answered.state.value)
    consent.only_this_case = answered.only_this_case
    consent.disclosure = answered.disclosure.value
    consent.conditions = sorted(condition.value for condition in answered.conditions)
    consent.given_on, consent.how, consent.form_version = answered.given_on, answered.how, answered.form_version
    consent.expires_on, consent.review_on = answered.expires_on, answered.review_on
    consent.withdrawn_on = None
    act.save(consent)
    _record(act, consent, _ACTIONS[answered.state])


def _check_order(consent: Consent, answered: Answered) -> None:
    """What is written down late must not undo what the witness said after it."""
    said = max(consent.given_on, consent.withdrawn_on or consent.given_on) if consent.version > 1 else None
    if consent.withdrawn_on == answered.given_on and answered.state is not State.NO:
        # The paper of that morning, typed in late, would undo what was taken back that day.
        raise ConsentError(
            gettext("The witness took this back on that day. Hold the conversation again on a later one.")
        )
    if said is not None and answered.given_on < said:
        words = gettext("A later answer about this is on record, of %(day)s: %(use)s")
        raise ConsentError(words % {"day": said.isoformat(), "use": consent.get_scope_display()})


_ACTIONS = {
    State.YES: Action.CONSENT_GIVEN,
    State.NO: Action.CONSENT_REFUSED,
    State.ASK_FIRST: Action.CONSENT_CHANGED,
}


def _standing(witness: Witness, answered: Answered) -> Consent:
    """The row of this use and recipient, at its next version, or a new one."""
    key = {"scope": answered.scope.value, "recipient": answered.recipient.value, "party": answered.party}
    consent = Consent.objects.filter(
        witness=witness, scope=answered.scope, recipient=answered.recipient, party=answered.party
    ).first()
    if consent is None:
        return Consent(case=witness.case, witness=witness, code=next_code(Consent, witness.case, "C"), **key)
    consent.version += 1
    return consent


def withdraw(*, consent: Consent, on: datetime.date, actor: Actor) -> None:
    """Record that a witness took a consent back. Raises ValidationError for a day before it was given."""
    with acts.act(actor=actor) as act:
        take_turn(consent.case)
        consent.refresh_from_db()
        _take_back(act, consent, on)


def withdraw_everything(*, witness: Witness, on: datetime.date, actor: Actor) -> list[Consent]:
    """Take back all that a witness agreed to, in one act; gives what was taken back. Raises ValidationError."""
    with acts.act(actor=actor) as act:
        take_turn(witness.case)
        standing = [consent for consent in consents_of(witness) if consent.state in _OPEN]
        for consent in standing:
            _take_back(act, consent, on)
    return standing


_OPEN = (ConsentState.YES, ConsentState.ASK_FIRST)


def _take_back(act: acts.Act, consent: Consent, on: datetime.date) -> None:
    consent.state, consent.withdrawn_on = ConsentState.WITHDRAWN, on
    consent.version += 1
    act.save(consent)
    _record(act, consent, Action.CONSENT_WITHDRAWN)


def releases_touched(taken_back: Sequence[Consent]) -> list[Release]:
    """The releases that left resting on one of these consents: their recipients have to be told."""
    found = {}
    for consent in taken_back:
        for release in disclosures.touched_by("consent", str(consent.pk), case=consent.case):
            found[release.pk] = release
    return list(found.values())


def consents_of(witness: Witness) -> QuerySet[Consent]:
    """All answers of a witness."""
    return Consent.objects.filter(witness=witness).select_related("party", "conversation").order_by("code")


def conversations_of(witness: Witness) -> QuerySet[ConsentConversation]:
    """The conversations about consent, newest first."""
    found = ConsentConversation.objects.filter(witness=witness).select_related("evidence", "file")
    return found.order_by("-held_on", "-pk")


def last_conversation(witness: Witness) -> ConsentConversation | None:
    """The conversation whose knowledge of the witness counts now.

    What is recorded later is known better, whenever it was held; but that somebody decides alone takes back no doubt of
    a conversation that was held after it.
    """
    order = (
        ConsentConversation.history.filter(witness_id=witness.pk).order_by("history_id").values_list("id", flat=True)
    )
    talks = ConsentConversation.objects.in_bulk(order)
    known: ConsentConversation | None = None
    for key in order:
        talk = talks[key]
        if known is None or talk.capacity != ConsentCapacity.FULL or talk.held_on >= known.held_on:
            known = talk
    return known


def today() -> datetime.date:
    """The day on which a decision is made."""
    return clock.now().date()


def _record(act: acts.Act, consent: Consent, action: Action) -> None:
    act.record(
        action,
        streams=streams(consent.witness),
        subject={
            **subject(consent.witness),
            "consent": str(consent.pk),
            "scope": consent.scope,
            "recipient": consent.recipient,
            "state": consent.state,
        },
        snapshots=[consent],
        outcome=Outcome.DONE,
    )
