"""What is settled without the rules, or in one line, comes to what the rules and the breaking say."""

from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.typesetting import bidi, text
from custody.typesetting.errors import MissingGlyphError
from custody.typesetting.faces import MONO, SANS
from custody.typesetting.text import Span, Style, Text, text_of

LEFT = st.text(st.sampled_from("aB7 .,-+%()[]/\u00b7\u00e9\u2013\u2066\u2068\u2069"), max_size=24)
WORDS = st.text(st.sampled_from("aW7 -/\u2066\u2069\u0628\u0661"), max_size=40)


@given(LEFT, st.sampled_from([0, None]))
def test_levels_from_the_left_are_those_of_the_rules(said: str, base: int | None) -> None:
    short = bidi.resolve(said, base)
    with patch.object(bidi, "_FEW_ISOLATES", 0):
        assert bidi.resolve(said, base) == short


@given(WORDS, st.sampled_from([0, 1]), st.floats(20, 200))
def test_one_line_is_what_breaking_into_lines_gives(said: str, base: int, width: float) -> None:
    made = Text([Span(said, Style(SANS))], base=base, place="a test")
    if made.characters.strip(" "):
        # Private on purpose: the long way is not to be had from outside where the short one is open.
        assert made.lines(width) == made._parted(width)
    else:
        assert made.lines(width) == []


def test_a_text_is_kept_for_any_place_and_a_fault_names_its_own() -> None:
    spans = (Span("a text that stands twice", Style(MONO)),)
    assert text_of(spans, 0, "here") is text_of(spans, 0, "there")
    for place in ("the first place", "the second place"):
        with pytest.raises(MissingGlyphError, match=place) as found:
            text_of((Span("\U0001f33f", Style(SANS)),), 0, place)
        assert found.value.place == place


def test_equal_styles_are_one_style() -> None:
    one, other = Style(SANS, 9), Style(SANS, 9)
    first = text.Text([Span("\u0628", one), Span(".", one)], base=1, place="a test")
    second = text.Text([Span("\u0628", one), Span(".", other)], base=1, place="a test")
    assert first.lines(100) == second.lines(100)
