"""What a case may write as the text of a certificate: every slip is told with its place, and nothing else breaks."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from testimony.core.certificates import (
    MOST_PARAGRAPHS,
    PLACES,
    REQUIRED,
    TITLE_SIGNS,
    CertificateError,
    Fault,
    FaultKind,
    Kind,
    Text,
    faults_of,
    fill,
    paragraphs_of,
    pieces,
)
from tests.testimony.certificate_facts import FACTS

WORDS = FACTS.words("en")
NEEDED = "Needed: " + " ".join(f"{{{each}}}" for each in REQUIRED[Kind.CUSTODIAN])
NAMED = [f"{{{each}}}" for each in PLACES]
CLEAN = st.sampled_from(["Words. ", "كلمات، ", "12 ", "\U0001f54a", "%s $x", "[a]", *NAMED])
SIGNS = st.text(st.one_of(st.sampled_from("{}{}{} ab\n١أ_.0!"), st.characters()), max_size=30)
LINES = st.lists(st.one_of(CLEAN, SIGNS), max_size=6).map("".join)
RIGHT = st.lists(CLEAN, max_size=6).map(lambda parts: "Words " + "".join(parts))


def filled_without_braces(text: Text) -> bool:
    """Raises nothing, leaves no brace, and gives the same in pieces as in one."""
    filled = [fill(words, WORDS) for words in (text.title, *text.paragraphs)]
    runs = ["".join(each.words for each in pieces(words, WORDS)) for words in (text.title, *text.paragraphs)]
    return filled == runs and not {"{", "}"} & set("".join(filled))


@settings(max_examples=200, deadline=None)
@given(title=RIGHT, paragraphs=st.lists(RIGHT, max_size=3))
def test_words_with_known_places_are_accepted_and_filled(title: str, paragraphs: list[str]) -> None:
    text = Text(title, (*paragraphs, NEEDED))
    assert faults_of(text, Kind.CUSTODIAN) == ()
    assert filled_without_braces(text)


@settings(max_examples=300, deadline=None)
@given(title=LINES, paragraphs=st.lists(LINES, max_size=3))
def test_whatever_is_accepted_is_filled(title: str, paragraphs: list[str]) -> None:
    text = Text(title, (*paragraphs, NEEDED))
    assert faults_of(text, Kind.CUSTODIAN) or filled_without_braces(text)


@settings(max_examples=200, deadline=None)
@given(words=LINES)
def test_words_without_braces_stay_as_they_were_written(words: str) -> None:
    plain = words.replace("{", "").replace("}", "")
    assert fill(plain, WORDS) == plain


@settings(max_examples=200, deadline=None)
@given(typed=SIGNS, number=st.integers(0, 3))
def test_paragraphs_that_were_typed_are_read_again_as_they_are(typed: str, number: int) -> None:
    once = paragraphs_of("\n\n".join([typed] * number))
    assert all(each == " ".join(each.split()) != "" for each in once)
    again = paragraphs_of("\n\n".join(once))
    assert again == once or all(each[0].isdigit() for each in once)


def test_a_fact_is_put_in_as_it_is_and_not_read_for_places() -> None:
    assert fill("From {sources}.", {**WORDS, "sources": "{root} {0} {x!r:>9}"}) == "From {root} {0} {x!r:>9}."


def text_with(paragraph: str, title: str = "Title") -> Text:
    return Text(title, (NEEDED, paragraph))


LONG = "a" * 3001
SLIPS = [
    (text_with("The head is {rot}."), Fault(FaultKind.UNKNOWN_PLACE, "rot", 2)),
    (text_with("The head is { root }."), Fault(FaultKind.UNKNOWN_PLACE, " root ", 2)),
    (text_with("The head is {root.__class__}."), Fault(FaultKind.UNKNOWN_PLACE, "root.__class__", 2)),
    (text_with("The head is {}."), Fault(FaultKind.UNKNOWN_PLACE, "", 2)),
    (text_with("The head is {root."), Fault(FaultKind.STRAY_BRACE, "{", 2)),
    (text_with("The head is root}."), Fault(FaultKind.STRAY_BRACE, "}", 2)),
    (text_with("The head is {{root}}."), Fault(FaultKind.STRAY_BRACE, "{", 2)),
    (text_with("{root} {blank} 12."), Fault(FaultKind.EMPTY_PARAGRAPH, paragraph=2)),
    (text_with(" "), Fault(FaultKind.EMPTY_PARAGRAPH, paragraph=2)),
    (text_with(LONG), Fault(FaultKind.LONG_PARAGRAPH, paragraph=2)),
    (text_with("Of the \u202eturned."), Fault(FaultKind.UNSEEN_SIGN, "U+202E", 2)),
    (text_with("Of the\x07 bell."), Fault(FaultKind.UNSEEN_SIGN, "U+0007", 2)),
    (text_with("More.", title=""), Fault(FaultKind.NO_TITLE)),
    (text_with("More.", title="{case}"), Fault(FaultKind.NO_TITLE)),
    (text_with("More.", title="T" * (TITLE_SIGNS + 1)), Fault(FaultKind.LONG_TITLE)),
    (text_with("More.", title="T {nothing}"), Fault(FaultKind.UNKNOWN_PLACE, "nothing", 0)),
    (Text("Title", (NEEDED, *["More."] * MOST_PARAGRAPHS)), Fault(FaultKind.MANY_PARAGRAPHS)),
    (Text("Title", (NEEDED, *["a" * 3000] * 7)), Fault(FaultKind.TOO_LONG)),
]


@pytest.mark.parametrize(("text", "fault"), SLIPS)
def test_a_slip_is_told_with_its_place(text: Text, fault: Fault) -> None:
    assert fault in faults_of(text, Kind.CUSTODIAN)


@pytest.mark.parametrize("kind", list(Kind))
def test_what_identifies_the_data_and_what_speaks_against_it_may_not_be_left_out(kind: Kind) -> None:
    missing = [fault.place for fault in faults_of(Text("Title", ("Words.",)), kind)]
    assert missing == list(REQUIRED[kind])
    assert {"exhibits", "first", "last", "digests"} <= set(missing)


def test_without_paragraphs_it_is_no_certificate() -> None:
    assert Fault(FaultKind.NO_PARAGRAPH) in faults_of(Text("Title", ()), Kind.EXAMINER)


def test_a_place_that_nobody_knows_is_an_error_that_names_it() -> None:
    with pytest.raises(CertificateError) as caught:
        fill("The {rot}.", WORDS)
    assert caught.value.faults == (Fault(FaultKind.UNKNOWN_PLACE, "rot"),)


@pytest.mark.parametrize(
    ("typed", "paragraphs"),
    [
        ("One\r\nline.\r\n\r\nTwo.", ("One line.", "Two.")),
        ("One.\n \t \n\n\nTwo.\n", ("One.", "Two.")),
        ("1. One.\n\n2) Two.", ("One.", "Two.")),
        ("١. أولاً.\n\n٢. ثانياً.", ("أولاً.", "ثانياً.")),
        ("1. One.\n\n3. Two.", ("1. One.", "3. Two.")),
        ("1967. A year.", ("1967. A year.",)),
        (" \n\n ", ()),
    ],
)
def test_an_empty_line_ends_a_paragraph_and_numbers_are_the_pages(typed: str, paragraphs: tuple[str, ...]) -> None:
    assert paragraphs_of(typed) == paragraphs
