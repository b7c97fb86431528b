"""The content of a statement: written one way, read back strictly, the first version too; and what it still lacks."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.core import canonical
from testimony.core import statement as tree
from testimony.core.declarations import Jurisdiction, Law, first_formula, jurisdiction_for
from testimony.core.dossier import Basis
from testimony.core.errors import StatementError
from testimony.core.statement import AccountKind, Missing, Paragraph, StatementText

SALT = "00" * 16
WORDS = st.text(st.characters(codec="utf-8"), max_size=20)


def _complete() -> StatementText:
    text = StatementText(
        salt=SALT,
        kind=AccountKind.WITNESS_STATEMENT,
        language="ar",
        paragraphs=(Paragraph("كتبتُ البطاقة.", "I wrote the card.", Basis.OWN_KNOWLEDGE),),
        sessions=(tree.Session("2025-02-03", "09:00", "11:30", "one, for tea"),),
        interpreter=tree.Interpreter("I-4", "on the Quran, before the first question", "ar", "en"),
        translator=tree.Translator("T-2", "ar", "en", "I certify that this is complete and true.", "2025-02-05"),
        references=(tree.Reference("IF/1", "AMN-RWB-0001-0001", recording=False),),
        declaration=tree.Declaration("ew-s9", 1, "ar", "…"),
        signature=tree.Signature(pages=True, end=True, day="2025-02-03", place="the office"),
    )
    read = tree.ReadBack("I-4", "ar", "2025-02-03 11:00", tree.words_digest(text))
    return dataclasses.replace(text, read_back=read)


def test_a_text_is_read_back_as_it_was_written() -> None:
    assert tree.loads(tree.dumps(_complete())) == _complete()
    assert tree.missing(_complete()) == ()


def test_the_bytes_of_version_two_are_pinned() -> None:
    """Statements are sealed in this form and never written again: another form needs another number."""
    small = StatementText(salt=SALT, language="ar", paragraphs=(Paragraph("a"),))
    assert tree.dumps(small) == (
        b'{"content":{"age":null,"corrections":[],"declaration":null,"interpreter":null,"kind":null,"language":"ar",'
        b'"paragraphs":[{"basis":"not-stated","text":"a","translation":""}],"place":"","present":[],"read_back":null,'
        b'"reader":"","references":[],"salt":"' + SALT.encode() + b'","sessions":[],"signature":null,'
        b'"translator":null},"type":"statement-text/2"}'
    )


def test_the_first_version_still_opens() -> None:
    old = canonical.dumps(
        {
            "type": "statement-text/1",
            "salt": SALT,
            "paragraphs": [{"text": "one", "translation": "", "basis": "hearsay"}],
        }
    )
    assert tree.loads(old) == StatementText(salt=SALT, paragraphs=(Paragraph("one", "", Basis.HEARSAY),))


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"[]",
        b"{}",
        b'{"type":"statement-text/1"}',
        b'{"content":{},"type":"statement-text/2"}',
        b'{"content":{},"type":"statement-text/3"}',
        tree.dumps_confidential(tree.Confidential(contact="by the well")),
        tree.dumps(_complete()).replace(b'"own-knowledge"', b'"gossip"'),
        tree.dumps(_complete()).replace(b'"pages":true', b'"pages":1'),
        tree.dumps(_complete()).replace(b'"age":null', b'"age":null,"contact":"by the well"'),
    ],
)
def test_anything_else_is_refused(broken: bytes) -> None:
    with pytest.raises(StatementError):
        tree.loads(broken)


@given(st.binary(max_size=200))
def test_foreign_bytes_raise_the_declared_error_only(data: bytes) -> None:
    with pytest.raises(StatementError):
        tree.loads(data)


@given(st.lists(st.builds(Paragraph, text=WORDS, translation=WORDS, basis=st.sampled_from(Basis)), max_size=4), WORDS)
def test_every_text_survives(paragraphs: list[Paragraph], place: str) -> None:
    text = StatementText(salt=SALT, place=place, paragraphs=tuple(paragraphs))
    assert tree.loads(tree.dumps(text)) == text


@pytest.mark.parametrize(
    ("change", "lacking"),
    [
        ({"paragraphs": ()}, Missing.PARAGRAPHS),
        ({"paragraphs": (Paragraph(" \n"),)}, Missing.PARAGRAPHS),
        ({"language": ""}, Missing.LANGUAGE),
        ({"sessions": (tree.Session("yesterday", "", "", ""),)}, Missing.DAY),
        ({"translator": None}, Missing.TRANSLATOR),
        ({"interpreter": tree.Interpreter("I-4", "", "ar", "en")}, Missing.INTERPRETER_OATH),
        ({"read_back": None}, Missing.READ_BACK),
        ({"declaration": None}, Missing.DECLARATION),
        ({"signature": None}, Missing.SIGNATURE),
        ({"signature": tree.Signature(pages=True, end=False, day="2025-02-03", place="")}, Missing.SIGNATURE),
    ],
)
def test_what_is_lacking_is_named(change: dict[str, object], lacking: Missing) -> None:
    assert lacking in tree.missing(dataclasses.replace(_complete(), **change))  # type: ignore[arg-type]


def test_what_was_read_back_is_what_is_sealed() -> None:
    changed = dataclasses.replace(_complete(), paragraphs=(Paragraph("كتبتُ بطاقتين.", "I wrote two cards."),))
    assert tree.missing(changed) == (Missing.READ_BACK_CHANGED,)


def test_a_first_account_may_wait_for_its_certified_translation() -> None:
    assert tree.missing(dataclasses.replace(_complete(), kind=AccountKind.FIRST_ACCOUNT, translator=None)) == ()


def test_a_record_survives_and_holds_digests_only() -> None:
    record = tree.StatementRecord("s", "p", "c", "ab", "cd", "", "2025-02-03T00:00:00.000Z", "log", "ef")
    assert tree.loads_record(tree.dumps_record(record)) == record
    with pytest.raises(StatementError):
        tree.loads_record(tree.dumps_record(record).replace(b'"person":"p"', b'"name":"p"'))


@pytest.mark.parametrize(
    ("law", "country", "jurisdiction"),
    [
        (Law.UNITED_STATES, "us", Jurisdiction.US_INSIDE),
        (Law.UNITED_STATES, "PR", Jurisdiction.US_INSIDE),
        (Law.UNITED_STATES, "TR", Jurisdiction.US_OUTSIDE),
        (Law.ENGLAND_WALES, "US", Jurisdiction.ENGLAND_WALES),
        (Law.AFFIRMATION, "US", Jurisdiction.AFFIRMATION),
    ],
)
def test_the_country_decides_the_formula(law: Law, country: str, jurisdiction: Jurisdiction) -> None:
    assert jurisdiction_for(law, country) is jurisdiction


@pytest.mark.parametrize("jurisdiction", Jurisdiction)
def test_each_formula_is_there_in_both_languages_and_names_american_laws_only_outside(
    jurisdiction: Jurisdiction,
) -> None:
    assert first_formula(jurisdiction, "ar").language == "ar"
    assert first_formula(jurisdiction, "fr").language == "en"
    names = "laws of the United States" in first_formula(jurisdiction, "en").text
    assert names is (jurisdiction is Jurisdiction.US_OUTSIDE)


def test_no_traceback_shows_words() -> None:
    shown = [repr(_complete()), repr(_complete().paragraphs), repr(tree.Confidential(contact="by the well"))]
    assert not [text for text in shown if "card" in text or "well" in text]
