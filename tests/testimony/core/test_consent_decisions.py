"""The decision about one use: a table that a lawyer can read, and properties that hold for any set of answers."""

import dataclasses
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testimony.core.consent import (
    ANSWERS,
    RECIPIENTS,
    Answer,
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
    Why,
    decide,
)

DAY = date(2026, 5, 1)
BEFORE, AFTER = DAY - timedelta(1), DAY + timedelta(1)
CASE, OTHER = "case-1", "case-2"
PAIRS = [(scope, recipient) for scope, recipients in RECIPIENTS.items() for recipient in recipients]
_STRICTNESS = (Answer.ALLOWED, Answer.ASK, Answer.WITHHELD)

# The words of the table, and what they mean.
SAID: Mapping[str, Mapping[str, Any]] = {
    "yes": {"state": State.YES},
    "no": {"state": State.NO},
    "withdrawn": {"state": State.WITHDRAWN},
    "ask me first": {"state": State.ASK_FIRST},
    "nothing explained": {"explained": False},
    "by name": {"disclosure": Disclosure.NAMED},
    "unnamed": {"disclosure": Disclosure.ANONYMOUS},
    "yesterday": {"given_on": BEFORE},
    "long ago": {"given_on": date(2025, 1, 1)},
    "ended yesterday": {"given_on": date(2026, 1, 1), "expires_on": BEFORE},
    "ends today": {"expires_on": DAY},
    "from tomorrow": {"given_on": AFTER},
    "to be gone over yesterday": {"given_on": date(2026, 1, 1), "review_on": BEFORE},
    "to be gone over today": {"review_on": DAY},
    "minor": {"capacity": Capacity.MINOR},
    "supported": {"capacity": Capacity.SUPPORTED},
    "capacity unclear": {"capacity": Capacity.UNCLEAR},
    "guardian": {"guardian": True},
    "assents": {"assent": True},
    "of age today": {"of_age_on": DAY},
    "of age tomorrow": {"of_age_on": AFTER},
    "no death penalty": {"conditions": frozenset({Condition.NO_DEATH_PENALTY})},
    "other case": {"case": OTHER},
    "every case": {"case": ""},
    "this party": {"party": "party-1"},
}
# What was recorded of the witness after the answers.
KNOWN: Mapping[str, Known] = {
    "now known as minor": Known(capacity=Capacity.MINOR),
    "now known as minor until today": Known(capacity=Capacity.MINOR, of_age_on=DAY),
    "now known as minor until tomorrow": Known(capacity=Capacity.MINOR, of_age_on=AFTER),
    "now known as supported": Known(capacity=Capacity.SUPPORTED),
    "now erased": Known(erased=True),
    "now known as unclear": Known(capacity=Capacity.UNCLEAR),
}
ASKED: Mapping[str, Mapping[str, Any]] = {
    "under the code": {},
    "unnamed": {"disclosure": Disclosure.ANONYMOUS},
    "by name": {"disclosure": Disclosure.NAMED},
    "by whom it is met": {"met": {Condition.NO_DEATH_PENALTY: True}},
    "by whom it is broken": {"met": {Condition.NO_DEATH_PENALTY: False}},
    "by this party": {"party": "party-1"},
    "by another party": {"party": "party-2"},
}


def _rows() -> list[tuple[str, ...]]:
    lines = (Path(__file__).parent / "consent_table.md").read_text("utf-8").splitlines()
    rows = [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines if line.startswith("|")]
    return rows[2:]


def _answer(words: str, code: str, scope: Scope, recipient: Recipient) -> Given:
    said: dict[str, Any] = {"given_on": DAY, "case": CASE, "explained": True}
    for word in words.split(", "):
        said |= {} if word in KNOWN else SAID[word]
    return Given(code=code, scope=scope, recipient=recipient, **said)


def _answers(words: str, scope: Scope, recipient: Recipient) -> list[Given]:
    each = [] if words == "nothing" else words.split(" + ")
    return [_answer(one, f"C-{place}", scope, recipient) for place, one in enumerate(each, start=1)]


def _known(words: str) -> Known | None:
    return next((KNOWN[word] for one in words.split(" + ") for word in one.split(", ") if word in KNOWN), None)


