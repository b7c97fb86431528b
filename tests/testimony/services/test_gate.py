"""The gate over rows as they are on record: what a decision reads, and from where."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from custody import acts
from custody.actions import Action
from testimony import gate
from testimony.consents import Answered
from testimony.core.consent import Recipient, Scope, State, Why
from testimony.models import Consent, ConsentCapacity
from tests.cast import Cast
from tests.testimony import files


@pytest.fixture
def file(cast: Cast, tmp_path: Path) -> files.File:
    return files.file_of(cast.case, tmp_path / "in")


def _reasons(file: files.File) -> tuple[Why, ...]:
    return gate.decision_for(file.witness, scope=Scope.COURT_DOSSIER).reasons


def test_an_answer_of_an_earlier_version_without_a_conversation_opens_nothing(file: files.File) -> None:
    assert _reasons(file) == (Why.AGREED,)
    consent = Consent.objects.get(witness=file.witness)
    consent.conversation = None
    _save(consent)
    assert _reasons(file) == (Why.NOT_EXPLAINED,)


def test_a_conversation_that_left_something_out_carries_no_yes(file: files.File) -> None:
    talk = file.witness.consent_conversations.get()
    talk.information = talk.information[1:]
    _save(talk)
    assert _reasons(file) == (Why.NOT_EXPLAINED,)


def test_what_is_recorded_of_a_witness_later_binds_what_was_answered_before(file: files.File) -> None:
    for capacity, reasons in (
        (ConsentCapacity.MINOR, (Why.NO_GUARDIAN,)),
        (ConsentCapacity.UNCLEAR, (Why.CAPACITY_UNCLEAR,)),
        (ConsentCapacity.FULL, (Why.AGREED,)),
    ):
        research = Answered(state=State.NO, given_on=files.DAY, scope=Scope.RESEARCH, recipient=Recipient.RESEARCHERS)
        files.answer(file.witness, research, capacity=capacity, of_age_on=datetime.date(2999, 1, 1))
        assert _reasons(file) == reasons


def _save(row: object) -> None:
    with acts.act(actor=files.ACTOR) as act:
        act.save(row)  # type: ignore[arg-type]  # rows of two models
        act.record(Action.CONSENT_TALKED, streams=("ledger",), subject={}, snapshots=[row])  # type: ignore[list-item]
