"""The decision about one use: a table, and properties that hold for any set of answers."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testimony.core.consent import Answer, Given, Scope, State, Why, decide

DAY = date(2026, 5, 1)
SCOPE = Scope.COURT_DOSSIER.value


def _given(
    state: State, given: date = DAY, expires: date | None = None, scope: str = SCOPE, code: str = "C-1"
) -> Given:
    return Given(code, scope, state, given, expires)


@pytest.mark.parametrize(
    ("consents", "on", "answer", "why"),
    [
        ([], DAY, Answer.ASK, Why.NEVER_ASKED),
        ([_given(State.YES, scope="media")], DAY, Answer.ASK, Why.NEVER_ASKED),
        ([_given(State.YES)], DAY, Answer.ALLOWED, Why.AGREED),
        ([_given(State.YES)], DAY - timedelta(1), Answer.ASK, Why.NOT_YET),
        ([_given(State.YES, expires=DAY)], DAY, Answer.ALLOWED, Why.AGREED),
        ([_given(State.YES, expires=DAY)], DAY + timedelta(1), Answer.ASK, Why.EXPIRED),
        ([_given(State.NO)], DAY, Answer.WITHHELD, Why.REFUSED),
        ([_given(State.WITHDRAWN)], DAY, Answer.WITHHELD, Why.WITHDRAWN),
        ([_given(State.YES), _given(State.WITHDRAWN, code="C-2")], DAY, Answer.WITHHELD, Why.WITHDRAWN),
        ([_given(State.YES), _given(State.YES, expires=DAY, code="C-2")], DAY + timedelta(2), Answer.ASK, Why.EXPIRED),
    ],
)
def test_each_row_of_the_table(consents: list[Given], on: date, answer: Answer, why: Why) -> None:
    decision = decide(consents, scope=SCOPE, on=on)
    assert (decision.answer, decision.reasons) == (answer, (why,))


def test_the_decision_names_the_consents_it_rests_on() -> None:
    decision = decide([_given(State.YES), _given(State.NO, code="C-2")], scope=SCOPE, on=DAY)
    assert decision.codes == ("C-2",)


_DATES = st.dates(DAY - timedelta(9), DAY + timedelta(9))
_ANSWERS = st.builds(
    Given, st.uuids().map(str), st.sampled_from([SCOPE, "media"]), st.sampled_from(State), _DATES, st.none() | _DATES
)


@given(st.lists(_ANSWERS, max_size=6), _DATES)
def test_nothing_is_allowed_unless_every_covering_answer_is_yes_today(consents: list[Given], on: date) -> None:
    covering = [consent for consent in consents if consent.scope == SCOPE]
    agreed = [
        consent.state is State.YES
        and consent.given_on <= on
        and (consent.expires_on is None or on <= consent.expires_on)
        for consent in covering
    ]
    assert decide(consents, scope=SCOPE, on=on).allowed == (bool(agreed) and all(agreed))


@given(st.lists(_ANSWERS, max_size=5), _ANSWERS, _DATES)
def test_one_more_answer_never_opens_what_was_closed(consents: list[Given], more: Given, on: date) -> None:
    before = decide(consents, scope=SCOPE, on=on)
    after = decide([*consents, more], scope=SCOPE, on=on)
    if before.codes and not before.allowed:
        assert not after.allowed
