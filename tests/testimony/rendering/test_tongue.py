"""Sayings in the languages of an edition: machine values as islands, digits of each script, nothing left out."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.papers.words import Words
from custody.typesetting.bidi import isolate
from testimony.core import dossier as tree
from testimony.rendering.tongue import Lines, filled_in, moment, said, settled, tongue_of
from tests.testimony.rendering.reading import STEERING

_ISLANDS = re.compile("\u2066([^\u2069]*)\u2069")


@pytest.mark.parametrize(
    ("text", "islands"),
    [
        ("استُلم في 2024-03-09 مع AMN-RWB-0000-0001.", ["2024-03-09", "AMN-RWB-0000-0001"]),
        ("البطاقة 215/ج والرقم 481/ج", []),
        ("من 2013-05 إلى 2014-01", ["2013-05", "2014-01"]),
        ("كلمة 12 كلمة", []),
        ("a plain sentence, with commas.", []),
        ("10:14:31 و W-0012", ["10:14:31", "W-0012"]),
    ],
)
def test_machine_values_are_islands_and_mixed_ones_are_left_whole(text: str, islands: list[str]) -> None:
    assert _ISLANDS.findall(settled(text)) == islands


@given(st.text(st.characters(codec="utf-8"), max_size=80))
def test_no_character_is_added_or_lost_but_those_that_steer(text: str) -> None:
    assert settled(text).translate(STEERING) == text.translate(STEERING)


def test_counts_stand_in_the_digits_of_each_language_and_values_as_islands() -> None:
    found = filled_in(Words("{count} of {code}", "{count} من {code}"), count=12, code="P-1")
    assert found == Words(f"12 of {isolate('P-1')}", f"١٢ من {isolate('P-1')}")


def test_a_saying_in_one_language_stands_in_an_edition_of_the_other() -> None:
    english, arabic = tongue_of(tree.Edition.ENGLISH), tongue_of(tree.Edition.ARABIC)
    assert "كلمة" in english.line(Words("", "كلمة"))
    assert "word" in arabic.line(Words("word", ""))
    assert english.line(Words("word", "كلمة")) == "word"
    assert arabic.line(Words("word", "كلمة")) == "كلمة"


def test_a_name_begins_with_the_script_of_the_edition() -> None:
    name = tree.Name("فاطمة", "Fāṭima")
    first = {edition: tongue_of(edition).name(name).translate(STEERING)[0] for edition in tree.Edition}
    assert first[tree.Edition.ARABIC] == "ف"
    assert first[tree.Edition.ENGLISH] == first[tree.Edition.SIDE_BY_SIDE] == "F"


def test_signs_that_steer_direction_are_shown_by_their_code() -> None:
    assert said(tree.Said("a\u202eb", "")).en.translate(STEERING) == "a[U+202E]b"


def test_a_recorded_time_is_cut_to_the_second_and_a_claimed_one_is_not_touched() -> None:
    assert moment("2026-11-20T16:40:12.250Z").text == "2026-11-20 16:40:12 UTC"
    assert moment("about May 2013").text == "about May 2013"


def test_lines_hold_values_in_their_order() -> None:
    assert list(Lines(["a", "b"]).values) == ["a", "b"]


@pytest.mark.parametrize("edition", list(tree.Edition))
@pytest.mark.parametrize("value", [tree.Said("Invented Camera D-1", ""), tree.Said("", "كاميرا 2013-05-14")])
def test_a_saying_in_one_language_shows_no_character_by_its_code(edition: tree.Edition, value: tree.Said) -> None:
    assert "[U+" not in tongue_of(edition).line(said(value))