def _question(scope: Scope, recipient: Recipient, **changes: Any) -> Question:
    asked: dict[str, Any] = {"scope": scope, "recipient": recipient, "case": CASE, "on": DAY, "met": {}} | changes
    return Question(**asked)


@pytest.mark.parametrize(("scope", "recipient"), PAIRS, ids=lambda each: each.value)
def test_every_row_of_the_table_holds_for_every_use_and_recipient(scope: Scope, recipient: Recipient) -> None:
    for said, asked, answer, why in _rows():
        question = _question(scope, recipient, **ASKED[asked])
        decision = decide(_answers(said, scope, recipient), question, _known(said))
        got = (decision.answer, decision.reasons)
        assert got == (Answer(answer), (Why(why),)), f"{said} / {asked}"


def test_the_table_uses_every_state_level_and_reason_and_every_word_that_is_explained() -> None:
    rows = _rows()
    assert {why for *_, why in rows} == {why.value for why in Why} - {"keeping-refused", "no-such-use"}
    used = {word for said, *_ in rows for one in said.split(" + ") for word in one.split(", ")}
    assert used == {*SAID, *KNOWN, "nothing"}
    assert {asked for _, asked, *_ in rows} == set(ASKED)


def test_the_head_of_the_table_lists_the_uses_and_recipients_that_belong_together() -> None:
    text = " ".join((Path(__file__).parent / "consent_table.md").read_text("utf-8").split())
    listed = text.partition("belong together: ")[2].partition(".")[0].split(", ")
    assert listed == [f"{scope.value}/{recipient.value}" for scope, recipient in PAIRS]


@pytest.mark.parametrize("scope", Scope)
def test_a_recipient_that_does_not_belong_to_a_use_gets_nothing_whatever_was_answered(scope: Scope) -> None:
    for recipient in set(Recipient) - set(RECIPIENTS[scope]):
        answers = [_answer("yes, by name, every case", "C-1", scope, each) for each in Recipient]
        decision = decide(answers, _question(scope, recipient))
        assert (decision.answer, decision.reasons) == (Answer.WITHHELD, (Why.NO_SUCH_USE,))


@pytest.mark.parametrize(("scope", "recipient"), [pair for pair in PAIRS if pair[0] is not Scope.KEEP])
@pytest.mark.parametrize("said", ["no", "withdrawn", "no, every case"])
def test_who_does_not_want_it_kept_has_refused_everything_else(scope: Scope, recipient: Recipient, said: str) -> None:
    answers = [_answer("yes", "C-1", scope, recipient), _answer(said, "C-2", Scope.KEEP, Recipient.HOUSE)]
    decision = decide(answers, _question(scope, recipient))
    assert decision == Decision(Answer.WITHHELD, (Why.KEEPING_REFUSED,), ("C-2",))


def test_a_refusal_to_keep_it_for_another_case_does_not_reach_this_one() -> None:
    answers = [
        _answer("yes", "C-1", Scope.REPORT, Recipient.PUBLIC),
        _answer("no, other case", "C-2", Scope.KEEP, Recipient.HOUSE),
    ]
    assert decide(answers, _question(Scope.REPORT, Recipient.PUBLIC)).allowed


@pytest.mark.parametrize("court", RECIPIENTS[Scope.COURT_DOSSIER])
def test_a_yes_to_every_court_covers_each_and_a_yes_to_one_covers_no_other(court: Recipient) -> None:
    every = [_answer("yes", "C-1", Scope.COURT_DOSSIER, Recipient.COURT)]
    assert decide(every, _question(Scope.COURT_DOSSIER, court)).allowed
    one = [_answer("yes", "C-1", Scope.COURT_DOSSIER, Recipient.IIIM)]
    assert decide(one, _question(Scope.COURT_DOSSIER, court)).allowed == (court is Recipient.IIIM)


def test_a_refusal_to_one_court_stands_beside_a_yes_to_every_court() -> None:
    answers = [
        _answer("yes", "C-1", Scope.COURT_DOSSIER, Recipient.COURT),
        _answer("no", "C-2", Scope.COURT_DOSSIER, Recipient.NATIONAL_AUTHORITY),
    ]
    assert decide(answers, _question(Scope.COURT_DOSSIER, Recipient.NATIONAL_AUTHORITY)).codes == ("C-2",)
    assert decide(answers, _question(Scope.COURT_DOSSIER, Recipient.IIIM)).allowed


