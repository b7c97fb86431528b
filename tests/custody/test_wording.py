"""Every code that stands in an entry has words."""

from __future__ import annotations

import pytest
from django.utils import translation

from custody.actions import Action
from custody.core.entries import Outcome
from custody.models import KeyKind
from custody.purposes import CHOSEN_BY_PEOPLE, EXPLANATIONS, Purpose
from custody.wording import ACTIONS, OUTCOMES, words_of_action, words_of_key, words_of_purpose, words_of_reason
from evidence.access import Refusal


@pytest.mark.parametrize("language", ["en", "ar"])
def test_nothing_is_said_in_code(language: str) -> None:
    with translation.override(language):
        assert all(words_of_action(action) != action.value for action in Action)
        assert all(words_of_key(kind) != kind.value for kind in KeyKind)
        assert all(words_of_reason(reason) != reason.value for reason in Refusal)
        assert all(words_of_purpose(purpose) for purpose in Purpose)


def test_the_lists_are_whole() -> None:
    assert set(ACTIONS) == set(Action)
    assert set(OUTCOMES) == set(Outcome)
    assert set(EXPLANATIONS) == set(CHOSEN_BY_PEOPLE)


def test_what_a_later_version_wrote_is_shown_as_it_is() -> None:
    assert words_of_action("robot.sang") == "robot.sang"
    assert words_of_purpose("curiosity") == "curiosity"
    assert words_of_purpose(None) == ""
