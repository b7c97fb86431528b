"""Consents: recorded answers, and the decision that follows from them today."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db.models import QuerySet

from custody import acts, clock
from custody.actions import Action
from custody.core.entries import Actor, Outcome
from testimony.codes import next_code
from testimony.core.consent import Decision, Given, Scope, State, decide
from testimony.core.errors import ConsentError
from testimony.models import Consent, ConsentForm, ConsentState, Witness
from testimony.witnesses import streams, subject

__all__ = ["Answered", "Consent", "Scope", "State", "consents_of", "decision_for", "record_answer", "withdraw"]


@dataclass(frozen=True, kw_only=True)
class Answered:
    """What a witness answered about one use, when, how, and on which version of the form."""

    state: State
    given_on: datetime.date
    scope: Scope = Scope.COURT_DOSSIER
    how: ConsentForm = ConsentForm.SIGNATURE
    form_version: str = "1"
    expires_on: datetime.date | None = None


def record_answer(*, witness: Witness, answered: Answered, actor: Actor) -> Consent:
    """Record an answer, yes or no; a later answer about the same use is a new version of the same record.

    Raises ValidationError; ConsentError for a withdrawal, which has a step of its own.
    """
    if answered.state is State.WITHDRAWN:
        raise ConsentError("a consent is withdrawn by its own step, so that the day is on record")
    with acts.act(actor=actor) as act:
        consent = Consent.objects.filter(witness=witness, scope=answered.scope).first()
        if consent is None:
            code = next_code(Consent, witness.case, "C")
            consent = Consent(case=witness.case, witness=witness, code=code, scope=answered.scope)
        consent.state = ConsentState(answered.state.value)
        consent.given_on = answered.given_on
        consent.how = answered.how
        consent.form_version = answered.form_version
        consent.expires_on = answered.expires_on
        consent.withdrawn_on = None
        act.save(consent)
        agreed = answered.state is State.YES
        _record(act, consent, Action.CONSENT_GIVEN if agreed else Action.CONSENT_REFUSED)
    return consent


def withdraw(*, consent: Consent, on: datetime.date, actor: Actor) -> None:
    """Record that a witness took a consent back. Raises ValidationError for a day before it was given."""
    consent.state = ConsentState.WITHDRAWN
    consent.withdrawn_on = on
    with acts.act(actor=actor) as act:
        act.save(consent)
        _record(act, consent, Action.CONSENT_WITHDRAWN)


def consents_of(witness: Witness) -> QuerySet[Consent]:
    """All answers of a witness."""
    return Consent.objects.filter(witness=witness).order_by("code")


def decision_for(witness: Witness, *, scope: Scope, on: datetime.date | None = None) -> Decision:
    """Whether a use is covered, today unless another day is asked about."""
    given = [
        Given(consent.code, consent.scope, State(consent.state), consent.given_on, consent.expires_on)
        for consent in consents_of(witness)
    ]
    return decide(given, scope=scope, on=on or clock.now().date())


def _record(act: acts.Act, consent: Consent, action: Action) -> None:
    act.record(
        action,
        streams=streams(consent.witness),
        subject={
            **subject(consent.witness),
            "consent": str(consent.pk),
            "scope": consent.scope,
            "state": consent.state,
        },
        snapshots=[consent],
        outcome=Outcome.DONE,
    )