_DATES = st.dates(DAY - timedelta(9), DAY + timedelta(9))
_ANSWERS = st.builds(
    Given,
    code=st.uuids().map(str),
    scope=st.sampled_from([Scope.COURT_DOSSIER, Scope.KEEP, Scope.MEDIA]),
    recipient=st.sampled_from([Recipient.COURT, Recipient.IIIM, Recipient.HOUSE]),
    state=st.sampled_from(State),
    given_on=_DATES,
    explained=st.booleans(),
    party=st.sampled_from(["", "party-1", "party-2"]),
    case=st.sampled_from(["", CASE, OTHER]),
    disclosure=st.sampled_from(Disclosure),
    conditions=st.frozensets(st.sampled_from(Condition), max_size=2),
    capacity=st.sampled_from(Capacity),
    guardian=st.booleans(),
    assent=st.booleans(),
    of_age_on=st.none() | _DATES,
    expires_on=st.none() | _DATES,
    review_on=st.none() | _DATES,
)
_QUESTIONS = st.builds(
    Question,
    scope=st.just(Scope.COURT_DOSSIER),
    recipient=st.sampled_from(RECIPIENTS[Scope.COURT_DOSSIER]),
    case=st.just(CASE),
    on=_DATES,
    party=st.sampled_from(["", "party-1"]),
    disclosure=st.sampled_from(Disclosure),
    met=st.dictionaries(st.sampled_from(Condition), st.booleans()),
)


@given(st.lists(_ANSWERS, max_size=6), _QUESTIONS)
def test_nothing_is_allowed_without_a_yes_that_covers_it_today_on_its_terms(
    answers: list[Given], question: Question
) -> None:
    decision = decide(answers, question)
    if not decision.allowed:
        return
    assert decision.codes
    for code in decision.codes:
        one = next(each for each in answers if each.code == code)
        assert (one.state, one.scope) == (State.YES, question.scope)
        assert one.case in ("", CASE)
        assert one.party in ("", question.party)
        assert one.explained
        assert one.given_on <= question.on
        assert one.expires_on is None or question.on <= one.expires_on
        assert all(question.met.get(condition) is True for condition in one.conditions)
        assert one.capacity is Capacity.FULL or (one.guardian and one.assent)


@given(st.lists(_ANSWERS, max_size=6), _QUESTIONS)
def test_a_refusal_that_covers_it_is_never_outvoted(answers: list[Given], question: Question) -> None:
    refused = Given(
        code="no",
        scope=question.scope,
        recipient=question.recipient,
        state=State.NO,
        given_on=DAY,
        explained=False,
        case=CASE,
    )
    assert decide([*answers, refused], question).answer is Answer.WITHHELD


@given(st.lists(_ANSWERS, max_size=5), _ANSWERS, _QUESTIONS)
def test_one_more_answer_opens_nothing_except_where_the_witness_wanted_to_be_asked(
    answers: list[Given], more: Given, question: Question
) -> None:
    before, after = decide(answers, question), decide([*answers, more], question)
    if before.codes and before.reasons != (Why.ASK_FIRST,) and Why.ASK_FIRST not in before.reasons:
        assert _STRICTNESS.index(after.answer) >= _STRICTNESS.index(before.answer)


@given(st.lists(_ANSWERS, max_size=5), _QUESTIONS)
def test_less_is_never_harder_to_get_than_more(answers: list[Given], question: Question) -> None:
    allowed = [
        decide(answers, dataclasses.replace(question, disclosure=level)).allowed for level in reversed(Disclosure)
    ]
    assert allowed == sorted(allowed)


@given(st.lists(_ANSWERS, max_size=5), _QUESTIONS, st.randoms())
def test_the_order_of_the_answers_does_not_matter(answers: list[Given], question: Question, random: Any) -> None:
    shuffled = random.sample(answers, len(answers))
    first, second = decide(answers, question), decide(shuffled, question)
    assert (first.answer, set(first.reasons), set(first.codes)) == (
        second.answer,
        set(second.reasons),
        set(second.codes),
    )


