"""A received name cannot turn or hide anything around it."""

from hypothesis import given
from hypothesis import strategies as st

from custody.typesetting.bidi import CONTROLS, isolate, resolve, spelled_out

# What a hostile name is made of: letters of both directions, digits, signs, steering and unseen characters.
_HOSTILE = st.text(st.sampled_from([*"ab1/. -()", "ب", "ج", "٣", "\n", "\x00", "\ufeff", *sorted(CONTROLS)]))


def test_a_right_to_left_override_is_shown_by_its_code() -> None:
    assert spelled_out("photo\u202egpj.exe") == "photo[U+202E]gpj.exe"


def test_a_date_after_arabic_letters_keeps_its_order() -> None:
    text = f"في {isolate('2015-03-09')}"
    levels = resolve(text).levels
    start = text.index("2015")
    assert set(levels[start : start + 10]) == {2}


@given(_HOSTILE)
def test_no_name_steers_what_stands_after_it(name: str) -> None:
    alone = resolve("ab  cd", 0).levels
    levels = resolve(f"ab {isolate(name)} cd", 0).levels
    assert (levels[:2], levels[-2:]) == (alone[:2], alone[-2:])


@given(_HOSTILE)
def test_nothing_unseen_is_left_in_a_name(name: str) -> None:
    shown = spelled_out(name)
    assert not CONTROLS & set(shown)
    assert shown.isprintable()
