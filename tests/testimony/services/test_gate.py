"""The gate over rows as they are on record: what a decision reads, and from where."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from custody import acts
from custody.actions import Action
from testimony import gate
from testimony.consents import Answered, Held, last_conversation, record_conversation, withdraw
from testimony.core.consent import Recipient, Scope, State, Why
from testimony.core.errors import ConsentError
from testimony.models import Consent, ConsentCapacity, ConsentForm
from tests.cast import Cast
from tests.testimony import files
from tests.testimony.statements import taking


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


def test_an_older_conversation_that_is_written_down_late_takes_back_no_doubt(cast: Cast) -> None:
    witness = taking.witness_of(cast.case)

    def talk(month: int, capacity: ConsentCapacity = ConsentCapacity.FULL) -> None:
        held = Held(
            held_on=datetime.date(2025, month, 1), form_version="1", how=ConsentForm.SIGNATURE, capacity=capacity
        )
        record_conversation(witness=witness, held=held, answers=(), actor=files.ACTOR)

    talk(2)
    talk(6, ConsentCapacity.UNCLEAR)
    talk(1)
    known = last_conversation(witness)
    assert known is not None
    assert (known.held_on.month, known.capacity) == (6, ConsentCapacity.UNCLEAR)
    talk(7)
    known = last_conversation(witness)
    assert known is not None
    assert (known.held_on.month, known.capacity) == (7, ConsentCapacity.FULL)


def test_the_paper_of_the_morning_undoes_no_withdrawal_of_that_day(cast: Cast) -> None:
    witness = taking.witness_of(cast.case)
    withdraw(consent=files.agree(witness), on=files.DAY, actor=files.ACTOR)
    with pytest.raises(ConsentError, match="took this back on that day"):
        files.agree(witness)
    assert not gate.decision_for(witness, scope=Scope.COURT_DOSSIER, to=gate.COURTS).allowed