def test_every_reason_has_one_answer() -> None:
    assert set(ANSWERS) == set(Why)


@pytest.mark.parametrize("state", [State.NO, State.WITHDRAWN, State.ASK_FIRST])
@pytest.mark.parametrize("court", RECIPIENTS[Scope.COURT_DOSSIER][1:])
def test_while_no_court_is_chosen_the_refusal_of_any_one_is_asked_about(court: Recipient, state: State) -> None:
    answers = [
        _answer("yes", "C-1", Scope.COURT_DOSSIER, Recipient.COURT),
        dataclasses.replace(_answer("no, this party", "C-2", Scope.COURT_DOSSIER, court), state=state),
        _answer("no", "C-3", Scope.FACE, Recipient.COURT),
    ]
    some = decide(answers, _question(Scope.COURT_DOSSIER, Recipient.COURT))
    assert some == Decision(Answer.ASK, (Why.ONE_REFUSED,), ("C-2",))
    for other in set(RECIPIENTS[Scope.COURT_DOSSIER]) - {Recipient.COURT, court}:
        assert decide(answers, _question(Scope.COURT_DOSSIER, other, party="party-2")).allowed


@given(st.lists(_ANSWERS, max_size=6), _QUESTIONS)
def test_what_some_recipient_may_have_each_that_it_may_turn_out_to_be_may_have(
    answers: list[Given], question: Question
) -> None:
    if not decide(answers, dataclasses.replace(question, party="")).allowed:
        return
    kinds = RECIPIENTS[question.scope] if question.recipient is Recipient.COURT else (question.recipient,)
    for recipient in kinds:
        for party in ("party-1", "party-2", "party-3"):
            assert decide(answers, dataclasses.replace(question, recipient=recipient, party=party)).allowed


_KNOWN = st.builds(Known, capacity=st.sampled_from(Capacity), of_age_on=st.none() | _DATES, erased=st.booleans())


@given(st.lists(_ANSWERS, max_size=6), _QUESTIONS, _KNOWN)
def test_what_is_learned_of_a_witness_later_opens_nothing(
    answers: list[Given], question: Question, known: Known
) -> None:
    before, after = decide(answers, question), decide(answers, question, known)
    assert _STRICTNESS.index(after.answer) >= _STRICTNESS.index(before.answer)


@given(st.lists(_ANSWERS, max_size=6), _QUESTIONS, st.sampled_from([Capacity.MINOR, Capacity.SUPPORTED]))
def test_who_is_known_not_to_decide_alone_needs_a_guardian_for_every_answer(
    answers: list[Given], question: Question, capacity: Capacity
) -> None:
    decision = decide(answers, question, Known(capacity=capacity))
    for one in answers:
        if decision.allowed and one.code in decision.codes:
            assert one.guardian


@pytest.mark.parametrize("kind", [Recipient.NATIONAL_AUTHORITY, Recipient.COURT, Recipient.INTERNATIONAL_COURT])
def test_a_refused_party_stays_refused_whatever_kind_it_is_called_later(kind: Recipient) -> None:
    yes = _answer("yes", "C-1", Scope.COURT_DOSSIER, Recipient.COURT)
    no = _answer("no, this party", "C-2", Scope.COURT_DOSSIER, Recipient.NATIONAL_AUTHORITY)
    question = _question(Scope.COURT_DOSSIER, kind, party=no.party)
    assert decide([yes, no], question).reasons == (Why.REFUSED,)


@pytest.mark.parametrize(
    ("changes", "why"), [("ended yesterday", Why.EXPIRED), ("to be gone over yesterday", Why.REVIEW_DUE)]
)
def test_a_yes_to_keeping_that_has_ended_is_asked_about_before_any_use(changes: str, why: Why) -> None:
    keep = _answer(f"yes, {changes}", "C-1", Scope.KEEP, Recipient.HOUSE)
    yes = _answer("yes", "C-2", Scope.COURT_DOSSIER, Recipient.COURT)
    found = decide([keep, yes], _question(Scope.COURT_DOSSIER, Recipient.COURT))
    assert (found.answer, found.reasons) == (Answer.ASK, (why,))
