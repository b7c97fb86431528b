"""Victims, witnesses, consents and statements: codes, constraints, refusals."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError

from custody.actions import Action
from custody.models import Entry
from testimony.consents import Answered, withdraw
from testimony.core import errors
from testimony.core.consent import State
from testimony.core.errors import ConsentError
from testimony.core.statement import Paragraph
from testimony.models import Consent, IdentificationMethod, WitnessRole
from testimony.statements import Taken, assert_identification, create_statement
from testimony.victims import create_victim, link_pictures, pictures_of
from testimony.witnesses import create_witness
from tests.cast import Cast
from tests.testimony import files


def test_codes_count_in_each_case_by_itself(cast: Cast) -> None:
    first = create_victim(case=cast.case, actor=files.ACTOR)
    second = create_victim(case=cast.case, actor=files.ACTOR)
    other = create_victim(case=cast.other_case, actor=files.ACTOR)
    assert [victim.code for victim in (first, second, other)] == ["VF-0001", "VF-0002", "VF-0001"]


def test_a_picture_of_another_case_cannot_be_linked(cast: Cast, tmp_path: Path) -> None:
    items = files.take_in(cast.other_case, tmp_path / "in")
    victim = create_victim(case=cast.case, actor=files.ACTOR)
    with pytest.raises(errors.TestimonyError, match="not admitted to case RWB-04"):
        link_pictures(victim=victim, items=items, actor=files.ACTOR)
    assert pictures_of(victim) == []


def test_linking_twice_links_once(cast: Cast, tmp_path: Path) -> None:
    items = files.take_in(cast.case, tmp_path / "in")
    victim = create_victim(case=cast.case, actor=files.ACTOR)
    for _ in range(2):
        link_pictures(victim=victim, items=items, actor=files.ACTOR)
    assert pictures_of(victim) == items


def test_a_new_answer_is_a_new_version_of_the_same_consent(cast: Cast) -> None:
    witness = create_witness(case=cast.case, role=WitnessRole.RELATIVE, actor=files.ACTOR)
    files.agree(witness, State.NO)
    files.agree(witness, State.YES)
    consent = Consent.objects.get(witness=witness)
    assert (consent.code, consent.state, consent.history.count()) == ("C-0001", "yes", 2)
    actions = Entry.objects.filter(action__startswith="consent.").order_by("seq").values_list("action", flat=True)
    assert list(actions) == [Action.CONSENT_TALKED, Action.CONSENT_REFUSED, Action.CONSENT_TALKED, Action.CONSENT_GIVEN]


def test_a_withdrawal_before_the_consent_is_refused(cast: Cast) -> None:
    witness = create_witness(case=cast.case, role=WitnessRole.RELATIVE, actor=files.ACTOR)
    consent = files.agree(witness)
    with pytest.raises(ValidationError):
        withdraw(consent=consent, on=files.DAY - datetime.timedelta(days=1), actor=files.ACTOR)
    assert Consent.objects.get(pk=consent.pk).state == "yes"
    assert not Entry.objects.filter(action=Action.CONSENT_WITHDRAWN).exists()


def test_a_withdrawal_has_its_own_step(cast: Cast) -> None:
    witness = create_witness(case=cast.case, role=WitnessRole.RELATIVE, actor=files.ACTOR)
    with pytest.raises(ConsentError):
        files.answer(witness, Answered(state=State.WITHDRAWN, given_on=files.DAY))


def test_a_statement_opens_as_it_was_sealed(cast: Cast) -> None:
    witness = create_witness(case=cast.case, role=WitnessRole.RELATIVE, actor=files.ACTOR)
    paragraphs = [Paragraph("كتبتُ البطاقة", "I wrote the card"), Paragraph("٤٨١/ج")]
    taken = Taken(language="ar", taken_on=files.DAY)
    statement = create_statement(witness=witness, taken=taken, paragraphs=paragraphs, actor=files.ACTOR)
    opened = files.read_statement(statement)
    assert list(opened.paragraphs) == paragraphs


@pytest.mark.parametrize("paragraphs", [[], [Paragraph(" \n")]])
def test_a_statement_needs_words(cast: Cast, paragraphs: list[Paragraph]) -> None:
    witness = create_witness(case=cast.case, role=WitnessRole.RELATIVE, actor=files.ACTOR)
    taken = Taken(language="ar", taken_on=files.DAY)
    with pytest.raises(errors.TestimonyError, match="needs paragraphs"):
        create_statement(witness=witness, taken=taken, paragraphs=paragraphs, actor=files.ACTOR)


def test_a_statement_does_not_speak_across_cases(cast: Cast) -> None:
    victim = create_victim(case=cast.other_case, actor=files.ACTOR)
    statement = files.give_statement(cast.case, create_victim(case=cast.case, actor=files.ACTOR))
    with pytest.raises(errors.TestimonyError, match="different cases"):
        assert_identification(statement=statement, victim=victim, method=IdentificationMethod.NAMED, actor=files.ACTOR)
