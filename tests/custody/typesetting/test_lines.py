"""Breaking text into lines: nothing is lost, nothing is wider than asked, words stay whole where they can."""

from hypothesis import given, settings
from hypothesis import strategies as st

from custody.typesetting.faces import SANS
from custody.typesetting.text import Line, Span, Style, Text

_WORDS = st.lists(
    st.text(st.sampled_from([*"abcXYZ019-/.(),", *"محمدفاطمةالأ", "٣"]), min_size=1, max_size=25), min_size=1
)


def _text(content: str, base: int | None = None) -> Text:
    return Text([Span(content, Style(SANS, 9))], base=base, place="a test")


def _characters(text: Text, lines: list[Line]) -> str:
    return "".join(text.characters[atom.start : atom.end] for line in lines for atom in line.atoms)


@settings(max_examples=60, deadline=None)
@given(_WORDS, st.integers(min_value=30, max_value=300), st.sampled_from([None, 0, 1]))
def test_every_character_stands_on_one_line_and_none_is_too_wide(
    words: list[str], width: int, base: int | None
) -> None:
    text = _text(" ".join(words), base)
    lines = text.lines(width)
    assert _characters(text, lines).replace(" ", "") == text.characters.replace(" ", "")
    assert all(line.width <= width + 0.1 or len(line.atoms) == 1 for line in lines)


def test_words_are_not_broken_where_they_fit() -> None:
    text = _text("one two three")
    narrow = text.lines(text.lines(1000)[0].width * 0.7)
    assert [_characters(text, [line]) for line in narrow] == ["one two", "three"]


def test_a_no_break_space_keeps_words_together() -> None:
    text = _text("one two\u00a0three")
    narrow = text.lines(text.lines(1000)[0].width * 0.7)
    assert [_characters(text, [line]) for line in narrow] == ["one", "two\u00a0three"]


def test_line_breaks_of_a_source_become_spaces() -> None:
    assert _text("one\r\n two\tthree").characters == "one two three"


def test_letters_are_composed_before_they_are_drawn() -> None:
    assert _text("a\u0304").characters == "ā"
