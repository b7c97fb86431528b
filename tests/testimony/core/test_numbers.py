"""Numbers as they stand on pictures: one form to compare, nothing lost that tells two of them apart."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testimony.core.errors import NumberError
from testimony.core.numbers import LONGEST, Agreement, agreement, normalised


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("2217", "2217"),
        ("٢٢١٧", "2217"),
        ("۲۲۱۷", "2217"),
        ("0017", "0017"),
        ("٠٠١٧", "0017"),
        (" 481 / ب ", "481/ب"),
        ("481-ب", "481/ب"),
        ("481\\أ", "481/ا"),
        ("481 إ", "481/ا"),
        ("٤٨١/ــأ", "481/ا"),
        ("4 8 1", "4/8/1"),
        ("215a", "215A"),
        ("\u200f215\u200f", "215"),
        ("２２１７", "2217"),
        ("227ک", "227ك"),
    ],
)
def test_each_row_of_the_table(raw: str, value: str) -> None:
    assert normalised(raw) == value


@pytest.mark.parametrize("raw", ["", "   ", "/", "ب", "12;DROP", "<1>", "1" * 41, "12\x00", "🎈1"])
def test_what_is_no_number_is_refused(raw: str) -> None:
    with pytest.raises(NumberError):
        normalised(raw)


@given(st.text(max_size=60))
def test_foreign_text_is_refused_or_normalised_for_good(raw: str) -> None:
    try:
        value = normalised(raw)
    except NumberError:
        return
    assert normalised(value) == value
    assert 0 < len(value) <= LONGEST


@given(st.text(string.digits, min_size=1, max_size=LONGEST), st.sampled_from(["٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹"]))
def test_no_digit_is_ever_lost_whatever_script_it_is_in(digits: str, script: str) -> None:
    assert normalised(digits) == digits
    assert normalised(digits.translate(str.maketrans(string.digits, script))) == digits


def test_two_readings_agree_differ_or_are_one() -> None:
    assert agreement("481", None) is Agreement.ONE_READER
    assert agreement("481", "481") is Agreement.AGREED
    assert agreement("481", "0481") is Agreement.DIFFER
